//! What the containers' room asks for, and what it is told.

use std::collections::BTreeMap;

use rolldeck_core::{
    fleet::Freshness,
    kept::{KeptEvent, Name},
    model::{ContainerUsage, Hidden, PodDetail},
    text::Clean,
};

/// What the room needs.
#[derive(Clone, Debug)]
pub enum ContainersEffect {
    /// Follow this pod, and poll what its containers use.
    Follow(Name),
    /// Read these Secrets of the pod's namespace, once: the operator asked to see them.
    Reveal(Name, Vec<Clean>),
    /// The room is left.
    End(Name),
}

/// The values of a Secret by key; or why they cannot be shown.
pub type Secrets = Result<BTreeMap<Clean, Hidden>, Clean>;

/// What it is told about a pod.
#[derive(Clone, Debug)]
pub enum ContainersReply {
    /// The stream spoke.
    Pod(Vec<KeptEvent<PodDetail>>),
    /// A poll answered.
    Usage(Vec<ContainerUsage>),
    /// A poll did not answer, or may not be made.
    NoUsage(Freshness),
    /// A Secret was read, or not.
    Secret(Clean, Secrets),
}
