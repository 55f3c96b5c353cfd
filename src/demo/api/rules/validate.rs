//! What the API server does not let through, in its words.

use serde_json::{Value, json};

use super::names;
use crate::store::{Cause, Kind, Refusal};

const NEGATIVE: &str = "must be greater than or equal to 0";
const IMMUTABLE: &str = "field is immutable";

/// Checks an object that is to be stored; `before` is what it replaces.
///
/// # Errors
/// 422 with every complaint.
pub fn validate(kind: &Kind, before: Option<&Value>, object: &Value) -> Result<(), Refusal> {
    let mut causes = Vec::new();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    if before.is_none() {
        if name.is_empty() && object["metadata"]["generateName"].as_str().is_none_or(str::is_empty) {
            causes.push(Cause::required("metadata.name", "name or generateName is required"));
        } else if !name.is_empty() {
            causes.extend(names::name(kind, name));
        }
    }
    match kind.kind {
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" => workload(kind, before, object, &mut causes),
        "Pod" => pod(before, object, &mut causes),
        "HorizontalPodAutoscaler" => autoscaler(&object["spec"], &mut causes),
        "ConfigMap" | "Secret" => immutable(before, object, &mut causes),
        _ => {}
    }
    if causes.is_empty() { Ok(()) } else { Err(Refusal::invalid(kind, name, &causes)) }
}

fn not_negative(spec: &Value, keys: &[&str], causes: &mut Vec<Cause>) {
    for key in keys {
        if spec[key].as_i64().is_some_and(|number| number < 0) {
            causes.push(Cause::invalid(format!("spec.{key}"), &spec[key], NEGATIVE));
        }
    }
}

fn workload(kind: &Kind, before: Option<&Value>, object: &Value, causes: &mut Vec<Cause>) {
    let spec = &object["spec"];
    not_negative(spec, &["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"], causes);
    let selector = &spec["selector"];
    let empty = |value: &Value| value.as_object().is_none_or(serde_json::Map::is_empty);
    if selector.is_null() {
        causes.push(Cause::required("spec.selector", ""));
    } else if empty(&selector["matchLabels"]) && selector["matchExpressions"].as_array().is_none_or(Vec::is_empty) {
        causes.push(Cause::invalid(
            "spec.selector",
            selector,
            &format!("empty selector is invalid for {}", kind.kind.to_lowercase()),
        ));
    }
    let labels = &spec["template"]["metadata"]["labels"];
    let wanted = selector["matchLabels"].as_object().cloned().unwrap_or_default();
    if selector.is_null() || wanted.iter().any(|(key, value)| &labels[key] != value) {
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            labels,
            "`selector` does not match template `labels`",
        ));
    }
    template(&spec["template"]["spec"], "spec.template.spec", causes);
    let recreate = spec["strategy"]["type"] == "Recreate" && !spec["strategy"]["rollingUpdate"].is_null();
    if recreate {
        let why = "may not be specified when strategy `type` is 'Recreate'";
        causes.push(Cause::forbidden("spec.strategy.rollingUpdate", why));
    }
    if let Some(before) = before {
        if kind.kind != "StatefulSet" && &before["spec"]["selector"] != selector {
            causes.push(Cause::invalid("spec.selector", selector, IMMUTABLE));
        }
        if kind.kind == "StatefulSet" {
            stateful_set(&before["spec"], spec, causes);
        }
    }
}

fn stateful_set(before: &Value, after: &Value, causes: &mut Vec<Cause>) {
    const MAY: &[&str] = &[
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    let rest = |spec: &Value| {
        let mut spec = spec.clone();
        if let Some(spec) = spec.as_object_mut() {
            spec.retain(|key, _| !MAY.contains(&key.as_str()));
        }
        spec
    };
    if rest(before) != rest(after) {
        let why = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                   'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                   'minReadySeconds' are forbidden";
        causes.push(Cause::forbidden("spec", why));
    }
}

fn template(spec: &Value, path: &str, causes: &mut Vec<Cause>) {
    let containers = spec["containers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if containers.is_empty() {
        causes.push(Cause::required(format!("{path}.containers"), ""));
    }
    for (at, container) in containers.iter().enumerate() {
        for key in ["name", "image"] {
            if container[key].as_str().is_none_or(str::is_empty) {
                causes.push(Cause::required(format!("{path}.containers[{at}].{key}"), ""));
            }
        }
        if containers[..at].iter().any(|one| one["name"] == container["name"]) {
            let message = format!("Duplicate value: {}", container["name"]);
            let field = format!("{path}.containers[{at}].name");
            causes.push(Cause { field, reason: "FieldValueDuplicate", message });
        }
    }
}

fn pod(before: Option<&Value>, object: &Value, causes: &mut Vec<Cause>) {
    template(&object["spec"], "spec", causes);
    let Some(before) = before else { return };
    let fixed = |pod: &Value| {
        let mut spec = pod["spec"].clone();
        for key in
            ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName", "schedulingGates"]
        {
            spec.as_object_mut().map(|spec| spec.remove(key));
        }
        for key in ["containers", "initContainers"] {
            for container in spec[key].as_array_mut().into_iter().flatten() {
                container.as_object_mut().map(|container| container.remove("image"));
            }
        }
        spec
    };
    let (mut old, mut new) = (fixed(before), fixed(object));
    for spec in [&mut old, &mut new] {
        if let Some(spec) = spec.as_object_mut() {
            spec.retain(|_, value| !value.is_null());
        }
    }
    if old != new {
        let why = "pod updates may not change fields other than `spec.containers[*].image`,\
                   `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to \
                   existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
                   previously negative)";
        causes.push(Cause::forbidden("spec", why));
    }
}

