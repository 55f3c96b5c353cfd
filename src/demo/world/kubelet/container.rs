//! The states of containers, as a pod's status tells them.

use super::super::json::{list, stamp, text};
use super::super::names::{Dice, image_digest};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// The state of a container that ended.
pub fn exit_state(code: i32, reason: &str, started: &str, now: DateTime<Utc>, id: &str) -> Value {
    json!({"terminated": {
        "exitCode": code, "reason": reason, "startedAt": started, "finishedAt": stamp(now), "containerID": id,
    }})
}

/// The id of a container.
pub fn id(dice: &mut Dice) -> String {
    format!("containerd://{}", dice.digest())
}

/// An image's digest as the runtime names it.
pub fn image_id(image: &str) -> String {
    let repository = image.split('@').next().unwrap_or(image);
    let slash = repository.rfind('/').unwrap_or(0);
    let end = repository[slash..].find(':').map_or(repository.len(), |colon| slash + colon);
    format!("{}@sha256:{}", &repository[..end], image_digest(image))
}

/// The statuses of all containers while they wait for a reason.
pub fn waiting(pod: &Value, reason: &str) -> Vec<Value> {
    list(pod, "/spec/containers")
        .iter()
        .map(|container| {
            json!({
                "name": text(container, "/name"), "image": text(container, "/image"), "imageID": "",
                "ready": false, "started": false, "restartCount": 0, "lastState": {},
                "state": {"waiting": {"reason": reason}},
            })
        })
        .collect()
}

/// Puts a running container in the place of a status.
pub fn run(status: &mut Value, container: &Value, now: DateTime<Utc>, dice: &mut Dice) {
    let image = text(container, "/image");
    let probed = container.get("readinessProbe").is_some();
    status["image"] = json!(image);
    status["imageID"] = json!(image_id(image));
    status["containerID"] = json!(id(dice));
    status["started"] = json!(container.get("startupProbe").is_none());
    status["ready"] = json!(!probed);
    status["state"] = json!({"running": {"startedAt": stamp(now)}});
    if let Some(resources) = container.get("resources") {
        status["resources"] = resources.clone();
        if let Some(requests) = resources.get("requests") {
            status["allocatedResources"] = requests.clone();
        }
    }
}

/// Sets a pod's condition, and since when it is so.
pub fn condition(pod: &mut Value, kind: &str, is: bool, why: Option<(&str, String)>, now: DateTime<Utc>) {
    let mut condition = json!({
        "type": kind, "status": if is { "True" } else { "False" }, "lastProbeTime": null,
        "lastTransitionTime": stamp(now),
        "observedGeneration": pod.pointer("/metadata/generation").cloned().unwrap_or(json!(1)),
    });
    if let Some((reason, message)) = why {
        condition["reason"] = json!(reason);
        condition["message"] = json!(message);
    }
    super::super::json::set_condition(&mut pod["status"], condition);
}

/// Says whether a pod and its containers are ready, by the containers' statuses.
pub fn judge_ready(pod: &mut Value, now: DateTime<Utc>) {
    let unready: Vec<String> = list(pod, "/status/containerStatuses")
        .iter()
        .filter(|status| status.get("ready") != Some(&json!(true)))
        .map(|status| text(status, "/name").to_owned())
        .collect();
    let why = || {
        (!unready.is_empty())
            .then(|| ("ContainersNotReady", format!("containers with unready status: [{}]", unready.join(" "))))
    };
    for kind in ["Ready", "ContainersReady"] {
        condition(pod, kind, unready.is_empty(), why(), now);
    }
}

/// How long to wait before the n-th restart in a row: none, 10 s, twice as long each time, 5 minutes at most.
pub fn back_off(restarts: u32) -> Duration {
    if restarts == 0 { Duration::zero() } else { Duration::seconds((10 << (restarts - 1).min(5)).min(300)) }
}

/// A span as Go prints it: `10s`, `1m20s`, `5m0s`.
pub fn go_span(span: Duration) -> String {
    match (span.num_minutes(), span.num_seconds() % 60) {
        (0, seconds) => format!("{seconds}s"),
        (minutes, seconds) => format!("{minutes}m{seconds}s"),
    }
}
