//! The names of the namespaces, for completion.

use std::collections::BTreeSet;

use rolldeck_cluster::{connect::Cluster, history};
use rolldeck_core::text::Clean;
use rolldeck_screens::Message;
use tokio::task::JoinSet;

use super::post::Post;

/// The read under way; a new one ends it.
#[derive(Default)]
pub struct Names {
    reading: JoinSet<()>,
    labels: JoinSet<()>,
}

impl Names {
    /// Reads the labels of these namespaces (none: of all). Those that cannot be read stay unknown.
    pub fn read_labels(&mut self, cluster: &Cluster, post: &Post, namespaces: BTreeSet<Clean>) {
        let (cluster, post) = (cluster.clone(), post.clone());
        self.labels = JoinSet::new();
        self.labels.spawn(async move {
            let labels = history::namespace_labels(&cluster, &namespaces).await;
            post.send(Message::Labels(labels)).await;
        });
    }

    /// Reads the names. Where they may not be read, those that were seen so far must do: nothing is said.
    pub fn read(&mut self, cluster: &Cluster, post: &Post) {
        let (cluster, post) = (cluster.clone(), post.clone());
        self.reading = JoinSet::new();
        self.reading.spawn(async move {
            match history::namespaces(&cluster).await {
                Ok(names) => drop(post.send(Message::Namespaces(names)).await),
                Err(error) => tracing::info!(%error, "the namespaces cannot be listed"),
            }
        });
    }
}
