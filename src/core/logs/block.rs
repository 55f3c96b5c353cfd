//! Many lines as one immutable piece.

use std::ops::Range;

use super::{
    level::Level,
    line::{Flags, Line},
    source::SourceId,
    stamp::Nanos,
};

/// What is kept of a line besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(in crate::logs) struct Entry {
    pub(in crate::logs) time: Nanos,
    pub(in crate::logs) start: u32,
    pub(in crate::logs) source: SourceId,
    pub(in crate::logs) level: Level,
    pub(in crate::logs) flags: Flags,
}

const _: () = assert!(size_of::<Entry>() == 16);

/// Lines in one arena. Behind each stands one line feed, so that the whole can be searched at once.
///
/// Whoever has filled a block shares it as `Arc<Block>`: it costs as much to send as a pointer.
#[derive(Clone, Debug, Default)]
pub struct Block {
    arena: Vec<u8>,
    index: Vec<Entry>,
    /// Every flag that a line of it has, and perhaps more.
    flags: Flags,
}

impl Block {
    /// An empty one with room for so many bytes and lines.
    pub fn with_capacity(bytes: usize, lines: usize) -> Self {
        Self { arena: Vec::with_capacity(bytes), index: Vec::with_capacity(lines), flags: Flags::NONE }
    }

    /// Adds a line; its number is of no meaning. A block takes less than 4 GiB: callers begin the next one long before.
    pub fn push(&mut self, line: Line<'_>) {
        let start = u32::try_from(self.arena.len()).expect("a block is closed long before it holds 4 GiB");
        self.arena.extend_from_slice(line.text);
        self.arena.push(b'\n');
        let Line { time, source, level, flags, .. } = line;
        self.index.push(Entry { time, start, source, level, flags });
        self.flags = self.flags.with(flags);
    }

    /// Adds `lines` of another block.
    pub(in crate::logs) fn extend(&mut self, other: &Self, lines: Range<usize>) {
        let bytes = other.span(lines.clone());
        let start = u32::try_from(self.arena.len()).expect("a block is closed long before it holds 4 GiB");
        let (from, moved) = (other.index.get(lines.start).map_or(0, |entry| entry.start), start);
        self.arena.extend_from_slice(&other.arena[bytes]);
        self.index.extend(other.index[lines].iter().map(|entry| Entry { start: entry.start - from + moved, ..*entry }));
        self.flags = self.flags.with(other.flags);
    }

    /// Adds flags to its last `lines`.
    pub(in crate::logs) fn flag_last(&mut self, lines: usize, flags: Flags) {
        let from = self.index.len() - lines;
        self.index[from..].iter_mut().for_each(|entry| entry.flags = entry.flags.with(flags));
        self.flags = self.flags.with(flags);
    }

    /// Whether a line of it may have all of `flags`; false: none has.
    pub fn may_have(&self, flags: Flags) -> bool {
        self.flags.has(flags)
    }

    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The bytes of its lines, with the line feeds.
    pub fn text_len(&self) -> usize {
        self.arena.len()
    }

    /// The memory that it takes in bytes.
    pub fn size(&self) -> usize {
        self.arena.capacity() + self.index.capacity() * size_of::<Entry>() + size_of::<Self>()
    }

    /// Gives back what it took ahead, where that is much.
    pub(in crate::logs) fn settle(&mut self) {
        if self.arena.capacity() > self.arena.len() + self.arena.len() / 8 {
            self.arena.shrink_to_fit();
        }
        if self.index.capacity() > self.index.len() + self.index.len() / 8 {
            self.index.shrink_to_fit();
        }
    }

    /// The bytes of `lines` in the arena, with the line feeds.
    pub(in crate::logs) fn span(&self, lines: Range<usize>) -> Range<usize> {
        let at = |line: usize| self.index.get(line).map_or(self.arena.len(), |entry| entry.start as usize);
        at(lines.start)..at(lines.end)
    }

    /// The bytes of a line, without its line feed.
    pub(in crate::logs) fn text(&self, line: usize) -> &[u8] {
        let span = self.span(line..line + 1);
        &self.arena[span.start..span.end - 1]
    }

    /// All bytes, with the line feeds.
    pub(in crate::logs) fn arena(&self) -> &[u8] {
        &self.arena
    }

    pub(in crate::logs) fn index(&self) -> &[Entry] {
        &self.index
    }

    /// The line that the byte `offset` of the arena is of; it lies at or behind line `from`.
    pub(in crate::logs) fn locate(&self, offset: usize, from: usize) -> usize {
        let lies = |entry: &Entry| entry.start as usize <= offset;
        let mut step = 1;
        while self.index.get(from + step).is_some_and(lies) {
            step *= 2;
        }
        let end = (from + step).min(self.index.len());
        let begin = from + step / 2;
        begin + self.index[begin..end].partition_point(lies) - 1
    }

    /// The line at `at`, whose number is `first + at`.
    pub(in crate::logs) fn line(&self, at: usize, first: u64) -> Option<Line<'_>> {
        let Entry { time, source, level, flags, .. } = *self.index.get(at)?;
        Some(Line { number: first + at as u64, time, source, level, flags, text: self.text(at) })
    }

    /// Its lines, numbered from 0.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = Line<'_>> + ExactSizeIterator {
        (0..self.len()).map(|at| self.line(at, 0).expect("it is below the number of lines"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(texts: &[&str]) -> Block {
        let mut block = Block::default();
        for text in texts {
            block.push(super::super::samples::line(text));
        }
        block
    }

    #[test]
    fn every_byte_belongs_to_its_line() {
        let block = block(&["one", "", "three", "a\0b"]);
        let mut offset = 0;
        for (at, line) in block.lines().enumerate() {
            for _ in 0..=line.text.len() {
                for from in 0..=at {
                    assert_eq!(block.locate(offset, from), at);
                }
                offset += 1;
            }
        }
        assert_eq!(offset, block.text_len());
    }

    #[test]
    fn lines_of_another_block_come_over_as_they_are() {
        let other = block(&["one", "two", "", "four"]);
        let mut all = block(&["zero"]);
        all.extend(&other, 1..3);
        all.extend(&other, 3..4);
        let texts: Vec<_> = all.lines().map(|line| line.text).collect();
        assert_eq!(texts, [&b"zero"[..], b"two", b"", b"four"]);
    }
}
