//! The runner of the room of what changed: one read at a time, while it is open.

use std::sync::Arc;

use rolldeck_cluster::{changes, connect::Cluster};
use rolldeck_screens::{ChangesEffect, ChangesReply, Message};
use tokio::task::JoinSet;

use super::post::Post;

/// The read under way; a new one ends it.
#[derive(Default)]
pub struct Changes {
    reading: JoinSet<()>,
}

impl Changes {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: ChangesEffect) {
        self.reading = JoinSet::new();
        let ChangesEffect::Read(scopes, since) = effect else { return };
        let (cluster, post) = (cluster.clone(), post.clone());
        self.reading.spawn(async move {
            let read = changes::read(&cluster, &scopes, since).await;
            post.send(Message::Changes(ChangesReply::Read(since, Arc::new(read)))).await;
        });
    }
}
