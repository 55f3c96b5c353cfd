//! What the room asks of the outside, and what it hears.

use std::sync::Arc;

use rolldeck_core::{Time, changes::Read, fleet::Scope};

/// What the room needs.
#[derive(Clone, Debug)]
pub enum ChangesEffect {
    /// Read what may have changed since then in these scopes.
    Read(Vec<Scope>, Time),
    /// The room is left: end the read.
    Leave,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum ChangesReply {
    /// All that could be read, back to that time.
    Read(Time, Arc<Read>),
}
