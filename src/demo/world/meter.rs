//! What measures the pods and nodes, for the metrics API and the autoscalers: computed when asked, never written.

use super::index::Index;
use super::json::{quantity, stamp, text, uid};
use super::load::{self, Running};
use super::names::{fraction, hash64};
use super::pods::{Phase, Pod, Shape};
use crate::api::Metrics;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The window that a metrics server averages over.
const WINDOW: &str = "15.042s";
/// How busy the apps of the seed fleet are when it is first seen, of the most that they are meant for.
pub(super) const USUAL: f64 = 0.85;
/// Nothing is measured of a container that has run for less than this.
const UNSEEN: Duration = Duration::seconds(15);

/// Measures pods and nodes. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    state: Arc<RwLock<State>>,
}

#[derive(Debug, Default)]
struct State {
    pods: HashMap<String, Measured>,
    by_node: HashMap<Arc<str>, BTreeSet<String>>,
    shares: HashMap<(Arc<str>, Arc<str>), Share>,
}

#[derive(Debug)]
struct Measured {
    namespace: Arc<str>,
    name: Arc<str>,
    app: Arc<str>,
    shapes: Arc<[Shape]>,
    started: DateTime<Utc>,
}

/// Among how many pods the load of an app is shared.
#[derive(Debug, Default)]
struct Share {
    meant: Option<f64>,
    ready: usize,
}

impl Meter {
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in how a pod was and is.
    pub(super) fn take(&self, before: Option<&Pod>, now: Option<&Pod>) {
        let mut state = self.write();
        if let Some(pod) = before {
            state.pods.remove(&pod.uid);
            if let Some(here) = pod.node.as_ref().and_then(|node| state.by_node.get_mut(node)) {
                here.remove(&pod.uid);
            }
            state.share(pod).ready -= usize::from(pod.ready);
        }
        let Some(pod) = now else { return };
        state.share(pod).ready += usize::from(pod.ready);
        let Some((started, node)) = pod.started.zip(pod.node.as_ref()).filter(|_| pod.phase == Phase::Running) else {
            return;
        };
        state.by_node.entry(Arc::clone(node)).or_default().insert(pod.uid.clone());
        let measured = Measured {
            namespace: Arc::clone(&pod.namespace),
            name: Arc::clone(&pod.name),
            app: Index::app_of(pod),
            shapes: Arc::clone(&pod.shapes),
            started,
        };
        state.pods.insert(pod.uid.clone(), measured);
    }

    /// The load that each app has now is usual for the pods that it has now: the fleet was scaled for this hour.
    pub(super) fn settle_shares(&self, now: DateTime<Utc>) {
        for ((_, app), share) in &mut self.write().shares {
            share.meant = Some(share.ready as f64 * USUAL / load::day(hash64(app), now));
        }
    }

    /// The cores and bytes that a pod uses.
    pub fn total(&self, uid: &str, now: DateTime<Utc>) -> Option<(f64, f64)> {
        let state = self.read();
        let containers = state.containers(uid, now)?;
        Some(
            containers
                .iter()
                .fold((0.0, 0.0), |sum, (_, cpu, memory)| (sum.0 + *cpu as f64 / 1e9, sum.1 + *memory as f64)),
        )
    }

    /// The containers of a pod: name, nanocores, bytes. Nothing for a pod that does not run.
    pub fn containers(&self, uid: &str, now: DateTime<Utc>) -> Option<Vec<(String, u64, u64)>> {
        self.read().containers(uid, now)
    }
}

impl State {
    fn share(&mut self, pod: &Pod) -> &mut Share {
        self.shares.entry((Arc::clone(&pod.namespace), Index::app_of(pod))).or_default()
    }

    fn containers(&self, uid: &str, now: DateTime<Utc>) -> Option<Vec<(String, u64, u64)>> {
        let pod = self.pods.get(uid)?;
        let share = self.shares.get(&(Arc::clone(&pod.namespace), Arc::clone(&pod.app)));
        let share = share.map_or(1.0, |share| match share.meant {
            Some(meant) if meant > 0.0 => meant / share.ready.max(1) as f64,
            _ => 1.0,
        });
        let running = Running { namespace: &pod.namespace, app: &pod.app, uid, started: pod.started, share };
        let of = |shape: &Shape| {
            let (cpu, memory) = load::container(running, shape, now);
            (shape.name.clone(), cpu, memory)
        };
        Some(pod.shapes.iter().map(of).collect())
    }

    /// What all pods of a node use, and its own daemons beside them.
    fn node(&self, node: &Value, now: DateTime<Utc>) -> (u64, u64) {
        let (mut cpu, mut memory) = (180_000_000, 900_000_000);
        for uid in self.by_node.get(text(node, "/metadata/name")).into_iter().flatten() {
            for (_, nanos, bytes) in self.containers(uid, now).into_iter().flatten() {
                cpu += nanos;
                memory += bytes;
            }
        }
        let most = |key: &str| quantity(text(node, &format!("/status/capacity/{key}")));
        (cpu.min((most("cpu") * 0.99e9) as u64), memory.min((most("memory") * 0.97) as u64))
    }
}

impl Metrics for Meter {
    fn pod(&self, pod: &Value, now: DateTime<Utc>) -> Option<Value> {
        let state = self.read();
        if now - state.pods.get(uid(pod))?.started < UNSEEN {
            return None;
        }
        let containers: Vec<Value> = state
            .containers(uid(pod), now)?
            .into_iter()
            .map(|(name, cpu, memory)| json!({"name": name, "usage": spelled(cpu, memory)}))
            .collect();
        Some(json!({"timestamp": stamp(now), "window": WINDOW, "containers": containers}))
    }

