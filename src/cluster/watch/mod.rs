//! Streams of the fleet: a first page, the rest, and then what changes, for as long as anybody listens.

use rolldeck_core::fleet::{Source, Update};
use tokio::sync::mpsc;

use crate::connect::Cluster;

/// Streams under way. Dropping it ends them.
pub struct Watching {}

/// Starts a stream for each source. Updates come in order for each source, in batches of bounded size; a full channel holds
/// the streams back, nothing is dropped.
pub fn watch(_cluster: &Cluster, _sources: Vec<Source>, _to: mpsc::Sender<Vec<Update>>) -> Watching {
    todo!()
}
