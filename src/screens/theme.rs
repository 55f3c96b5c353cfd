//! Colours as data: semantic scopes, read from `themes/*.toml`.

use std::collections::BTreeMap;

use ratatui::style::Style;
use serde::Deserialize;
use thiserror::Error;

/// What a piece of text is, for the theme to colour. Never the only sign of a status: words say it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Plain text.
    Text,
    /// Less important text: units, hints, ages.
    Dim,
    /// Titles and table headings.
    Heading,
    /// The line under the cursor.
    Cursor,
    /// A mark and a marked line.
    Marked,
    /// What a filter matched.
    Match,
    /// Good.
    Good,
    /// On its way.
    Busy,
    /// A warning.
    Warn,
    /// Bad.
    Bad,
    /// Old, loading or unknown.
    Stale,
    /// A key in a hint.
    Key,
    /// A field under edit.
    Input,
    /// The frame of a dialog.
    Border,
    /// The line at the top.
    Header,
    /// Removed lines of a diff.
    Removed,
    /// Added lines of a diff.
    Added,
}

/// Styles by scope; a scope that is not named looks like `Text`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Theme {
    /// The styles.
    pub styles: BTreeMap<Scope, Style>,
}

/// What is wrong with a theme.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ThemeError {
    /// No colour of this name.
    #[error("\"{0}\" is no colour: write a name (red, bright-blue, gray, default), an index (0 to 255) or #rrggbb")]
    Colour(String),
}

impl Theme {
    /// The style of a scope.
    pub fn style(&self, scope: Scope) -> Style {
        self.styles.get(&scope).or_else(|| self.styles.get(&Scope::Text)).copied().unwrap_or_default()
    }
}
