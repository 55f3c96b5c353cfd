//! Who else manages an app, and may undo what is written.

use serde_json::Value;

use crate::batch::{Problem, ProblemKind};

pub(super) fn managed(live: &Value) -> Option<Problem> {
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
    if let Some(name) = keda(live) {
        return Some(format!("KEDA ScaledObject {name}"));
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

/// The ScaledObject that KEDA made an autoscaler for, or that it scales a workload by.
pub(super) fn keda(object: &Value) -> Option<String> {
    let name = object["metadata"]["labels"]["scaledobject.keda.sh/name"].as_str().map(str::to_owned);
    let owners = object["metadata"]["ownerReferences"].as_array().into_iter().flatten();
    let mut owners = owners.filter(|owner| owner["kind"] == "ScaledObject");
    name.or_else(|| owners.next()?["name"].as_str().map(str::to_owned))
}
