//! What a look at an app tells before its preflight: what blocks a change, and what to know.

use serde_json::Value;

use super::{Change, Intent, Problem, ProblemKind, Step, snapshot};
use crate::model::AppKind;

/// Everything that can be said of a step from the object that was read.
pub(super) fn find(step: &Step) -> Vec<Problem> {
    let Some(live) = step.live.as_deref() else { return Vec::new() };
    let found = [
        shape(live),
        step.lack.clone().filter(|lack| lack.blocks()),
        ending(live),
        scale_of_daemon_set(step),
        autoscaler(step),
        managed(live),
        in_progress(step, live),
        on_delete(step, live),
        stays_paused(step),
        stuck_pods(step, live),
    ];
    found.into_iter().flatten().collect()
}

fn shape(live: &Value) -> Option<Problem> {
    let whole = live["spec"]["template"].is_object() && live["metadata"]["uid"].is_string();
    (!whole).then(|| Problem::error(ProblemKind::Shape, "what the server sent is no workload with a pod template"))
}

fn ending(live: &Value) -> Option<Problem> {
    live["metadata"]["deletionTimestamp"].is_string().then(|| Problem::error(ProblemKind::Shape, "it is being deleted"))
}

fn scale_of_daemon_set(step: &Step) -> Option<Problem> {
    (step.intent == Intent::Scale && step.key.kind == AppKind::DaemonSet).then(|| {
        Problem::error(
            ProblemKind::Shape,
            "a DaemonSet runs one pod a node and has no replicas: take it out of the plan",
        )
    })
}

fn autoscaler(step: &Step) -> Option<Problem> {
    (step.intent == Intent::Scale && !step.hpa.is_empty()).then(|| {
        let zero = matches!(step.change, Some(Change::Scale(0)));
        let text = if zero {
            format!("the autoscaler {} stops scaling it while it is at 0", step.hpa)
        } else {
            format!("the autoscaler {} will undo this scale: change its bounds instead", step.hpa)
        };
        Problem::warning(ProblemKind::Autoscaler, text)
    })
}

fn managed(live: &Value) -> Option<Problem> {
    let by = managed_by(live)?;
    Some(Problem::warning(ProblemKind::Managed, format!("{by} manages it and may undo this: change it there as well")))
}

/// Who else manages a workload, as its labels, annotations and controlling owner say.
pub fn managed_by(live: &Value) -> Option<String> {
    let (labels, annotations) = (&live["metadata"]["labels"], &live["metadata"]["annotations"]);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if text(&annotations["argocd.argoproj.io/tracking-id"]).is_some()
        || text(&labels["argocd.argoproj.io/instance"]).is_some()
    {
        return Some("Argo CD".to_owned());
    }
    if let Some(name) = text(&labels["kustomize.toolkit.fluxcd.io/name"]) {
        return Some(format!("Flux kustomization {name}"));
    }
    if let Some(name) = text(&labels["helm.toolkit.fluxcd.io/name"]) {
        return Some(format!("Flux Helm release {name}"));
    }
    let owners = live["metadata"]["ownerReferences"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(owner) = owners.iter().find(|owner| owner["controller"] == true) {
        let of = |field: &str| owner[field].as_str().unwrap_or("?").to_owned();
        return Some(format!("{} {}", of("kind"), of("name")));
    }
    if let Some(name) = text(&annotations["meta.helm.sh/release-name"]) {
        return Some(format!("Helm release {name}"));
    }
    text(&labels["app.kubernetes.io/managed-by"]).filter(|by| by != "rolldeck")
}

fn in_progress(step: &Step, live: &Value) -> Option<Problem> {
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

fn on_delete(step: &Step, live: &Value) -> Option<Problem> {
    let strategy = if step.key.kind == AppKind::Deployment { "strategy" } else { "updateStrategy" };
    (step.intent.writes_template() && live["spec"][strategy]["type"] == "OnDelete").then(|| {
        Problem::warning(
            ProblemKind::NotRolling,
            "its strategy is OnDelete: each pod changes only when someone deletes it",
        )
    })
}

fn stays_paused(step: &Step) -> Option<Problem> {
    (step.intent.writes_template() && step.paused() && step.resume == Some(false)).then(|| {
        Problem::warning(
            ProblemKind::NotRolling,
            "it stays paused: the change is written, and no pod is replaced until someone resumes it",
        )
    })
}

fn stuck_pods(step: &Step, live: &Value) -> Option<Problem> {
    let ordered = live["spec"]["podManagementPolicy"].as_str().unwrap_or("OrderedReady") == "OrderedReady";
    let rolling = live["spec"]["updateStrategy"]["type"].as_str().unwrap_or("RollingUpdate") == "RollingUpdate";
    (step.intent.writes_template() && step.key.kind == AppKind::StatefulSet && ordered && rolling).then(|| {
        Problem::warning(ProblemKind::StuckPods, "pods start one by one (OrderedReady): a revert also deletes the new pods that are not ready, or they would block it")
    })
}
