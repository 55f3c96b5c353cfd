//! What following files takes of a cluster.

use std::{future::Future, sync::Arc};

use rolldeck_core::{
    kept::Name,
    logs::Source,
    shell::{FilePattern, From, Listing, Place, Refused},
    text::Clean,
};
use serde_json::Value;

use crate::{
    access::{encoded, get},
    connect::Cluster,
    exec::{Follow, FollowEvent},
    logs::subject,
    writer::Writer,
};

/// Containers and the files in them: the one door, or a script of tests.
pub(super) trait Reach: Clone + Send + Sync + 'static {
    /// Files that are followed.
    type Events: Events;

    /// The source that a container is, as far as its pod can be read.
    fn source(&self, pod: &Name, container: &Clean) -> impl Future<Output = Source> + Send;

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

    async fn source(&self, pod: &Name, container: &Clean) -> Source {
        let path = format!("/api/v1/namespaces/{}/pods/{}", encoded(&pod.namespace), encoded(&pod.name));
        let what = format!("pod {}/{}", pod.namespace, pod.name);
        let read: Option<Value> = get(&self.cluster.client, &path, &what).await.ok();
        match read.as_ref().and_then(subject::read) {
            Some(subject) => subject.source((&pod.namespace, &pod.name), container),
            None => Source {
                namespace: pod.namespace.clone(),
                pod: pod.name.clone(),
                container: container.clone(),
                ..Source::default()
            },
        }
    }

    async fn list(&self, place: &Place, patterns: &[FilePattern]) -> Result<Listing, Refused> {
        self.writer.list_files(place, patterns).await
    }

    async fn follow(&self, place: &Place, paths: &[String], from: From) -> Result<Follow, Refused> {
        self.writer.follow_files(place, paths, from).await
    }
}
