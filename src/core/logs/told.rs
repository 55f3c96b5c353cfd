//! What a reading tells.

use std::sync::Arc;

use super::{Block, Rotated, Source, SourceId, SourceState};
use crate::{fleet::Freshness, text::Clean};

/// What a reading tells, in order.
#[derive(Clone, Debug)]
pub enum Told {
    /// How far it is known which pods there are. `Live` with no source: there is none.
    Pods(Freshness),
    /// Sources joined, in the order of their numbers, or are better known now. Their lines come later.
    Sources(Vec<(SourceId, Source)>),
    /// How a source stands now.
    State(SourceId, SourceState),
    /// The log of a source does not go back to the start of its container.
    Rotated(SourceId, Rotated),
    /// Lines, in the order in which they are shown.
    Lines(Vec<Arc<Block>>),
    /// Something about what is read that nobody would guess: that some files tell no times, say.
    Note(Clean),
    /// The whole reading cannot be: what failed, and the way out.
    Failed(Clean),
    /// Everything that was to be read was read: of a reading that is not followed.
    Complete,
}
