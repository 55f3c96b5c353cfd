//! The pods that run now, for the digests of their images.

use futures::{StreamExt, stream};
use rolldeck_core::{batch::PortError, fleet::Scope, model::Pod, text::Clean};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::pages::{JSON, items, place};
use crate::{connect::Cluster, wire::pod_from_json};

/// Scopes that are read at a time.
const WIDTH: usize = 4;

/// Reads the pods of these scopes, at most 10,000 in each; and what could not be read, in sentences.
pub async fn pods(cluster: &Cluster, scopes: &[Scope]) -> (Vec<Pod>, Vec<Clean>) {
    let reads: Vec<_> = scopes.iter().map(|scope| list(cluster, scope)).collect();
    let (mut found, mut lacks) = (Vec::new(), Vec::new());
    for read in stream::iter(reads).buffered(WIDTH).collect::<Vec<_>>().await {
        match read {
            Ok(pods) => found.extend(pods),
            Err(error) => lacks.push(format!("which digests run is not known: {error}").into()),
        }
    }
    (found, lacks)
}

async fn list(cluster: &Cluster, scope: &Scope) -> Result<Vec<Pod>, PortError> {
    let what = match scope {
        Some(namespace) => format!("the pods of namespace {namespace}"),
        None => "the pods".to_owned(),
    };
    let path = place("/api/v1", scope, "pods");
    let read: Vec<One> = items(cluster, (&path, "", JSON), &what).await?;
    Ok(read.into_iter().filter_map(|one| one.0).collect())
}

/// A pod, cut down as soon as it is read: whole ones are large. `None` where it cannot be understood.
struct One(Option<Pod>);

impl<'de> Deserialize<'de> for One {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = Value::deserialize(from)?;
        Ok(Self(pod_from_json(&raw).inspect_err(|error| tracing::info!(%error, "a pod cannot be understood")).ok()))
    }
}
