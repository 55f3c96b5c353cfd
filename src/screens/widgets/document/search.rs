//! The search: typed, then gone through.

use super::{Document, Line};
use crate::{
    Code, Key,
    widgets::{Edited, Prompt},
};

/// What is searched, and the lines that hold it.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// The field while it is open.
    pub field: Option<Prompt>,
    /// What is searched; empty: nothing.
    pub text: String,
    /// The lines that hold it, folded ones included.
    pub hits: Vec<usize>,
}

impl Search {
    pub(super) fn open(&mut self) {
        self.field = Some(Prompt::new(&self.text));
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn shown(&self) -> bool {
        self.field.is_some() || !self.text.is_empty()
    }

    /// Takes a key; returns whether another text is searched now.
    pub(super) fn key(&mut self, key: Key, lines: &[Line]) -> bool {
        let Some(field) = &mut self.field else { return false };
        match key.code {
            Code::Esc => self.clear(),
            Code::Enter => self.field = None,
            _ if field.key(key) == Edited::Changed => {
                self.text = field.text().to_owned();
                self.find(lines);
                return true;
            }
            _ => {}
        }
        false
    }

    pub(super) fn paste(&mut self, text: &str, lines: &[Line]) {
        if let Some(field) = &mut self.field {
            field.paste(text);
            self.text = field.text().to_owned();
            self.find(lines);
        }
    }

    /// Finds the lines that hold the text: in any case, unless it has an upper-case letter.
    pub(super) fn find(&mut self, lines: &[Line]) {
        self.hits = match self.text.is_empty() {
            true => Vec::new(),
            false => (0..lines.len()).filter(|&n| self.spot(&lines[n].text, 0).is_some()).collect(),
        };
    }

    /// Where the text stands in `line` from byte `from` on.
    fn spot(&self, line: &str, from: usize) -> Option<usize> {
        let rest = &line[from..];
        if self.text.chars().any(char::is_uppercase) {
            return rest.find(&self.text).map(|at| from + at);
        }
        // Folding ASCII only keeps every byte in its place.
        rest.to_ascii_lowercase().find(&self.text.to_ascii_lowercase()).map(|at| from + at)
    }

    /// Every place of the text in a line, in bytes.
    pub(super) fn spots(&self, line: &str) -> Vec<std::ops::Range<usize>> {
        let mut spots = Vec::new();
        let mut from = 0;
        while !self.text.is_empty()
            && let Some(at) = self.spot(line, from)
        {
            spots.push(at..at + self.text.len());
            from = at + self.text.len();
        }
        spots
    }
}

impl Document {
    /// `3 of 17`, or how many there are where the cursor is on none.
    pub(super) fn matches(&self) -> String {
        let at = self.shown.get(self.scroll.cursor).copied();
        let hits = &self.search.hits;
        let lines = if hits.len() == 1 { "line matches" } else { "lines match" };
        match at.and_then(|at| hits.binary_search(&at).ok()) {
            Some(nth) => format!("{} of {} {lines}", nth + 1, hits.len()),
            None if hits.is_empty() => "no line matches".to_owned(),
            None => format!("{} {lines}", hits.len()),
        }
    }

    /// To the next match, or the one before; around the end.
    pub(super) fn jump(&mut self, forward: bool) {
        let Some(&at) = self.shown.get(self.scroll.cursor) else { return };
        let hits = &self.search.hits;
        let to = match forward {
            true => hits.iter().find(|&&n| n > at).or(hits.first()),
            false => hits.iter().rfind(|&&n| n < at).or(hits.last()),
        };
        if let Some(&to) = to {
            self.reveal(to);
        }
    }

    /// To the first match from the cursor on.
    pub(super) fn jump_to_here(&mut self) {
        let Some(&at) = self.shown.get(self.scroll.cursor) else { return };
        if let Some(&to) = self.search.hits.iter().find(|&&n| n >= at).or(self.search.hits.first()) {
            self.reveal(to);
        }
    }
}
