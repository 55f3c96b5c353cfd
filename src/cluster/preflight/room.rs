//! What the nodes have left: what they may give, less what their pods ask for.

use std::collections::HashMap;

use bytes::Bytes;
use rolldeck_core::{
    batch::{
        PortError,
        findings::{NodeRoom, Room},
    },
    fleet::{Object, Resource},
    model::{Pod, PodPhase},
    text::Clean,
};

use crate::{
    access::{encoded, get_text, list},
    connect::Cluster,
    wire::{Decoder, Encoding, List, Part},
};

/// Pages of nodes that are read at most.
const PAGES_OF_NODES: usize = 20;
/// Pods of a page, and pages: of a larger cluster the room is not known.
const PAGE: usize = 1000;
const PAGES_OF_PODS: usize = 60;
/// Where protobuf begins.
const MAGIC: &[u8] = b"k8s\0";

/// Reads all nodes and what runs on them.
pub(super) async fn room(cluster: &Cluster) -> Result<Room, PortError> {
    let found = list(&cluster.client, "/api/v1/nodes", "", "the nodes", PAGES_OF_NODES).await?;
    let mut nodes: Vec<NodeRoom> = found.iter().map(NodeRoom::of).collect();
    let by_name: HashMap<Clean, usize> = nodes.iter().enumerate().map(|(nth, node)| (node.name.clone(), nth)).collect();
    let mut decoder = Decoder::new(Resource::Pods);
    let mut next = String::new();
    for _ in 0..PAGES_OF_PODS {
        let query = "fieldSelector=spec.nodeName!%3D,status.phase!%3DSucceeded,status.phase!%3DFailed";
        let path = format!("/api/v1/pods?limit={PAGE}&{query}&continue={}", encoded(&next));
        let page = get_text(&cluster.client, &path, "the pods of all namespaces", Encoding::ACCEPT).await?;
        next = take(&page, &mut decoder, |pod| {
            if let Some(&nth) = by_name.get(&pod.node) {
                nodes[nth].take(u64::from(pod.asks.cpu_milli), pod.asks.memory());
                nodes[nth].runs(&pod.namespace, &pod.labels);
            }
        })?;
        if next.is_empty() {
            return Ok(Room { nodes });
        }
    }
    Err(PortError::Refused(format!(
        "more than {} pods run here: what each node has left was not counted",
        PAGE * PAGES_OF_PODS
    )))
}

/// Gives each pod of a page that has not ended; returns where the next page begins, empty after the last.
fn take(page: &Bytes, decoder: &mut Decoder, mut pod_of: impl FnMut(&Pod)) -> Result<String, PortError> {
    let broken = |error: String| PortError::Refused(format!("the pods of all namespaces cannot be read: {error}"));
    let encoding = if page.starts_with(MAGIC) { Encoding::Protobuf } else { Encoding::Json };
    let (mut list, mut next) = (List::new(encoding), String::new());
    list.feed(page);
    while let Some(part) = list.pull().map_err(|error| broken(error.to_string()))? {
        match part {
            Part::Meta(meta) => next = String::from_utf8_lossy(&meta.next).into_owned(),
            Part::Item(item) => {
                let seen = decoder.object(encoding, &item).map_err(|name| broken(format!("pod {name}")))?;
                if let Object::Pod(pod) = seen.object
                    && !matches!(pod.phase, PodPhase::Succeeded | PodPhase::Failed)
                {
                    pod_of(&pod);
                }
            }
        }
    }
    list.end().map_err(|error| broken(error.to_string()))?;
    Ok(next)
}
