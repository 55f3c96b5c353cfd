//! Lines that differ only in numbers and ids, counted together.

use std::collections::HashMap;

use super::normal::normal;
use crate::{
    logs::{
        dedup::hash,
        filter::Filter,
        level::Level,
        line::{Flags, Line},
        ring::Ring,
        source::{RevisionId, Sources},
        stamp::Nanos,
        view::Progress,
    },
    text::Clean,
};

/// So many patterns are kept at most.
const MOST: usize = 4_096;
/// So much of an example is kept.
const EXAMPLE: usize = 512;
/// Lines that are looked at before the budget is.
const LINES: u64 = 256;

/// Lines of one pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What they have in common; `#` stands for a number, an id, an address, a time.
    pub text: Clean,
    /// One of them, the first: its beginning.
    pub example: Clean,
    /// The number of the last of them, which may have left the ring.
    pub line: u64,
    /// How many.
    pub count: u64,
    /// When the oldest was written.
    pub first: Nanos,
    /// When the youngest was.
    pub last: Nanos,
    /// The worst level among them.
    pub level: Level,
    /// How many of each revision.
    pub revisions: Vec<(RevisionId, u64)>,
}

/// How patterns are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatternOrder {
    /// Those with the fewest lines first, among equals the worst.
    #[default]
    Rarest,
    /// Those that were met last for the first time.
    Newest,
    /// Those with the most lines first.
    Commonest,
}

/// Counts patterns of the lines that pass a filter, in steps, and goes on as lines come. What leaves the ring stays counted.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    filter: Filter,
    known: HashMap<u64, usize>,
    list: Vec<Pattern>,
    levels: Vec<(RevisionId, [u64; Level::ALL.len()])>,
    /// The next line to count; none before the first step.
    next: Option<u64>,
    counted: u64,
    missed: u64,
    forgotten: u64,
    buffer: Vec<u8>,
}

impl Patterns {
    /// Of lines that pass `filter`.
    pub fn new(filter: Filter) -> Self {
        Self { filter, ..Self::default() }
    }

    /// Counts lines that were not counted yet, until about `budget` bytes were looked at. Frames of stack traces and marks of missing
    /// lines are no lines here.
    pub fn step(&mut self, ring: &Ring, sources: &Sources, budget: usize) -> Progress {
        let mut next = self.next.unwrap_or(ring.first());
        self.missed += ring.first().saturating_sub(next);
        next = next.max(ring.first());
        let mut bytes = 0;
        while next < ring.end() && bytes < budget.max(1) {
            let end = (next + LINES).min(ring.end());
            for line in ring.lines(next..end) {
                bytes += line.text.len() + 1;
                let counts = !line.flags.has(Flags::GAP) && !line.is_folded();
                if counts && (self.filter.is_empty() || self.filter.passes(&line, sources)) {
                    self.count(&line, sources.revision_of(line.source).unwrap_or_default());
                }
            }
            next = end;
        }
        self.next = Some(next);
        Progress { done: next >= ring.end(), bytes }
    }

    fn count(&mut self, line: &Line<'_>, revision: RevisionId) {
        let mut buffer = std::mem::take(&mut self.buffer);
        normal(line.text, &mut buffer);
        let key = hash(&buffer);
        let at = match self.known.get(&key) {
            Some(at) => *at,
            None => self.add(key, line, &buffer),
        };
        self.buffer = buffer;
        let pattern = &mut self.list[at];
        pattern.count += 1;
        pattern.line = line.number;
        (pattern.first, pattern.last) = (pattern.first.min(line.time), pattern.last.max(line.time));
        pattern.level = pattern.level.max(line.level);
        match pattern.revisions.iter_mut().find(|(of, _)| *of == revision) {
            Some((_, count)) => *count += 1,
            None => pattern.revisions.push((revision, 1)),
        }
        self.counted += 1;
        let levels = match self.levels.iter().position(|(of, _)| *of == revision) {
            Some(at) => &mut self.levels[at].1,
            None => {
                self.levels.push((revision, Default::default()));
                &mut self.levels.last_mut().expect("one was added").1
            }
        };
        levels[line.level as usize] += 1;
    }

    fn add(&mut self, key: u64, line: &Line<'_>, text: &[u8]) -> usize {
        if self.list.len() >= MOST {
            self.forget();
        }
        self.list.push(Pattern {
            text: Clean::from_bytes(text),
            example: Clean::from_bytes(&line.text[..line.text.len().min(EXAMPLE)]),
            line: line.number,
            count: 0,
            first: line.time,
            last: line.time,
            level: line.level,
            revisions: Vec::new(),
        });
        self.known.insert(key, self.list.len() - 1);
        self.list.len() - 1
    }

