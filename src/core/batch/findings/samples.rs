//! What the tests of the checks share.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    batch::{Change, Check, Intent, Problem, Step},
    model::{AppKey, AppKind},
};

/// Of namespace shop.
pub fn key(kind: AppKind, name: &str) -> AppKey {
    AppKey { namespace: "shop".into(), name: name.into(), kind }
}

/// A Deployment of one container, at rest.
pub fn deployment(replicas: u32) -> Value {
    json!({
        "metadata": {"uid": "u1", "generation": 4},
        "spec": {
            "replicas": replicas,
            "template": {
                "metadata": {"labels": {"app": "orders"}},
                "spec": {"containers": [{"name": "main", "image": "shop/orders:v1"}]},
            },
        },
        "status": {"observedGeneration": 4, "updatedReplicas": replicas},
    })
}

/// A step of the app `orders`, read, its checks not asked yet.
pub fn step(intent: Intent, live: Value, change: Change) -> Step {
    of_kind(AppKind::Deployment, intent, live, change)
}

/// The same of another kind.
pub fn of_kind(kind: AppKind, intent: Intent, live: Value, change: Change) -> Step {
    let mut step = Step::new(intent, key(kind, "orders"));
    (step.live, step.change, step.check) = (Some(Arc::new(live)), Some(change), Check::Checking);
    step
}

/// A restart.
pub fn restart() -> Change {
    Change::Restart("2026-11-22T14:05:01Z".to_owned())
}

/// The texts of problems.
pub fn texts<'a>(problems: impl IntoIterator<Item = &'a Problem>) -> Vec<&'a str> {
    problems.into_iter().map(|problem| problem.text.as_str()).collect()
}
