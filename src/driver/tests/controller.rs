//! A toy of the workload controllers: what matters of them to a rollout's judgement.

use rolldeck_core::{
    batch::template,
    model::{App, AppKey, AppKind, Condition, Container, ContainerState, Counts, Pod, PodPhase, Requests, Strategy},
};
use serde_json::{Value, json};

use super::cluster::World;

/// Brings pods and status to what the spec wants, as far as they go.
pub fn reconcile(world: &mut World, key: &AppKey) {
    let crashing = world.crashing.clone();
    let Some(app) = world.apps.get_mut(key) else { return };
    let spec = app.object["spec"].clone();
    let wanted = spec["replicas"].as_u64().unwrap_or(1) as usize;
    let revision = revision(key, &spec["template"]);
    let images = template::images(&spec["template"]);
    let crashes = images.iter().any(|image| crashing.contains(&*image.image));
    let frozen = spec["paused"] == true;
    if !frozen {
        match key.kind {
            AppKind::StatefulSet => in_order(key, &mut app.pods, wanted, &revision, crashes),
            AppKind::Deployment | AppKind::DaemonSet => at_once(key, &mut app.pods, wanted, &revision, crashes),
        }
    }
    let count = |test: &dyn Fn(&Pod) -> bool| app.pods.iter().filter(|pod| test(pod)).count();
    let updated = count(&|pod| *pod.revision == *revision);
    let ready = count(&|pod| pod.ready);
    let generation = app.object["metadata"]["generation"].clone();
    let status = &mut app.object["status"];
    status["observedGeneration"] = generation;
    (status["wanted"], status["current"]) = (json!(wanted), json!(app.pods.len()));
    (status["updated"], status["ready"]) = (json!(updated), json!(ready));
    // As the real fields are named, for those who look at the raw object.
    status["updatedReplicas"] = json!(updated);
    status["updateRevision"] = json!(revision);
    if updated == wanted {
        status["currentRevision"] = json!(revision);
    }
    status["named"] = json!(revision);
}

fn revision(key: &AppKey, template: &Value) -> String {
    let hash = template::fingerprint(template)[..8].to_owned();
    if key.kind == AppKind::StatefulSet { format!("{}-{hash}", key.name) } else { hash }
}

fn at_once(key: &AppKey, pods: &mut Vec<Pod>, wanted: usize, revision: &str, crashes: bool) {
    pods.retain(|pod| *pod.revision == *revision || (crashes && pod.ready));
    pods.sort_by_key(|pod| *pod.revision != *revision);
    if !crashes {
        pods.truncate(wanted);
    }
    let mut nth = 0;
    while pods.iter().filter(|pod| *pod.revision == *revision).count() < if crashes { wanted.min(1) } else { wanted } {
        let name = format!("{}-{revision}-{nth}", key.name);
        if !pods.iter().any(|pod| *pod.name == *name) {
            pods.push(pod(key, &name, revision, !crashes));
        }
        nth += 1;
    }
}

/// A StatefulSet with OrderedReady: a pod that is not ready blocks everything behind it.
fn in_order(key: &AppKey, pods: &mut Vec<Pod>, wanted: usize, revision: &str, crashes: bool) {
    let old = pods.iter().find(|pod| pod.ready).map(|pod| pod.revision.to_string());
    pods.retain(|pod| ordinal(pod) < wanted);
    for nth in 0..wanted {
        let name = format!("{}-{nth}", key.name);
        if pods.iter().any(|pod| *pod.name == *name) {
            continue;
        }
        // A missing pod below the rollout's front comes back at the old revision.
        let behind = pods.iter().any(|pod| *pod.revision == *revision && ordinal(pod) > nth);
        let lacks = pods.is_empty() || behind || old.as_deref() == Some(revision) || old.is_none();
        let revision = if lacks || nth + 1 == wanted { revision } else { old.as_deref().unwrap_or(revision) };
        pods.push(pod(key, &name, revision, !crashes));
    }
    for nth in (0..wanted).rev() {
        if pods.iter().any(|pod| !pod.ready) {
            return;
        }
        let name = format!("{}-{nth}", key.name);
        let stale = |pod: &&mut Pod| *pod.name == *name && *pod.revision != *revision;
        if let Some(old) = pods.iter_mut().find(stale) {
            *old = pod(key, &name, revision, !crashes);
        }
    }
}

fn ordinal(pod: &Pod) -> usize {
    pod.name.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

pub fn pod(key: &AppKey, name: &str, revision: &str, ready: bool) -> Pod {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let state = if ready {
        ContainerState::Running(None)
    } else {
        ContainerState::Waiting("CrashLoopBackOff".into(), "back-off".into())
    };
    let container = Container {
        name: "main".into(),
        image: "x".into(),
        digest: "".into(),
        ready,
        init: false,
        sidecar: false,
        started: ready,
        restarts: if ready { 0 } else { 9 },
        state,
        memory_limit: 0,
        last: None,
    };
    Pod {
        namespace: key.namespace.clone(),
        name: name.into(),
        uid: format!("pod-{}", NEXT.fetch_add(1, Ordering::Relaxed)).into(),
        app: Some((key.kind, key.name.clone())),
        revision: revision.into(),
        node: "node".into(),
        phase: PodPhase::Running,
        reason: "".into(),
        unschedulable: "".into(),
        ready,
        ending: false,
        gates: (0, 0),
        asks: Default::default(),
        created: None,
        containers: [container].into(),
        labels: Default::default(),
        extras: Box::default(),
    }
}

/// The app as the watch shows it.
pub fn model(key: &AppKey, object: &Value) -> App {
    let status = &object["status"];
    let count = |field: &str| status[field].as_u64().unwrap_or(0) as u32;
    let text = |value: &Value| value.as_str().unwrap_or_default().into();
    let wanted = object["spec"]["replicas"].as_u64().unwrap_or(1) as u32;
    let named =
        format!("ReplicaSet \"{}-{}\" has successfully progressed.", key.name, status["named"].as_str().unwrap_or(""));
    let progressing = Condition {
        kind: "Progressing".into(),
        holds: Some(true),
        reason: "NewReplicaSetAvailable".into(),
        message: named.into(),
        at: None,
    };
    App {
        key: key.clone(),
        uid: text(&object["metadata"]["uid"]),
        created: None,
        generation: object["metadata"]["generation"].as_i64().unwrap_or(0),
        observed: status["observedGeneration"].as_i64().unwrap_or(0),
        counts: Counts {
            wanted,
            current: count("current"),
            updated: count("updated"),
            ready: count("ready"),
            available: count("ready"),
        },
        paused: object["spec"]["paused"] == true,
        strategy: Strategy::Rolling { max_surge: "".into(), max_unavailable: "".into(), partition: 0 },
        parallel: false,
        images: template::images(&object["spec"]["template"]).into(),
        requests: Requests::default(),
        conditions: if key.kind == AppKind::Deployment { [progressing].into() } else { [].into() },
        revision: if key.kind == AppKind::StatefulSet { text(&status["updateRevision"]) } else { "1".into() },
        current_revision: if key.kind == AppKind::StatefulSet { text(&status["currentRevision"]) } else { "".into() },
        batch: text(&object["metadata"]["annotations"]["rolldeck.dev/batch"]),
        managed_by: "".into(),
        labels: Default::default(),
        extras: Box::default(),
    }
}
