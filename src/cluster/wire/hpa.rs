//! HorizontalPodAutoscalers (k8s.io/api/autoscaling/v2/generated.proto).

use bytes::Bytes;
use serde::Deserialize;

use super::{
    apps::Condition,
    meta::ObjectMeta,
    scalars::{Quantity, or_default, text},
};

/// `HorizontalPodAutoscaler`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Hpa {
    /// Its metadata.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// What is wanted.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<HpaSpec>,
    /// What is.
    #[prost(message, optional, tag = "3")]
    pub status: Option<HpaStatus>,
}

/// `HorizontalPodAutoscalerSpec`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HpaSpec {
    /// Whom it scales.
    #[prost(message, optional, tag = "1")]
    pub scale_target_ref: Option<TargetRef>,
    /// Never fewer.
    #[prost(int32, optional, tag = "2")]
    pub min_replicas: Option<i32>,
    /// Never more.
    #[prost(int32, tag = "3")]
    pub max_replicas: i32,
    /// What it goes by.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "or_default")]
    pub metrics: Vec<MetricSpec>,
}

/// `CrossVersionObjectReference`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TargetRef {
    /// Its kind.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub kind: Bytes,
    /// Its name.
    #[prost(bytes = "bytes", tag = "2")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
}

/// `HorizontalPodAutoscalerStatus`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct HpaStatus {
    /// Pods that its target has.
    #[prost(int32, tag = "3")]
    pub current_replicas: i32,
    /// Pods that it wants.
    #[prost(int32, tag = "4")]
    pub desired_replicas: i32,
    /// What its metrics read.
    #[prost(message, repeated, tag = "5")]
    #[serde(deserialize_with = "or_default")]
    pub current_metrics: Vec<MetricStatus>,
    /// Its conditions.
    #[prost(message, repeated, tag = "6")]
    #[serde(deserialize_with = "or_default")]
    pub conditions: Vec<Condition>,
}

/// `MetricSpec`: one of the five.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetricSpec {
    /// A metric of one other object.
    #[prost(message, optional, tag = "2")]
    pub object: Option<ObjectSource>,
    /// A metric of each pod.
    #[prost(message, optional, tag = "3")]
    pub pods: Option<NamedSource>,
    /// CPU or memory of each pod.
    #[prost(message, optional, tag = "4")]
    pub resource: Option<ResourceSource>,
    /// A metric from outside.
    #[prost(message, optional, tag = "5")]
    pub external: Option<NamedSource>,
    /// CPU or memory of one container of each pod.
    #[prost(message, optional, tag = "7")]
    pub container_resource: Option<ResourceSource>,
}

/// The target of a metric of CPU or memory.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ResourceSource {
    /// `cpu` or `memory`.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// The target.
    #[prost(message, optional, tag = "2")]
    pub target: Option<Target>,
    /// The container, where it goes by one.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "text")]
    pub container: Bytes,
}

/// The target of a metric with a name.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct NamedSource {
    /// Which metric.
    #[prost(message, optional, tag = "1")]
    pub metric: Option<MetricName>,
    /// The target.
    #[prost(message, optional, tag = "2")]
    pub target: Option<Target>,
}

/// The target of a metric of another object.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ObjectSource {
    /// Which metric.
    #[prost(message, optional, tag = "3")]
    pub metric: Option<MetricName>,
    /// The target.
    #[prost(message, optional, tag = "2")]
    pub target: Option<Target>,
}

/// `MetricStatus`: one of the five.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetricStatus {
    /// A metric of one other object.
    #[prost(message, optional, tag = "2")]
    pub object: Option<ObjectStatus>,
    /// A metric of each pod.
    #[prost(message, optional, tag = "3")]
    pub pods: Option<NamedStatus>,
    /// CPU or memory of each pod.
    #[prost(message, optional, tag = "4")]
    pub resource: Option<ResourceStatus>,
    /// A metric from outside.
    #[prost(message, optional, tag = "5")]
    pub external: Option<NamedStatus>,
    /// CPU or memory of one container of each pod.
    #[prost(message, optional, tag = "7")]
    pub container_resource: Option<ResourceStatus>,
}

/// The reading of a metric of CPU or memory.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ResourceStatus {
    /// `cpu` or `memory`.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// The reading.
    #[prost(message, optional, tag = "2")]
    pub current: Option<Current>,
    /// The container, where it goes by one.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "text")]
    pub container: Bytes,
}

/// The reading of a metric with a name.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct NamedStatus {
    /// Which metric.
    #[prost(message, optional, tag = "1")]
    pub metric: Option<MetricName>,
    /// The reading.
    #[prost(message, optional, tag = "2")]
    pub current: Option<Current>,
}

/// The reading of a metric of another object.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ObjectStatus {
    /// Which metric.
    #[prost(message, optional, tag = "1")]
    pub metric: Option<MetricName>,
    /// The reading.
    #[prost(message, optional, tag = "2")]
    pub current: Option<Current>,
}

/// `MetricIdentifier`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct MetricName {
    /// Its name.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
}

/// `MetricTarget`: what a metric aims at.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Target {
    /// The metric itself.
    #[prost(message, optional, tag = "2")]
    pub value: Option<Quantity>,
    /// The metric over the number of pods.
    #[prost(message, optional, tag = "3")]
    pub average_value: Option<Quantity>,
    /// Percent of what the pods request.
    #[prost(int32, optional, tag = "4")]
    pub average_utilization: Option<i32>,
}

/// `MetricValueStatus`: what a metric reads.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Current {
    /// The metric itself.
    #[prost(message, optional, tag = "1")]
    pub value: Option<Quantity>,
    /// The metric over the number of pods.
    #[prost(message, optional, tag = "2")]
    pub average_value: Option<Quantity>,
    /// Percent of what the pods request.
    #[prost(int32, optional, tag = "3")]
    pub average_utilization: Option<i32>,
}
