//! What pods use (k8s.io/metrics/pkg/apis/metrics/v1beta1/generated.proto).

use bytes::Bytes;
use serde::Deserialize;

use super::{
    meta::ObjectMeta,
    scalars::{Amount, Duration, Time, amounts, or_default, text},
};

/// `PodMetrics`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct PodMetrics {
    /// Of which pod.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ObjectMeta>,
    /// The end of the time that was measured.
    #[prost(message, optional, tag = "2")]
    pub timestamp: Option<Time>,
    /// How long was measured.
    #[prost(message, optional, tag = "3")]
    pub window: Option<Duration>,
    /// What each container used.
    #[prost(message, repeated, tag = "4")]
    #[serde(deserialize_with = "or_default")]
    pub containers: Vec<ContainerMetrics>,
}

/// `ContainerMetrics`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct ContainerMetrics {
    /// Its name.
    #[prost(bytes = "bytes", tag = "1")]
    #[serde(deserialize_with = "text")]
    pub name: Bytes,
    /// `cpu` and `memory`.
    #[prost(message, repeated, tag = "2")]
    #[serde(deserialize_with = "amounts")]
    pub usage: Vec<Amount>,
}
