//! A pod, as far as its logs are concerned.

use rolldeck_core::{
    logs::{Nanos, Revision, Source, nanos},
    model::AppKind,
    text::Clean,
};
use serde_json::Value;

/// A pod.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subject {
    /// Its uid.
    pub(crate) uid: Clean,
    /// The app that its owner belongs to, as far as its owner's name tells.
    pub(crate) app: Option<(AppKind, Clean)>,
    /// `pod-template-hash` or `controller-revision-hash`.
    pub(crate) hash: Clean,
    /// Its node; empty until it has one.
    pub(crate) node: Clean,
    /// Its address; empty until it has one.
    pub(crate) ip: Clean,
    /// Its containers of every kind, in the order in which they start.
    pub(crate) containers: Vec<Container>,
}

/// A container of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Container {
    /// Its name.
    pub(crate) name: Clean,
    /// How it stands.
    pub(crate) status: Status,
    /// How its instance before ended, or the one that is: the newest end that is known.
    pub(crate) end: Option<End>,
    /// The instance whose log is its previous one: the one before the newest, or the newest itself where that has ended and waits
    /// for its successor.
    pub(crate) previous: Option<Instance>,
    /// It waits because it ended or cannot start.
    pub(crate) waits: Option<Clean>,
    /// Where a debug container has volumes of others; empty for all others.
    pub(crate) mounts: Vec<String>,
}

/// How a container stands, for whoever reads its log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Status {
    /// No instance of it ever ran: why.
    NotStarted(Clean),
    /// Its newest instance.
    There(Instance),
    /// The pod is gone.
    Gone,
}

/// One run of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Instance {
    /// `containerID`.
    pub(crate) id: String,
    /// How many there were before it.
    pub(crate) restarts: u32,
    /// When it began, to the second.
    pub(crate) started: Option<Nanos>,
    /// Whether it has ended: when, to the second, and its exit code.
    pub(crate) ended: Option<(Option<Nanos>, Option<i32>)>,
}

/// How an instance ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// When.
    pub(crate) at: Option<Nanos>,
    /// `OOMKilled`, `Error`, …
    pub(crate) reason: Clean,
    /// Its exit code.
    pub(crate) code: Option<i32>,
    /// What it wrote to its termination log.
    pub(crate) message: String,
}

/// A pod of which nothing is known.
pub(crate) fn nothing(uid: Clean) -> Subject {
    let empty = Clean::default;
    Subject { uid, app: None, hash: empty(), node: empty(), ip: empty(), containers: Vec::new() }
}

impl Container {
    /// One of which no more is known.
    pub(crate) fn of(name: Clean, status: Status) -> Self {
        Self { name, status, end: None, previous: None, waits: None, mounts: Vec::new() }
    }
}

/// The pod of its JSON.
pub(crate) fn read(pod: &Value) -> Option<Subject> {
    let (meta, spec, status) = (&pod["metadata"], &pod["spec"], &pod["status"]);
    let parts = [
        ("initContainers", "initContainerStatuses"),
        ("containers", "containerStatuses"),
        ("ephemeralContainers", "ephemeralContainerStatuses"),
    ];
    let containers = parts.into_iter().flat_map(|(specs, statuses)| {
        items(&spec[specs]).iter().filter_map(move |container| {
            let name = container["name"].as_str()?;
            let status = items(&status[statuses]).iter().find(|status| status["name"] == name).unwrap_or(&Value::Null);
            let mounts = items(&container["volumeMounts"]).iter().filter(|_| specs == "ephemeralContainers");
            let mounts = mounts.filter_map(|mount| mount["mountPath"].as_str()).map(str::to_owned).collect();
            Some(Container { mounts, ..self::container(name, status, pod) })
        })
    });
    let labels = &meta["labels"];
    let hash = labels["pod-template-hash"].as_str().or(labels["controller-revision-hash"].as_str());
    let hash = hash.unwrap_or_default();
    Some(Subject {
        uid: text(&meta["uid"]),
        app: owner(meta, labels["pod-template-hash"].as_str()),
        hash: hash.into(),
        node: text(&spec["nodeName"]),
        ip: text(&status["podIP"]),
        containers: containers.collect(),
    })
}

impl Subject {
    /// The source that a container of the pod `namespace/name` is.
    pub(crate) fn source(&self, (namespace, name): (&Clean, &Clean), container: &Clean) -> Source {
        let app = self.app.as_ref().map_or_else(|| name.clone(), |(_, app)| app.clone());
        Source {
            namespace: namespace.clone(),
            pod: name.clone(),
            uid: self.uid.clone(),
            container: container.clone(),
            revision: Revision { app, hash: self.hash.clone(), number: None },
            ..Source::default()
        }
    }
}

/// The app: of a pod of a ReplicaSet the Deployment, which is the ReplicaSet's name less the hash.
fn owner(meta: &Value, hash: Option<&str>) -> Option<(AppKind, Clean)> {
    let owner = items(&meta["ownerReferences"]).iter().find(|owner| owner["controller"] == true)?;
    let name = owner["name"].as_str()?;
    match owner["kind"].as_str()? {
        "ReplicaSet" => {
            let app = name.strip_suffix(hash?)?.strip_suffix('-')?;
            Some((AppKind::Deployment, app.into()))
        }
        kind => AppKind::ALL.into_iter().find(|known| known.name() == kind).map(|kind| (kind, name.into())),
    }
}