    /// Forgets the quarter that was not seen for the longest time.
    #[cold]
    fn forget(&mut self) {
        let mut lines: Vec<_> = self.list.iter().map(|pattern| pattern.line).collect();
        let (_, bound, _) = lines.select_nth_unstable(MOST / 4);
        let bound = *bound;
        let (mut places, mut kept) = (vec![None; self.list.len()], Vec::with_capacity(MOST));
        for (at, pattern) in std::mem::take(&mut self.list).into_iter().enumerate() {
            if pattern.line < bound {
                self.forgotten += pattern.count;
            } else {
                places[at] = Some(kept.len());
                kept.push(pattern);
            }
        }
        self.list = kept;
        self.known.retain(|_, at| {
            let place = places[*at];
            *at = place.unwrap_or_default();
            place.is_some()
        });
    }

    /// The patterns in some order.
    pub fn list(&self, order: PatternOrder) -> Vec<&Pattern> {
        let mut list: Vec<_> = self.list.iter().collect();
        match order {
            PatternOrder::Rarest => list.sort_by_key(|pattern| (pattern.count, std::cmp::Reverse(pattern.level))),
            PatternOrder::Newest => list.sort_by_key(|pattern| std::cmp::Reverse(pattern.first)),
            PatternOrder::Commonest => list.sort_by_key(|pattern| std::cmp::Reverse(pattern.count)),
        }
        list
    }

    /// How many lines were counted, the forgotten ones among them.
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// Lines of patterns that were forgotten, for there were more than could be kept.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Lines that left the ring before they could be counted.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Lines of a revision by level, in the order of [`Level::ALL`].
    pub fn levels(&self, revision: RevisionId) -> [u64; Level::ALL.len()] {
        self.levels.iter().find(|(of, _)| *of == revision).map(|(_, levels)| *levels).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{
        Block,
        samples::{block, line_of},
    };

    fn counted(ring: &Ring) -> Patterns {
        let mut patterns = Patterns::new(Filter::default());
        while !patterns.step(ring, &Sources::default(), 1).done {}
        patterns
    }

    #[test]
    fn lines_that_differ_in_numbers_are_counted_together() {
        let mut ring = Ring::new(1 << 20);
        ring.push(block(&[
            (0, 5, "took 5 ms"),
            (0, 6, "failed"),
            (0, 7, "took 77 ms"),
            (0, 9, "took 1 ms"),
            (0, 8, "ready"),
        ]));
        let patterns = counted(&ring);
        let texts = |order| patterns.list(order).iter().map(|pattern| pattern.text.to_string()).collect::<Vec<_>>();
        assert_eq!(texts(PatternOrder::Rarest), ["failed", "ready", "took # ms"]);
        assert_eq!(texts(PatternOrder::Newest), ["ready", "failed", "took # ms"]);
        let took = patterns.list(PatternOrder::Commonest)[0];
        assert_eq!((took.count, took.first, took.last, took.line, took.example.as_str()), (3, 5, 9, 3, "took 5 ms"));
        assert_eq!((patterns.counted(), patterns.missed()), (5, 0));
    }

    #[test]
    fn lines_that_come_later_are_counted_once() {
        let mut ring = Ring::new(1 << 20);
        ring.push(block(&[(0, 1, "a")]));
        let mut patterns = counted(&ring);
        ring.push(block(&[(0, 2, "a")]));
        patterns.step(&ring, &Sources::default(), 1);
        patterns.step(&ring, &Sources::default(), 1);
        assert_eq!(patterns.counted(), 2);
    }

    #[test]
    fn what_leaves_before_it_was_counted_is_told() {
        let mut ring = Ring::new(1);
        let text = "x".repeat(40_000);
        ring.push(block(&[(0, 1, &text)]));
        let mut patterns = counted(&ring);
        for _ in 0..3 {
            ring.push(block(&[(0, 1, &text)]));
        }
        patterns.step(&ring, &Sources::default(), 1);
        assert_eq!((patterns.counted(), patterns.missed()), (2, 2));
    }

    #[test]
    fn more_patterns_than_can_be_kept_are_told_and_the_latest_stay() {
        let letters = |n: usize| {
            (0..4).map(|at| char::from(b'g' + u8::try_from(n / 16usize.pow(at) % 16).unwrap())).collect::<String>()
        };
        let mut lines = Block::default();
        (0..2 * MOST).for_each(|n| lines.push(line_of(0, 0, &letters(n))));
        let mut ring = Ring::new(10 << 20);
        ring.push(lines.into());
        let patterns = counted(&ring);
        let kept = patterns.list(PatternOrder::Rarest).len();
        assert!(kept <= MOST);
        assert_eq!(patterns.forgotten() + kept as u64, 2 * MOST as u64);
        assert!(patterns.list(PatternOrder::Rarest).iter().any(|pattern| *pattern.text == *letters(2 * MOST - 1)));
        assert_eq!(patterns.known.len(), kept);
    }
}
