//! What the driver needs of a cluster.

use std::{collections::BTreeMap, future::Future, pin::Pin, time::Duration};

use serde_json::Value;
use thiserror::Error;

use super::Target;
use crate::{Time, fleet::Update};

/// Why a request did not do what it was to do. Each completes "failed to …".
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PortError {
    /// 404.
    #[error("{0} does not exist")]
    NotFound(String),
    /// 409 on a create or on a resourceVersion.
    #[error("{0} was changed by someone else meanwhile")]
    Conflict(String),
    /// 422: a failed `test` of a JSON Patch, or a validation error. The server does not say which.
    #[error("the server refused it: {0}")]
    Invalid(String),
    /// 403, or refused by our own guard (read-only): verb, resource, place.
    #[error("not allowed: {0}")]
    Forbidden(String),
    /// 401.
    #[error("the login is not accepted any more: {0}")]
    Unauthorized(String),
    /// Any other answer of the server that refuses (an admission webhook, a quota, 400, 413).
    #[error("refused: {0}")]
    Refused(String),
    /// 429 or 5xx: nothing was done, it may be tried again after so long.
    #[error("the server is busy: {0}")]
    Busy(String, Option<Duration>),
    /// No connection could be made: the request never left.
    #[error("the cluster is not reached: {0}")]
    Unreached(String),
    /// The request left and no answer came: it may or may not have been done.
    #[error("no answer came: {0}")]
    NoAnswer(String),
}

/// A ConfigMap of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConfigMap {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// `metadata.resourceVersion`; empty before it exists.
    pub resource_version: String,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// `immutable: true`.
    pub immutable: bool,
    /// `data`.
    pub data: BTreeMap<String, String>,
    /// `binaryData`, decoded.
    pub binary: BTreeMap<String, Vec<u8>>,
}

/// A coordination.k8s.io/v1 Lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// `metadata.resourceVersion`; empty before it exists.
    pub resource_version: String,
    /// `spec.holderIdentity`; empty when released.
    pub holder: String,
    /// `spec.leaseDurationSeconds`.
    pub seconds: u32,
    /// `spec.renewTime`. Never compared with a clock: only with itself.
    pub renewed: Option<Time>,
    /// `spec.leaseTransitions`.
    pub transitions: u32,
}

/// The driver's way to a cluster. Every write goes through the one door behind it, and ends within its timeout.
pub trait Port: Send + Sync + 'static {
    /// How long a write may take before it is given up as [`PortError::NoAnswer`].
    fn write_timeout(&self) -> Duration;
    /// The object, raw.
    fn read(&self, target: &Target) -> impl Future<Output = Result<Value, PortError>> + Send;
    /// Applies a JSON Patch (RFC 6902) to the object; with `dry_run` only asks what it would become. Returns the object, raw.
    fn patch(
        &self,
        target: &Target,
        patch: &Value,
        dry_run: bool,
    ) -> impl Future<Output = Result<Value, PortError>> + Send;
    /// Deletes a pod, if it still has this uid.
    fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> impl Future<Output = Result<(), PortError>> + Send;
    /// Whether the user may (SelfSubjectAccessReview): verb, group, resource, namespace; the reason where not.
    fn may(
        &self,
        verb: &str,
        group: &str,
        resource: &str,
        namespace: &str,
    ) -> impl Future<Output = Result<Option<String>, PortError>> + Send;
    /// Creates a ConfigMap; returns its resourceVersion.
    fn create_config_map(
        &self,
        map: &ConfigMap,
        dry_run: bool,
    ) -> impl Future<Output = Result<String, PortError>> + Send;
    /// Replaces a ConfigMap if it is still at its resourceVersion; returns the new one.
    fn update_config_map(&self, map: &ConfigMap) -> impl Future<Output = Result<String, PortError>> + Send;
    /// The ConfigMaps of a namespace (`None`: of all) that match a label selector.
    fn config_maps(
        &self,
        namespace: Option<&str>,
        selector: &str,
    ) -> impl Future<Output = Result<Vec<ConfigMap>, PortError>> + Send;
    /// Deletes a ConfigMap if it is still at its resourceVersion; where that is empty, as it is.
    fn delete_config_map(&self, map: &ConfigMap) -> impl Future<Output = Result<(), PortError>> + Send;
    /// A Lease.
    fn lease(&self, namespace: &str, name: &str) -> impl Future<Output = Result<Lease, PortError>> + Send;
    /// Creates (empty resource_version) or replaces a Lease; returns its resourceVersion.
    fn put_lease(&self, lease: &Lease) -> impl Future<Output = Result<String, PortError>> + Send;
    /// Deletes a Lease if it is still at its resourceVersion.
    fn delete_lease(&self, lease: &Lease) -> impl Future<Output = Result<(), PortError>> + Send;
    /// The workloads and pods of a namespace, as they change: streams that restart by themselves. Dropping the receiver ends them.
    fn watch(&self, namespace: &str) -> Updates;
}

/// A source of updates that names no async runtime.
pub trait NextUpdates: Send {
    /// Waits for what comes next; `None` when the source has ended.
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<Update>>> + Send + '_>>;
}

/// A boxed source of updates.
pub type Updates = Box<dyn NextUpdates>;
