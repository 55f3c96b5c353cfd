//! The ReplicaSet controller (pkg/controller/replicaset): as many pods as wanted, and a status that says how many.

use super::super::json::{
    condition, deleting, int, list, name, namespace, owned_by, remove_condition, set_condition, stamp, uid,
};
use super::super::kinds::{POD, REPLICA_SET};
use super::super::names::Dice;
use super::super::outcome::{Note, Outcome, Target, Write};
use super::super::pods::Pod;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

const COMPONENT: &str = "replicaset-controller";
/// The most pods that one look creates or deletes.
const BURST: usize = 500;

/// Looks at a ReplicaSet and its pods. `allowed` says, for a pod about to be created, why a quota forbids it.
pub fn reconcile(
    set: &Value,
    pods: &[&Pod],
    mut allowed: impl FnMut(&Value) -> Result<(), String>,
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> Outcome {
    let mut out = Outcome::default();
    let wanted = usize::try_from(int(set, "/spec/replicas").unwrap_or(1)).unwrap_or(0);
    let active: Vec<&Pod> = pods.iter().copied().filter(|pod| pod.active()).collect();
    let mut failure = None;
    if !deleting(set) {
        if active.len() < wanted {
            failure = create(set, (wanted - active.len()).min(BURST), &mut allowed, dice, now, &mut out);
        } else if active.len() > wanted {
            delete(set, &active, active.len() - wanted, &mut out);
        }
    }
    let status = status(set, pods, &active, failure, now);
    if set.get("status") != Some(&status) {
        out.writes.push(Write::Status(&REPLICA_SET, Target::of(set), status));
    }
    let seconds = int(set, "/spec/minReadySeconds").unwrap_or(0);
    for pod in active {
        if let Some(at) = pod.available_at(seconds).filter(|at| seconds > 0 && *at > now) {
            out.look_again(at);
        }
    }
    out
}

/// A pod of a template, without its name.
pub fn pod_of(template: &Value, owner: &Value, kind: &str, place: &str, now: DateTime<Utc>) -> Value {
    let mut metadata = json!({
        "namespace": place,
        "creationTimestamp": stamp(now),
        "ownerReferences": [owned_by("apps/v1", kind, name(owner), uid(owner))],
    });
    for part in ["labels", "annotations"] {
        if let Some(value) = template.pointer(&format!("/metadata/{part}")) {
            metadata[part] = value.clone();
        }
    }
    let mut spec = template.get("spec").cloned().unwrap_or_else(|| json!({}));
    for (field, default) in [
        ("restartPolicy", json!("Always")),
        ("schedulerName", json!("default-scheduler")),
        ("serviceAccountName", json!("default")),
        ("terminationGracePeriodSeconds", json!(30)),
        ("dnsPolicy", json!("ClusterFirst")),
        ("enableServiceLinks", json!(true)),
        ("preemptionPolicy", json!("PreemptLowerPriority")),
        ("priority", json!(0)),
    ] {
        if spec.get(field).is_none() {
            spec[field] = default;
        }
    }
    if spec.get("tolerations").is_none() {
        spec["tolerations"] = json!([
            {"effect": "NoExecute", "key": "node.kubernetes.io/not-ready", "operator": "Exists", "tolerationSeconds": 300},
            {"effect": "NoExecute", "key": "node.kubernetes.io/unreachable", "operator": "Exists", "tolerationSeconds": 300},
        ]);
    }
    let class = service_class(&spec);
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec,
        "status": {"phase": "Pending", "qosClass": class},
    })
}

/// The quality of service that requests and limits amount to.
pub fn service_class(spec: &Value) -> &'static str {
    let containers = list(spec, "/containers");
    let has = |container: &Value, pointer: &str| container.pointer(pointer).cloned();
    let guaranteed = containers.iter().all(|container| {
        ["cpu", "memory"].iter().all(|resource| {
            let limit = has(container, &format!("/resources/limits/{resource}"));
            let request = has(container, &format!("/resources/requests/{resource}"));
            limit.is_some() && (request.is_none() || request == limit)
        })
    });
    let asks =
        |container: &Value| container.get("resources").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    match (guaranteed, containers.iter().any(asks)) {
        (true, _) => "Guaranteed",
        (false, true) => "Burstable",
        (false, false) => "BestEffort",
    }
}

