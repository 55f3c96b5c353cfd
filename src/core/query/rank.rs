//! Ranking: exact, prefix, substring, then fuzzy.

/// How well a text matches; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u32);

/// A filter as typed: terms separated by blanks, all of which must match; `!term` must not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {}

impl Query {
    /// Reads a filter. Every text is a filter; an empty one matches all.
    pub fn new(_text: &str) -> Self {
        todo!()
    }

    /// The text as typed.
    pub fn text(&self) -> &str {
        todo!()
    }

    /// Whether it matches everything.
    pub fn is_empty(&self) -> bool {
        todo!()
    }

    /// Ranks an object by its name, and by its other fields (namespace, kind, version, status) by which it
    /// may be found as well, always behind matches of the name. `None` where it does not match.
    pub fn rank(&self, _name: &str, _fields: &[&str]) -> Option<Rank> {
        todo!()
    }
}
