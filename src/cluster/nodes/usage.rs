//! What nodes use, polled.

use std::time::Duration;

use rolldeck_core::{
    batch::PortError,
    fleet::Freshness,
    model::NodeUsage,
    text::{Clean, quantity},
};
use serde_json::Value;
use tokio::{sync::mpsc, time::sleep};

use super::decode::text;
use crate::{access::get, connect::Cluster};

/// Between two polls: metrics-server measures every 15 s (sigs.k8s.io/metrics-server, `--metric-resolution`).
const EVERY: Duration = Duration::from_secs(15);
/// What is refused or absent is asked for again so slowly.
const REFUSED: Duration = Duration::from_secs(60);

/// What a poll comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard<T> {
    /// It answered.
    Usage(T),
    /// It did not, or may not be asked.
    Freshness(Freshness),
}

/// Polls what all nodes use, or one, until nobody listens.
pub async fn usage(cluster: Cluster, one: Option<Clean>, to: mpsc::Sender<Heard<Vec<NodeUsage>>>) {
    let root = "/apis/metrics.k8s.io/v1beta1/nodes";
    let path = one.as_ref().map_or(root.to_owned(), |name| format!("{root}/{name}"));
    poll(&cluster, &path, "list nodes.metrics.k8s.io", read, to).await;
}

/// Asks for a path again and again, until nobody listens. `what` is verb and resource, for a refusal.
pub(crate) async fn poll<T>(
    cluster: &Cluster,
    path: &str,
    what: &str,
    read: fn(&Value) -> T,
    to: mpsc::Sender<Heard<T>>,
) {
    let mut since = chrono::Utc::now();
    loop {
        let answer = tokio::select! {
            answer = get(&cluster.client, path, what) => answer,
            () = to.closed() => return,
        };
        let (heard, wait) = match answer {
            Ok(found) => {
                since = chrono::Utc::now();
                (Heard::Usage(read(&found)), EVERY)
            }
            Err(PortError::Forbidden(_)) => (Heard::Freshness(Freshness::Forbidden(what.into())), REFUSED),
            Err(PortError::NotFound(_)) => (Heard::Freshness(Freshness::Absent), REFUSED),
            Err(PortError::Unauthorized(why)) => (Heard::Freshness(Freshness::Unauthorized(why.into())), EVERY),
            Err(error) => (Heard::Freshness(Freshness::Stale { since, why: error.to_string().into() }), EVERY),
        };
        if to.send(heard).await.is_err() {
            return;
        }
        tokio::select! {
            () = sleep(wait) => {}
            () = to.closed() => return,
        }
    }
}

/// A list of NodeMetrics, or one.
pub(super) fn read(answer: &Value) -> Vec<NodeUsage> {
    let one = std::slice::from_ref(answer);
    let items = answer["items"].as_array().map_or(one, Vec::as_slice);
    items.iter().filter_map(of).collect()
}

fn of(node: &Value) -> Option<NodeUsage> {
    let amount = |key: &str| node["usage"][key].as_str();
    Some(NodeUsage {
        node: text(&node["metadata"]["name"]),
        cpu_milli: quantity::millicores(amount("cpu")?)?,
        memory: quantity::bytes(amount("memory")?)?,
    })
}
