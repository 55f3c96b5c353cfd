//! The app itself.

use std::sync::Arc;

use rolldeck_core::{
    batch::PortError,
    model::{App, AppKey},
};
use serde_json::Value;

use crate::connect::Cluster;

/// The app by a GET of its own: as the model has it, and raw.
///
/// # Errors
/// Any of a read; [`PortError::Refused`] where it cannot be understood.
pub async fn app(_cluster: &Cluster, _key: &AppKey) -> Result<(App, Arc<Value>), PortError> {
    todo!("waits for the wire's reading of JSON")
}
