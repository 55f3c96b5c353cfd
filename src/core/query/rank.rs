//! How well a row matches.

use super::text::Found;

/// How well a row matches; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u32);

impl Rank {
    /// A name that is what was typed, and nothing else typed.
    pub const BEST: Self = Self(0);
    /// What a match in another text than the name is put behind.
    const ELSEWHERE: u32 = 1 << 24;

    /// In the name.
    pub(super) fn of(found: Found) -> Self {
        let (class, detail) = match found {
            Found::Exact => (0, 0),
            Found::Prefix(rest) => (1, rest),
            Found::Word(at) => (2, at),
            Found::Within(at) => (3, at),
            Found::Fuzzy(lacks) => (4, lacks),
        };
        Self((class << 20) | (detail as u32).min((1 << 20) - 1))
    }

    /// In another text than the name.
    pub(super) fn elsewhere(found: Found) -> Self {
        Self(Self::ELSEWHERE + Self::of(found).0)
    }

    /// Of two terms together.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
