//! The fleet's runner: streams and the poll of metrics for the scope in view.

use std::collections::BTreeSet;

use rolldeck_cluster::{
    connect::Cluster,
    metrics::{self, Report},
    watch,
};
use rolldeck_core::{
    fleet::{AddedColumns, Resource, Scope, Source},
    text::Clean,
};
use rolldeck_screens::Message;
use tokio::{sync::mpsc, task::JoinSet};

use super::post::Post;

/// Batches of updates that may wait between the streams and the queue.
const ROOM: usize = 16;

/// What is watched, and how.
#[derive(Default)]
pub struct Fleet {
    /// What objects keep for columns that the user added.
    added: AddedColumns,
    namespaces: BTreeSet<Clean>,
    metrics: bool,
    /// Raised with each scope, so that what an earlier one still had in the queue is told apart.
    era: u64,
    watching: Option<(watch::Watching, JoinSet<()>)>,
    polling: Option<(metrics::Polling, JoinSet<()>)>,
}

impl Fleet {
    /// Nothing is watched yet; objects will keep what these columns show.
    pub fn keeping(added: AddedColumns) -> Self {
        Self { added, ..Self::default() }
    }

    /// The number of the scope that is watched now.
    pub fn era(&self) -> u64 {
        self.era
    }

    /// The namespaces in view; none: all.
    pub fn namespaces(&self) -> &BTreeSet<Clean> {
        &self.namespaces
    }

    /// Watches these namespaces (none: all) from now on, and nothing else.
    pub fn scope(&mut self, cluster: &Cluster, post: &Post, namespaces: BTreeSet<Clean>) {
        self.namespaces = namespaces;
        self.restart(cluster, post);
    }

    /// Begins anew, over a new connection.
    pub fn restart(&mut self, cluster: &Cluster, post: &Post) {
        self.era += 1;
        self.watching = None;
        self.polling = None;
        self.watching = Some(self.watch(cluster, post));
        if self.metrics {
            self.polling = Some(self.poll(cluster, post));
        }
    }

    /// Watches nothing, and polls nothing; what is still in the queue is of an earlier era.
    pub fn park(&mut self) {
        self.era += 1;
        (self.watching, self.polling) = (None, None);
    }

    /// Metrics are shown, or not any more.
    pub fn metrics(&mut self, cluster: &Cluster, post: &Post, shown: bool) {
        if shown == self.metrics && self.polling.is_some() == shown {
            return;
        }
        self.metrics = shown;
        self.polling = shown.then(|| self.poll(cluster, post));
    }

    fn scopes(&self) -> Vec<Scope> {
        if self.namespaces.is_empty() {
            return vec![None];
        }
        self.namespaces.iter().cloned().map(Some).collect()
    }

    fn watch(&self, cluster: &Cluster, post: &Post) -> (watch::Watching, JoinSet<()>) {
        let scopes = self.scopes();
        let sources = Resource::WATCHED
            .into_iter()
            .flat_map(|resource| scopes.iter().map(move |scope| Source { resource, scope: scope.clone() }))
            .collect();
        let (to, mut from) = mpsc::channel(ROOM);
        let (post, era, mut tasks) = (post.clone(), self.era, JoinSet::new());
        tasks.spawn(async move {
            while let Some(updates) = from.recv().await {
                if !post.send_of(era, Message::Fleet(updates)).await {
                    return;
                }
            }
        });
        (watch::watch_keeping(cluster, sources, &self.added, to), tasks)
    }

    fn poll(&self, cluster: &Cluster, post: &Post) -> (metrics::Polling, JoinSet<()>) {
        let (to, mut from) = mpsc::channel(ROOM);
        let (post, era, mut tasks) = (post.clone(), self.era, JoinSet::new());
        tasks.spawn(async move {
            while let Some(report) = from.recv().await {
                let message = match report {
                    Report::Usage(scope, pods) => Message::Usage(scope, pods),
                    Report::Freshness(source, fresh) => Message::Freshness(source, fresh),
                };
                if !post.send_of(era, message).await {
                    return;
                }
            }
        });
        (metrics::poll(cluster, self.scopes(), to), tasks)
    }
}
