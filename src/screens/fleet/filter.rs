//! The filter: typed over the rows, which follow each key.

use rolldeck_core::query::Query;

use super::FleetRoom;
use crate::{
    Code, Command, Ctx, Key,
    widgets::{Edited, Prompt},
};

/// A filter as a screen keeps it.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// What is applied.
    pub query: Query,
    /// The field while it is open.
    pub field: Option<Prompt>,
    /// What was typed.
    pub text: String,
}

impl Filter {
    /// Opens the field.
    pub(crate) fn open(&mut self) {
        self.field = Some(Prompt::new(&self.text));
    }

    /// Applies this text, and closes the field.
    pub(crate) fn set(&mut self, text: &str) {
        *self = Self { query: Query::new(text), field: None, text: text.to_owned() };
    }

    /// Clears the filter and closes the field.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes a key; `None` where it is none of the field's, else whether the filter is another now.
    pub(crate) fn key(&mut self, key: Key) -> Option<bool> {
        let field = self.field.as_mut()?;
        match key.code {
            Code::Esc => self.clear(),
            Code::Enter => {
                self.field = None;
                return Some(false);
            }
            _ => match field.key(key) {
                Edited::Changed => {}
                Edited::Moved => return Some(false),
                Edited::Ignored => return None,
            },
        }
        self.apply();
        Some(true)
    }

    /// Takes pasted text.
    pub(crate) fn paste(&mut self, text: &str) {
        if let Some(field) = &mut self.field {
            field.paste(text);
            self.apply();
        }
    }

    fn apply(&mut self) {
        if let Some(field) = &self.field {
            self.text = field.text().to_owned();
        }
        self.query = Query::new(&self.text);
    }

    /// Where its words stand in a text, in bytes: for what is matched as it was typed.
    pub(crate) fn spots(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let text = text.to_ascii_lowercase();
        let words = self.text.split_whitespace().filter(|word| !word.starts_with('!'));
        words.filter_map(|word| text.find(&word.to_ascii_lowercase()).map(|at| at..at + word.len())).collect()
    }

    /// Whether its line is on the screen.
    pub(crate) fn shown(&self) -> bool {
        self.field.is_some() || !self.text.is_empty()
    }
}

impl FleetRoom {
    /// A key while the field is open: arrows move through the matches, the rest edits.
    pub(super) fn filter_key(&mut self, ctx: &Ctx, key: Key) {
        match self.filter.key(key) {
            Some(true) => {
                self.unmoved();
                self.refresh(ctx);
            }
            Some(false) => self.refresh(ctx),
            None => {
                let command = match key.code {
                    Code::Up => Command::Up,
                    Code::Down => Command::Down,
                    Code::PageUp => Command::PageUp,
                    Code::PageDown => Command::PageDown,
                    _ => return,
                };
                self.go(command);
            }
        }
    }
}
