//! Streams of the fleet: a first page, the rest, and then what changes, for as long as anybody listens.
//!
//! [`machine`] decides what is asked next and what that means, without IO; `stream` asks; `link` finds out whether a silent
//! cluster is idle or gone.

pub(crate) mod answer;
pub(crate) mod backoff;
mod batch;
pub(crate) mod link;
pub mod machine;
pub(crate) mod reader;
pub(crate) mod request;
pub(crate) mod stream;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rolldeck_core::{
    fleet::{AddedColumns, FeedEvent, Resource, Source, Update},
    model::Added,
};
use tokio::{sync::mpsc, task::JoinSet};

use self::{
    machine::{Manner, Named},
    reader::Decode,
    request::{Address, what},
};
use crate::{
    connect::Cluster,
    wire::{Decoder, is_read_as_json},
};

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
    watch_keeping(cluster, sources, &AddedColumns::default(), to)
}

/// The same as [`watch`]; objects keep what the added columns show. A resource with a column of a JSONPath is asked for as
/// JSON, which takes a server several times as long as protobuf.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn watch_keeping(
    cluster: &Cluster,
    sources: Vec<Source>,
    added: &AddedColumns,
    to: mpsc::Sender<Vec<Update>>,
) -> Watching {
    watch_at(link::Pace::default(), cluster, sources, added, to)
}

fn watch_at(
    pace: link::Pace,
    cluster: &Cluster,
    sources: Vec<Source>,
    added: &AddedColumns,
    to: mpsc::Sender<Vec<Update>>,
) -> Watching {
    let link = cluster.pulse.link(&cluster.client, pace);
    let mut tasks = JoinSet::new();
    for (seed, source) in sources.into_iter().enumerate() {
        let shared = Arc::new(source.clone());
        let columns = columns_of(added, source.resource);
        let protobuf = !is_read_as_json(columns);
        tasks.spawn(stream::run(stream::Plan {
            client: cluster.client.clone(),
            link: link.clone(),
            address: Address { protobuf, ..Address::of(&source) },
            // A watch list in JSON takes several times as long as a list.
            manner: Manner { watch_list: protobuf, ..manner(&source) },
            decoder: Decoder::new(source.resource).keeping(columns),
            wrap: Box::new(move |event| Update { source: shared.clone(), event }),
            to: to.clone(),
            seed: seed as u64,
        }));
    }
    Watching { _tasks: tasks }
}

/// The columns that were added to the table of a resource.
fn columns_of(added: &AddedColumns, resource: Resource) -> &[Added] {
    match resource {
        Resource::Deployments | Resource::StatefulSets | Resource::DaemonSets => &added.apps,
        Resource::Pods => &added.pods,
        Resource::Hpas | Resource::PodMetrics => &[],
    }
}

/// A first page of what a screen shows, unpacked so that it can be timed; the rest by whatever is faster.
fn manner(source: &Source) -> Manner {
    Manner { what: what(source), first: 50, page: 1000, packed: false, watch_list: true }
}

/// One stream of any resource; a room's, say.
pub(crate) fn stream_of<D>(pace: link::Pace, cluster: &Cluster, one: One<D>) -> Watching
where
    D: Decode<Object: Named + Send + Sync> + Send + Sync + 'static,
{
    let mut tasks = JoinSet::new();
    tasks.spawn(stream::run(stream::Plan {
        client: cluster.client.clone(),
        link: cluster.pulse.link(&cluster.client, pace),
        address: one.address,
        manner: one.manner,
        decoder: one.decoder,
        wrap: Box::new(std::convert::identity),
        to: one.to,
        seed: 0,
    }));
    Watching { _tasks: tasks }
}

/// What [`stream_of`] streams.
pub(crate) struct One<D: Decode> {
    /// Where it is.
    pub(crate) address: Address,
    /// How it is read.
    pub(crate) manner: Manner,
    /// What is made of it.
    pub(crate) decoder: D,
    /// Who listens.
    pub(crate) to: mpsc::Sender<Vec<FeedEvent<D::Object>>>,
}
