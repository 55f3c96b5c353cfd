//! Rows of nodes, namespaces, events, leases and of whatever has no row of its own.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::age;
use super::text::{items, or, or_none};

fn name(object: &Value) -> Value {
    object["metadata"]["name"].clone()
}

/// Name and age.
pub fn plain(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![name(object), age::of(object, now)]
}

/// Name and time of creation.
pub fn definition(object: &Value, _now: DateTime<Utc>) -> Vec<Value> {
    vec![name(object), object["metadata"]["creationTimestamp"].clone()]
}

/// A namespace and its phase.
pub fn namespace(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![name(object), or(&object["status"]["phase"], ""), age::of(object, now)]
}

/// A lease and who holds it.
pub fn lease(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![name(object), or(&object["spec"]["holderIdentity"], ""), age::of(object, now)]
}

/// A node: ready or not, roles, versions, addresses.
pub fn node(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let status = &object["status"];
    let ready = items(&status["conditions"]).iter().find(|one| one["type"] == "Ready");
    let mut state = match ready {
        Some(ready) if ready["status"] == "True" => "Ready",
        Some(_) => "NotReady",
        None => "Unknown",
    }
    .to_owned();
    if object["spec"]["unschedulable"] == true {
        state.push_str(",SchedulingDisabled");
    }
    let labels = object["metadata"]["labels"].as_object();
    let role = |key: &String| key.strip_prefix("node-role.kubernetes.io/").map(str::to_owned);
    let roles: Vec<String> =
        labels.into_iter().flat_map(|labels| labels.keys()).filter_map(role).filter(|role| !role.is_empty()).collect();
    let roles = if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") };
    let address = |kind: &str| {
        let found = items(&status["addresses"]).iter().find(|one| one["type"] == kind);
        or_none(found.map_or(&Value::Null, |one| &one["address"]))
    };
    let info = &status["nodeInfo"];
    vec![
        name(object),
        state.into(),
        roles.into(),
        age::of(object, now),
        or(&info["kubeletVersion"], ""),
        address("InternalIP"),
        address("ExternalIP"),
        or(&info["osImage"], "<unknown>"),
        or(&info["kernelVersion"], "<unknown>"),
        or(&info["containerRuntimeVersion"], "<unknown>"),
    ]
}

/// An event: when, what, about what.
pub fn event(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let first = if object["firstTimestamp"].is_null() { &object["eventTime"] } else { &object["firstTimestamp"] };
    let first = age::since(first, now);
    let mut last =
        if object["lastTimestamp"].is_null() { first.clone() } else { age::since(&object["lastTimestamp"], now) };
    let mut count = object["count"].as_i64().filter(|count| *count > 0).unwrap_or(1);
    let series = &object["series"];
    if series.is_object() {
        last = age::since(&series["lastObservedTime"], now);
        count = series["count"].as_i64().unwrap_or(count);
    }
    let about = &object["involvedObject"];
    let mut target = about["kind"].as_str().unwrap_or_default().to_lowercase();
    if let Some(name) = about["name"].as_str().filter(|name| !name.is_empty()) {
        target = format!("{target}/{name}");
    }
    let source = match (object["source"]["component"].as_str(), object["source"]["host"].as_str()) {
        (Some(component), Some(host)) if !host.is_empty() => format!("{component}, {host}"),
        (Some(component), _) => component.to_owned(),
        (None, _) => object["reportingComponent"].as_str().unwrap_or_default().to_owned(),
    };
    vec![
        last.into(),
        or(&object["type"], ""),
        or(&object["reason"], ""),
        target.into(),
        or(&about["fieldPath"], ""),
        source.into(),
        object["message"].as_str().unwrap_or_default().trim().into(),
        first.into(),
        count.to_string().into(),
        name(object),
    ]
}
