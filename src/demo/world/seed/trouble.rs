//! What is wrong in the fleet when it is first seen.

use super::super::controllers::replica_set;
use super::super::json::{name, namespace, stamp};
use super::super::kinds::{POD, RESOURCE_QUOTA};
use super::super::kubelet::{Step, Turn, exit_state, judge_ready, take};
use super::super::load::LEAK;
use super::Seeder;
use super::catalog::{Plan, Trouble};
use super::pods::running;
use super::workload::{Revision, healthy};
use chrono::Duration;
use serde_json::{Value, json};

/// How many pods the quota of the batch work lets in.
const ADMITTED: i64 = 4;

/// Whether the newest revision of an app does not get anywhere.
pub fn rolls_badly(plan: &Plan) -> bool {
    matches!(plan.trouble, Some(Trouble::Crash | Trouble::Unready | Trouble::Missing))
}

/// The quota that keeps batch work small.
pub fn quota(seeder: &mut Seeder<'_>) {
    let created = stamp(seeder.ago(Duration::days(63)));
    let hard = json!({"requests.memory": "2Gi"});
    seeder.put(
        &RESOURCE_QUOTA,
        json!({
            "metadata": {"name": "batch-window", "namespace": "qa", "creationTimestamp": created},
            "spec": {"hard": hard, "scopeSelector": {"matchExpressions": [
                {"scopeName": "PriorityClass", "operator": "In", "values": ["freight-batch"]},
            ]}},
            "status": {"hard": hard, "used": {"requests.memory": "2Gi"}},
        }),
    );
}

/// The condition of a ReplicaSet whose pods a quota forbids.
pub fn failure(plan: &Plan, revision: &Revision) -> Option<Value> {
    (plan.trouble == Some(Trouble::Quota)).then(|| {
        json!({
            "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
            "message": "pods \"manifest-reprint\" is forbidden: exceeded quota: batch-window, requested: \
                        requests.memory=512Mi, used: requests.memory=2Gi, limited: requests.memory=2Gi",
            "lastTransitionTime": stamp(revision.time + Duration::seconds(1)),
        })
    })
}

/// The pods of an app's newest ReplicaSet; answers how many of them are ready.
pub fn pods(seeder: &mut Seeder<'_>, plan: &Plan, set: &Value, revision: &Revision, count: i64) -> i64 {
    match plan.trouble {
        Some(Trouble::Crash) => {
            let pod = crashed(seeder, set, revision);
            seeder.put(&POD, pod);
            0
        }
        Some(Trouble::Missing) => {
            let pod = unpulled(seeder, set, revision);
            seeder.put(&POD, pod);
            0
        }
        Some(Trouble::Unready) => {
            let mut pod = started(seeder, set, revision);
            pod["status"]["containerStatuses"][0]["ready"] = json!(false);
            judge_ready(&mut pod, revision.time + Duration::seconds(4));
            seeder.put(&POD, pod);
            0
        }
        Some(Trouble::TooBig) => {
            let roomy = seeder.berths.iter().position(|berth| berth.name == "quay-6").unwrap_or(0);
            for _ in 1..count {
                let created = revision.time + Duration::seconds(5);
                let pod = bare(seeder, set, created);
                let pod = running(seeder, pod, roomy, created);
                seeder.put(&POD, pod);
            }
            unplaced(seeder, set);
            count - 1
        }
        Some(Trouble::Leak) => {
            for at in 0..count {
                leaky(seeder, set, revision, at);
            }
            count
        }
        other => {
            let admitted = if other == Some(Trouble::Quota) { ADMITTED.min(count) } else { count };
            for _ in 0..admitted {
                healthy(seeder, set, revision);
            }
            admitted
        }
    }
}

fn bare(seeder: &mut Seeder<'_>, set: &Value, time: chrono::DateTime<chrono::Utc>) -> Value {
    let mut pod = replica_set::pod_of(&set["spec"]["template"], set, "ReplicaSet", namespace(set), time);
    pod["metadata"]["name"] = json!(format!("{}-{}", name(set), seeder.dice.suffix()));
    pod["metadata"]["generateName"] = json!(format!("{}-", name(set)));
    pod["metadata"]["uid"] = json!(seeder.dice.uid());
    pod
}

fn started(seeder: &mut Seeder<'_>, set: &Value, revision: &Revision) -> Value {
    let pod = bare(seeder, set, revision.time);
    let at = seeder.berth();
    running(seeder, pod, at, revision.time + Duration::seconds(1))
}

fn step(seeder: &mut Seeder<'_>, pod: &mut Value, step: &Step, time: chrono::DateTime<chrono::Utc>) {
    let mut dice = seeder.dice.clone();
    let mut turn =
        Turn { now: time, dice: &mut dice, addresses: Default::default(), notes: Vec::new(), next: Vec::new() };
    take(pod, step, &mut turn);
    seeder.dice = dice;
}

