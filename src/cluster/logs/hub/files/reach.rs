//! What following files takes of a cluster.

use std::{future::Future, sync::Arc};

use rolldeck_core::{
    logs::LogsOf,
    shell::{FilePattern, From, Listing, Place, Refused},
};
use tokio::sync::mpsc;

use super::pods::{self, Pods};
use crate::{
    connect::Cluster,
    exec::{Follow, FollowEvent},
    writer::Writer,
};

/// Containers and the files in them: the one door, or a script of tests.
pub(super) trait Reach: Clone + Send + Sync + 'static {
    /// Files that are followed.
    type Events: Events;

    /// Tells what becomes of the pods of these, until nobody listens.
    fn pods(&self, of: Vec<LogsOf>, to: mpsc::Sender<Pods>) -> impl Future<Output = ()> + Send;

    /// The files that match.
    fn list(&self, place: &Place, patterns: &[FilePattern]) -> impl Future<Output = Result<Listing, Refused>> + Send;

    /// Follows these.
    fn follow(
        &self,
        place: &Place,
        paths: &[String],
        from: From,
    ) -> impl Future<Output = Result<Self::Events, Refused>> + Send;
}

/// Files that are followed. Dropping it ends that.
pub(super) trait Events: Send + 'static {
    /// What became of them next; `None`: nothing more comes. May be dropped and asked anew.
    fn next(&mut self) -> impl Future<Output = Option<FollowEvent>> + Send;
}

impl Events for Follow {
    async fn next(&mut self) -> Option<FollowEvent> {
        self.events.recv().await
    }
}

/// The one door.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) writer: Arc<Writer>,
    pub(super) cluster: Cluster,
}

impl Reach for Door {
    type Events = Follow;

    async fn pods(&self, of: Vec<LogsOf>, to: mpsc::Sender<Pods>) {
        pods::tell(self.cluster.clone(), of, to).await;
    }

    async fn list(&self, place: &Place, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        self.writer.list_files(place, patterns).await
    }

    async fn follow(&self, place: &Place, paths: &[String], from: From) -> Result<Follow, Refused> {
        self.writer.follow_files(place, paths, from).await
    }
}
