//! What the nodes' rooms ask for, and what they are told.

use rolldeck_core::{
    fleet::Freshness,
    kept::KeptEvent,
    model::{Figures, Node, NodeUsage},
    text::Clean,
};

/// Which nodes: all, or one.
pub type NodesOf = Option<Clean>;

/// What a room needs.
#[derive(Clone, Debug)]
pub enum NodesEffect {
    /// Follow these nodes and poll what they use.
    Follow(NodesOf),
    /// Ask the kubelets of these nodes, on behalf of that room, in turn and again: of one that is open every ten seconds, of those
    /// in sight slowly. Replaces what was asked before.
    Look(NodesOf, Vec<Clean>),
    /// The room is left.
    End(NodesOf),
}

/// What it is told.
#[derive(Clone, Debug)]
pub enum NodesReply {
    /// The stream spoke.
    Nodes(NodesOf, Vec<KeptEvent<Node>>),
    /// A poll answered: all that is known.
    Usage(NodesOf, Vec<NodeUsage>),
    /// A poll did not answer, or may not be made.
    NoUsage(NodesOf, Freshness),
    /// A kubelet answered, or why not: `not allowed: get nodes/proxy`, which will not be asked again.
    Figures(Clean, Result<Figures, Clean>),
}
