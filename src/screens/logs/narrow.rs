//! Fewer lines: by level, by revision; the last filter away; and a hit in sight.

use rolldeck_core::logs::{
    Level, RevisionId,
    show::{Place, Wrapped, column_of},
};

use super::{keys::note, room::Logs};
use crate::Action;

impl Logs {
    pub(super) fn drop_term(&mut self) -> Vec<Action> {
        if self.filter.terms.pop().is_none() {
            return note("no filter is set");
        }
        self.refilter(None)
    }

    /// All levels, from info up, warnings up, errors alone; around.
    pub(super) fn level(&mut self) -> Vec<Action> {
        self.filter.least = match self.filter.least {
            None => Some(Level::Info),
            Some(Level::Info) => Some(Level::Warn),
            Some(Level::Warn) => Some(Level::Error),
            Some(_) => None,
        };
        let said = match self.filter.least {
            None => "lines of every level".to_owned(),
            Some(Level::Info) => "no trace, no debug".to_owned(),
            Some(least) => format!("{least} and worse; a line that says no level counts as info"),
        };
        self.refilter(None).into_iter().chain(note(said)).collect()
    }

    /// Every revision, then each alone, the newest first.
    pub(super) fn only_revision(&mut self) -> Vec<Action> {
        let all = self.buffer.sources.revisions();
        if all.len() < 2 {
            return note("there is one revision here");
        }
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse((all[*at].number, *at)));
        let id = |at: usize| u16::try_from(at).map(RevisionId).ok();
        let next = match self.filter.revision {
            None => order.first().copied(),
            Some(now) => {
                let place = order.iter().position(|at| id(*at) == Some(now));
                place.and_then(|place| order.get(place + 1).copied())
            }
        };
        let said = match next.map(|at| &all[at]) {
            None => "lines of every revision".to_owned(),
            Some(only) => format!("only {} of {}", revision(only), only.app),
        };
        self.filter.revision = next.and_then(id);
        self.refilter(None).into_iter().chain(note(said)).collect()
    }
}

impl Logs {
    /// Brings what was looked for into sight where the line goes on beyond the screen.
    pub(super) fn show_hit(&mut self, line: u64) {
        let (Some(seek), Some(found)) = (&self.buffer.seek, self.buffer.ring().line(line)) else { return };
        let Some(hit) = seek.matcher.hits(found.text).next() else { return };
        if let Some(wrap) = self.window.wrap {
            let row = Wrapped::new(found.text, wrap).row_of(hit.start);
            self.window.show(Place { line, row }, self.buffer.ring(), &self.buffer.view);
            return;
        }
        let columns = usize::from(self.size.0).saturating_sub(super::lines::before(self) + 1);
        let (from, to) = (column_of(found.text, hit.start), column_of(found.text, hit.end));
        if !self.look.columns && (from < self.window.x || to > self.window.x + columns) {
            self.window.x = if to <= columns { 0 } else { from.saturating_sub(columns / 3) };
        }
    }
}

/// A revision as people call it.
pub(super) fn revision(of: &rolldeck_core::logs::Revision) -> String {
    match (of.number, of.hash.is_empty()) {
        (Some(number), true) => format!("revision {number}"),
        (Some(number), false) => format!("revision {number} ({})", of.hash),
        (None, false) => format!("revision {}", of.hash),
        (None, true) => "the pods without a revision".to_owned(),
    }
}
