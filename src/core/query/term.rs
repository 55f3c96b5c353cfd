//! What a filter is made of.

use std::fmt;

use super::{
    facts::{Field, Figure},
    text::Needle,
};

/// A term, and whether what it finds is wanted or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub inverted: bool,
    pub term: Term,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// A bare word: any text of the row; a name also by its letters in order. Quoted, as it stands.
    Word { needle: Needle, quoted: bool },
    /// `name:` the name alone.
    Name { needle: Needle, quoted: bool },
    /// `status:` and the like. Quoted: the whole text.
    Field { field: Field, needle: Needle, quoted: bool },
    /// `key=value`.
    Label { key: String, value: String },
    /// `label:key`.
    HasLabel(String),
    /// `cpu>80%`.
    Compare(Comparison),
}

/// A figure beside a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    pub figure: Figure,
    pub op: Op,
    pub limit: Limit,
    /// The limit as it was typed.
    pub typed: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Value(u64),
    Percent(u64),
}

impl Op {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
            Self::Unequal => "!=",
        }
    }

    pub(super) fn holds(self, have: u64, limit: u64) -> bool {
        match self {
            Self::Less => have < limit,
            Self::AtMost => have <= limit,
            Self::More => have > limit,
            Self::AtLeast => have >= limit,
            Self::Equal => have == limit,
            Self::Unequal => have != limit,
        }
    }
}

/// A value in quotes where it could not stand without them, or was typed so.
pub(super) fn quoted(text: &str, force: bool) -> String {
    let plain = !force && !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '"');
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")) }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.inverted { "!" } else { "" })?;
        match &self.term {
            Term::Word { needle, quoted: force } => f.write_str(&quoted(needle.text(), *force)),
            Term::Name { needle, quoted: force } => write!(f, "name:{}", quoted(needle.text(), *force)),
            Term::Field { field, needle, quoted: force } => {
                write!(f, "{}:{}", field.word(), quoted(needle.text(), *force))
            }
            Term::Label { key, value } => write!(f, "label:{key}={}", quoted(value, false)),
            Term::HasLabel(key) => write!(f, "label:{key}"),
            Term::Compare(Comparison { figure, op, typed, .. }) => write!(f, "{figure}{}{typed}", op.word()),
        }
    }
}
