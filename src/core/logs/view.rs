//! The lines of a ring that pass a filter.

use std::collections::VecDeque;

use super::{
    bits::Bits,
    filter::Filter,
    fold::{FAR, head_of},
    line::Flags,
    matcher::Matcher,
    part::Part,
    ring::Ring,
    source::Sources,
};

/// How far a view or a count has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Every line that the ring keeps was looked at.
    pub done: bool,
    /// Bytes that this step looked at.
    pub bytes: usize,
}

/// The numbers of those lines of a ring that pass a filter: found in steps, from an anchor outwards or the newest first, kept up
/// while lines come and leave.
///
/// It costs a bit a line, two where traces are folded. After each change of the ring call [`sync`](Self::sync), then
/// [`step`](Self::step) until it is done. Lines that were not looked at yet are not shown.
#[derive(Clone, Debug, Default)]
pub struct View {
    filter: Filter,
    folded: bool,
    parts: VecDeque<Part>,
    /// From where on lines are looked at, in both directions; none: from the newest.
    anchor: Option<u64>,
    generation: u64,
    /// Lines have left, heads of folded lines perhaps among them: what is left of such a fold has another head.
    headless: bool,
}

impl View {
    /// A view through `filter`, with traces folded into their first lines or not.
    pub fn new(filter: Filter, folded: bool) -> Self {
        Self { filter, folded, ..Self::default() }
    }

    /// Through what it looks.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether traces are folded: a line stands for its frames, and is shown where one of them passes.
    pub fn is_folded(&self) -> bool {
        self.folded
    }

    /// Rises with each change of filter or folding: what was found for an older one is stale.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Looks through `filter` from now on. Where it only narrows, what did not pass is not looked at again.
    pub fn set_filter(&mut self, filter: Filter) {
        if filter == self.filter {
            return;
        }
        let narrows = filter.narrows(&self.filter);
        self.filter = filter;
        self.again(narrows);
    }

    /// Folds traces, or does so no more.
    pub fn set_folded(&mut self, folded: bool) {
        if folded != self.folded {
            self.folded = folded;
            self.again(true);
        }
    }

    /// The lines that pass this view and have `matcher`: how many they are, which is next, and what rank a line has among them.
    pub fn hits(&self, matcher: Matcher) -> Self {
        let mut hits = self.clone();
        hits.set_filter(self.filter.seeking(matcher));
        hits.set_folded(false);
        hits
    }

    fn again(&mut self, narrows: bool) {
        self.generation += 1;
        for part in &mut self.parts {
            if !narrows {
                part.passing.fill(0, part.lines);
            }
            (part.shown, part.count, part.known) = (None, 0, 0);
        }
    }

    /// Looks first at lines around this one, from now on; none: at the newest first.
    pub fn set_anchor(&mut self, anchor: Option<u64>) {
        self.anchor = anchor;
    }

    /// Takes note of what came to the ring and what left it.
    pub fn sync(&mut self, ring: &Ring) {
        while self.parts.front().is_some_and(|part| part.first < ring.first()) {
            self.parts.pop_front();
            self.headless = self.folded;
        }
        let segments = ring.segments();
        let segment = segments.get(self.parts.len().wrapping_sub(1));
        if let (Some(last), Some(segment)) = (self.parts.back_mut(), segment) {
            debug_assert_eq!(last.first, segment.first, "a view is of one ring");
            if last.lines < segment.block.len() {
                last.cover(segment.block.len());
            }
        }
        self.parts.extend(segments.range(self.parts.len().min(segments.len())..).map(Part::new));
    }

    /// Looks at lines until about `budget` bytes were looked at. At least one segment is, where one is left.
    pub fn step(&mut self, ring: &Ring, sources: &Sources, budget: usize) -> Progress {
        self.sync(ring);
        if std::mem::take(&mut self.headless) {
            let near = self.part_of(ring.first().saturating_add(FAR)).map_or(0, |at| at + 1);
            (0..near).for_each(|at| self.fold(at, 0, ring));
        }
        let mut bytes = 0;
        while bytes < budget.max(1) {
            let Some(at) = self.next_part() else { return Progress { done: true, bytes } };
            bytes += self.look(at, ring, sources);
        }
        Progress { done: self.next_part().is_none(), bytes }
    }

    /// The nearest part to the anchor that is not known whole.
    fn next_part(&self) -> Option<usize> {
        let open = |at: &usize| self.parts[*at].known < self.parts[*at].lines;
        let middle = match self.anchor {
            Some(anchor) => self.part_of(anchor).unwrap_or(0),
            None => self.parts.len().saturating_sub(1),
        };
        let before = (0..middle).rev().find(open);
        let behind = (middle..self.parts.len()).find(open);
        match (before, behind) {
            (Some(before), Some(behind)) if middle - before < behind - middle => Some(before),
            (before, behind) => behind.or(before),
        }
    }

