//! Pods.

use bytes::Bytes;
use rolldeck_core::{
    model::{AppKind, Container, ContainerState, Pod, PodPhase},
    text::{Clean, Interner, quantity},
};

use super::shared::{amount, app_kind, asks, count, is_sidecar, labels, moment, part, truth};
use crate::wire::{meta::ObjectMeta, pod as wire};

/// A pod as rolldeck knows it.
pub(in crate::wire) fn pod(from: &wire::Pod, interner: &mut Interner) -> Pod {
    let (meta, spec, status) = (part(&from.metadata), part(&from.spec), part(&from.status));
    let condition = |kind: &str| status.conditions.iter().find(|condition| condition.kind == kind);
    let unschedulable =
        condition("PodScheduled").filter(|found| truth(&found.status) == Some(false)).map(|found| &found.message[..]);
    let holds =
        |kind: &Bytes| status.conditions.iter().any(|found| found.kind == kind && truth(&found.status) == Some(true));
    let held = spec.readiness_gates.iter().filter(|gate| holds(&gate.condition_type)).count();
    Pod {
        namespace: interner.intern(&meta.namespace),
        name: Clean::from_bytes(&meta.name),
        uid: Clean::from_bytes(&meta.uid),
        app: owner(&meta, interner),
        revision: interner.intern(revision(&meta).unwrap_or_default()),
        node: interner.intern(&spec.node_name),
        asks: asks(&spec),
        phase: phase(&status.phase),
        reason: interner.intern(&status.reason),
        unschedulable: interner.intern(unschedulable.unwrap_or_default()),
        ready: condition("Ready").is_some_and(|found| truth(&found.status) == Some(true)),
        ending: meta.deletion_timestamp.is_some(),
        gates: (short(held), short(spec.readiness_gates.len())),
        created: moment(meta.creation_timestamp.as_ref()),
        containers: containers(&spec, &status, interner),
        labels: labels(&meta, interner),
        extras: Box::default(),
    }
}

fn short(number: usize) -> u16 {
    number.try_into().unwrap_or(u16::MAX)
}

fn phase(name: &[u8]) -> PodPhase {
    match name {
        b"Pending" => PodPhase::Pending,
        b"Running" => PodPhase::Running,
        b"Succeeded" => PodPhase::Succeeded,
        b"Failed" => PodPhase::Failed,
        _ => PodPhase::Unknown,
    }
}

fn revision(meta: &ObjectMeta) -> Option<&[u8]> {
    meta.label("pod-template-hash").or_else(|| meta.label("controller-revision-hash")).map(|hash| &hash[..])
}

/// The Deployment of a ReplicaSet's pod has the ReplicaSet's name less `-` and the label `pod-template-hash`
/// (kubernetes/pkg/controller/deployment/sync.go, `getNewReplicaSet`).
fn owner(meta: &ObjectMeta, interner: &mut Interner) -> Option<(AppKind, Clean)> {
    let owner = meta.controller()?;
    if owner.kind == "ReplicaSet" {
        let hash = meta.label("pod-template-hash")?;
        let name = owner.name.strip_suffix(&hash[..])?.strip_suffix(b"-")?;
        return Some((AppKind::Deployment, interner.intern(name)));
    }
    match app_kind(&owner.kind)? {
        AppKind::Deployment => None,
        kind => Some((kind, interner.intern(&owner.name))),
    }
}

fn containers(spec: &wire::PodSpec, status: &wire::PodStatus, interner: &mut Interner) -> Box<[Container]> {
    let mut all = Vec::with_capacity(spec.init_containers.len() + spec.containers.len());
    for (specs, statuses, init) in [
        (&spec.init_containers, &status.init_container_statuses, true),
        (&spec.containers, &status.container_statuses, false),
    ] {
        for spec in specs {
            let status = statuses.iter().find(|status| status.name == spec.name);
            all.push(container(spec, status, init, interner));
        }
    }
    all.into()
}

fn container(
    spec: &wire::Container,
    status: Option<&wire::ContainerStatus>,
    init: bool,
    interner: &mut Interner,
) -> Container {
    let last = status.and_then(|status| status.last_state.as_ref()?.terminated.as_ref());
    Container {
        name: interner.intern(&spec.name),
        image: interner.intern(&spec.image),
        digest: interner.intern(status.map(|status| digest(&status.image_id)).unwrap_or_default()),
        ready: status.is_some_and(|status| status.ready),
        init,
        sidecar: init && is_sidecar(spec),
        started: status.is_some_and(|status| status.started == Some(true)),
        restarts: status.map_or(0, |status| count(status.restart_count)),
        state: state(status.and_then(|status| status.state.as_ref()), interner),
        memory_limit: memory_limit(spec),
        last: last.map(|last| (interner.intern(&last.reason), last.exit_code, moment(last.finished_at.as_ref()))),
    }
}

