//! The last writes, for whoever watches.

use std::collections::VecDeque;
use std::sync::Arc;

use super::object::Stored;

/// How many writes are kept; a watch that asks for an older version is told that it has expired.
pub const KEPT: usize = 10_000;

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// The object is new.
    Added,
    /// It was changed.
    Modified,
    /// It is gone.
    Deleted,
}

/// One write.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its number: the resourceVersion that it made.
    pub version: u64,
    /// What it did.
    pub what: What,
    /// The object after it; for a deletion the last state, with the deletion's version.
    pub object: Arc<Stored>,
    /// The object before it.
    pub prior: Option<Arc<Stored>>,
}

/// The last [`KEPT`] writes. Every version is one write, so a version is a place in it.
#[derive(Debug)]
pub(super) struct History {
    changes: VecDeque<Change>,
    kept: usize,
    /// The newest version that is no longer held.
    compacted: u64,
}

impl History {
    pub(super) fn new(start: u64, kept: usize) -> History {
        History { changes: VecDeque::new(), kept, compacted: start }
    }

    pub(super) fn push(&mut self, change: Change) {
        self.changes.push_back(change);
        if self.changes.len() > self.kept {
            self.forget(1);
        }
    }

    pub(super) fn forget(&mut self, count: usize) {
        for change in self.changes.drain(..count.min(self.changes.len())) {
            self.compacted = change.version;
        }
    }

    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }

    pub(super) fn compacted(&self) -> u64 {
        self.compacted
    }

    /// The writes after `version`, at most `most`; `None` when some of them are no longer held.
    pub(super) fn after(&self, version: u64, most: usize) -> Option<Vec<Change>> {
        let skip = version.checked_sub(self.compacted)?;
        let skip = usize::try_from(skip).ok()?.min(self.changes.len());
        Some(self.changes.iter().skip(skip).take(most).cloned().collect())
    }
}
