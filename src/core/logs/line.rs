//! A line, as everything else takes it.

use super::{gap::Gap, level::Level, source::SourceId, stamp::Nanos};

/// What is to be known of a line besides its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(u8);

impl Flags {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// It came later than the reorder window allows, and stands behind lines that are younger.
    pub const LATE: Self = Self(1);
    /// It belongs to the last line of its source that does not: a frame of a stack trace.
    pub const FOLDED: Self = Self(1 << 1);
    /// It is a [`Gap`]: no line of the app's.
    pub const GAP: Self = Self(1 << 2);
    /// It was longer than may be: the next line of its source goes on with it.
    pub const CUT: Self = Self(1 << 3);
    /// Its time is that of its arrival: it brought none.
    pub const ARRIVAL: Self = Self(1 << 4);
    /// The stream ended in its midst.
    pub const OPEN: Self = Self(1 << 5);
    /// The time that it tells names no zone: that was worked out from when lines came.
    pub const ZONELESS: Self = Self(1 << 6);

    /// These, and `more`.
    pub const fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// Whether all of `these` are among them.
    pub const fn has(self, these: Self) -> bool {
        self.0 & these.0 == these.0
    }
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Its number in the [`Ring`](super::Ring); among the lines of a block, its place there.
    pub number: u64,
    /// When it was written, by the server's clock; see [`Flags::ARRIVAL`].
    pub time: Nanos,
    /// Where it comes from.
    pub source: SourceId,
    /// How bad it says it is. A frame of a stack trace is as bad as the line that the trace is of.
    pub level: Level,
    /// What else there is to know.
    pub flags: Flags,
    /// Its bytes as they came: without the time of the API, without the line's end. They may be anything.
    pub text: &'a [u8],
}

impl Line<'_> {
    /// Where lines may be missing, if that is what it marks.
    pub fn gap(&self) -> Option<Gap> {
        if self.flags.has(Flags::GAP) { Gap::read(self.text) } else { None }
    }

    /// Whether it belongs to an earlier line.
    pub fn is_folded(&self) -> bool {
        self.flags.has(Flags::FOLDED)
    }
}
