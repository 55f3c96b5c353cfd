//! Nodes: what they are, what they use, and what their kubelets tell of network and disk.

mod decode;
mod figures;
mod namespaces;
#[cfg(test)]
mod tests;
mod usage;

pub use figures::Summaries;
pub use namespaces::namespaces;
use rolldeck_core::{kept::KeptEvent, model::Node, text::Clean};
use tokio::sync::mpsc;
pub(crate) use usage::poll;
pub use usage::{Heard, usage};

use crate::{
    connect::Cluster,
    follow::{Following, Target, follow},
};

/// Follows all nodes, or one by its name.
pub fn nodes(cluster: &Cluster, one: Option<&Clean>, to: mpsc::Sender<Vec<KeptEvent<Node>>>) -> Following {
    let all = Target::new("/api/v1/nodes", "nodes");
    let target = match one {
        Some(name) => all.only("fieldSelector", &format!("metadata.name={name}")),
        None => all,
    };
    follow(cluster, target, decode::node, to)
}
