//! The runner of forwarded ports: a task for each, which stays while one looks elsewhere.

use std::time::Duration;

use rolldeck_cluster::exec;
use rolldeck_core::shell::{Access, ForwardWanted, Right};
use rolldeck_screens::{ForwardEffect, ForwardReply, Message, forwards::ForwardId};
use tokio::time::sleep;

use super::held::{Held, Means, Task};

/// What went through is told no more often than this.
const BETWEEN: Duration = Duration::from_millis(500);

/// Forwarded ports; one that is let go is closed.
#[derive(Default)]
pub(super) struct Forwards(Held);

impl Forwards {
    /// Carries an effect out.
    pub(super) fn carry_out(&mut self, means: Means, effect: ForwardEffect) {
        match effect {
            ForwardEffect::Open(id, wanted) => self.0.begin(id, Port { id, wanted, means }),
            ForwardEffect::Close(id) => self.0.let_go(id),
        }
    }
}

struct Port {
    id: ForwardId,
    wanted: ForwardWanted,
    means: Means,
}

impl Port {
    async fn tell(&self, reply: ForwardReply) {
        self.means.post.send(Message::Forward(self.id, reply)).await;
    }
}

impl Task for Port {
    const LET_GO: &'static str = "closed";

    async fn live(&self) {
        if let Right::Denied(denied) = exec::rights(&self.means.cluster, Access::Forward, &self.wanted.place).await {
            self.audit("not opened", &denied.words());
            return self.tell(ForwardReply::Denied(denied)).await;
        }
        let mut forward = match self.means.writer.forward(&self.wanted).await {
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
        let (user, context) = (&*self.means.user, &*self.means.cluster.context);
        let (pod, port) = (&self.wanted.place.pod, self.wanted.remote);
        tracing::info!(target: "rolldeck::audit", user, context, verb = "forward", %pod, uid = %pod.uid, port, step, result, "opened");
    }
}
