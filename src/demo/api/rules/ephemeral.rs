//! What may become of a pod's ephemeral containers (k8s.io/kubernetes, pkg/apis/core/validation: `ValidatePodEphemeralContainersUpdate`).

use serde_json::Value;

use crate::store::{Cause, Refusal, kind::POD};

/// What an ephemeral container cannot have.
const NEVER: [&str; 7] =
    ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "resources", "restartPolicy"];

/// Checks the ephemeral containers of a pod against those that it had.
///
/// # Errors
/// 422 where one is changed or removed, has a name that is taken, aims at no container, or has what such a one cannot have.
pub fn ephemeral(before: &Value, wanted: &Value) -> Result<(), Refusal> {
    let list = |pod: &Value| pod["spec"]["ephemeralContainers"].as_array().cloned().unwrap_or_default();
    let (old, new) = (list(before), list(wanted));
    let mut causes = Vec::new();
    for one in &old {
        let path = "spec.ephemeralContainers";
        match new.iter().find(|other| other["name"] == one["name"]) {
            Some(same) if same == one => {}
            _ => causes.push(Cause::forbidden(path, "existing ephemeral containers may not be changed or removed")),
        }
    }
    let own = |name: &Value| {
        let lists = ["containers", "initContainers"].into_iter();
        lists.flat_map(|list| wanted["spec"][list].as_array().into_iter().flatten()).any(|one| one["name"] == *name)
    };
    for (at, one) in new.iter().enumerate() {
        let path = |field: &str| format!("spec.ephemeralContainers[{at}].{field}");
        for field in ["name", "image"] {
            if one[field].as_str().is_none_or(str::is_empty) {
                causes.push(Cause::required(path(field), ""));
            }
        }
        if own(&one["name"]) || new[..at].iter().any(|other| other["name"] == one["name"]) {
            let message = format!("Duplicate value: {}", one["name"]);
            causes.push(Cause { field: path("name"), reason: "FieldValueDuplicate", message });
        }
        let target = &one["targetContainerName"];
        if target.as_str().is_some_and(|target| !target.is_empty()) && !own(target) {
            let message = format!("Not found: {target}");
            causes.push(Cause { field: path("targetContainerName"), reason: "FieldValueNotFound", message });
        }
        for field in NEVER {
            let set = one
                .get(field)
                .is_some_and(|value| !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty()));
            if set {
                causes.push(Cause::forbidden(path(field), "cannot be set for an Ephemeral Container"));
            }
        }
    }
    let name = before["metadata"]["name"].as_str().unwrap_or_default();
    if causes.is_empty() { Ok(()) } else { Err(Refusal::invalid(&POD, name, &causes)) }
}
