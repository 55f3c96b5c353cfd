//! The namespaces of a cluster.

use rolldeck_core::{batch::PortError, text::Clean};
use serde_json::Value;

use crate::{access::list, connect::Cluster};

/// Pages of namespaces that are read: what is beyond can still be typed.
const PAGES: usize = 8;

/// The names of the namespaces that the cluster has.
///
/// # Errors
/// Any of a read; a user who may see a few namespaces only is usually forbidden to list them.
pub async fn namespaces(cluster: &Cluster) -> Result<Vec<Clean>, PortError> {
    let found = list(&cluster.client, "/api/v1/namespaces", "", "namespaces", PAGES).await?;
    let name = |object: &Value| object.pointer("/metadata/name").and_then(Value::as_str).map(Clean::new);
    Ok(found.iter().filter_map(name).collect())
}