fn autoscaler(spec: &Value, causes: &mut Vec<Cause>) {
    let number = |key: &str| spec[key].as_i64();
    if number("minReplicas").is_some_and(|least| least < 1) {
        causes.push(Cause::invalid("spec.minReplicas", &spec["minReplicas"], "must be greater than or equal to 1"));
    }
    let most = number("maxReplicas").unwrap_or(0);
    if most < 1 {
        causes.push(Cause::invalid("spec.maxReplicas", &json!(most), "must be greater than 0"));
    }
    if number("minReplicas").is_some_and(|least| most < least) {
        let why = "must be greater than or equal to `minReplicas`";
        causes.push(Cause::invalid("spec.maxReplicas", &json!(most), why));
    }
    if spec["scaleTargetRef"]["name"].as_str().is_none_or(str::is_empty) {
        causes.push(Cause::required("spec.scaleTargetRef.name", ""));
    }
}

fn immutable(before: Option<&Value>, object: &Value, causes: &mut Vec<Cause>) {
    let Some(before) = before.filter(|before| before["immutable"] == true) else { return };
    let why = "field is immutable when `immutable` is set";
    for key in ["immutable", "data", "binaryData"] {
        if before.get(key) != object.get(key) {
            causes.push(Cause::forbidden(key, why));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kind::{CONFIG_MAP, DEPLOYMENT, HPA, POD, STATEFUL_SET};

    fn deployment() -> Value {
        json!({
            "metadata": { "name": "shop" },
            "spec": {
                "replicas": 1, "selector": { "matchLabels": { "app": "shop" } },
                "template": {
                    "metadata": { "labels": { "app": "shop" } },
                    "spec": { "containers": [{ "name": "a", "image": "a" }] },
                },
            },
        })
    }

    fn said(kind: &Kind, before: Option<&Value>, object: &Value) -> String {
        validate(kind, before, object).expect_err("refused").message
    }

    #[test]
    fn an_empty_deployment_is_refused_with_all_that_it_lacks() {
        let empty = json!({ "metadata": {}, "spec": {} });
        assert_eq!(
            said(&DEPLOYMENT, None, &empty),
            "Deployment.apps \"\" is invalid: [metadata.name: Required value: name or generateName is required, \
             spec.selector: Required value, spec.template.metadata.labels: Invalid value: null: `selector` does not \
             match template `labels`, spec.template.spec.containers: Required value]"
        );
        assert_eq!(validate(&DEPLOYMENT, None, &deployment()), Ok(()));
    }

    #[test]
    fn a_selector_cannot_change_and_replicas_cannot_be_negative() {
        let (before, mut after) = (deployment(), deployment());
        after["spec"]["selector"]["matchLabels"]["app"] = "x".into();
        after["spec"]["template"]["metadata"]["labels"]["app"] = "x".into();
        assert_eq!(
            said(&DEPLOYMENT, Some(&before), &after),
            "Deployment.apps \"shop\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"x\"}}: \
             field is immutable"
        );
        let mut after = deployment();
        after["spec"]["replicas"] = (-1).into();
        assert_eq!(
            said(&DEPLOYMENT, Some(&before), &after),
            "Deployment.apps \"shop\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        );
    }

    #[test]
    fn what_may_not_change_is_forbidden() {
        let before = deployment();
        let mut after = deployment();
        after["spec"]["serviceName"] = "other".into();
        assert!(said(&STATEFUL_SET, Some(&before), &after).contains("updates to statefulset spec for fields"));
        let pod = json!({ "metadata": { "name": "a" }, "spec": { "containers": [{ "name": "a", "image": "a" }] } });
        let mut image = pod.clone();
        image["spec"]["containers"][0]["image"] = "b".into();
        assert_eq!(validate(&POD, Some(&pod), &image), Ok(()));
        image["spec"]["hostNetwork"] = true.into();
        assert!(said(&POD, Some(&pod), &image).contains("pod updates may not change fields"));
        let map = json!({ "metadata": { "name": "m" }, "immutable": true, "data": { "a": "1" } });
        let mut other = map.clone();
        other["data"]["a"] = "2".into();
        assert!(said(&CONFIG_MAP, Some(&map), &other).contains("field is immutable when `immutable` is set"));
    }

    #[test]
    fn an_autoscalers_bounds_must_have_room() {
        let hpa = json!({ "metadata": { "name": "a" }, "spec": {
            "minReplicas": 5, "maxReplicas": 2, "scaleTargetRef": { "name": "a" } } });
        assert!(said(&HPA, None, &hpa).contains("must be greater than or equal to `minReplicas`"));
    }
}
