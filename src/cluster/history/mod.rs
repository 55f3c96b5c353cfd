//! What is read for one app when asked for.

use std::sync::Arc;

use rolldeck_core::{
    batch::PortError,
    model::{App, AppKey, Event, Revision},
};
use serde_json::Value;

use crate::connect::Cluster;

/// The app by a GET of its own: as the model has it, and raw.
///
/// # Errors
/// Any of a read.
pub async fn app(_cluster: &Cluster, _key: &AppKey) -> Result<(App, Arc<Value>), PortError> {
    todo!()
}

/// Its revisions, newest first; `live` is the raw app. ReplicaSets by selector and owner's uid, or ControllerRevisions.
///
/// # Errors
/// Any of a read.
pub async fn revisions(_cluster: &Cluster, _key: &AppKey, _live: &Value) -> Result<Arc<[Revision]>, PortError> {
    todo!()
}

/// Events about the app, its ReplicaSets and its pods, newest first, at most 200.
///
/// # Errors
/// Any of a read.
pub async fn events(_cluster: &Cluster, _key: &AppKey, _live: &Value) -> Result<Arc<[Event]>, PortError> {
    todo!()
}