fn container(name: &str, status: &Value, pod: &Value) -> Container {
    let restarts = status["restartCount"].as_u64().and_then(|count| count.try_into().ok()).unwrap_or(0);
    let (state, last) = (&status["state"], &status["lastState"]["terminated"]);
    let now = &state["terminated"];
    let id = |of: &Value| of["containerID"].as_str().filter(|id| !id.is_empty()).map(str::to_owned);
    let ended = |of: &Value, restarts| {
        let code = of["exitCode"].as_i64().and_then(|code| code.try_into().ok());
        let started = moment(&of["startedAt"]);
        id(of).map(|id| Instance { id, restarts, started, ended: Some((moment(&of["finishedAt"]), code)) })
    };
    let newest = if state["running"].is_object() {
        let started = moment(&state["running"]["startedAt"]);
        id(status).map(|id| Instance { id, restarts, started, ended: None })
    } else {
        ended(now, restarts).or_else(|| ended(last, restarts))
    };
    let is_newest = newest.as_ref().is_some_and(|newest| Some(&newest.id) == id(last).as_ref());
    let previous = ended(last, if is_newest { restarts } else { restarts.saturating_sub(1) });
    let waiting = &state["waiting"];
    let waits = waiting.is_object().then(|| why(waiting));
    Container {
        name: name.into(),
        status: newest
            .map_or_else(|| Status::NotStarted(waits.clone().unwrap_or_else(|| unscheduled(pod))), Status::There),
        end: [now, last].into_iter().find(|end| end.is_object()).map(end),
        previous,
        waits,
        mounts: Vec::new(),
    }
}

fn end(terminated: &Value) -> End {
    End {
        at: moment(&terminated["finishedAt"]),
        reason: text(&terminated["reason"]),
        code: terminated["exitCode"].as_i64().and_then(|code| code.try_into().ok()),
        message: terminated["message"].as_str().unwrap_or_default().to_owned(),
    }
}

/// `CrashLoopBackOff: back-off 5m0s restarting failed container`.
fn why(waiting: &Value) -> Clean {
    let words = [&waiting["reason"], &waiting["message"]].into_iter().filter_map(Value::as_str);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() { "not started".into() } else { words.join(": ").into() }
}

/// Why a pod whose containers have no status has not started.
fn unscheduled(pod: &Value) -> Clean {
    let conditions = items(&pod["status"]["conditions"]);
    let scheduled = conditions.iter().find(|condition| condition["type"] == "PodScheduled");
    match scheduled.filter(|condition| condition["status"] == "False") {
        Some(condition) => why(condition),
        None => pod["status"]["reason"].as_str().or(pod["status"]["phase"].as_str()).unwrap_or("not started").into(),
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> Clean {
    Clean::new(value.as_str().unwrap_or_default())
}

fn moment(value: &Value) -> Option<Nanos> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| nanos(at.to_utc()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn of(status: Value) -> Container {
        let mut status = status;
        status["name"] = json!("main");
        let pod = json!({ "metadata": { "uid": "u" }, "spec": { "containers": [{ "name": "main" }] },
            "status": { "phase": "Pending", "containerStatuses": [status] } });
        read(&pod).unwrap().containers.remove(0)
    }

    #[test]
    fn the_newest_instance_is_found_whatever_the_container_does() {
        let over = |id: &str| json!({ "containerID": id, "exitCode": 1, "startedAt": "2026-11-23T08:00:00Z", "finishedAt": "2026-11-23T08:00:05Z" });
        let running = of(json!({ "containerID": "c://2", "restartCount": 1, "state": { "running": {} },
            "lastState": { "terminated": over("c://1") } }));
        let previous = running.previous.expect("there was one before it");
        let eight = moment(&json!("2026-11-23T08:00:00Z"));
        assert_eq!((previous.id.as_str(), previous.restarts, previous.started), ("c://1", 0, eight));
        let Status::There(instance) = running.status else { panic!("it runs") };
        assert_eq!((instance.id.as_str(), instance.restarts, instance.ended), ("c://2", 1, None));
        let backs_off = of(json!({ "restartCount": 1, "state": { "waiting": { "reason": "CrashLoopBackOff" } },
            "lastState": { "terminated": over("c://2") } }));
        let Status::There(instance) = backs_off.status else { panic!("its log can be read") };
        assert_eq!(backs_off.previous.as_ref(), Some(&instance), "its previous log is that of the instance that ended");
        assert_eq!((instance.id.as_str(), instance.ended.map(|(_, code)| code)), ("c://2", Some(Some(1))));
        let creating = of(json!({ "state": { "waiting": { "reason": "ContainerCreating" } } }));
        assert_eq!(creating.status, Status::NotStarted("ContainerCreating".into()));
    }

    #[test]
    fn a_pod_that_no_node_takes_says_why() {
        let pod = json!({ "spec": { "containers": [{ "name": "main" }] }, "status": { "phase": "Pending", "conditions": [
            { "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available" } ] } });
        let status = read(&pod).unwrap().containers.remove(0).status;
        assert_eq!(status, Status::NotStarted("Unschedulable: 0/3 nodes are available".into()));
    }

    #[rstest]
    #[case("ReplicaSet", "web-5d9f", Some((AppKind::Deployment, "web".into())))]
    #[case("StatefulSet", "web", Some((AppKind::StatefulSet, "web".into())))]
    #[case("Job", "web", None)]
    fn the_app_is_known_by_the_owner(#[case] kind: &str, #[case] name: &str, #[case] app: Option<(AppKind, Clean)>) {
        let owners = json!([{ "controller": true, "kind": kind, "name": name }]);
        let pod = json!({ "metadata": { "ownerReferences": owners, "labels": { "pod-template-hash": "5d9f" } } });
        assert_eq!(read(&pod).unwrap().app, app);
    }
}
