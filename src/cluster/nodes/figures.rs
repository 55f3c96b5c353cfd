//! What a kubelet tells of network and disk: `/stats/summary` (k8s.io/kubelet/pkg/apis/stats/v1alpha1).

use std::collections::HashMap;

use rolldeck_core::{
    batch::PortError,
    model::{Counted, Figures, PodFigures, rates},
    text::Clean,
};
use serde_json::Value;

use super::decode::{moment, text};
use crate::{
    access::{encoded, get},
    connect::Cluster,
};

/// Reads summaries, and remembers the last counts, since a rate needs two.
#[derive(Debug, Default)]
pub struct Summaries {
    nodes: HashMap<Clean, Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    node: Option<Counted>,
    pods: HashMap<(Clean, Clean), Counted>,
}

impl Summaries {
    /// What the kubelet of a node tells now.
    ///
    /// # Errors
    /// [`PortError::Forbidden`] where the user may not `get nodes/proxy`, and any other of a read.
    pub async fn read(&mut self, cluster: &Cluster, node: &Clean) -> Result<Figures, PortError> {
        let path = format!("/api/v1/nodes/{}/proxy/stats/summary", encoded(node));
        let summary = get(&cluster.client, &path, "nodes/proxy").await?;
        Ok(self.take(node, &summary))
    }

    /// Makes figures of a summary and the one before.
    pub(super) fn take(&mut self, node: &Clean, summary: &Value) -> Figures {
        let before = self.nodes.remove(node).unwrap_or_default();
        let whole = &summary["node"];
        let mut counts = Counts { node: counted(&whole["network"]), pods: HashMap::new() };
        let rate = before.node.zip(counts.node).and_then(|(before, now)| rates(before, now));
        let mut figures = Figures {
            rx: rate.map(|rate| rate.0),
            tx: rate.map(|rate| rate.1),
            disk_used: whole["fs"]["usedBytes"].as_u64(),
            disk_size: whole["fs"]["capacityBytes"].as_u64(),
            pods: Vec::new(),
        };
        for pod in summary["pods"].as_array().into_iter().flatten() {
            let key = (text(&pod["podRef"]["namespace"]), text(&pod["podRef"]["name"]));
            let now = counted(&pod["network"]);
            let rate = before.pods.get(&key).zip(now).and_then(|(before, now)| rates(*before, now));
            figures.pods.push(PodFigures {
                namespace: key.0.clone(),
                name: key.1.clone(),
                rx: rate.map(|rate| rate.0),
                tx: rate.map(|rate| rate.1),
                disk: pod["ephemeral-storage"]["usedBytes"].as_u64(),
            });
            if let Some(now) = now {
                counts.pods.insert(key, now);
            }
        }
        self.nodes.insert(node.clone(), counts);
        figures
    }
}

fn counted(network: &Value) -> Option<Counted> {
    Some(Counted { rx: network["rxBytes"].as_u64()?, tx: network["txBytes"].as_u64()?, at: moment(&network["time"])? })
}
