//! A line, and what it heads.

use std::hash::{DefaultHasher, Hash, Hasher};

use rolldeck_core::{model::ObjectRef, text::Clean};

use crate::Scope;

/// One line of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What names it among all, also when lines come and go before it.
    pub key: u64,
    /// The line after the last of the part that it heads; the next line, where it heads none.
    pub end: usize,
    /// Whether it heads a section, which a key jumps to.
    pub section: bool,
    /// The text.
    pub text: Clean,
    /// How its pieces look, and the byte that each ends before; what is beyond the last is plain.
    pub tints: Box<[(Scope, usize)]>,
    /// What it is about, for what can be done with an object.
    pub about: Option<Box<ObjectRef>>,
}

/// A key of several words.
pub fn key(words: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}
