//! Pods that run since a while.

use super::super::json::{list, merge, namespace, stamp, text};
use super::super::kinds::POD;
use super::super::kubelet::{container_run, image_id, judge_ready, set_pod_condition};
use super::Seeder;
use super::template::PROXY;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// Makes a pod run on a node since a time.
pub fn running(seeder: &mut Seeder<'_>, mut pod: Value, at: usize, created: DateTime<Utc>) -> Value {
    let (node, host, ip) = seeder.moor(at);
    let started = created + Duration::seconds(seeder.dice.between(3, 9));
    pod["metadata"]["creationTimestamp"] = json!(stamp(created));
    pod["spec"]["nodeName"] = json!(node);
    let status = json!({
        "phase": "Running", "startTime": stamp(created), "hostIP": host, "hostIPs": [{"ip": host}], "podIP": ip,
        "podIPs": [{"ip": ip}],
    });
    merge(&mut pod["status"], &status);
    let containers = list(&pod, "/spec/containers").to_vec();
    let mut statuses = Vec::with_capacity(containers.len());
    for container in &containers {
        let mut status = json!({"name": container["name"], "restartCount": 0, "lastState": {}});
        container_run(&mut status, container, started, &mut seeder.dice);
        status["ready"] = json!(true);
        if is_from_before(&pod, container) {
            status["imageID"] = json!(image_id(&format!("{PROXY} as it was pushed first")));
        }
        statuses.push(status);
    }
    pod["status"]["containerStatuses"] = json!(statuses);
    set_pod_condition(&mut pod, "PodReadyToStartContainers", true, None, started);
    set_pod_condition(&mut pod, "Initialized", true, None, created);
    judge_ready(&mut pod, started + Duration::seconds(12));
    set_pod_condition(&mut pod, "PodScheduled", true, None, created);
    pod
}

/// Whether a container runs since before the tag of the mesh's proxy was pushed again: another image of the same name.
fn is_from_before(pod: &Value, container: &Value) -> bool {
    let app = text(pod, "/metadata/labels/app.kubernetes.io~1name");
    (namespace(pod), app, text(container, "/image")) == ("dev", "payment-gateway", PROXY)
}

/// Puts a running pod of a template's owner into the store.
pub fn put(seeder: &mut Seeder<'_>, mut pod: Value, prefix: &str, at: usize, created: DateTime<Utc>) -> Value {
    if pod.pointer("/metadata/name").is_none() {
        pod["metadata"]["name"] = json!(format!("{prefix}-{}", seeder.dice.suffix()));
        pod["metadata"]["generateName"] = json!(format!("{prefix}-"));
    }
    let pod = running(seeder, pod, at, created);
    seeder.put(&POD, pod)
}
