//! Files in containers, followed as one reading.

mod begin;
mod container;
mod left;
mod looks;
mod names;
mod picks;
mod pods;
mod reach;
mod run;
mod set;
#[cfg(test)]
mod tests;
mod waits;

use std::{sync::Arc, time::Duration};

use rolldeck_core::logs::{Begin, LogsOf, Picked, Told};
use tokio::{sync::mpsc, task::JoinSet};

use self::{reach::Door, run::Run};
use super::{outlet::Outlet, run::Hub};
use crate::{connect::Cluster, writer::Writer};

/// How often it is looked whether there are new files.
const LOOK: Duration = Duration::from_secs(10);

/// Follows files of containers of these until the handle is dropped or nobody listens. Each of them is a source; what is told comes as
/// from [`open`](super::open). Files that match a pattern later join. A file whose container ends is followed again once that runs.
/// A pod that comes later is read as others of its app are: what was picked of a container is followed in its container of that name,
/// from the start.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn open_files(
    writer: Arc<Writer>,
    cluster: &Cluster,
    of: Vec<LogsOf>,
    picked: Picked,
    begin: Begin,
    to: mpsc::Sender<Vec<Told>>,
) -> Hub {
    let mut task = JoinSet::new();
    let door = Door { writer, cluster: cluster.clone() };
    task.spawn(async move {
        // Nobody listens: there is nobody to tell.
        let _ = Run::new(door, (of, picked), (begin, LOOK), Outlet::new(to)).forever().await;
    });
    Hub::of(task)
}
