//! Batches on the real cluster, driven through the library as console and command line drive them, among what goes wrong there.

mod drivers;
mod edits;
mod ends;
mod link;
mod load;
mod rights;
mod shapes;
mod webhooks;

use std::{path::Path, sync::Arc, time::Duration};

use rolldeck_cluster::{connect, writer::Writer};
use rolldeck_core::{
    batch::{Order, Phase, Plan, Run, StepState},
    model::{AppKey, AppKind},
};
use rolldeck_driver::Handle;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{Space, apps};
use crate::hand;

/// How long a rollout of a few pods may take here.
const LIMIT: Duration = Duration::from_secs(180);

/// An operator of a namespace, without a screen.
struct Field {
    runtime: Runtime,
    cluster: connect::Cluster,
    port: Arc<Writer>,
}

impl Field {
    /// Connects by this kubeconfig.
    fn new(kubeconfig: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (cluster, port) = runtime.block_on(hand::reach(kubeconfig));
        Self { runtime, cluster, port }
    }

    /// A release of a tag for each app, its preflight asked; `edit` changes how it runs.
    fn release(&self, apps: &[(AppKey, &str)], edit: impl FnOnce(&mut Plan)) -> Plan {
        let mut plan = self.runtime.block_on(hand::release(&self.cluster, &self.port, apps));
        edit(&mut plan);
        plan
    }

    /// Starts it.
    fn start(&self, plan: &Plan) -> Handle {
        let _inside = self.runtime.enter();
        hand::launch(&self.port, plan, u64::from(std::process::id()))
    }

    /// Waits until the batch is so.
    fn until(&self, handle: &Handle, what: &str, wanted: impl Fn(&Run) -> bool) -> Run {
        self.runtime.block_on(hand::until(handle, LIMIT, what, wanted))
    }

    /// Waits for its end.
    fn ended(&self, handle: &Handle) -> Run {
        self.runtime.block_on(hand::ended(handle))
    }

    /// Takes everything back, and waits until it is.
    fn revert(&self, handle: &Handle) -> Run {
        self.runtime.block_on(handle.order(Order::Revert { at_once: false, only: Vec::new() }));
        self.until(handle, "it is taken back", |run| matches!(run.phase, Phase::Reverted | Phase::RevertFailed))
    }

    fn leave(&self, handle: Handle) {
        self.runtime.block_on(handle.leave());
    }
}

/// A Deployment of a namespace.
fn app(space: &Space, name: &str) -> AppKey {
    hand::key(&space.name, AppKind::Deployment, name)
}

/// All six of [`apps::SIX`], each on its way to this tag.
fn six<'a>(space: &Space, tag: &'a str) -> Vec<(AppKey, &'a str)> {
    apps::SIX.iter().map(|name| (app(space, name), tag)).collect()
}

/// The object as kubectl names it: `deployment/gateway`.
fn object(app: &AppKey) -> String {
    let kind = format!("{:?}", app.kind).to_lowercase();
    format!("{kind}/{}", app.name)
}

/// The templates of these apps as they are.
fn templates(space: &Space, apps: &[(AppKey, &str)]) -> Vec<Value> {
    apps.iter().map(|(app, _)| space.template(&object(app))).collect()
}

/// The state of an app of a run.
fn state<'a>(run: &'a Run, name: &str) -> &'a StepState {
    let step = run.steps.iter().find(|step| &*step.key.name == name);
    &step.unwrap_or_else(|| panic!("no {name} in {run:#?}")).state
}

/// Whether the app is on its way, and its pods are not all there.
fn is_rolling(run: &Run, name: &str) -> bool {
    matches!(state(run, name), StepState::RollingOut(..))
}