fn create(
    set: &Value,
    count: usize,
    allowed: &mut impl FnMut(&Value) -> Result<(), String>,
    dice: &mut Dice,
    now: DateTime<Utc>,
    out: &mut Outcome,
) -> Option<String> {
    let template = set.pointer("/spec/template").cloned().unwrap_or_default();
    for _ in 0..count {
        let mut pod = pod_of(&template, set, "ReplicaSet", namespace(set), now);
        let pod_name = format!("{}-{}", name(set), dice.suffix());
        pod["metadata"]["generateName"] = json!(format!("{}-", name(set)));
        pod["metadata"]["name"] = json!(pod_name);
        pod["metadata"]["uid"] = json!(dice.uid());
        if let Err(why) = allowed(&pod) {
            let error = format!("pods \"{pod_name}\" is forbidden: {why}");
            out.notes.push(note(set, true, "FailedCreate", format!("Error creating: {error}")));
            out.look_again(now + chrono::Duration::seconds(60));
            return Some(error);
        }
        out.writes.push(Write::Create(&POD, pod));
        out.notes.push(note(set, false, "SuccessfulCreate", format!("Created pod: {pod_name}")));
    }
    None
}

fn delete(set: &Value, active: &[&Pod], count: usize, out: &mut Outcome) {
    let mut on_node: HashMap<&str, usize> = HashMap::new();
    for pod in active {
        *on_node.entry(pod.node.as_deref().unwrap_or("")).or_default() += 1;
    }
    let mut ranked: Vec<&Pod> = active.to_vec();
    ranked.sort_by_key(|pod| {
        let crowd = on_node.get(pod.node.as_deref().unwrap_or("")).copied().unwrap_or(0);
        let since = pod.ready_since.map_or(0, |since| -since.timestamp());
        let age = -pod.created.timestamp();
        (pod.node.is_some(), pod.phase, pod.ready, usize::MAX - crowd, since, -pod.restarts, age, pod.name.clone())
    });
    for pod in ranked.into_iter().take(count.min(BURST)) {
        let target = Target { namespace: pod.namespace.to_string(), name: pod.name.to_string(), uid: pod.uid.clone() };
        out.writes.push(Write::Delete(&POD, target));
        out.notes.push(note(set, false, "SuccessfulDelete", format!("Deleted pod: {}", pod.name)));
    }
}

fn note(set: &Value, warning: bool, reason: &'static str, message: String) -> Note {
    let mut note = Note::about(set, warning, reason, message, COMPONENT);
    note.about = ("apps/v1".into(), "ReplicaSet".into());
    note
}

fn status(set: &Value, pods: &[&Pod], active: &[&Pod], failure: Option<String>, now: DateTime<Utc>) -> Value {
    let seconds = int(set, "/spec/minReadySeconds").unwrap_or(0);
    let mut status = json!({
        "observedGeneration": int(set, "/metadata/generation").unwrap_or(1),
        "replicas": active.len(),
        "terminatingReplicas": pods.iter().filter(|pod| pod.deleting).count(),
    });
    let counts = [
        ("fullyLabeledReplicas", active.len()),
        ("readyReplicas", active.iter().filter(|pod| pod.ready).count()),
        ("availableReplicas", active.iter().filter(|pod| pod.available(seconds, now)).count()),
    ];
    for (field, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        status[field] = json!(count);
    }
    let old = set.get("status").cloned().unwrap_or_else(|| json!({}));
    let conditions = list(&old, "/conditions");
    if !conditions.is_empty() {
        status["conditions"] = json!(conditions);
    }
    match failure {
        Some(message) if condition(&old, "ReplicaFailure").is_none() => set_condition(
            &mut status,
            json!({
                "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message,
                "lastTransitionTime": stamp(now),
            }),
        ),
        Some(_) => {}
        None => remove_condition(&mut status, "ReplicaFailure"),
    }
    if list(&status, "/conditions").is_empty()
        && let Some(map) = status.as_object_mut()
    {
        map.remove("conditions");
    }
    status
}
