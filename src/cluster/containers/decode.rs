//! A pod in full, of its JSON.

use rolldeck_core::{
    Time,
    model::{ContainerDetail, Doing, Ended, PodDetail, Role},
    text::{Clean, quantity},
};
use serde_json::Value;

use super::{env, probe};

/// The pod.
pub(super) fn pod(from: &Value) -> Option<PodDetail> {
    let (meta, spec, status) = (&from["metadata"], &from["spec"], &from["status"]);
    let parts = [
        ("initContainers", "initContainerStatuses", Role::Init),
        ("containers", "containerStatuses", Role::Main),
        ("ephemeralContainers", "ephemeralContainerStatuses", Role::Ephemeral),
    ];
    let containers = parts.into_iter().flat_map(|(specs, statuses, role)| {
        let statuses = items(&status[statuses]);
        items(&spec[specs]).iter().map(move |container| {
            let status = statuses.iter().find(|status| status["name"] == container["name"]).unwrap_or(&Value::Null);
            let sidecar = role == Role::Init && container["restartPolicy"] == "Always";
            self::container(spec, container, status, if sidecar { Role::Sidecar } else { role })
        })
    });
    Some(PodDetail {
        uid: text(&meta["uid"]),
        phase: text(&status["phase"]),
        node: text(&spec["nodeName"]),
        ip: text(&status["podIP"]),
        account: text(&spec["serviceAccountName"]),
        qos: text(&status["qosClass"]),
        troubles: items(&status["conditions"]).iter().filter_map(trouble).collect(),
        created: moment(&meta["creationTimestamp"]),
        ending: !meta["deletionTimestamp"].is_null(),
        containers: containers.collect(),
    })
}

fn container(pod: &Value, spec: &Value, status: &Value, role: Role) -> ContainerDetail {
    let resources = &spec["resources"];
    let last = &status["lastState"]["terminated"];
    ContainerDetail {
        name: text(&spec["name"]),
        role,
        image: text(&spec["image"]),
        digest: digest(status["imageID"].as_str().unwrap_or_default()),
        ready: status["ready"] == true,
        restarts: status["restartCount"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0),
        state: state(&status["state"]),
        last: last.is_object().then(|| ended(last)),
        probes: probe::probes(spec),
        requests: amounts(&resources["requests"]),
        limits: amounts(&resources["limits"]),
        ports: items(&spec["ports"]).iter().map(port).collect(),
        mounts: items(&spec["volumeMounts"]).iter().map(|mount| env::mount(pod, mount)).collect(),
        command: command(spec),
        env: env::variables(spec),
    }
}

pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(super) fn text(value: &Value) -> Clean {
    Clean::new(value.as_str().unwrap_or_default())
}

fn moment(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

/// Conditions of a pod say something good where they hold (`PodReadyToStartContainers`, `Ready`), but for disruption.
fn trouble(condition: &Value) -> Option<Clean> {
    let (kind, holds) = (text(&condition["type"]), condition["status"] == "True");
    let (reason, message) = (text(&condition["reason"]), text(&condition["message"]));
    if holds != (&*kind == "DisruptionTarget") || &*reason == "PodCompleted" {
        return None;
    }
    let words: Vec<&str> = [&*reason, &*message].into_iter().filter(|word| !word.is_empty()).collect();
    let not = if holds { "" } else { "not " };
    Some(format!("{not}{kind}: {}", words.join(": ")).trim_end_matches([':', ' ']).into())
}

/// A bare ID is the runtime's own name of an image that no registry gave: no digest.
fn digest(image_id: &str) -> Clean {
    let digest = image_id.rsplit_once('@').map(|(_, digest)| digest).unwrap_or_default();
    if digest.starts_with("sha") && digest.contains(':') { Clean::new(digest) } else { Clean::default() }
}

fn state(state: &Value) -> Doing {
    if state["running"].is_object() {
        return Doing::Running(moment(&state["running"]["startedAt"]));
    }
    if state["terminated"].is_object() {
        return Doing::Ended(ended(&state["terminated"]));
    }
    Doing::Waiting(text(&state["waiting"]["reason"]), text(&state["waiting"]["message"]))
}

fn ended(terminated: &Value) -> Ended {
    let number = |key: &str| terminated[key].as_i64().and_then(|number| number.try_into().ok()).unwrap_or(0);
    Ended {
        reason: text(&terminated["reason"]),
        code: number("exitCode"),
        signal: number("signal"),
        message: Clean::new(terminated["message"].as_str().unwrap_or_default().trim()),
        started: moment(&terminated["startedAt"]),
        finished: moment(&terminated["finishedAt"]),
    }
}

fn amounts(from: &Value) -> (Option<u64>, Option<u64>) {
    let read = |key: &str, read: fn(&str) -> Option<u64>| read(from[key].as_str()?);
    (read("cpu", quantity::millicores), read("memory", quantity::bytes))
}

/// `http 8080/TCP`, with the node's port where one is taken.
fn port(port: &Value) -> Clean {
    let name = port["name"].as_str().map(|name| format!("{name} ")).unwrap_or_default();
    let protocol = port["protocol"].as_str().unwrap_or("TCP");
    let host = port["hostPort"].as_u64().filter(|host| *host > 0);
    let host = host.map(|host| format!(", port {host} of the node")).unwrap_or_default();
    format!("{name}{}/{protocol}{host}", port["containerPort"].as_u64().unwrap_or(0)).into()
}

fn command(spec: &Value) -> Clean {
    let words = items(&spec["command"]).iter().chain(items(&spec["args"])).filter_map(Value::as_str);
    Clean::from(words.collect::<Vec<_>>().join(" "))
}
