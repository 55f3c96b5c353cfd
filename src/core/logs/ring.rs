//! The newest lines, bounded by bytes.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use super::{block::Block, line::Line, stamp::Nanos};

/// A block of at least so many bytes is kept as it is; smaller ones are put together.
const WHOLE: usize = 32 << 10;
/// Blocks are put together up to so many bytes.
const BYTES: usize = 256 << 10;
/// … or so many lines.
const LINES: usize = 8 << 10;

/// Keeps the newest lines within so many bytes, all counted: text, index and what the allocator was asked for.
///
/// A line's number never changes, and none is given twice. What leaves is counted. A clone is cheap and shares the lines, so that
/// they can be searched elsewhere while more come.
#[derive(Clone, Debug)]
pub struct Ring {
    segments: VecDeque<Segment>,
    limit: usize,
    bytes: usize,
    end: u64,
    left: Left,
}

/// What has left a ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Lines.
    pub lines: u64,
    /// Bytes of their text.
    pub bytes: u64,
}

/// A piece of a ring.
#[derive(Clone, Debug)]
pub(in crate::logs) struct Segment {
    /// The number of its first line.
    pub(in crate::logs) first: u64,
    pub(in crate::logs) block: Arc<Block>,
    /// The youngest time among its lines and all before it.
    newest: Nanos,
    /// Small blocks may still be added.
    open: bool,
}

impl Segment {
    /// The number behind its last line.
    pub(in crate::logs) fn end(&self) -> u64 {
        self.first + self.block.len() as u64
    }
}

impl Ring {
    /// One that holds `limit` bytes. A single block that is bigger is kept nevertheless, alone.
    pub fn new(limit: usize) -> Self {
        Self { segments: VecDeque::new(), limit, bytes: 0, end: 0, left: Left::default() }
    }

    /// Adds lines behind all others. Returns the blocks that had to leave for them, the oldest first.
    pub fn push(&mut self, block: Arc<Block>) -> Vec<Arc<Block>> {
        if block.is_empty() {
            return Vec::new();
        }
        let newest = block.index().iter().map(|entry| entry.time).max().unwrap_or(Nanos::MIN);
        let newest = self.segments.back().map_or(newest, |last| last.newest.max(newest));
        self.end += block.len() as u64;
        if block.text_len() >= WHOLE {
            self.seal();
            self.add(Segment { first: self.end - block.len() as u64, block, newest, open: false });
        } else {
            self.append(&block, newest);
        }
        self.shrink()
    }

    fn add(&mut self, segment: Segment) {
        self.bytes += segment.block.size();
        self.segments.push_back(segment);
    }

    fn append(&mut self, block: &Block, newest: Nanos) {
        let full = |last: &Segment| {
            !last.open || last.block.text_len() + block.text_len() > BYTES || last.block.len() + block.len() > LINES
        };
        if self.segments.back().is_none_or(full) {
            self.seal();
            let first = self.end - block.len() as u64;
            self.add(Segment { first, block: Arc::default(), newest, open: true });
        }
        if let Some(last) = self.segments.back_mut() {
            self.bytes -= last.block.size();
            Arc::make_mut(&mut last.block).extend(block, 0..block.len());
            last.newest = newest;
            self.bytes += last.block.size();
        }
    }

    /// Adds nothing more to the last segment, and gives back what it took ahead.
    fn seal(&mut self) {
        if let Some(last) = self.segments.back_mut().filter(|last| last.open) {
            last.open = false;
            self.bytes -= last.block.size();
            Arc::make_mut(&mut last.block).settle();
            self.bytes += last.block.size();
        }
    }

    fn shrink(&mut self) -> Vec<Arc<Block>> {
        let mut gone = Vec::new();
        while self.bytes > self.limit && self.segments.len() > 1 {
            let Some(Segment { block, .. }) = self.segments.pop_front() else { break };
            self.bytes -= block.size();
            self.left.lines += block.len() as u64;
            self.left.bytes += block.text_len() as u64;
            gone.push(block);
        }
        gone
    }

    /// Holds `limit` bytes from now on. Returns the blocks that had to leave.
    pub fn set_limit(&mut self, limit: usize) -> Vec<Arc<Block>> {
        self.limit = limit;
        self.shrink()
    }

    /// Forgets all lines, which count as left. Numbers go on.
    pub fn clear(&mut self) {
        for Segment { block, .. } in std::mem::take(&mut self.segments) {
            self.left.lines += block.len() as u64;
            self.left.bytes += block.text_len() as u64;
        }
        self.bytes = 0;
    }

    /// The number of the oldest line that is kept; [`end`](Self::end) where there is none.
    pub fn first(&self) -> u64 {
        self.segments.front().map_or(self.end, |segment| segment.first)
    }

    /// The number that the next line gets: as many have come.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// How many lines are kept.
    pub fn len(&self) -> u64 {
        self.end - self.first()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// The memory that it takes in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What has left it.
    pub fn left(&self) -> Left {
        self.left
    }

    /// The line of this number, if it is kept.
    pub fn line(&self, number: u64) -> Option<Line<'_>> {
        let segment = &self.segments[self.segment_of(number)?];
        segment.block.line(usize::try_from(number - segment.first).ok()?, segment.first)
    }

    /// The lines of these numbers that are kept, from either end.
    pub fn lines(&self, numbers: Range<u64>) -> impl DoubleEndedIterator<Item = Line<'_>> {
        let (from, to) = (numbers.start.max(self.first()), numbers.end.min(self.end));
        let begin = self.segments.partition_point(|segment| segment.end() <= from);
        let end = self.segments.partition_point(|segment| segment.first < to).max(begin);
        self.segments.range(begin..end).flat_map(move |segment| {
            let at = |number: u64| usize::try_from(number.saturating_sub(segment.first)).unwrap_or(usize::MAX);
            let lines = at(from)..at(to).min(segment.block.len());
            lines.filter_map(move |line| segment.block.line(line, segment.first))
        })
    }

    /// The number of the first line that is of `time` or younger; [`end`](Self::end) where there is none. Late lines before it may be
    /// older, and those behind it too.
    pub fn at_time(&self, time: Nanos) -> u64 {
        let begin = self.segments.partition_point(|segment| segment.newest < time);
        // The first segment has it, unless the youngest line that it knows of has left the ring.
        let found = self.segments.range(begin..).find_map(|segment| {
            let at = segment.block.index().iter().position(|entry| entry.time >= time)?;
            Some(segment.first + at as u64)
        });
        found.unwrap_or(self.end)
    }

    /// The times of the oldest and the youngest line that are kept, the late ones left out.
    pub fn span(&self) -> Option<(Nanos, Nanos)> {
        let first = self.segments.front()?.block.index().first()?.time;
        let last = self.segments.back()?.newest;
        Some((first.min(last), last))
    }

    pub(in crate::logs) fn segments(&self) -> &VecDeque<Segment> {
        &self.segments
    }

    /// The place of the segment that has this line.
    pub(in crate::logs) fn segment_of(&self, number: u64) -> Option<usize> {
        if number < self.first() || number >= self.end {
            return None;
        }
        Some(self.segments.partition_point(|segment| segment.first <= number) - 1)
    }
}

#[cfg(test)]
mod tests;
