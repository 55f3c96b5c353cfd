//! The field that takes a filter, a search or a time.

use rolldeck_core::logs::{Matcher, PatternError, Sign, Term};

use crate::{
    Code, Key,
    widgets::{Edited, Prompt},
};

/// What the field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// Only lines that have it.
    Include,
    /// Only lines that have it not.
    Exclude,
    /// Going to lines that have it.
    Search,
    /// Going to a moment.
    Time,
}

impl For {
    /// What stands before the field.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Include => " Only lines with: ",
            Self::Exclude => " No lines with: ",
            Self::Search => " Search: ",
            Self::Time => " Go to: ",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Include => Self::Exclude,
            Self::Exclude => Self::Search,
            Self::Search => Self::Include,
            Self::Time => Self::Time,
        }
    }
}

/// A field that is open.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub what: For,
    pub prompt: Prompt,
    /// Why what stands in it cannot be looked for.
    pub error: Option<String>,
}

/// What a key made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// The text, or what it is for, is another.
    Changed,
    /// It is done.
    Kept,
    /// It is given up.
    Dropped,
    /// Nothing.
    Same,
}

impl Field {
    pub(super) fn new(what: For) -> Self {
        Self { what, prompt: Prompt::default(), error: None }
    }

    pub(super) fn key(&mut self, key: Key) -> Typed {
        match key.code {
            Code::Esc => Typed::Dropped,
            Code::Enter => Typed::Kept,
            Code::Tab if self.what != For::Time => {
                self.what = self.what.next();
                Typed::Changed
            }
            _ if self.prompt.key(key) == Edited::Changed => Typed::Changed,
            _ => Typed::Same,
        }
    }

    /// The term that stands in it: `!` before a text turns an include into an exclude, as in k9s. `None`: it is empty.
    pub(super) fn term(&self) -> Option<Result<Term, PatternError>> {
        let text = self.prompt.text();
        let (sign, text) = match (self.what, text.strip_prefix('!')) {
            (For::Include, Some(rest)) => (Sign::Exclude, rest),
            (For::Exclude, _) => (Sign::Exclude, text),
            _ => (Sign::Include, text),
        };
        (!text.is_empty()).then(|| Matcher::parse(text).map(|matcher| Term { sign, matcher }))
    }

    /// What is looked for. `None`: nothing.
    pub(super) fn sought(&self) -> Option<Result<Matcher, PatternError>> {
        let text = self.prompt.text();
        (self.what == For::Search && !text.is_empty()).then(|| Matcher::parse(text))
    }
}
