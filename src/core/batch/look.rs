//! What a preflight looks at beside the apps themselves. Only reads.

use std::future::Future;

use serde_json::Value;

use super::{PortError, findings::Room};
use crate::{
    around::{ConfigKind, Known},
    model::AppKey,
};

/// The preflight's way to a cluster beyond [`super::Port`]: what stands around the apps of a plan. Nothing of it writes.
pub trait Look: Send + Sync + 'static {
    /// The ResourceQuotas of a namespace, raw.
    fn quotas(&self, namespace: &str) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;
    /// The PodDisruptionBudgets (policy/v1) of a namespace, raw.
    fn budgets(&self, namespace: &str) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;
    /// What the nodes have left for pods.
    fn room(&self) -> impl Future<Output = Result<Room, PortError>> + Send;
    /// What the metadata of a ConfigMap or Secret tell. Values are never asked for.
    fn config(&self, kind: ConfigKind, namespace: &str, name: &str) -> impl Future<Output = Known> + Send;
    /// Whether the ReplicaSet (of a Deployment) or ControllerRevision of this name, in the app's namespace, still exists.
    fn has_revision(&self, app: &AppKey, name: &str) -> impl Future<Output = Result<bool, PortError>> + Send;
}
