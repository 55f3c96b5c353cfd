//! Namespaces, followed.

use rolldeck_core::{kept::KeptEvent, model::NamespaceFacts, text::Clean};
use serde_json::Value;
use tokio::sync::mpsc;

use super::decode::moment;
use crate::{
    connect::Cluster,
    follow::{Following, Target, follow},
};

/// Follows the namespaces of a cluster.
pub fn namespaces(cluster: &Cluster, to: mpsc::Sender<Vec<KeptEvent<NamespaceFacts>>>) -> Following {
    follow(cluster, Target::new("/api/v1/namespaces", "namespaces"), decode, to)
}

fn decode(namespace: &Value) -> Option<NamespaceFacts> {
    Some(NamespaceFacts {
        phase: Clean::new(namespace["status"]["phase"].as_str().unwrap_or_default()),
        created: moment(&namespace["metadata"]["creationTimestamp"]),
    })
}
