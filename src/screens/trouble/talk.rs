//! What the room asks of the outside, and what it hears.

use rolldeck_core::{
    fleet::Scope,
    health::cause::{NodeFacts, Warning},
    kept::KeptEvent,
};

/// What the room needs while it is open.
#[derive(Clone, Debug)]
pub enum TroubleEffect {
    /// Follow the warning events of these scopes, and the nodes.
    Follow(Vec<Scope>),
    /// The room is left: follow nothing any more.
    Leave,
}

/// What the streams say.
#[derive(Clone, Debug)]
pub enum TroubleReply {
    /// The warnings of a scope.
    Warnings(Scope, Vec<KeptEvent<Warning>>),
    /// The nodes.
    Nodes(Vec<KeptEvent<NodeFacts>>),
}
