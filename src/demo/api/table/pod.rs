//! A pod's row.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::age;
use super::text::{items, or_none};

/// Name, readiness, status and restarts as kubectl tells them.
pub fn pod(pod: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let told = told(pod);
    let restarts = match &told.last {
        Some(last) if told.restarts > 0 => format!("{} ({} ago)", told.restarts, age::since(last, now)),
        _ => told.restarts.to_string(),
    };
    let (spec, status) = (&pod["spec"], &pod["status"]);
    vec![
        pod["metadata"]["name"].clone(),
        format!("{}/{}", told.ready, told.total).into(),
        told.reason.into(),
        restarts.into(),
        age::of(pod, now),
        or_none(&status["podIPs"][0]["ip"]),
        or_none(&spec["nodeName"]),
        or_none(&status["nominatedNodeName"]),
        gates(spec, status).into(),
    ]
}

struct Told {
    reason: String,
    restarts: i64,
    last: Option<Value>,
    ready: usize,
    total: usize,
}

impl Told {
    fn restarted(&mut self, container: &Value) {
        self.restarts += container["restartCount"].as_i64().unwrap_or(0);
        let finished = &container["lastState"]["terminated"]["finishedAt"];
        if finished.as_str() > self.last.as_ref().and_then(Value::as_str) {
            self.last = Some(finished.clone());
        }
    }
}

fn told(pod: &Value) -> Told {
    let (spec, status) = (&pod["spec"], &pod["status"]);
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let mut reason = text(&status["reason"]).or_else(|| text(&status["phase"])).unwrap_or_default();
    if items(&status["conditions"]).iter().any(|one| one["reason"] == "SchedulingGated") {
        reason = "SchedulingGated".to_owned();
    }
    let sidecar = |name: &Value| {
        items(&spec["initContainers"]).iter().any(|one| one["name"] == *name && one["restartPolicy"] == "Always")
    };
    let sidecars = items(&spec["initContainers"]).iter().filter(|one| one["restartPolicy"] == "Always").count();
    let total = items(&spec["containers"]).len() + sidecars;
    let mut told = Told { reason, restarts: 0, last: None, ready: 0, total };
    let mut lasting = Told { reason: String::new(), restarts: 0, last: None, ready: 0, total };
    let mut initializing = false;
    for (at, container) in items(&status["initContainerStatuses"]).iter().enumerate() {
        told.restarted(container);
        let lasts = sidecar(&container["name"]);
        if lasts {
            lasting.restarted(container);
        }
        if container["state"]["terminated"]["exitCode"] == 0 {
            continue;
        }
        if lasts && container["started"] == true {
            told.ready += usize::from(container["ready"] == true);
            continue;
        }
        told.reason = init_reason(container, at, items(&spec["initContainers"]).len());
        initializing = true;
        break;
    }
    let initialized =
        items(&status["conditions"]).iter().any(|one| one["type"] == "Initialized" && one["status"] == "True");
    if !initializing || initialized {
        (told.restarts, told.last) = (lasting.restarts, lasting.last);
        running(status, &mut told);
    }
    let phase = status["phase"].as_str().unwrap_or_default();
    if !pod["metadata"]["deletionTimestamp"].is_null() {
        if status["reason"] == "NodeLost" {
            told.reason = "Unknown".to_owned();
        } else if phase != "Succeeded" && phase != "Failed" {
            told.reason = "Terminating".to_owned();
        }
    }
    told
}

fn ended(prefix: &str, terminated: &Value) -> String {
    let number = |key: &str| terminated[key].as_i64().unwrap_or(0);
    match terminated["reason"].as_str().filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{prefix}{reason}"),
        None if number("signal") != 0 => format!("{prefix}Signal:{}", number("signal")),
        None => format!("{prefix}ExitCode:{}", number("exitCode")),
    }
}

fn init_reason(container: &Value, at: usize, count: usize) -> String {
    let (terminated, waiting) = (&container["state"]["terminated"], &container["state"]["waiting"]);
    if terminated.is_object() {
        return ended("Init:", terminated);
    }
    match waiting["reason"].as_str() {
        Some(reason) if !reason.is_empty() && reason != "PodInitializing" => format!("Init:{reason}"),
        _ => format!("Init:{at}/{count}"),
    }
}

/// The containers themselves, the last of which has the last word.
fn running(status: &Value, told: &mut Told) {
    let (mut runs, mut failed) = (false, None);
    for container in items(&status["containerStatuses"]).iter().rev() {
        told.restarted(container);
        let (waiting, terminated) = (&container["state"]["waiting"], &container["state"]["terminated"]);
        if let Some(reason) = waiting["reason"].as_str().filter(|reason| !reason.is_empty()) {
            told.reason = reason.to_owned();
        } else if terminated.is_object() {
            told.reason = ended("", terminated);
            if terminated["exitCode"] != 0 {
                failed = Some(told.reason.clone());
            }
        } else if container["ready"] == true && container["state"]["running"].is_object() {
            runs = true;
            told.ready += 1;
        }
    }
    if told.reason == "Completed" {
        let ready = items(&status["conditions"]).iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
        if runs && ready {
            told.reason = "Running".to_owned();
        } else if let Some(failed) = failed {
            told.reason = failed;
        } else if runs {
            told.reason = "NotReady".to_owned();
        }
    }
}

fn gates(spec: &Value, status: &Value) -> String {
    let gates = items(&spec["readinessGates"]);
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let open = |gate: &&Value| {
        items(&status["conditions"]).iter().any(|one| one["type"] == gate["conditionType"] && one["status"] == "True")
    };
    format!("{}/{}", gates.iter().filter(open).count(), gates.len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn row(status: Value, deleted: bool) -> (String, String, String) {
        let mut value = json!({
            "metadata": { "name": "a" },
            "spec": { "containers": [{ "name": "a" }, { "name": "b" }] }, "status": status,
        });
        if deleted {
            value["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        }
        let now = DateTime::parse_from_rfc3339("2026-01-01T01:00:00Z").expect("a time").to_utc();
        let cells = pod(&value, now);
        let text = |at: usize| cells[at].as_str().expect("text").to_owned();
        (text(1), text(2), text(3))
    }

    #[rstest]
    #[case(json!({ "phase": "Pending" }), false, ("0/2", "Pending", "0"))]
    #[case(json!({ "phase": "Running" }), true, ("0/2", "Terminating", "0"))]
    #[case(json!({ "phase": "Running", "containerStatuses": [
        { "ready": true, "state": { "running": {} } },
        { "restartCount": 4, "state": { "waiting": { "reason": "CrashLoopBackOff" } },
          "lastState": { "terminated": { "finishedAt": "2026-01-01T00:58:00Z" } } }] }), false,
        ("1/2", "CrashLoopBackOff", "4 (2m ago)"))]
    #[case(json!({ "phase": "Failed", "containerStatuses": [{ "state": { "terminated": { "exitCode": 3 } } }] }), false,
        ("0/2", "ExitCode:3", "0"))]
    fn a_pods_status_is_told_in_kubectls_words(
        #[case] status: Value,
        #[case] deleted: bool,
        #[case] wanted: (&str, &str, &str),
    ) {
        let (ready, reason, restarts) = row(status, deleted);
        assert_eq!((ready.as_str(), reason.as_str(), restarts.as_str()), wanted);
    }
}
