//! What the batch of a random story does to its apps, and what may be true of them afterwards.

use std::sync::Arc;

use proptest::prelude::*;
use rolldeck_core::{
    batch::{Bounds, Intent, Plan},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use super::{
    autoscaler,
    cluster::Cluster,
    scene::{checked, planned, release},
};

/// A change, the same of every app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// To v2.
    Release,
    /// From 3 to 5 replicas.
    Scale,
    /// No rollout starts any more.
    Pause,
    /// From 2–4 to 5–9 replicas.
    Bounds,
}

/// Releases mostly: they have the most to go wrong.
pub fn doings() -> impl Strategy<Value = Doing> {
    prop_oneof![3 => Just(Doing::Release), 1 => Just(Doing::Scale), 1 => Just(Doing::Pause), 1 => Just(Doing::Bounds)]
}

impl Doing {
    /// The kind, or one of which it can be done.
    pub fn fit(self, kind: AppKind) -> AppKind {
        match (self, kind) {
            (Self::Pause, _) => AppKind::Deployment,
            (Self::Scale | Self::Bounds, AppKind::DaemonSet) => AppKind::StatefulSet,
            _ => kind,
        }
    }

    /// What has to be there first.
    pub fn prepare(self, cluster: &Cluster, apps: &[AppKey]) {
        for app in apps.iter().filter(|_| self == Self::Bounds) {
            autoscaler::add(cluster, app, Some(2), 4);
        }
    }

    pub async fn plan(self, cluster: &Cluster, apps: &[AppKey]) -> Plan {
        let all = 0..apps.len();
        let plan = match self {
            Self::Release => return release(cluster, apps, "v2").await,
            Self::Scale => planned(cluster, Intent::Scale, apps, |plan| {
                all.for_each(|nth| plan.set_replicas(nth, 5).unwrap());
            }),
            Self::Pause => planned(cluster, Intent::Pause, apps, |_| {}),
            Self::Bounds => planned(cluster, Intent::Bounds, apps, |plan| {
                for nth in all {
                    plan.steps[nth].hpa = apps[nth].name.clone();
                    plan.steps[nth].autoscaler = Some(Arc::new(cluster.read(&autoscaler::of(&apps[nth])).unwrap()));
                    plan.set_bounds(nth, Bounds { min: 5, max: 9 }).unwrap();
                }
            }),
        };
        checked(cluster, plan).await
    }

    /// What it writes, as it is now.
    pub fn written(self, cluster: &Cluster, app: &AppKey) -> Value {
        let object = cluster.object(app);
        match self {
            Self::Release => object["spec"]["template"].clone(),
            Self::Scale => object["spec"]["replicas"].clone(),
            Self::Pause => json!(object["spec"]["paused"] == true),
            Self::Bounds => {
                let spec = cluster.read(&autoscaler::of(app)).unwrap()["spec"].clone();
                json!([spec["minReplicas"], spec["maxReplicas"]])
            }
        }
    }

    /// What it makes of that.
    pub fn made(self, app: &AppKey) -> Value {
        match self {
            Self::Release => super::scene::template(&app.name, "v2"),
            Self::Scale => json!(5),
            Self::Pause => json!(true),
            Self::Bounds => json!([5, 9]),
        }
    }

    /// Whether it is true of the app's pods that it is rolled out.
    pub fn is_out(self, cluster: &Cluster, app: &AppKey) -> bool {
        let pods = cluster.world().apps[app].pods.clone();
        let ready = pods.iter().all(|pod| pod.ready);
        let one = pods.windows(2).all(|pair| pair[0].revision == pair[1].revision);
        match self {
            Self::Release => pods.len() == 3 && one && ready,
            Self::Scale => pods.len() == 5 && ready,
            Self::Pause => self.written(cluster, app) == json!(true),
            Self::Bounds => (5..=9).contains(&pods.len()) && ready,
        }
    }

    /// What it has no say in is as it was: all but what people and autoscalers do to the app.
    pub fn leaves_the_rest(self, app: &AppKey, before: &Value, now: &Value, (edited, scaled): (bool, bool)) {
        let same = |what: &str| assert_eq!(now["spec"][what], before["spec"][what], "{what} of {app} after {self:?}");
        if self != Self::Release && !edited {
            same("template");
        }
        if !matches!(self, Self::Scale | Self::Bounds) && !scaled {
            same("replicas");
        }
        if self != Self::Pause {
            same("paused");
        }
    }
}
