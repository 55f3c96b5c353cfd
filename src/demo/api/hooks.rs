//! What the API server serves but does not keep: usage, logs, shells and the demo's own controls.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use serde_json::Value;

use super::query::Query;
use crate::store::Refusal;

/// The body of an answer: whole or streamed.
pub type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, std::io::Error>;

/// Usage, for `metrics.k8s.io` and the kubelets' summaries.
pub trait Metrics: Send + Sync {
    /// Whether `metrics.k8s.io` is served at all.
    fn served(&self) -> bool {
        true
    }

    /// The `PodMetrics` of a pod (its `timestamp`, `window` and `containers`; the server adds metadata), `None` where
    /// nothing was measured yet.
    fn pod(&self, pod: &Value, now: DateTime<Utc>) -> Option<Value>;

    /// The `NodeMetrics` of a node (`timestamp`, `window`, `usage`).
    fn node(&self, node: &Value, now: DateTime<Utc>) -> Option<Value>;

    /// What the node's kubelet answers at `/stats/summary`.
    fn summary(&self, node: &Value, now: DateTime<Utc>) -> Option<Value>;
}

/// What is opened into a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A command.
    Exec,
    /// The container's own process.
    Attach,
    /// Ports.
    Forward,
}

/// What a container says and the shells in it.
pub trait PodStreams: Send + Sync {
    /// The log of a container of this pod; `query` holds the options as in the URL (`container`, `follow`, …).
    fn log(&self, pod: Value, query: Query) -> BoxFuture<'static, Result<Response<Body>, Refusal>>;

    /// A stream into this pod: the request is to be upgraded to a WebSocket, whose connection breaks once `cut` is done.
    fn open(
        &self,
        door: Door,
        pod: Value,
        query: Query,
        request: Request<Incoming>,
        cut: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Response<Body>, Refusal>>;

    /// What the kubelet of a node serves at a path below `/logs`: pages of names, and log files.
    fn files(&self, node: String, path: String) -> BoxFuture<'static, Result<Response<Body>, Refusal>>;
}

/// Paths that are no part of Kubernetes: the demo's own controls.
pub trait Control: Send + Sync {
    /// Whether this path is one of them. Faults, latency and rights do not touch it.
    fn owns(&self, path: &str) -> bool;

    /// Answers a request of which the whole body was read.
    fn answer(&self, request: Request<Bytes>) -> BoxFuture<'static, Response<Body>>;
}
