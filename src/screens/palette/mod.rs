//! The command line (`:`): a screen or namespaces, with completion.

mod draw;
mod goal;

pub use goal::Goal;
use rolldeck_core::text::Clean;

use crate::{
    Code, Key,
    widgets::{Edited, Prompt},
};

/// The command line while it is open.
pub struct Palette {
    field: Prompt,
    namespaces: Vec<Clean>,
    /// The candidate that the arrows chose, if any.
    chosen: Option<usize>,
    /// What is wrong with what was entered.
    error: Option<String>,
}

/// What a key made of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Still open.
    Open,
    /// Closed without going anywhere.
    Closed,
    /// Go there.
    Go(Goal),
}

impl Palette {
    /// An empty command line that completes these namespaces.
    pub fn new(namespaces: Vec<Clean>) -> Self {
        Self { field: Prompt::default(), namespaces, chosen: None, error: None }
    }

    /// Completes these namespaces from now on; what was chosen by an arrow stays chosen. Returns whether they are others.
    pub fn know(&mut self, namespaces: Vec<Clean>) -> bool {
        if namespaces == self.namespaces {
            return false;
        }
        let chosen = self.chosen.and_then(|n| self.candidates().into_iter().nth(n));
        self.namespaces = namespaces;
        self.chosen = chosen.and_then(|text| self.candidates().iter().position(|candidate| *candidate == text));
        true
    }

    /// Takes a key: enter goes, tab completes, arrows choose, esc (or backspace on an empty line) closes.
    pub fn key(&mut self, key: Key) -> Said {
        match key.code {
            Code::Esc => return Said::Closed,
            Code::Backspace if self.field.text().is_empty() => return Said::Closed,
            Code::Enter => return self.enter(),
            Code::Tab => self.complete(),
            Code::Down => self.choose(1),
            Code::Up => self.choose(-1),
            _ => {
                if self.field.key(key) == Edited::Changed {
                    (self.chosen, self.error) = (None, None);
                }
            }
        }
        Said::Open
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.field.paste(text);
        (self.chosen, self.error) = (None, None);
    }

    fn candidates(&self) -> Vec<String> {
        goal::candidates(self.field.text(), &self.namespaces)
    }

    fn enter(&mut self) -> Said {
        if let Some(text) = self.chosen.and_then(|n| self.candidates().into_iter().nth(n)) {
            self.field.set(&text);
        }
        match goal::read(self.field.text(), &self.namespaces) {
            Ok(Some(goal)) => Said::Go(goal),
            Ok(None) => Said::Closed,
            Err(error) => {
                self.error = Some(error);
                Said::Open
            }
        }
    }

    fn complete(&mut self) {
        if let Some(text) = self.candidates().into_iter().nth(self.chosen.unwrap_or(0)) {
            self.field.set(&text);
            self.chosen = None;
        }
    }

    fn choose(&mut self, by: isize) {
        let len = self.candidates().len();
        if len == 0 {
            return;
        }
        self.chosen = Some(match self.chosen {
            None if by > 0 => 0,
            None => len - 1,
            Some(n) => n.saturating_add_signed(by).min(len - 1),
        });
    }
}
