//! Objects for tests: healthy ones, to be spoilt by whoever needs it.

use super::{
    App, AppKey, AppKind, Asks, Condition, Container, ContainerState, Counts, Image, Labels, Pod, PodPhase, Requests,
    Strategy,
};
use crate::{Time, text::Clean};

/// So many seconds after a fixed moment.
pub(crate) fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_795_000_000 + seconds, 0).expect("a moment of this century")
}

pub(crate) fn key(kind: AppKind, namespace: &str, name: &str) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind }
}

/// An app whose rollout is complete: 3 of 3 replicas of revision `new`, image `registry:5000/shop/main:v1`.
pub(crate) fn app(kind: AppKind, namespace: &str, name: &str) -> App {
    let stateful = kind == AppKind::StatefulSet;
    let newest = if stateful { format!("{name}-new") } else { String::new() };
    App {
        key: key(kind, namespace, name),
        uid: format!("{namespace}-{name}").into(),
        created: Some(at(0)),
        generation: 2,
        observed: 2,
        counts: Counts { wanted: 3, current: 3, updated: 3, ready: 3, available: 3 },
        paused: false,
        strategy: Strategy::Rolling { max_surge: "25%".into(), max_unavailable: "25%".into(), partition: 0 },
        parallel: false,
        images: [image("main", "registry:5000/shop/main:v1")].into(),
        requests: Requests { cpu_milli: Some(100), memory: Some(1000) },
        conditions: match kind {
            AppKind::Deployment => {
                [progressing(name, "new", "NewReplicaSetAvailable", "has successfully progressed")].into()
            }
            _ => [].into(),
        },
        revision: newest.clone().into(),
        current_revision: newest.into(),
        batch: Clean::default(),
        managed_by: Clean::default(),
        labels: Labels::default(),
        extras: Box::default(),
    }
}

pub(crate) fn image(container: &str, image: &str) -> Image {
    Image { container: container.into(), image: image.into(), init: false }
}

/// A Progressing condition about the ReplicaSet `NAME-HASH`.
pub(crate) fn progressing(name: &str, hash: &str, reason: &str, does: &str) -> Condition {
    condition("Progressing", reason, &format!("ReplicaSet \"{name}-{hash}\" {does}."))
}

pub(crate) fn condition(kind: &str, reason: &str, message: &str) -> Condition {
    Condition {
        kind: kind.into(),
        holds: Some(reason != "ProgressDeadlineExceeded"),
        reason: reason.into(),
        message: message.into(),
        at: Some(at(60)),
    }
}

/// A pod of an app that runs and is ready.
pub(crate) fn pod(app: &AppKey, suffix: &str, revision: &str) -> Pod {
    let name = format!("{}-{suffix}", app.name);
    Pod {
        namespace: app.namespace.clone(),
        uid: format!("uid-{name}").into(),
        name: name.into(),
        app: Some((app.kind, app.name.clone())),
        revision: revision.into(),
        node: "node-1".into(),
        asks: Asks::new(100, 64 << 20),
        phase: PodPhase::Running,
        reason: Clean::default(),
        unschedulable: Clean::default(),
        ready: true,
        ending: false,
        gates: (0, 0),
        created: Some(at(10)),
        containers: [container("main")].into(),
        labels: Labels::default(),
        extras: Box::default(),
    }
}

/// A container that runs and is ready.
pub(crate) fn container(name: &str) -> Container {
    Container {
        name: name.into(),
        image: "registry:5000/shop/main:v1".into(),
        digest: "sha256:aaaaaaaaaaaa".into(),
        ready: true,
        init: false,
        sidecar: false,
        started: true,
        restarts: 0,
        state: ContainerState::Running(Some(at(11))),
        memory_limit: 0,
        last: None,
    }
}

/// The container, waiting: nothing of it is ready.
pub(crate) fn waiting(name: &str, reason: &str) -> Container {
    let state = ContainerState::Waiting(reason.into(), Clean::default());
    Container { state, ready: false, started: false, ..container(name) }
}

/// The container, ended.
pub(crate) fn ended(name: &str, reason: &str, code: i32, signal: i32) -> Container {
    let state = ContainerState::Terminated(reason.into(), code, signal);
    Container { state, ready: false, started: false, ..container(name) }
}

/// The container, crashing: waiting to be restarted after so many restarts.
pub(crate) fn crashing(reason: &str, code: i32, restarts: u32) -> Container {
    let last = Some((reason.into(), code, Some(at(20))));
    Container { restarts, last, ..waiting("main", "CrashLoopBackOff") }
}

/// A pod of these containers that is not ready.
pub(crate) fn unready(app: &AppKey, suffix: &str, revision: &str, containers: impl Into<Box<[Container]>>) -> Pod {
    Pod { ready: false, containers: containers.into(), ..pod(app, suffix, revision) }
}
