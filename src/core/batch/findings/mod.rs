//! What the preflight finds of an app: what a look at the app tells, and what a look around it does. A check a file; none does IO.

mod apart;
mod around;
mod autoscaler;
mod budget;
mod config;
mod demand;
mod images;
mod interrupts;
mod managed;
mod node;
mod progress;
mod quota;
mod rolling;
mod rollout;
mod room;
#[cfg(test)]
mod samples;
mod shape;

pub use around::{Around, Looked, journal_room, judge};
pub use demand::Demand;
pub use managed::managed_by;
pub use node::NodeRoom;
pub use quota::Quotas;
pub use rollout::Rollout;
pub use room::{Places, Room};

use super::{Problem, Step};

/// Everything that can be said of a step from the object that was read.
pub(in crate::batch) fn find(step: &Step) -> Vec<Problem> {
    let Some(live) = step.live.as_deref() else { return Vec::new() };
    let found = [
        shape::shape(live),
        step.lack.clone().filter(|lack| lack.blocks()),
        shape::ending(live),
        shape::scale_of_daemon_set(step),
        autoscaler::to_zero(step),
        autoscaler::of_scale(step),
        autoscaler::of_bounds(step),
        managed::managed(live),
        progress::in_progress(step, live),
        rolling::on_delete(step, live),
        rolling::stays_paused(step),
        rolling::stuck_pods(step, live),
    ];
    found.into_iter().flatten().collect()
}