    /// Looks at what is not known of a part. Returns how many bytes that were, about.
    fn look(&mut self, at: usize, ring: &Ring, sources: &Sources) -> usize {
        let block = &ring.segments()[at].block;
        let part = &mut self.parts[at];
        let from = part.known;
        let candidates = part.passing.count() - part.passing.rank(from);
        self.filter.sift(block, from, &mut part.passing, sources);
        part.known = part.lines;
        if self.folded {
            self.fold(at, from, ring);
        } else {
            part.count = part.passing.count();
        }
        let lines = block.len() - from;
        lines + block.span(from..block.len()).len() / lines.max(1) * candidates
    }

    /// Shows the heads of lines that pass, of a part from line `from` on.
    fn fold(&mut self, at: usize, from: usize, ring: &Ring) {
        let block = &ring.segments()[at].block;
        let part = &mut self.parts[at];
        let mut shown = part.shown.take().unwrap_or_default();
        shown.grow(part.lines);
        // Mostly no frame passes, and every line stands for itself.
        let is_folded = |line: usize| block.index()[line].flags.has(Flags::FOLDED);
        let folds = block.may_have(Flags::FOLDED)
            && part.passing.from(from).take_while(|line| *line < part.known).any(is_folded);
        let elsewhere = if folds {
            part.heads(block, from, &mut shown)
        } else {
            shown.add(&part.passing, from, part.known);
            Vec::new()
        };
        part.count = shown.count();
        part.shown = Some(shown);
        let first = part.first;
        self.fold_elsewhere(elsewhere, first, ring);
    }

    /// Shows the heads of lines that stand in a later part than they do.
    fn fold_elsewhere(&mut self, lines: Vec<usize>, first: u64, ring: &Ring) {
        let mut found = Vec::new();
        for line in lines {
            let number = first + line as u64;
            let Some(source) = ring.line(number).map(|line| line.source) else { continue };
            let known = found.iter().find(|(of, _)| *of == source).map(|(_, head)| *head);
            let head = known.unwrap_or_else(|| head_of(ring, number));
            found.push((source, head));
            if known.is_none()
                && let Some(part) = self.part_of(head)
            {
                let part = &mut self.parts[part];
                part.show(usize::try_from(head - part.first).unwrap_or_default());
            }
        }
    }

    /// What is known of each segment, in order.
    pub(in crate::logs) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter()
    }

    fn part_of(&self, number: u64) -> Option<usize> {
        self.parts.partition_point(|part| part.first <= number).checked_sub(1)
    }

    /// How many lines are shown, as far as is known.
    pub fn len(&self) -> u64 {
        self.parts.iter().map(|part| part.count as u64).sum()
    }

    /// Whether none is shown, as far as is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a line is shown.
    pub fn shows(&self, number: u64) -> bool {
        self.at_or_behind(number) == Some(number)
    }

    /// The first line that is shown at or behind this one.
    pub fn at_or_behind(&self, number: u64) -> Option<u64> {
        let begin = self.part_of(number).unwrap_or(0);
        self.parts.range(begin.min(self.parts.len())..).find_map(|part| {
            let at = usize::try_from(number.saturating_sub(part.first)).unwrap_or(usize::MAX);
            part.next(at).map(|at| part.first + at as u64)
        })
    }

    /// The last line that is shown before this one.
    pub fn before(&self, number: u64) -> Option<u64> {
        let end = self.part_of(number).map_or(0, |at| at + 1);
        self.parts.range(..end).rev().find_map(|part| {
            let at = usize::try_from(number - part.first).unwrap_or(usize::MAX);
            part.before(at).map(|at| part.first + at as u64)
        })
    }

    /// The last line that is shown.
    pub fn last(&self) -> Option<u64> {
        self.before(u64::MAX)
    }

    /// Lines that are shown from this one on.
    pub fn from(&self, number: u64) -> impl Iterator<Item = u64> + '_ {
        std::iter::successors(self.at_or_behind(number), |number| self.at_or_behind(number + 1))
    }

    /// Lines that are shown before this one, the nearest first.
    pub fn back_from(&self, number: u64) -> impl Iterator<Item = u64> + '_ {
        std::iter::successors(self.before(number), |number| self.before(*number))
    }

    /// How many shown lines stand before this one.
    pub fn rank(&self, number: u64) -> u64 {
        let Some(at) = self.part_of(number) else { return 0 };
        let part = &self.parts[at];
        let line = usize::try_from(number - part.first).unwrap_or(usize::MAX).min(part.known);
        let before: u64 = self.parts.range(..at).map(|part| part.count as u64).sum();
        before + part.shown().rank(line) as u64
    }

    /// The line that has `rank` shown lines before it.
    pub fn nth(&self, rank: u64) -> Option<u64> {
        let mut left = rank;
        for part in &self.parts {
            let count = part.count as u64;
            if left < count {
                let at = part.shown().select(usize::try_from(left).ok()?)?;
                return Some(part.first + at as u64);
            }
            left -= count;
        }
        None
    }

    /// The memory that it takes in bytes.
    pub fn size(&self) -> usize {
        let bits = |part: &Part| part.passing.size() + part.shown.as_ref().map_or(0, Bits::size);
        self.parts.iter().map(|part| size_of::<Part>() + bits(part)).sum()
    }
}

#[cfg(test)]
mod tests;
