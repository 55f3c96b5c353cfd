//! Deployments, StatefulSets and DaemonSets (k8s.io/api/apps/v1/generated.proto).

use bytes::Bytes;
use serde::Deserialize;

use super::{
    meta::ObjectMeta,
    pod::PodTemplate,
    scalars::{IntOrString, Time, or_default, text},
};

/// `Deployment`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Deployment {
    /// Its metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<DeploymentSpec>,
    /// What is.
    #[prost(message, optional, tag = "3")]
    pub status: Option<DeploymentStatus>,
}

/// `DeploymentSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct DeploymentSpec {
    /// Pods wanted.
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    /// What they are to be.
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplate>,
    /// How they are replaced.
    #[prost(message, optional, tag = "4")]
    pub strategy: Option<Strategy>,
    /// Whether rollouts rest.
    #[prost(bool, tag = "7")]
    pub paused: bool,
}

/// `DeploymentStrategy`, and the `UpdateStrategy` of the two others: they share their numbers of `type` and `rollingUpdate`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Strategy {
    /// `RollingUpdate`, `Recreate`, `OnDelete`.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Bytes,
    /// The bounds of a rolling update.
    #[prost(message, optional, tag = "2")]
    pub rolling_update: Option<Rolling>,
}

/// `RollingUpdateDeployment` and `RollingUpdateDaemonSet`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Rolling {
    /// Pods that may be missing.
    #[prost(message, optional, tag = "1")]
    pub max_unavailable: Option<IntOrString>,
    /// Pods that may be too many.
    #[prost(message, optional, tag = "2")]
    pub max_surge: Option<IntOrString>,
}

/// `DeploymentStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeploymentStatus {
    /// The newest generation that the controller saw.
    #[prost(int64, tag = "1")]
    pub observed_generation: i64,
    /// Pods.
    #[prost(int32, tag = "2")]
    pub replicas: i32,
    /// Pods of the newest template.
    #[prost(int32, tag = "3")]
    pub updated_replicas: i32,
    /// Pods available.
    #[prost(int32, tag = "4")]
    pub available_replicas: i32,
    /// Its conditions.
    #[prost(message, repeated, tag = "6")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<DeploymentCondition>,
    /// Pods ready.
    #[prost(int32, tag = "7")]
    pub ready_replicas: i32,
}

/// `DeploymentCondition`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DeploymentCondition {
    /// Its type.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Bytes,
    /// `True`, `False` or `Unknown`.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub status: Bytes,
    /// Why, in one word.
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "text")]
    pub reason: Bytes,
    /// Why, in a sentence.
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "text")]
    pub message: Bytes,
    /// When it was last written.
    #[prost(message, optional, tag = "6")]
    pub last_update_time: Option<Time>,
    /// When its status last changed.
    #[prost(message, optional, tag = "7")]
    pub last_transition_time: Option<Time>,
}

/// `StatefulSetCondition`, `DaemonSetCondition` and `HorizontalPodAutoscalerCondition`, which share their numbers.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Condition {
    /// Its type.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Bytes,
    /// `True`, `False` or `Unknown`.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub status: Bytes,
    /// When its status last changed.
    #[prost(message, optional, tag = "3")]
    pub last_transition_time: Option<Time>,
    /// Why, in one word.
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "text")]
    pub reason: Bytes,
    /// Why, in a sentence.
    #[prost(bytes = "bytes", tag = "5")]
    #[serde(deserialize_with = "text")]
    pub message: Bytes,
}

/// `StatefulSet`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct StatefulSet {
    /// Its metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<StatefulSetSpec>,
    /// What is.
    #[prost(message, optional, tag = "3")]
    pub status: Option<StatefulSetStatus>,
}

/// `StatefulSetSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetSpec {
    /// Pods wanted.
    #[prost(int32, optional, tag = "1")]
    pub replicas: Option<i32>,
    /// What they are to be.
    #[prost(message, optional, tag = "3")]
    pub template: Option<PodTemplate>,
    /// `OrderedReady` or `Parallel`.
    #[prost(bytes = "bytes", tag = "6")]
    #[serde(deserialize_with = "text")]
    pub pod_management_policy: Bytes,
    /// How they are replaced.
    #[prost(message, optional, tag = "7")]
    pub update_strategy: Option<StatefulSetStrategy>,
}

/// `StatefulSetUpdateStrategy`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetStrategy {
    /// `RollingUpdate` or `OnDelete`.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(rename = "type", deserialize_with = "text")]
    pub kind: Bytes,
    /// The bounds of a rolling update.
    #[prost(message, optional, tag = "2")]
    pub rolling_update: Option<Ordinals>,
}

/// `RollingUpdateStatefulSetStrategy`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Ordinals {
    /// Ordinals below it keep the old revision.
    #[prost(int32, optional, tag = "1")]
    pub partition: Option<i32>,
    /// Pods that may be missing.
    #[prost(message, optional, tag = "2")]
    pub max_unavailable: Option<IntOrString>,
}

/// `StatefulSetStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatefulSetStatus {
    /// The newest generation that the controller saw.
    #[prost(int64, tag = "1")]
    pub observed_generation: i64,
    /// Pods.
    #[prost(int32, tag = "2")]
    pub replicas: i32,
    /// Pods ready.
    #[prost(int32, tag = "3")]
    pub ready_replicas: i32,
    /// Pods of the newest revision.
    #[prost(int32, tag = "5")]
    pub updated_replicas: i32,
    /// The revision that pods had before.
    #[prost(bytes = "bytes", tag = "6")]
    #[serde(deserialize_with = "text")]
    pub current_revision: Bytes,
    /// The newest revision.
    #[prost(bytes = "bytes", tag = "7")]
    #[serde(deserialize_with = "text")]
    pub update_revision: Bytes,
    /// Its conditions.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
    /// Pods available.
    #[prost(int32, tag = "11")]
    pub available_replicas: i32,
}

/// `DaemonSet`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct DaemonSet {
    /// Its metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<DaemonSetSpec>,
    /// What is.
    #[prost(message, optional, tag = "3")]
    pub status: Option<DaemonSetStatus>,
}

/// `DaemonSetSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSetSpec {
    /// What its pods are to be.
    #[prost(message, optional, tag = "2")]
    pub template: Option<PodTemplate>,
    /// How they are replaced.
    #[prost(message, optional, tag = "3")]
    pub update_strategy: Option<Strategy>,
}

/// `DaemonSetStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DaemonSetStatus {
    /// Nodes that run a pod and should.
    #[prost(int32, tag = "1")]
    pub current_number_scheduled: i32,
    /// Nodes that should run a pod.
    #[prost(int32, tag = "3")]
    pub desired_number_scheduled: i32,
    /// Pods ready.
    #[prost(int32, tag = "4")]
    pub number_ready: i32,
    /// The newest generation that the controller saw.
    #[prost(int64, tag = "5")]
    pub observed_generation: i64,
    /// Pods of the newest template.
    #[prost(int32, tag = "6")]
    pub updated_number_scheduled: i32,
    /// Pods available.
    #[prost(int32, tag = "7")]
    pub number_available: i32,
    /// Its conditions.
    #[prost(message, repeated, tag = "10")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
}
