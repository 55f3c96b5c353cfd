//! What stands around the apps of a plan: each thing is looked at once.

use std::sync::Arc;

use rolldeck_core::{
    around::{ConfigKind, ConfigUse, Known, config_uses},
    batch::{
        Change, Check, Intent, Look, Plan, Port, PortError, Step, Target,
        findings::{Demand, Looked, Places, Quotas},
        seen::Seen,
    },
    text::Clean,
};
use serde_json::Value;
use tokio::task::JoinSet;

use super::cache::Cache;

/// ConfigMaps and Secrets of one app that are looked at: more are an app's that is made of nothing else.
const CONFIGS: usize = 100;
/// Of them at a time.
const AT_ONCE: usize = 6;

type Config = (ConfigKind, Clean, Clean);

pub(super) struct Looks<P> {
    port: Arc<P>,
    /// What each app of the plan brings.
    demands: Vec<Demand>,
    width: usize,
    seen: Option<Arc<Seen>>,
    quotas: Cache<Clean, Looked<Arc<Quotas>>>,
    budgets: Cache<Clean, Looked<Arc<[Value]>>>,
    room: Cache<(), Looked<Arc<Places>>>,
    configs: Cache<Config, Known>,
}

impl<P: Port + Look> Looks<P> {
    pub(super) fn new(port: Arc<P>, plan: &Plan) -> Self {
        let written = plan.steps.iter().filter(|step| matches!(step.check, Check::Checking | Check::Passed { .. }));
        Self {
            port,
            demands: written.filter_map(Demand::expected).collect(),
            width: plan.options.width,
            seen: plan.seen.clone(),
            quotas: Cache::new(),
            budgets: Cache::new(),
            room: Cache::new(),
            configs: Cache::new(),
        }
    }

    pub(super) fn seen(&self) -> Option<Arc<Seen>> {
        self.seen.clone()
    }

    pub(super) async fn quotas(&self, namespace: &Clean) -> Looked<Arc<Quotas>> {
        let ask = || async {
            let raw = absent_is_none(self.port.quotas(namespace).await)?;
            let ours: Vec<&Demand> = self.demands.iter().filter(|demand| demand.app.namespace == *namespace).collect();
            Ok(Arc::new(Quotas::new(raw, &ours, self.width)))
        };
        self.quotas.get(namespace.clone(), ask).await
    }

    pub(super) async fn budgets(&self, namespace: &Clean) -> Looked<Arc<[Value]>> {
        let ask = || async { absent_is_none(self.port.budgets(namespace).await).map(Arc::from) };
        self.budgets.get(namespace.clone(), ask).await
    }

    /// `None` where the change brings no pod that needs a node.
    pub(super) async fn room(&self, step: &Step, after: &Value) -> Option<Looked<Arc<Places>>> {
        Demand::of(step, after).filter(Demand::is_scheduled)?;
        let ask = || async {
            let room = self.port.room().await.map_err(words)?;
            Ok(Arc::new(Places::new(room, &self.demands, self.width)))
        };
        Some(self.room.get((), ask).await)
    }

    /// What is known of the ConfigMaps and Secrets that the new pods take up.
    pub(super) async fn configs(self: &Arc<Self>, step: &Step, after: &Value) -> Vec<(ConfigUse, Known)> {
        if !step.intent.writes_template() {
            return Vec::new();
        }
        let mut uses = config_uses(&after["spec"]["template"]).into_iter().take(CONFIGS);
        let (mut reads, mut found) = (JoinSet::new(), Vec::new());
        loop {
            while reads.len() < AT_ONCE
                && let Some(of) = uses.next()
            {
                reads.spawn(self.clone().config(step.key.namespace.clone(), of));
            }
            match reads.join_next().await {
                Some(read) => found.extend(read.ok()),
                None => break,
            }
        }
        found.sort_by(|(a, _), (b, _)| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
        found
    }

    async fn config(self: Arc<Self>, namespace: Clean, of: ConfigUse) -> (ConfigUse, Known) {
        let key = (of.kind, namespace.clone(), of.name.clone());
        let known = self.configs.get(key, || self.port.config(of.kind, &namespace, &of.name)).await;
        (of, known)
    }

    /// Whether the revision that a step goes back to is still there; `None` where it goes to none that the plan has read.
    pub(super) async fn revision(&self, step: &Step) -> Option<Looked<bool>> {
        let Some(Change::Template { revision: number, .. }) = &step.change else { return None };
        let revision = step.revisions.iter().find(|revision| revision.number == *number)?;
        Some(self.port.has_revision(&step.key, &revision.name).await.map_err(words))
    }

    /// The autoscaler of a change of replicas.
    pub(super) async fn autoscaler(&self, step: &Step) -> Option<Looked<Value>> {
        if step.hpa.is_empty() || step.intent != Intent::Scale {
            return step.autoscaler.as_deref().cloned().map(Ok);
        }
        let target = Target::Autoscaler { namespace: step.key.namespace.clone(), name: step.hpa.clone() };
        match self.port.read(&target).await {
            Ok(object) => Some(Ok(object)),
            Err(PortError::NotFound(_)) => None,
            Err(error) => Some(Err(words(error))),
        }
    }
}

/// A kind that the server does not serve has no objects.
fn absent_is_none(read: Result<Vec<Value>, PortError>) -> Looked<Vec<Value>> {
    match read {
        Err(PortError::NotFound(_)) => Ok(Vec::new()),
        read => read.map_err(words),
    }
}

fn words(error: PortError) -> Clean {
    error.to_string().into()
}
