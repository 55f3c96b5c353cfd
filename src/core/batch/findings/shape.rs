//! Objects that no change can be made of.

use serde_json::Value;

use crate::{
    batch::{Intent, Problem, ProblemKind, Step},
    model::AppKind,
};

pub(super) fn shape(live: &Value) -> Option<Problem> {
    let whole = live["spec"]["template"].is_object() && live["metadata"]["uid"].is_string();
    (!whole).then(|| Problem::error(ProblemKind::Shape, "what the server sent is no workload with a pod template"))
}

pub(super) fn ending(live: &Value) -> Option<Problem> {
    live["metadata"]["deletionTimestamp"].is_string().then(|| Problem::error(ProblemKind::Shape, "it is being deleted"))
}

pub(super) fn scale_of_daemon_set(step: &Step) -> Option<Problem> {
    (step.intent == Intent::Scale && step.key.kind == AppKind::DaemonSet).then(|| {
        Problem::error(
            ProblemKind::Shape,
            "a DaemonSet runs one pod a node and has no replicas: take it out of the plan",
        )
    })
}