/// A pod that crashed again and again, and waits.
fn crashed(seeder: &mut Seeder<'_>, set: &Value, revision: &Revision) -> Value {
    let mut pod = started(seeder, set, revision);
    pod["status"]["containerStatuses"][0]["restartCount"] = json!(11);
    let begun = seeder.ago(Duration::seconds(96));
    pod["status"]["containerStatuses"][0]["state"] = json!({"running": {"startedAt": stamp(begun)}});
    let ended = begun + Duration::seconds(4);
    step(seeder, &mut pod, &Step::Exit { code: 1, reason: "Error" }, ended);
    step(seeder, &mut pod, &Step::BackOff(11), ended + Duration::seconds(1));
    pod
}

/// A pod whose image cannot be pulled.
fn unpulled(seeder: &mut Seeder<'_>, set: &Value, revision: &Revision) -> Value {
    let mut pod = started(seeder, set, revision);
    pod["status"]["phase"] = json!("Pending");
    pod["status"]["containerStatuses"][0] = json!({
        "name": pod["spec"]["containers"][0]["name"], "image": pod["spec"]["containers"][0]["image"], "imageID": "",
        "ready": false, "started": false, "restartCount": 0, "lastState": {},
        "state": {"waiting": {"reason": "ContainerCreating"}},
    });
    judge_ready(&mut pod, revision.time);
    step(seeder, &mut pod, &Step::Pull(3), revision.time + Duration::seconds(70));
    pod
}

/// A pod that asks for more memory than any node has left.
fn unplaced(seeder: &mut Seeder<'_>, set: &Value) {
    let since = seeder.ago(Duration::minutes(52));
    let mut pod = bare(seeder, set, since);
    let condition = json!({
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastProbeTime": null,
        "lastTransitionTime": stamp(since),
        "message": "0/8 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, \
                    1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }, 1 node(s) were unschedulable, \
                    5 Insufficient memory. preemption: 0/8 nodes are available: 8 Preemption is not helpful for \
                    scheduling.",
    });
    pod["status"]["conditions"] = json!([condition]);
    seeder.put(&POD, pod);
}

/// A pod that was killed for its memory before, and climbs again.
fn leaky(seeder: &mut Seeder<'_>, set: &Value, revision: &Revision, at: i64) {
    let mut pod = started(seeder, set, revision);
    let begun = seeder.ago(Duration::minutes(4 + 3 * at));
    let before = stamp(begun - LEAK);
    let id = pod["status"]["containerStatuses"][0]["containerID"].as_str().unwrap_or("").to_owned();
    let status = &mut pod["status"]["containerStatuses"][0];
    status["restartCount"] = json!(17 + at * 4);
    status["lastState"] = exit_state(137, "OOMKilled", &before, begun - Duration::seconds(2), &id);
    status["state"] = json!({"running": {"startedAt": stamp(begun)}});
    judge_ready(&mut pod, begun + Duration::seconds(9));
    seeder.put(&POD, pod);
}

/// The status of a Deployment: all its pods and those that are ready, those of the newest revision and how many it wants.
pub fn deployment_status(
    plan: &Plan,
    set: &str,
    revision: &Revision,
    all: (i64, i64),
    updated: i64,
    newest: i64,
) -> Value {
    let since = |seconds| stamp(revision.since() + Duration::seconds(seconds));
    let wanted = if rolls_badly(plan) { newest + plan.replicas } else { plan.replicas };
    let mut status = json!({"terminatingReplicas": 0});
    for (field, count) in [
        ("replicas", all.0),
        ("updatedReplicas", updated),
        ("readyReplicas", all.1),
        ("availableReplicas", all.1),
        ("unavailableReplicas", wanted - all.1),
    ] {
        if count > 0 {
            status[field] = json!(count);
        }
    }
    let (is, reason, message) = match plan.trouble {
        Some(Trouble::Crash | Trouble::Missing) => {
            ("False", "ProgressDeadlineExceeded", format!("ReplicaSet \"{set}\" has timed out progressing."))
        }
        Some(Trouble::Unready) => ("True", "ReplicaSetUpdated", format!("ReplicaSet \"{set}\" is progressing.")),
        _ => ("True", "NewReplicaSetAvailable", format!("ReplicaSet \"{set}\" has successfully progressed.")),
    };
    let enough = all.1 >= plan.replicas - plan.replicas / 4;
    let (available, minimum, has) = if enough {
        ("True", "MinimumReplicasAvailable", "has")
    } else {
        ("False", "MinimumReplicasUnavailable", "does not have")
    };
    let (done, last) = if is == "False" { (601, 601) } else { (2, 41) };
    let mut conditions = vec![
        json!({
            "type": "Available", "status": available, "reason": minimum,
            "message": format!("Deployment {has} minimum availability."), "lastUpdateTime": since(30),
            "lastTransitionTime": since(30),
        }),
        json!({
            "type": "Progressing", "status": is, "reason": reason, "message": message, "lastUpdateTime": since(last),
            "lastTransitionTime": since(done),
        }),
    ];
    if let Some(mut failure) = failure(plan, revision) {
        failure["lastUpdateTime"] = failure["lastTransitionTime"].clone();
        conditions.push(failure);
    }
    status["conditions"] = json!(conditions);
    status
}
