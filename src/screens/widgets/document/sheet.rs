//! Writes the lines of a document: sections, and parts within parts.

use rolldeck_core::{model::ObjectRef, text::Clean};

use super::{Line, key};
use crate::{
    Scope,
    fleet::Cell,
    widgets::text::{left, wrap},
};

/// Columns of a field's name.
const NAME: usize = 14;

/// Lines under way, for a text of so many columns.
#[derive(Debug)]
pub struct Sheet {
    lines: Vec<Line>,
    /// The heads of the parts that are not ended.
    open: Vec<usize>,
    columns: usize,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(columns: usize) -> Self {
        Self { lines: Vec::new(), open: Vec::new(), columns: columns.max(20) }
    }

    /// Begins a section, and ends all that is open. It is told by its title alone.
    pub fn section(&mut self, title: &str) -> &mut Self {
        self.titled(title, Vec::new())
    }

    /// Begins a section with more behind its title.
    pub(crate) fn titled(&mut self, title: &str, more: Vec<Cell>) -> &mut Self {
        self.end_of(0);
        self.drop_empty();
        if !self.lines.is_empty() {
            self.push(key((title, "before")), Vec::new());
            // The blank line belongs to what is before it, and is folded with that.
            if let Some(section) = self.lines.iter().rposition(|line| line.section) {
                self.lines[section].end = self.lines.len();
            }
        }
        let mut pieces = vec![Cell::new(Scope::Heading, title)];
        pieces.extend(more);
        self.push(key(title), pieces);
        let head = self.lines.len() - 1;
        self.lines[head].section = true;
        self.open.push(head);
        self
    }

    /// Begins a part within what is open; `name` tells it from others there.
    pub(crate) fn part(&mut self, name: &str, pieces: Vec<Cell>) -> &mut Self {
        self.line(name, pieces);
        self.open.push(self.lines.len() - 1);
        self
    }

    /// Ends the part.
    pub fn end(&mut self) -> &mut Self {
        self.end_of(self.open.len().saturating_sub(1))
    }

    fn end_of(&mut self, depth: usize) -> &mut Self {
        for head in self.open.drain(depth..) {
            self.lines[head].end = self.lines.len();
        }
        self
    }

    /// A line of pieces, one after the other.
    pub(crate) fn line(&mut self, name: &str, pieces: Vec<Cell>) -> &mut Self {
        let within = self.open.last().map_or(0, |&head| self.lines[head].key);
        let indent = " ".repeat(self.indent());
        let mut all = vec![Cell::new(Scope::Text, indent)];
        all.extend(pieces);
        self.push(key((within, name)), all);
        self
    }

    /// The columns that lines are indented by now.
    fn indent(&self) -> usize {
        self.open.len() * 2
    }

    /// The columns that a line has now.
    pub fn room(&self) -> usize {
        self.columns.saturating_sub(self.indent()).max(10)
    }

    /// What the line written last is about.
    pub fn about(&mut self, object: ObjectRef) -> &mut Self {
        if let Some(line) = self.lines.last_mut() {
            line.about = Some(Box::new(object));
        }
        self
    }

    /// A name and its value; a long value goes on under itself. Nothing where the value is empty.
    pub fn field(&mut self, name: &str, value: impl AsRef<str>) -> &mut Self {
        self.coloured(name, Scope::Text, value)
    }

    /// [`Self::field`] in a colour.
    pub fn coloured(&mut self, name: &str, scope: Scope, value: impl AsRef<str>) -> &mut Self {
        let value = value.as_ref();
        if value.is_empty() {
            return self;
        }
        let value = Clean::new(value);
        for (n, text) in wrap(&value, self.room().saturating_sub(NAME + 1)).into_iter().enumerate() {
            let head = if n == 0 { left(name, NAME) } else { " ".repeat(NAME) };
            self.line(&format!("{name}/{n}"), vec![Cell::new(Scope::Dim, format!("{head} ")), Cell::new(scope, text)]);
        }
        self
    }

    /// A text, wrapped. Nothing where it is empty.
    pub fn text(&mut self, scope: Scope, text: &str) -> &mut Self {
        if text.is_empty() {
            return self;
        }
        let text = Clean::new(text);
        for (n, line) in wrap(&text, self.room()).into_iter().enumerate() {
            self.line(&format!("text/{n}"), vec![Cell::new(scope, line)]);
        }
        self
    }

    fn push(&mut self, key: u64, pieces: Vec<Cell>) {
        let mut text = String::new();
        let mut tints = Vec::new();
        for piece in pieces {
            text.push_str(&Clean::new(&piece.text));
            tints.push((piece.scope, text.len()));
        }
        let end = self.lines.len() + 1;
        self.lines.push(Line { key, end, section: false, text: text.into(), tints: tints.into(), about: None });
    }

    /// Takes back a section that has nothing in it, and the blank line before it.
    fn drop_empty(&mut self) {
        if self.lines.last().is_some_and(|line| line.section) {
            self.lines.pop();
            if self.lines.last().is_some_and(|line| line.text.is_empty()) {
                self.lines.pop();
                if let Some(section) = self.lines.iter().rposition(|line| line.section) {
                    self.lines[section].end = self.lines.len();
                }
            }
        }
    }

    /// The lines. A section with nothing in it is left out.
    pub fn finish(mut self) -> Vec<Line> {
        self.end_of(0);
        self.drop_empty();
        self.lines
    }
}
