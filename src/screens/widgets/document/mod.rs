//! A long text whose parts fold, that can be searched: YAML, a description, an app's page.

mod draw;
mod fold;
mod line;
mod search;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

pub use line::{Line, key};
use ratatui::layout::Rect;
use search::Search;
pub use sheet::Sheet;

use super::Scroll;
use crate::{Command, Key};
use rolldeck_core::model::ObjectRef;

/// The text, what of it is folded, and where the reader is.
#[derive(Debug, Default)]
pub struct Document {
    lines: Vec<Line>,
    /// The keys of what is folded.
    folded: HashSet<u64>,
    /// The lines that no fold hides.
    shown: Vec<usize>,
    scroll: Scroll,
    /// Columns that are panned out at the left.
    left: usize,
    search: Search,
    size: (u16, u16),
}

impl Document {
    /// Takes other lines. What was folded stays so, and the cursor stays on the line of the same key. Returns whether they are
    /// others.
    pub fn set(&mut self, lines: Vec<Line>) -> bool {
        if lines == self.lines {
            return false;
        }
        let at = self.current().map(|line| line.key);
        let old = self.shown.get(self.scroll.cursor).copied().unwrap_or(0);
        self.lines = lines;
        self.search.find(&self.lines);
        let line = at.and_then(|key| self.near(old, key)).unwrap_or(old);
        self.unfold_none(line);
        true
    }

    /// The line of this key that is nearest to where it was.
    fn near(&self, old: usize, key: u64) -> Option<usize> {
        let found = self.lines.iter().enumerate().filter(|(_, line)| line.key == key).map(|(n, _)| n);
        found.min_by_key(|n| n.abs_diff(old))
    }

    /// All lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Takes the size of its area: columns, rows.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.fit();
    }

    /// The line under the cursor.
    pub fn current(&self) -> Option<&Line> {
        self.lines.get(*self.shown.get(self.scroll.cursor)?)
    }

    /// What the line under the cursor is about.
    pub fn about(&self) -> Option<&ObjectRef> {
        self.current()?.about.as_deref()
    }

    /// The lines that a copy takes: the folded part under the cursor, else all.
    pub fn taken(&self) -> std::ops::Range<usize> {
        match self.shown.get(self.scroll.cursor) {
            Some(&at) if self.is_folded(at) => at..self.lines[at].end,
            _ => 0..self.lines.len(),
        }
    }

    /// The text of what a copy takes.
    pub fn copied(&self) -> String {
        self.lines[self.taken()].iter().flat_map(|line| [&*line.text, "\n"]).collect()
    }

    /// Whether the field of the search is open.
    pub fn typing(&self) -> bool {
        self.search.field.is_some()
    }

    /// Whether there is a search that `back` would clear.
    pub fn takes_back(&self) -> bool {
        !self.search.text.is_empty()
    }

    /// A movement, a fold or a search; returns whether the command was one.
    pub fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Fold => self.toggle(),
            Command::FoldAll => self.toggle_all(),
            Command::Section => self.section(true),
            Command::SectionBack => self.section(false),
            Command::Left => self.left = self.left.saturating_sub(8),
            Command::Right => self.left = (self.left + 8).min(self.widest()),
            Command::Filter => self.search.open(),
            Command::Back => self.search.clear(),
            Command::Next => self.jump(true),
            Command::Prior => self.jump(false),
            movement => {
                let known = self.scroll.command(movement, self.shown.len());
                self.fit();
                return known;
            }
        }
        self.fit();
        true
    }

    /// A key while [`Self::typing`]: the cursor goes to the first match from where it is.
    pub fn key(&mut self, key: Key) {
        if self.search.key(key, &self.lines) {
            self.jump_to_here();
        }
        self.fit();
    }

    /// Pasted text while [`Self::typing`].
    pub fn paste(&mut self, text: &str) {
        self.search.paste(text, &self.lines);
        self.jump_to_here();
        self.fit();
    }

    /// The rows for the text: all but the search's.
    fn rows(&self) -> u16 {
        self.size.1.saturating_sub(u16::from(self.search.shown()))
    }

    fn fit(&mut self) {
        self.scroll.resize(self.rows().into(), self.shown.len());
    }

    /// The area for the text within `area`.
    fn body(&self, area: Rect) -> Rect {
        let search = u16::from(self.search.shown()).min(area.height);
        Rect { y: area.y + search, height: area.height - search, ..area }
    }

    /// The columns that could be panned out: of the lines in sight.
    fn widest(&self) -> usize {
        let visible = self.scroll.visible(self.shown.len());
        let columns = self.shown[visible].iter().map(|&n| self.lines[n].text.len()).max().unwrap_or(0);
        columns.saturating_sub(usize::from(self.size.0) / 2)
    }
}
