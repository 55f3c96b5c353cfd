//! What the events' room asks for, and what it is told.

use rolldeck_core::{events::Happened, kept::KeptEvent, model::ObjectRef, text::Clean};

/// Which events: of a namespace (empty: of all); with an object, those that the server has about it alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventsOf {
    /// The namespace.
    pub namespace: Clean,
    /// The object.
    pub about: Option<ObjectRef>,
}

/// What the room needs.
#[derive(Clone, Debug)]
pub enum EventsEffect {
    /// Follow these.
    Follow(EventsOf),
    /// No more.
    End(EventsOf),
}

/// What it is told.
#[derive(Clone, Debug)]
pub struct EventsReply {
    /// Which stream spoke.
    pub of: EventsOf,
    /// What it said.
    pub events: Vec<KeptEvent<Happened>>,
}
