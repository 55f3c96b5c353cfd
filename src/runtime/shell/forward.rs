//! The runner of forwarded ports: a task for each, which stays while one looks elsewhere.

use std::{collections::HashMap, sync::Arc, time::Duration};

use rolldeck_cluster::{connect::Cluster, exec, writer::Writer};
use rolldeck_core::{
    shell::{Access, ForwardWanted, Right},
    text::Clean,
};
use rolldeck_screens::{ForwardEffect, ForwardReply, Message, forwards::ForwardId};
use tokio::{sync::oneshot, time::sleep};

use crate::runtime::post::Post;

/// What went through is told no more often than this.
const BETWEEN: Duration = Duration::from_millis(500);

/// Forwarded ports; one that is dropped is closed.
#[derive(Default)]
pub struct Forwards(HashMap<ForwardId, oneshot::Sender<()>>);

impl Forwards {
    /// Carries an effect out.
    pub fn carry_out(
        &mut self,
        writer: &Arc<Writer>,
        user: &Clean,
        cluster: &Cluster,
        post: &Post,
        effect: ForwardEffect,
    ) {
        let (id, wanted) = match effect {
            ForwardEffect::Open(id, wanted) => (id, wanted),
            ForwardEffect::Close(id) => {
                self.0.remove(&id);
                return;
            }
        };
        let (held, dropped) = oneshot::channel();
        self.0.insert(id, held);
        let port = Port {
            id,
            wanted,
            user: user.clone(),
            writer: writer.clone(),
            cluster: cluster.clone(),
            post: post.clone(),
        };
        tokio::spawn(async move {
            tokio::select! {
                () = port.live() => {}
                _ = dropped => port.audit("closed", ""),
            }
        });
    }
}

struct Port {
    id: ForwardId,
    wanted: ForwardWanted,
    user: Clean,
    writer: Arc<Writer>,
    cluster: Cluster,
    post: Post,
}

impl Port {
    async fn tell(&self, reply: ForwardReply) {
        self.post.send(Message::Forward(self.id, reply)).await;
    }

    async fn live(&self) {
        if let Right::Denied(denied) = exec::rights(&self.cluster, Access::Forward, &self.wanted.place).await {
            self.audit("not opened", &denied.words());
            return self.tell(ForwardReply::Denied(denied)).await;
        }
        let mut forward = match self.writer.forward(&self.wanted).await {
            Ok(forward) => forward,
            Err(refused) => {
                self.audit("not opened", &refused.to_string());
                return self.tell(ForwardReply::Refused(refused)).await;
            }
        };
        self.audit("opened", &forward.local.to_string());
        self.tell(ForwardReply::Opened(forward.local)).await;
        while forward.stats.changed().await.is_ok() {
            let stats = forward.stats.borrow_and_update().clone();
            self.tell(ForwardReply::Stats(stats)).await;
            sleep(BETWEEN).await;
        }
    }

    fn audit(&self, step: &str, result: &str) {
        let (user, context) = (&*self.user, &*self.cluster.context);
        let (pod, port) = (&self.wanted.place.pod, self.wanted.remote);
        tracing::info!(target: "rolldeck::audit", user, context, verb = "forward", %pod, uid = %pod.uid, port, step, result, "opened");
    }
}
