//! Effects, each to its runner.

use std::sync::Arc;

use rolldeck_cluster::{
    connect::{Cluster, Login},
    writer::Writer,
};
use rolldeck_screens::{BatchEffect, Effect, Message, PlanEffect};

use super::{fleet::Fleet, page::Page, plan::Plan, post::Post};

/// What the loop itself must do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: a runner has it.
    Nothing,
    /// Leave.
    Quit,
    /// Lend the terminal to a login.
    Login,
}

/// The runners, over one connection.
pub struct Runners {
    cluster: Cluster,
    _writer: Arc<Writer>,
    post: Post,
    fleet: Fleet,
    page: Page,
    plan: Plan,
}

impl Runners {
    /// Idle runners over a connection. The one door for writes stays in here.
    pub fn new(cluster: Cluster, writer: Writer, post: Post) -> Self {
        let (fleet, page, plan) = (Fleet::default(), Page::default(), Plan::default());
        Self { cluster, _writer: Arc::new(writer), post, fleet, page, plan }
    }

    /// The way to log in again.
    pub fn login(&self) -> Login {
        self.cluster.login.clone()
    }

    /// Watches anew what was watched: streams that had ended for want of a login begin again.
    pub fn restart(&mut self) {
        self.fleet.restart(&self.cluster, &self.post);
    }

    /// The number of the scope that is watched now.
    pub fn era(&self) -> u64 {
        self.fleet.era()
    }

    /// Whether a batch is being driven here.
    pub fn driving(&self) -> bool {
        false
    }

    /// Asks the driver to leave in good order: nothing new starts.
    pub fn interrupt(&mut self) {}

    /// Carries an effect out, without waiting for it.
    pub fn carry_out(&mut self, effect: Effect) -> Asked {
        match effect {
            Effect::Quit => return Asked::Quit,
            Effect::Login => return Asked::Login,
            Effect::Scope(namespaces) => self.fleet.scope(&self.cluster, &self.post, namespaces),
            Effect::Metrics(shown) => self.fleet.metrics(&self.cluster, &self.post, shown),
            Effect::Page(effect) => self.page.carry_out(&self.cluster, &self.post, effect),
            Effect::Plan(PlanEffect::Read(keys, intent)) => self.plan.read(&self.cluster, &self.post, keys, intent),
            Effect::Plan(PlanEffect::Check(..)) => {}
            Effect::Batch(BatchEffect::Find) => {}
            Effect::Batch(BatchEffect::Start(_) | BatchEffect::Revert(_)) => {
                let post = self.post.clone();
                tokio::spawn(async move { post.send(Message::RunRefused("there is no driver yet".into())).await });
            }
        }
        Asked::Nothing
    }
}
