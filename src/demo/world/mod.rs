//! The world that lives in the demo cluster: a seed fleet, the controllers that Kubernetes has, and a load that follows the
//! time of day.

mod agenda;
mod autoscale;
mod behaviour;
mod controllers;
mod engine;
mod garbage;
mod index;
mod json;
mod kinds;
mod kubelet;
mod load;
mod look;
mod meter;
mod names;
mod observe;
mod options;
mod outcome;
mod perform;
mod pods;
mod recorder;
mod seed;
#[cfg(test)]
mod tests;

pub use behaviour::{Behaviour, behaviour};
pub use engine::World;
pub use load::LEAK;
pub use meter::{Meter, usage};
pub use options::Options;
pub use seed::seed;

use crate::clock::Clock;
use crate::store::Store;

/// Lets the world of a store live until the task is dropped. Who also serves metrics makes a [`World`] and asks it for its
/// [`Meter`].
pub async fn run(store: Store, clock: Clock, options: Options) {
    World::new(store, options).run(clock).await;
}
