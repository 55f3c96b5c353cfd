//! What the controllers remember of each pod: small, and read from its JSON without a tree of it.

use super::json::{moment, quantity};
use super::names::hash64;
use chrono::{DateTime, Utc};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Where a pod is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not all containers started yet.
    Pending,
    /// Its containers were started.
    Running,
    /// It ended, well or not.
    Ended,
}

/// One container as its template asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Requested cores.
    pub cpu: f64,
    /// Requested bytes.
    pub memory: f64,
    /// The limit of cores.
    pub cpu_limit: Option<f64>,
    /// The limit of bytes.
    pub memory_limit: Option<f64>,
}

/// Which object controls a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// A pod as the controllers see it.
#[derive(Debug, Clone)]
pub struct Pod {
    /// Its namespace.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its uid.
    pub uid: String,
    /// Its controller.
    pub owner: Option<Arc<Owner>>,
    /// Its labels, shared by pods with the same.
    pub labels: Arc<Value>,
    /// The containers, shared by pods of one template.
    pub shapes: Arc<[Shape]>,
    /// The node it is bound to.
    pub node: Option<Arc<str>>,
    /// Its phase.
    pub phase: Phase,
    /// Whether the condition Ready is true.
    pub ready: bool,
    /// Since when the condition Ready is what it is.
    pub ready_since: Option<DateTime<Utc>>,
    /// Whether it is on its way out.
    pub deleting: bool,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When its first container last started, if it runs.
    pub started: Option<DateTime<Utc>>,
    /// The restarts of its containers.
    pub restarts: i64,
    /// Its address.
    pub ip: Option<String>,
    /// Its priority class.
    pub priority_class: Option<Arc<str>>,
    /// Its debug containers that were not started yet.
    pub debuggers: bool,
}

impl Pod {
    /// The label that names the revision of a pod of a StatefulSet or DaemonSet.
    pub fn revision(&self) -> &str {
        self.label("controller-revision-hash")
    }

    /// A label's value, or nothing.
    pub fn label(&self, key: &str) -> &str {
        self.labels.get(key).and_then(Value::as_str).unwrap_or("")
    }

    /// The cores and bytes that it asks of a node.
    pub fn requests(&self) -> (f64, f64) {
        self.shapes.iter().fold((0.0, 0.0), |sum, shape| (sum.0 + shape.cpu, sum.1 + shape.memory))
    }

    /// Whether it counts for a ReplicaSet: neither ended nor on its way out.
    pub fn active(&self) -> bool {
        self.phase != Phase::Ended && !self.deleting
    }

    /// Whether it has been ready for `seconds`.
    pub fn available(&self, seconds: i64, now: DateTime<Utc>) -> bool {
        self.ready && (seconds == 0 || self.available_at(seconds).is_some_and(|at| at <= now))
    }

    /// When it becomes available, if it stays ready.
    pub fn available_at(&self, seconds: i64) -> Option<DateTime<Utc>> {
        self.ready_since.filter(|_| self.ready).map(|since| since + chrono::Duration::seconds(seconds))
    }
}

