//! A rollout that is in progress already.

use serde_json::Value;

use crate::{
    batch::{Problem, ProblemKind, Step, snapshot},
    model::AppKind,
};

pub(super) fn in_progress(step: &Step, live: &Value) -> Option<Problem> {
    let status = &live["status"];
    let count = |field: &str| status[field].as_u64().unwrap_or(0);
    let (updated, wanted) = match step.key.kind {
        AppKind::DaemonSet => (count("updatedNumberScheduled"), count("desiredNumberScheduled")),
        AppKind::Deployment => (count("updatedReplicas"), u64::from(snapshot::replicas(live))),
        AppKind::StatefulSet => {
            let even = status["currentRevision"] == status["updateRevision"];
            let wanted = u64::from(snapshot::replicas(live));
            (if even { wanted } else { count("updatedReplicas") }, wanted)
        }
    };
    let unseen = live["metadata"]["generation"].as_i64() > status["observedGeneration"].as_i64();
    let told = status.is_object() && (unseen || updated < wanted);
    (told && !snapshot::paused(live)).then(|| {
        Problem::warning(
            ProblemKind::InProgress,
            format!("a rollout is in progress: {updated} of {wanted} pods are updated"),
        )
    })
}