    fn node(&self, node: &Value, now: DateTime<Utc>) -> Option<Value> {
        let (cpu, memory) = self.read().node(node, now);
        Some(json!({"timestamp": stamp(now), "window": WINDOW, "usage": spelled(cpu, memory)}))
    }

    fn summary(&self, node: &Value, now: DateTime<Utc>) -> Option<Value> {
        let state = self.read();
        let name = text(node, "/metadata/name");
        let mut pods = Vec::new();
        let mut traffic = (40_000_000, 30_000_000);
        for uid in state.by_node.get(name).into_iter().flatten() {
            let Some(pod) = state.pods.get(uid) else { continue };
            let network = network(uid, pod.started, now);
            traffic = (traffic.0 + network.0, traffic.1 + network.1);
            pods.push(pod_summary(uid, pod, &state.containers(uid, now)?, network, now));
        }
        let (cpu, memory) = state.node(node, now);
        let disk = quantity(text(node, "/status/capacity/ephemeral-storage")).max(1e9) as u64;
        let pressed = name.eq("quay-4");
        let share = if pressed { 0.86 } else { 0.31 + 0.25 * fraction(hash64(name)) };
        let used = (disk as f64 * share) as u64;
        let all = quantity(text(node, "/status/capacity/memory")) as u64;
        Some(json!({
            "node": {
                "nodeName": name,
                "cpu": {"time": stamp(now), "usageNanoCores": cpu},
                "memory": {
                    "time": stamp(now), "workingSetBytes": memory, "usageBytes": memory + memory / 6,
                    "availableBytes": all.saturating_sub(memory),
                },
                "network": {
                    "time": stamp(now), "name": "eth0", "rxBytes": traffic.0, "txBytes": traffic.1,
                    "rxErrors": 0, "txErrors": 0,
                },
                "fs": {
                    "time": stamp(now), "capacityBytes": disk, "usedBytes": used, "availableBytes": disk - used,
                    "inodes": 26_214_400, "inodesFree": 24_100_000, "inodesUsed": 2_114_400,
                },
            },
            "pods": pods,
        }))
    }
}

/// Bytes received and sent since a pod started: they only ever grow.
fn network(uid: &str, started: DateTime<Utc>, now: DateTime<Utc>) -> (u64, u64) {
    let age = (now - started).num_milliseconds().max(0) as f64 / 1e3;
    let seed = hash64(uid);
    let wave = age + 40.0 * (age / 60.0 + fraction(seed) * 6.0).sin() + 40.0;
    let rate = 4_000.0 + 180_000.0 * fraction(seed ^ 5).powi(3);
    ((rate * wave) as u64, (rate * (0.4 + fraction(seed ^ 6)) * wave) as u64)
}

fn pod_summary(
    uid: &str,
    pod: &Measured,
    containers: &[(String, u64, u64)],
    network: (u64, u64),
    now: DateTime<Utc>,
) -> Value {
    let age = (now - pod.started).num_seconds().max(0) as u64;
    let disk = 2_000_000 + hash64(uid) % 90_000_000 + age * (20 + hash64(uid) % 400);
    let (cpu, memory) = containers.iter().fold((0, 0), |sum, (_, cpu, memory)| (sum.0 + cpu, sum.1 + memory));
    let each: Vec<Value> = containers
        .iter()
        .map(|(name, cpu, memory)| {
            json!({
                "name": name, "startTime": stamp(pod.started),
                "cpu": {"time": stamp(now), "usageNanoCores": cpu},
                "memory": {"time": stamp(now), "workingSetBytes": memory},
                "rootfs": {"time": stamp(now), "usedBytes": disk / 3},
                "logs": {"time": stamp(now), "usedBytes": disk / 2},
            })
        })
        .collect();
    json!({
        "podRef": {"name": &*pod.name, "namespace": &*pod.namespace, "uid": uid},
        "startTime": stamp(pod.started),
        "containers": each,
        "cpu": {"time": stamp(now), "usageNanoCores": cpu},
        "memory": {"time": stamp(now), "workingSetBytes": memory},
        "network": {"time": stamp(now), "name": "eth0", "rxBytes": network.0, "txBytes": network.1},
        "ephemeral-storage": {"time": stamp(now), "usedBytes": disk},
    })
}

fn spelled(cpu: u64, memory: u64) -> Value {
    json!({"cpu": format!("{cpu}n"), "memory": format!("{}Ki", memory / 1024)})
}

/// The CPU in nanocores and the working set in bytes that a pod uses by itself: what its labels, its start and the time
/// tell, as if its app had the pods that it was meant to have. (0, 0) for a pod that does not run.
pub fn usage(pod: &Value, now: DateTime<Utc>) -> (u64, u64) {
    let started = super::json::list(pod, "/status/containerStatuses")
        .first()
        .and_then(|status| super::json::moment(text(status, "/state/running/startedAt")));
    let Some(started) = started else { return (0, 0) };
    let owner = super::json::controller(pod).map_or("", |owner| text(owner, "/name"));
    let hash = super::json::label(pod, "pod-template-hash").unwrap_or("");
    let app = owner.strip_suffix(hash).map_or(owner, |app| app.trim_end_matches('-'));
    let running = Running {
        namespace: super::json::namespace(pod),
        app: if hash.is_empty() { owner } else { app },
        uid: uid(pod),
        started,
        share: 1.0,
    };
    super::json::list(pod, "/spec/containers").iter().map(super::pods::shape).fold((0, 0), |sum, shape| {
        let (cpu, memory) = load::container(running, &shape, now);
        (sum.0 + cpu, sum.1 + memory)
    })
}
