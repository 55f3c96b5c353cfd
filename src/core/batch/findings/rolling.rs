//! Pods that are not replaced by the change alone.

use serde_json::Value;

use crate::{
    batch::{Problem, ProblemKind, Step},
    model::AppKind,
};

pub(super) fn on_delete(step: &Step, live: &Value) -> Option<Problem> {
    let strategy = if step.key.kind == AppKind::Deployment { "strategy" } else { "updateStrategy" };
    (step.intent.writes_template() && live["spec"][strategy]["type"] == "OnDelete").then(|| {
        Problem::warning(
            ProblemKind::NotRolling,
            "its strategy is OnDelete: each pod changes only when someone deletes it",
        )
    })
}

pub(super) fn stays_paused(step: &Step) -> Option<Problem> {
    (step.intent.writes_template() && step.paused() && step.resume == Some(false)).then(|| {
        Problem::warning(
            ProblemKind::NotRolling,
            "it stays paused: the change is written, and no pod is replaced until someone resumes it",
        )
    })
}

pub(super) fn stuck_pods(step: &Step, live: &Value) -> Option<Problem> {
    let ordered = live["spec"]["podManagementPolicy"].as_str().unwrap_or("OrderedReady") == "OrderedReady";
    let rolling = live["spec"]["updateStrategy"]["type"].as_str().unwrap_or("RollingUpdate") == "RollingUpdate";
    (step.intent.writes_template() && step.key.kind == AppKind::StatefulSet && ordered && rolling).then(|| {
        Problem::warning(ProblemKind::StuckPods, "pods start one by one (OrderedReady): a revert also deletes the new pods that are not ready, or they would block it")
    })
}
