//! Streams of the fleet: a first page, the rest, and then what changes, for as long as anybody listens.
//!
//! [`machine`] decides what is asked next and what that means, without IO; `stream` asks; `link` finds out whether a silent
//! cluster is idle or gone.

pub(crate) mod answer;
mod backoff;
mod batch;
pub(crate) mod link;
pub mod machine;
mod reader;
pub(crate) mod request;
mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rolldeck_core::fleet::{Source, Update};
use tokio::{sync::mpsc, task::JoinSet};

use crate::connect::Cluster;

/// Streams under way. Dropping it ends them.
pub struct Watching {
    _tasks: JoinSet<()>,
}

/// Starts a stream for each source. Updates come in order for each source, in batches of bounded size; a full channel holds
/// the streams back, nothing is dropped.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn watch(cluster: &Cluster, sources: Vec<Source>, to: mpsc::Sender<Vec<Update>>) -> Watching {
    watch_at(link::Pace::default(), cluster, sources, to)
}

fn watch_at(pace: link::Pace, cluster: &Cluster, sources: Vec<Source>, to: mpsc::Sender<Vec<Update>>) -> Watching {
    let link = Arc::new(link::Link::new());
    let mut tasks = JoinSet::new();
    tasks.spawn(link::monitor(cluster.client.clone(), link.clone(), pace));
    for (seed, source) in sources.into_iter().enumerate() {
        tasks.spawn(stream::run(cluster.client.clone(), source, to.clone(), link.clone(), seed as u64));
    }
    Watching { _tasks: tasks }
}
