//! The app itself.

use std::sync::Arc;

use rolldeck_core::{
    batch::PortError,
    model::{App, AppKey},
};
use serde_json::Value;

use crate::{
    access::{about, app_path, get},
    connect::Cluster,
    wire::app_from_json,
};

/// The app by a GET of its own: as the model has it, and raw.
///
/// # Errors
/// Any of a read; [`PortError::Refused`] where it cannot be understood.
pub async fn app(cluster: &Cluster, key: &AppKey) -> Result<(App, Arc<Value>), PortError> {
    let what = about(key);
    let raw = get(&cluster.client, &app_path(key), &what).await?;
    let app = app_from_json(key.kind, &raw).map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
    Ok((app, Arc::new(raw)))
}
