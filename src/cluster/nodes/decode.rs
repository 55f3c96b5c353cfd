//! A node of its JSON.

use rolldeck_core::{
    Time,
    model::Node,
    text::{Clean, quantity},
};
use serde_json::Value;

const ROLE: &str = "node-role.kubernetes.io/";

/// A node as rolldeck knows it.
pub(super) fn node(from: &Value) -> Option<Node> {
    let (meta, spec, status) = (&from["metadata"], &from["spec"], &from["status"]);
    let info = &status["nodeInfo"];
    let conditions = status["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ready = conditions.iter().find(|condition| condition["type"] == "Ready");
    let holds = ready.and_then(|ready| truth(&ready["status"]));
    let allocatable = |key: &str| status["allocatable"][key].as_str().unwrap_or("0");
    let taints = spec["taints"].as_array().map(Vec::as_slice).unwrap_or_default();
    Some(Node {
        ready: holds,
        why: ready.filter(|_| holds != Some(true)).map(reason).unwrap_or_default(),
        troubles: conditions.iter().filter_map(trouble).collect(),
        taints: taints.iter().map(taint).collect(),
        cordoned: spec["unschedulable"] == true,
        ending: !meta["deletionTimestamp"].is_null(),
        roles: roles(&meta["labels"]),
        kubelet: text(&info["kubeletVersion"]),
        kernel: text(&info["kernelVersion"]),
        os: text(&info["osImage"]),
        runtime: text(&info["containerRuntimeVersion"]),
        arch: text(&info["architecture"]),
        cpu_milli: quantity::millicores(allocatable("cpu")).unwrap_or(0),
        memory: quantity::bytes(allocatable("memory")).unwrap_or(0),
        pods: allocatable("pods").parse().unwrap_or(0),
        created: moment(&meta["creationTimestamp"]),
    })
}

pub(super) fn text(value: &Value) -> Clean {
    Clean::new(value.as_str().unwrap_or_default())
}

pub(super) fn moment(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

fn truth(status: &Value) -> Option<bool> {
    match status.as_str()? {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

/// `KubeletNotReady: container runtime is down`.
fn reason(condition: &Value) -> Clean {
    match (text(&condition["reason"]), text(&condition["message"])) {
        (reason, message) if message.is_empty() => reason,
        (reason, message) if reason.is_empty() => message,
        (reason, message) => format!("{reason}: {message}").into(),
    }
}

/// Every condition but Ready says something bad where it holds, or is not known.
fn trouble(condition: &Value) -> Option<Clean> {
    let kind = condition["type"].as_str().filter(|kind| *kind != "Ready")?;
    let words = match kind {
        "MemoryPressure" => "memory pressure",
        "DiskPressure" => "disk pressure",
        "PIDPressure" => "process pressure",
        "NetworkUnavailable" => "network unavailable",
        other => other,
    };
    match truth(&condition["status"]) {
        Some(false) => None,
        Some(true) => Some(format!("{words}: {}", reason(condition)).into()),
        None => Some(format!("{words}: not known, {}", reason(condition)).into()),
    }
}

fn taint(taint: &Value) -> Clean {
    let (key, value, effect) = (text(&taint["key"]), text(&taint["value"]), text(&taint["effect"]));
    let value = if value.is_empty() { String::new() } else { format!("={value}") };
    format!("{key}{value}:{effect}").into()
}

fn roles(labels: &Value) -> Clean {
    let labels = labels.as_object().into_iter().flatten();
    let roles: Vec<&str> = labels.filter_map(|(key, _)| key.strip_prefix(ROLE)).collect();
    Clean::new(&roles.join(","))
}
