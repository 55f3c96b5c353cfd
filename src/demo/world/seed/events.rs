//! What the events of the last hour tell when the fleet is first seen.

use super::super::json::{int, list, moment, name, stamp, text};
use super::super::kinds::{DEPLOYMENT, EVENT, HPA, NODE, POD, REPLICA_SET};
use super::super::names::hash64;
use super::super::outcome::Note;
use super::super::recorder;
use super::Seeder;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

/// Puts the events of the last hour into the store.
pub fn last_hour(seeder: &mut Seeder<'_>) {
    for pod in seeder.store.list(&POD, None).0 {
        troubles(seeder, &pod);
        births(seeder, &pod);
    }
    rescales(seeder);
    quotas(seeder);
    nodes(seeder);
}

/// Tells a note that was first told at a time, and so many times until another.
fn tell(seeder: &mut Seeder<'_>, note: &Note, first: DateTime<Utc>, last: DateTime<Utc>, count: i64) {
    let number = seeder.dice.next();
    let mut event = recorder::event(note, first, number);
    if event.get("count").is_some() {
        event["count"] = json!(count);
        event["lastTimestamp"] = json!(stamp(last));
    }
    seeder.put(&EVENT, event);
}

fn births(seeder: &mut Seeder<'_>, pod: &Value) {
    let created = moment(text(pod, "/metadata/creationTimestamp")).unwrap_or_default();
    if created < seeder.ago(Duration::hours(1)) || text(pod, "/spec/nodeName").is_empty() {
        return;
    }
    let message = format!(
        "Successfully assigned {}/{} to {}",
        text(pod, "/metadata/namespace"),
        name(pod),
        text(pod, "/spec/nodeName")
    );
    let note = Note::about(pod, false, "Scheduled", message, "default-scheduler");
    tell(seeder, &note, created, created, 1);
    if text(pod, "/status/phase") != "Running" {
        return;
    }
    for container in list(pod, "/spec/containers") {
        let named = text(container, "/name");
        let pulled = format!(
            "Container image \"{}\" already present on machine and can be accessed by the pod",
            text(container, "/image")
        );
        for (reason, message, after) in [
            ("Pulled", pulled, 2),
            ("Created", "Container created".into(), 3),
            ("Started", "Container started".into(), 3),
        ] {
            let time = created + Duration::seconds(after);
            tell(seeder, &Note::kubelet(pod, Some(named), false, reason, message), time, time, 1);
        }
    }
}

fn troubles(seeder: &mut Seeder<'_>, pod: &Value) {
    let Some(container) = list(pod, "/spec/containers").first().cloned() else { return };
    let (named, image) = (text(&container, "/name").to_owned(), text(&container, "/image").to_owned());
    let status = list(pod, "/status/containerStatuses").first().cloned().unwrap_or_default();
    let created = moment(text(pod, "/metadata/creationTimestamp")).unwrap_or_default();
    let begun = created.max(seeder.ago(Duration::minutes(58)));
    let recent = seeder.ago(Duration::seconds(20));
    let full = format!("{}_{}({})", name(pod), text(pod, "/metadata/namespace"), text(pod, "/metadata/uid"));
    let mut say = |warning, reason, message: String, count| {
        let note = Note::kubelet(pod, Some(&named), warning, reason, message);
        tell(seeder, &note, begun, recent, count);
    };
    let restarts = int(&status, "/restartCount").unwrap_or(0);
    match text(&status, "/state/waiting/reason") {
        "CrashLoopBackOff" => {
            say(true, "BackOff", format!("Back-off restarting failed container {named} in pod {full}"), 203);
        }
        "ErrImagePull" | "ImagePullBackOff" => {
            say(false, "BackOff", format!("Back-off pulling image \"{image}\""), 97);
            say(true, "Failed", "Error: ImagePullBackOff".into(), 97);
            say(true, "Failed", format!("Failed to pull image \"{image}\": {image}: not found"), 6);
        }
        _ if restarts > 10 => {
            say(true, "BackOff", format!("Back-off restarting failed container {named} in pod {full}"), 5);
        }
        _ if status.get("ready") == Some(&json!(false)) => {
            say(true, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503".into(), 71);
        }
        _ => {}
    }
    if text(pod, "/spec/nodeName").is_empty() {
        let message = text(pod, "/status/conditions/0/message").to_owned();
        let note = Note::about(pod, true, "FailedScheduling", message, "default-scheduler");
        let time = seeder.ago(Duration::minutes(2));
        tell(seeder, &note, time, time, 1);
    }
}

fn rescales(seeder: &mut Seeder<'_>) {
    for hpa in seeder.store.list(&HPA, None).0 {
        let chance = hash64(name(&hpa)).wrapping_add(hash64(text(&hpa, "/metadata/namespace")));
        let Some(time) = moment(text(&hpa, "/status/lastScaleTime")).filter(|_| chance.is_multiple_of(3)) else {
            continue;
        };
        if time < seeder.ago(Duration::minutes(58)) {
            continue;
        }
        let size = int(&hpa, "/status/desiredReplicas").unwrap_or(1);
        let message =
            format!("New size: {size}; reason: cpu resource utilization (percentage of request) above target");
        let note = Note::about(&hpa, false, "SuccessfulRescale", message, "horizontal-pod-autoscaler");
        tell(seeder, &note, time, time, 1);
        let (namespace, app) = (text(&hpa, "/metadata/namespace").to_owned(), name(&hpa).to_owned());
        let sets = seeder.store.list(&REPLICA_SET, Some(&namespace)).0;
        let newest = sets.iter().find(|set| {
            text(set, "/metadata/ownerReferences/0/name") == app && int(set, "/spec/replicas").unwrap_or(0) > 0
        });
        let Some((deployment, set)) = seeder.store.get(&DEPLOYMENT, &namespace, &app).zip(newest) else { continue };
        let message = format!("Scaled up replica set {} from {} to {size}", name(set), size - 1);
        let note = Note::about(&deployment, false, "ScalingReplicaSet", message, "deployment-controller");
        tell(seeder, &note, time, time, 1);
    }
}

fn quotas(seeder: &mut Seeder<'_>) {
    for set in seeder.store.list(&REPLICA_SET, None).0 {
        let Some(why) = list(&set, "/status/conditions").first().map(|failure| text(failure, "/message").to_owned())
        else {
            continue;
        };
        let note = Note::about(&set, true, "FailedCreate", format!("Error creating: {why}"), "replicaset-controller");
        let (first, last) = (seeder.ago(Duration::minutes(57)), seeder.ago(Duration::minutes(3)));
        tell(seeder, &note, first, last, 19);
    }
}

fn nodes(seeder: &mut Seeder<'_>) {
    for node in seeder.store.list(&NODE, None).0 {
        let named = name(&node).to_owned();
        let (reason, warning, message, minutes) = match named.as_str() {
            "quay-4" => ("NodeHasDiskPressure", false, format!("Node {named} status is now: NodeHasDiskPressure"), 34),
            "quay-5" => ("ImageGCFailed", true, "failed to garbage collect required amount of images. Attempted to free 8421376 bytes, but only found 0 bytes eligible to free.".into(), 12),
            _ => continue,
        };
        let mut note = Note::about(&node, warning, reason, message, "kubelet");
        note.source.1 = named;
        let time = seeder.ago(Duration::minutes(minutes));
        tell(seeder, &note, time, time, 1);
    }
}
