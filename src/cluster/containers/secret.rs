//! Values of Secrets, read where the operator asks for them, and kept nowhere.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use rolldeck_core::{batch::PortError, model::Hidden, text::Clean};
use serde_json::Value;

use crate::{
    access::{encoded, get},
    connect::Cluster,
};

/// The values of a Secret by key.
pub type Revealed = BTreeMap<Clean, Hidden>;

/// Reads a Secret.
///
/// # Errors
/// Any of a read. None tells a value.
pub async fn reveal(cluster: &Cluster, namespace: &Clean, name: &Clean) -> Result<Revealed, PortError> {
    let path = format!("/api/v1/namespaces/{}/secrets/{}", encoded(namespace), encoded(name));
    let secret = get(&cluster.client, &path, &format!("secret {namespace}/{name}")).await?;
    let data = secret["data"].as_object().into_iter().flatten();
    Ok(data.map(|(key, value)| (Clean::new(key), value_of(value))).collect())
}

fn value_of(value: &Value) -> Hidden {
    let bytes = BASE64_STANDARD.decode(value.as_str().unwrap_or_default()).unwrap_or_default();
    Hidden::new(match std::str::from_utf8(&bytes) {
        Ok(text) => Clean::new(text),
        Err(_) => format!("{} bytes that are no text", bytes.len()).into(),
    })
}
