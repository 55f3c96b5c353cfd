//! Pods, and the pod templates of apps (k8s.io/api/core/v1/generated.proto).

use bytes::Bytes;
use serde::Deserialize;

use super::{
    meta::ObjectMeta,
    scalars::{Amount, Time, amounts, or_default, text},
};

/// `Pod`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Pod {
    /// Its metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
    /// What is.
    #[prost(message, optional, tag = "3")]
    pub status: Option<PodStatus>,
}

/// `PodTemplateSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct PodTemplate {
    /// What its pods are to be.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<PodSpec>,
}

/// `PodSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodSpec {
    /// Its containers.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<Container>,
    /// The node, once there is one.
    #[prost(bytes = "bytes", tag = "10")]
    #[serde(deserialize_with = "text")]
    pub node_name: Bytes,
    /// What the pod costs besides its containers.
    #[prost(message, repeated, tag = "32")]
    #[serde(deserialize_with = "amounts")]
    pub overhead: Vec<Amount>,
    /// Containers that end, or start, before the others.
    #[prost(message, repeated, tag = "20")]
    #[serde(deserialize_with = "or_default")]
    pub init_containers: Vec<Container>,
    /// Conditions that must hold besides the containers' readiness.
    #[prost(message, repeated, tag = "28")]
    #[serde(deserialize_with = "or_default")]
    pub readiness_gates: Vec<ReadinessGate>,
}

/// `PodReadinessGate`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReadinessGate {
    /// The type of the condition.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub condition_type: Bytes,
}

/// `Container`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    /// Its name.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// The image that it asks for.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub image: Bytes,
    /// What it asks for.
    #[prost(message, optional, tag = "8")]
    pub resources: Option<Resources>,
    /// `Always` makes an init container a sidecar.
    #[prost(bytes = "bytes", tag = "24")]
    #[serde(deserialize_with = "text")]
    pub restart_policy: Bytes,
}

/// `ResourceRequirements`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Resources {
    /// What it may use at most.
    #[prost(message, repeated, tag = "1")]
    #[serde(deserialize_with = "amounts")]
    pub limits: Vec<Amount>,
    /// What the scheduler sets aside.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "amounts")]
    pub requests: Vec<Amount>,
}

/// `PodStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodStatus {
    /// `Pending`, `Running`, …
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub phase: Bytes,
    /// Its conditions.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<PodCondition>,
    /// Why it is in this phase, in one word.
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "text")]
    pub reason: Bytes,
    /// How its containers are.
    #[prost(message, repeated, tag = "8")]
    #[serde(deserialize_with = "or_default")]
    pub container_statuses: Vec<ContainerStatus>,
    /// How its init containers are.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "or_default")]
    pub init_container_statuses: Vec<ContainerStatus>,
}

/// `PodCondition`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodCondition {
    /// Its type.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Bytes,
    /// `True`, `False` or `Unknown`.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub status: Bytes,
    /// Why, in a sentence.
    #[prost(bytes = "bytes", tag = "6")]
    #[serde(deserialize_with = "text")]
    pub message: Bytes,
}

/// `ContainerStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatus {
    /// The container's name.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// What it does now.
    #[prost(message, optional, tag = "2")]
    pub state: Option<ContainerState>,
    /// How it was before.
    #[prost(message, optional, tag = "3")]
    pub last_state: Option<ContainerState>,
    /// Whether it passes its readiness probe.
    #[prost(bool, tag = "4")]
    pub ready: bool,
    /// How often it was restarted.
    #[prost(int32, tag = "5")]
    pub restart_count: i32,
    /// What runs, with its digest.
    #[prost(bytes = "bytes", tag = "7")]
    #[serde(rename = "imageID", deserialize_with = "text")]
    pub image_id: Bytes,
    /// Whether it has started.
    #[prost(bool, optional, tag = "9")]
    pub started: Option<bool>,
}

/// `ContainerState`: at most one of the three.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    /// Not started.
    #[prost(message, optional, tag = "1")]
    pub waiting: Option<Waiting>,
    /// Runs.
    #[prost(message, optional, tag = "2")]
    pub running: Option<Running>,
    /// Has ended.
    #[prost(message, optional, tag = "3")]
    pub terminated: Option<Terminated>,
}

/// `ContainerStateWaiting`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Waiting {
    /// Why, in one word.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub reason: Bytes,
    /// Why, in a sentence.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub message: Bytes,
}

/// `ContainerStateRunning`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Running {
    /// Since when.
    #[prost(message, optional, tag = "1")]
    pub started_at: Option<Time>,
}

/// `ContainerStateTerminated`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Terminated {
    /// The exit code.
    #[prost(int32, tag = "1")]
    pub exit_code: i32,
    /// The signal that ended it, if one did.
    #[prost(int32, tag = "2")]
    pub signal: i32,
    /// Why, in one word.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "text")]
    pub reason: Bytes,
    /// When it ended.
    #[prost(message, optional, tag = "6")]
    pub finished_at: Option<Time>,
}