#[derive(Deserialize)]
struct RawPod<'a> {
    #[serde(borrow)]
    metadata: RawMeta<'a>,
    #[serde(borrow)]
    spec: RawSpec<'a>,
    #[serde(borrow, default)]
    status: RawStatus<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMeta<'a> {
    #[serde(borrow, default)]
    uid: Cow<'a, str>,
    #[serde(borrow, default)]
    creation_timestamp: Cow<'a, str>,
    #[serde(borrow)]
    deletion_timestamp: Option<Cow<'a, str>>,
    #[serde(borrow)]
    labels: Option<&'a RawValue>,
    #[serde(borrow)]
    owner_references: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSpec<'a> {
    #[serde(borrow)]
    node_name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    containers: Option<&'a RawValue>,
    #[serde(borrow)]
    priority_class_name: Option<Cow<'a, str>>,
    #[serde(default)]
    ephemeral_containers: Vec<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawStatus<'a> {
    #[serde(borrow)]
    phase: Cow<'a, str>,
    #[serde(borrow, rename = "podIP")]
    pod_ip: Option<Cow<'a, str>>,
    #[serde(borrow)]
    conditions: Vec<RawCondition<'a>>,
    container_statuses: Vec<RawContainer>,
    ephemeral_container_statuses: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCondition<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    last_transition_time: Option<Cow<'a, str>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct RawContainer {
    restart_count: i64,
    state: RawState,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawState {
    running: Option<RawRunning>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRunning {
    started_at: DateTime<Utc>,
}

/// Parts that many pods share, kept once.
#[derive(Debug, Default)]
pub struct Shared {
    texts: HashMap<u64, Arc<str>>,
    labels: HashMap<u64, Arc<Value>>,
    owners: HashMap<u64, Option<Arc<Owner>>>,
    shapes: HashMap<u64, Arc<[Shape]>>,
}

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        self.texts.entry(hash64(text)).or_insert_with(|| text.into()).clone()
    }

    fn labels(&mut self, raw: Option<&RawValue>) -> Arc<Value> {
        let text = raw.map_or("{}", RawValue::get);
        self.labels
            .entry(hash64(text))
            .or_insert_with(|| Arc::new(serde_json::from_str(text).unwrap_or_default()))
            .clone()
    }

    fn owner(&mut self, raw: Option<&RawValue>) -> Option<Arc<Owner>> {
        let text = raw.map_or("[]", RawValue::get);
        self.owners.entry(hash64(text)).or_insert_with(|| owner(text).map(Arc::new)).clone()
    }

    fn shapes(&mut self, raw: Option<&RawValue>) -> Arc<[Shape]> {
        let text = raw.map_or("[]", RawValue::get);
        self.shapes.entry(hash64(text)).or_insert_with(|| shapes(text).into()).clone()
    }

    /// Reads a pod from its JSON; nothing if it is not one.
    pub fn pod(&mut self, namespace: &str, name: &str, json: &[u8]) -> Option<Pod> {
        let raw: RawPod<'_> = serde_json::from_slice(json).ok()?;
        let ready = raw.status.conditions.iter().find(|condition| condition.kind == "Ready");
        let statuses = &raw.status.container_statuses;
        Some(Pod {
            namespace: self.text(namespace),
            name: name.into(),
            uid: raw.metadata.uid.into_owned(),
            owner: self.owner(raw.metadata.owner_references),
            labels: self.labels(raw.metadata.labels),
            shapes: self.shapes(raw.spec.containers),
            node: raw.spec.node_name.map(|node| self.text(&node)),
            phase: match &*raw.status.phase {
                "Running" => Phase::Running,
                "Succeeded" | "Failed" => Phase::Ended,
                _ => Phase::Pending,
            },
            ready: ready.is_some_and(|ready| ready.status == "True"),
            ready_since: ready.and_then(|ready| moment(ready.last_transition_time.as_deref()?)),
            deleting: raw.metadata.deletion_timestamp.is_some(),
            created: moment(&raw.metadata.creation_timestamp).unwrap_or_default(),
            started: statuses.first().and_then(|status| status.state.running.as_ref()).map(|state| state.started_at),
            restarts: statuses.iter().map(|status| status.restart_count).sum(),
            ip: raw.status.pod_ip.map(Cow::into_owned),
            debuggers: raw.spec.ephemeral_containers.len() > raw.status.ephemeral_container_statuses.len(),
            priority_class: raw.spec.priority_class_name.map(|class| self.text(&class)),
        })
    }
}

fn owner(text: &str) -> Option<Owner> {
    #[derive(Deserialize)]
    struct Reference {
        kind: String,
        name: String,
        uid: String,
        #[serde(default)]
        controller: bool,
    }
    let owners: Vec<Reference> = serde_json::from_str(text).ok()?;
    let owner = owners.into_iter().find(|owner| owner.controller)?;
    Some(Owner { kind: owner.kind, name: owner.name, uid: owner.uid })
}

fn shapes(text: &str) -> Vec<Shape> {
    let containers: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    containers.iter().map(shape).collect()
}

/// Reads what a container asks for.
pub fn shape(container: &Value) -> Shape {
    let resource = |pointer: &str| container.pointer(pointer).and_then(Value::as_str).map(quantity);
    let text = |key: &str| container.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let (cpu_limit, memory_limit) = (resource("/resources/limits/cpu"), resource("/resources/limits/memory"));
    Shape {
        name: text("name"),
        image: text("image"),
        cpu: resource("/resources/requests/cpu").or(cpu_limit).unwrap_or(0.0),
        memory: resource("/resources/requests/memory").or(memory_limit).unwrap_or(0.0),
        cpu_limit,
        memory_limit,
    }
}
