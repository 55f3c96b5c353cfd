//! A piece of text and what it is.

use crate::Scope;

/// A piece of text and what it is: what a row shows in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// What it is.
    pub scope: Scope,
}

impl Cell {
    /// A piece of text.
    pub fn new(scope: Scope, text: impl Into<String>) -> Self {
        Self { text: text.into(), scope }
    }

    /// Not known yet.
    pub fn waiting() -> Self {
        Self::new(Scope::Stale, "…")
    }

    /// Nothing to show.
    pub fn none() -> Self {
        Self::new(Scope::Dim, "")
    }
}
