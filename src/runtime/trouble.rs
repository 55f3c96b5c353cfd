//! The runner of the room of what is unhealthy: its streams, while it is open.

use rolldeck_cluster::{connect::Cluster, follow::Following, signs};
use rolldeck_core::{fleet::Scope, kept::KeptEvent};
use rolldeck_screens::{Message, TroubleEffect, TroubleReply};
use tokio::{sync::mpsc, task::JoinSet};

use super::post::Post;

/// Batches of events that may wait.
const ROOM: usize = 16;

/// The streams under way.
#[derive(Default)]
pub struct Trouble {
    streams: Vec<Following>,
    forwards: JoinSet<()>,
}

impl Trouble {
    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: TroubleEffect) {
        self.streams.clear();
        self.forwards = JoinSet::new();
        let TroubleEffect::Follow(scopes) = effect else { return };
        for scope in scopes {
            let (to, from) = mpsc::channel(ROOM);
            self.streams.push(signs::warnings(cluster, &scope, to));
            let told: Scope = scope;
            self.forward(post, from, move |events| TroubleReply::Warnings(told.clone(), events));
        }
        let (to, from) = mpsc::channel(ROOM);
        self.streams.push(signs::nodes(cluster, to));
        self.forward(post, from, TroubleReply::Nodes);
    }

    fn forward<T: Send + 'static>(
        &mut self,
        post: &Post,
        mut from: mpsc::Receiver<Vec<KeptEvent<T>>>,
        reply: impl Fn(Vec<KeptEvent<T>>) -> TroubleReply + Send + 'static,
    ) {
        let post = post.clone();
        self.forwards.spawn(async move {
            while let Some(events) = from.recv().await {
                if !post.send(Message::Trouble(reply(events))).await {
                    return;
                }
            }
        });
    }
}
