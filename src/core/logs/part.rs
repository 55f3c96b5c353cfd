//! What a view knows of one segment of its ring.

use super::{
    bits::Bits,
    block::Block,
    line::Flags,
    ring::{Ring, Segment},
};

/// What is known of one segment.
#[derive(Clone, Debug, Default)]
pub(in crate::logs) struct Part {
    pub(super) first: u64,
    pub(super) lines: usize,
    /// Lines below were looked at.
    pub(super) known: usize,
    /// Those that pass, and above `known` those that may.
    pub(super) passing: Bits,
    /// Those that are shown, where this differs: heads of what is folded.
    pub(super) shown: Option<Bits>,
    pub(super) count: usize,
}

impl Part {
    pub(super) fn new(segment: &Segment) -> Self {
        let mut part = Self { first: segment.first, ..Self::default() };
        part.cover(segment.block.len());
        part
    }

    /// There are `lines` now, and the new ones may pass.
    pub(super) fn cover(&mut self, lines: usize) {
        self.passing.grow(lines);
        self.passing.fill(self.lines, lines);
        if let Some(shown) = &mut self.shown {
            shown.grow(lines);
        }
        self.lines = lines;
    }

    /// Among known lines.
    pub(super) fn shown(&self) -> &Bits {
        self.shown.as_ref().unwrap_or(&self.passing)
    }

    /// The number of its first line.
    pub(in crate::logs) fn first(&self) -> u64 {
        self.first
    }

    /// Its block.
    pub(in crate::logs) fn block<'a>(&self, ring: &'a Ring) -> Option<&'a Block> {
        Some(&ring.segments()[ring.segment_of(self.first)?].block)
    }

    /// How many of its lines were looked at.
    pub(in crate::logs) fn known(&self) -> usize {
        self.known
    }

    /// How many of them are shown.
    pub(in crate::logs) fn count(&self) -> usize {
        self.count
    }

    /// Which they are.
    pub(in crate::logs) fn lines(&self) -> impl Iterator<Item = usize> + '_ {
        self.shown().iter().take_while(|line| *line < self.known)
    }

    /// Takes in the heads of lines that pass, from line `from` on. Returns the lines whose heads stand in another part.
    pub(super) fn heads(&self, block: &Block, from: usize, shown: &mut Bits) -> Vec<usize> {
        // The last head of each source above the line.
        let (mut heads, mut elsewhere) = (Vec::<Option<usize>>::new(), Vec::new());
        for (line, entry) in block.index().iter().enumerate() {
            let source = usize::from(entry.source.0);
            let folded = entry.flags.has(Flags::FOLDED);
            if source >= heads.len() {
                heads.resize(source + 1, None);
            }
            if !folded && !entry.flags.has(Flags::GAP) {
                heads[source] = Some(line);
            }
            if line < from || line >= self.known || !self.passing.get(line) {
                continue;
            }
            match heads[source].filter(|_| folded) {
                Some(head) => _ = shown.set(head),
                None if folded => elsewhere.push(line),
                None => _ = shown.set(line),
            }
        }
        elsewhere
    }

    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.shown().next(at).filter(|at| *at < self.known)
    }

    pub(super) fn before(&self, at: usize) -> Option<usize> {
        self.shown().before(at.min(self.known))
    }

    pub(super) fn show(&mut self, at: usize) {
        let lines = self.lines;
        let shown = self.shown.get_or_insert_with(Bits::default);
        shown.grow(lines);
        self.count += usize::from(shown.set(at) && at < self.known);
    }
}