fn memory_limit(spec: &wire::Container) -> u64 {
    let limits = spec.resources.as_ref().map(|resources| &resources.limits[..]).unwrap_or_default();
    amount(limits, "memory", quantity::bytes).unwrap_or(0)
}

/// A status without a state means waiting (k8s.io/api/core/v1/types.go, `ContainerState`).
fn state(state: Option<&wire::ContainerState>, interner: &mut Interner) -> ContainerState {
    if let Some(running) = state.and_then(|state| state.running.as_ref()) {
        return ContainerState::Running(moment(running.started_at.as_ref()));
    }
    if let Some(ended) = state.and_then(|state| state.terminated.as_ref()) {
        return ContainerState::Terminated(interner.intern(&ended.reason), ended.exit_code, ended.signal);
    }
    let waiting = state.and_then(|state| state.waiting.clone()).unwrap_or_default();
    ContainerState::Waiting(interner.intern(&waiting.reason), interner.intern(&waiting.message))
}

/// The digest of an `imageID`: `registry.local/shop/orders@sha256:…` or `docker-pullable://…@sha256:…`. A bare `sha256:…` is the
/// runtime's own name of an image that no registry gave: nothing can be pulled by it.
fn digest(image_id: &[u8]) -> &[u8] {
    let Some(at) = image_id.iter().rposition(|&byte| byte == b'@') else { return b"" };
    let digest = &image_id[at + 1..];
    if digest.starts_with(b"sha") && digest.contains(&b':') { digest } else { b"" }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    #[rstest]
    #[case("registry.local/shop/orders@sha256:ab", "sha256:ab")]
    #[case("docker-pullable://shop/orders@sha256:ab", "sha256:ab")]
    #[case::no_registry_knows_it("sha256:ab", "")]
    #[case::no_registry_knows_it("docker://sha256:ab", "")]
    #[case("", "")]
    #[case("orders:v1", "")]
    fn a_digest_is_what_a_registry_gave_however_runtimes_write_it(#[case] id: &str, #[case] wanted: &str) {
        assert_eq!(digest(id.as_bytes()), wanted.as_bytes());
    }

    #[test]
    fn a_container_knows_its_memory_limit() {
        let containers =
            json!([{ "name": "a", "resources": { "limits": { "memory": "64Mi", "cpu": "1" } } }, { "name": "b" }]);
        let pod = crate::wire::pod_from_json(&json!({ "spec": { "containers": containers } })).unwrap();
        assert_eq!(pod.containers.iter().map(|c| c.memory_limit).collect::<Vec<_>>(), [64 << 20, 0]);
    }

    fn owned(kind: &str, name: &str, hash: Option<&str>) -> Value {
        json!({"metadata": {"labels": {"pod-template-hash": hash},
            "ownerReferences": [{"kind": kind, "name": name, "controller": true}]}})
    }

    #[rstest]
    #[case(owned("ReplicaSet", "my-web-7d9f", Some("7d9f")), Some((AppKind::Deployment, "my-web")))]
    #[case(owned("ReplicaSet", "alone", None), None)]
    #[case(owned("ReplicaSet", "alone", Some("7d9f")), None)]
    #[case(owned("StatefulSet", "db", None), Some((AppKind::StatefulSet, "db")))]
    #[case(owned("DaemonSet", "agent", None), Some((AppKind::DaemonSet, "agent")))]
    #[case(owned("Job", "import", None), None)]
    fn a_pod_knows_its_app(#[case] json: Value, #[case] app: Option<(AppKind, &str)>) {
        let pod = crate::wire::pod_from_json(&json).unwrap();
        assert_eq!(pod.app, app.map(|(kind, name)| (kind, Clean::new(name))));
    }

    #[test]
    fn what_is_set_aside_is_the_peak_of_its_start_or_all_that_runs_together() {
        let ask = |cpu: &str, memory: &str| json!({"requests": {"cpu": cpu, "memory": memory}});
        let pod = crate::wire::pod_from_json(&json!({"metadata": {"name": "a"}, "spec": {
            "overhead": {"cpu": "5m"},
            "initContainers": [
                {"name": "first", "resources": ask("900m", "1Mi")},
                {"name": "mesh", "restartPolicy": "Always", "resources": ask("100m", "64Mi")},
                {"name": "second", "resources": ask("50m", "512Mi")},
            ],
            "containers": [{"name": "main", "resources": ask("250m", "128Mi")}, {"name": "bare"}],
        }}))
        .unwrap();
        assert_eq!((pod.asks.cpu_milli, pod.asks.memory()), (905, 576 << 20));
    }
}
