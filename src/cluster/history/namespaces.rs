//! The namespaces of a cluster.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use rolldeck_core::{batch::PortError, model::Labels, text::Clean};
use serde_json::Value;

use crate::{
    access::{first, list, metadata},
    connect::Cluster,
};

/// Namespaces that are read at a time.
const WIDTH: usize = 8;

/// Pages of namespaces that are read: what is beyond can still be typed.
const PAGES: usize = 40;

/// The names of the namespaces that the cluster has.
///
/// # Errors
/// Any of a read; a user who may see a few namespaces only is usually forbidden to list them.
pub async fn namespaces(cluster: &Cluster) -> Result<Vec<Clean>, PortError> {
    let (found, _) = first(&cluster.client, "/api/v1/namespaces", "", "namespaces", PAGES).await?;
    let name = |object: &Value| object.pointer("/metadata/name").and_then(Value::as_str).map(Clean::new);
    Ok(found.iter().filter_map(name).collect())
}

/// The labels of these namespaces, none: of all. Those that cannot be read, or are not there, are left out: nothing is known of
/// their labels.
pub async fn namespace_labels(cluster: &Cluster, namespaces: &BTreeSet<Clean>) -> BTreeMap<Clean, Labels> {
    if namespaces.is_empty() {
        let all = list(&cluster.client, "/api/v1/namespaces", "", "namespaces", PAGES).await;
        let all = all.inspect_err(|error| tracing::info!(%error, "the labels of namespaces cannot be read"));
        return all.unwrap_or_default().iter().filter_map(labelled).collect();
    }
    let read = |namespace: Clean| async move {
        let what = format!("namespace {namespace}");
        let read = metadata(&cluster.client, &format!("/api/v1/namespaces/{namespace}"), &what).await;
        labelled(&read.inspect_err(|error| tracing::info!(%error, "labels cannot be read")).ok()?)
    };
    stream::iter(namespaces.iter().cloned())
        .map(read)
        .buffer_unordered(WIDTH)
        .filter_map(async |one| one)
        .collect()
        .await
}

fn labelled(namespace: &Value) -> Option<(Clean, Labels)> {
    let metadata = &namespace["metadata"];
    let labels = metadata["labels"].as_object().into_iter().flatten();
    let labels = labels.filter_map(|(key, value)| Some((Clean::new(key), Clean::new(value.as_str()?)))).collect();
    Some((Clean::new(metadata["name"].as_str()?), labels))
}
