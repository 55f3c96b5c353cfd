//! The next hit from where one is.

use super::{filter::Filter, matcher::Matcher, ring::Ring, source::Sources};

/// Lines that are looked at together on the way back.
const BACK: usize = 256;

/// Which way one looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To younger lines.
    Forward,
    /// To older ones.
    Backward,
}

/// What a step of a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A line has it.
    At {
        /// Its number.
        line: u64,
        /// The search went over the end (or the beginning) and began again at the other.
        wrapped: bool,
    },
    /// No line has it.
    Nothing,
    /// That is not known yet: step again.
    Working,
}

/// Looks for the next line that has something, in steps, once around the ring: the line that it began at is the last one looked at.
///
/// How many lines have it, and which of them one is at, [`View::hits`](super::View::hits) counts.
#[derive(Clone, Debug)]
pub struct Scan {
    matcher: Matcher,
    filter: Filter,
    direction: Direction,
    from: u64,
    /// Forward the next line, backward the one before which the next lies.
    at: u64,
    wrapped: bool,
    generation: u64,
}

impl Scan {
    /// From line `from` on, among lines that pass `filter`. The `generation` is for the caller, to know a stale answer by.
    pub fn new(matcher: Matcher, filter: Filter, from: u64, direction: Direction, generation: u64) -> Self {
        let at = if direction == Direction::Forward { from.saturating_add(1) } else { from };
        Self { matcher, filter, direction, from, at, wrapped: false, generation }
    }

    /// What it was made for.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Looks at about `budget` bytes.
    pub fn step(&mut self, ring: &Ring, sources: &Sources, budget: usize) -> Found {
        let mut left = budget.max(1);
        loop {
            let (found, bytes) = match self.direction {
                Direction::Forward => self.forward(ring, sources, left),
                Direction::Backward => self.backward(ring, sources, left),
            };
            if let Some(line) = found {
                return Found::At { line, wrapped: self.wrapped };
            }
            left = left.saturating_sub(bytes);
            if self.is_at_end(ring) && !self.wrap(ring) {
                return Found::Nothing;
            }
            if left == 0 {
                return Found::Working;
            }
        }
    }

    /// Nothing is left on this way.
    fn is_at_end(&self, ring: &Ring) -> bool {
        match (self.direction, self.wrapped) {
            (Direction::Forward, false) => self.at >= ring.end(),
            (Direction::Forward, true) => self.at >= ring.end().min(self.from.saturating_add(1)),
            (Direction::Backward, false) => self.at <= ring.first(),
            (Direction::Backward, true) => self.at <= ring.first().max(self.from),
        }
    }

    /// Begins again at the other end, once. Returns whether anything is left there.
    fn wrap(&mut self, ring: &Ring) -> bool {
        if self.wrapped {
            return false;
        }
        self.wrapped = true;
        self.at = if self.direction == Direction::Forward { ring.first() } else { ring.end() };
        !self.is_at_end(ring)
    }

    /// Looks on within one segment. Returns what it found, and how many bytes it looked at.
    fn forward(&mut self, ring: &Ring, sources: &Sources, _: usize) -> (Option<u64>, usize) {
        self.at = self.at.max(ring.first());
        let Some(segment) = ring.segment_of(self.at).map(|at| &ring.segments()[at]) else { return (None, 0) };
        let from = place(self.at - segment.first);
        let end = if self.wrapped { segment.end().min(self.from.saturating_add(1)) } else { segment.end() };
        let to = place(end.saturating_sub(segment.first)).max(from);
        let mut line = from;
        while line < to {
            let Some(hit) = self.matcher.next_line(&segment.block, line..to) else { break };
            let number = segment.first + hit as u64;
            line = hit + 1;
            if self.passes(ring, number, sources) {
                self.at = number + 1;
                return (Some(number), segment.block.span(from..line).len());
            }
        }
        self.at = end.max(self.at);
        (None, segment.block.span(from..to).len())
    }

    /// The same the other way, in pieces of a segment, for only their last hit counts.
    fn backward(&mut self, ring: &Ring, sources: &Sources, budget: usize) -> (Option<u64>, usize) {
        self.at = self.at.min(ring.end());
        let before = self.at.checked_sub(1).and_then(|last| ring.segment_of(last));
        let Some(segment) = before.map(|at| &ring.segments()[at]) else { return (None, 0) };
        let begin = if self.wrapped { segment.first.max(self.from) } else { segment.first };
        let (begin, mut to) = (place(begin - segment.first), place(self.at - segment.first));
        let mut bytes = 0;
        while to > begin && bytes < budget {
            let from = to.saturating_sub(BACK).max(begin);
            bytes += segment.block.span(from..to).len();
            let (mut line, mut last) = (from, None);
            while line < to {
                let Some(hit) = self.matcher.next_line(&segment.block, line..to) else { break };
                let number = segment.first + hit as u64;
                last = Some(number).filter(|number| self.passes(ring, *number, sources)).or(last);
                line = hit + 1;
            }
            to = from;
            self.at = last.unwrap_or(segment.first + from as u64);
            if last.is_some() {
                return (last, bytes);
            }
        }
        (None, bytes)
    }

    fn passes(&self, ring: &Ring, number: u64, sources: &Sources) -> bool {
        self.filter.is_empty() || ring.line(number).is_some_and(|line| self.filter.passes(&line, sources))
    }
}

/// A place within a segment, which has far fewer lines.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::{Sign, Term, samples::block};

    fn ring(lines: &[&str], chunk: usize) -> Ring {
        let mut ring = Ring::new(1 << 20);
        for lines in lines.chunks(chunk) {
            // Big blocks stay segments of their own.
            let mut texts = lines.to_vec();
            let padding = " ".repeat(33 << 10);
            texts.push(&padding);
            ring.push(block(&texts.iter().map(|text| (0, 0, *text)).collect::<Vec<_>>()));
        }
        ring
    }

    fn find(ring: &Ring, written: &str, from: u64, direction: Direction, budget: usize) -> Found {
        let matcher = Matcher::parse(written).unwrap();
        let mut scan = Scan::new(matcher, Filter::default(), from, direction, 0);
        for _ in 0..100_000 {
            match scan.step(ring, &Sources::default(), budget) {
                Found::Working => {}
                found => return found,
            }
        }
        panic!("a search that never ends");
    }

    #[test]
    fn a_search_goes_around_and_ends_where_it_began() {
        let ring = ring(&["a", "b", "a", "c"], 9);
        let at = |line, wrapped| Found::At { line, wrapped };
        assert_eq!(find(&ring, "a", 0, Direction::Forward, 1), at(2, false));
        assert_eq!(find(&ring, "a", 2, Direction::Forward, 1), at(0, true));
        assert_eq!(find(&ring, "b", 1, Direction::Forward, 1), at(1, true));
        assert_eq!(find(&ring, "a", 2, Direction::Backward, 1), at(0, false));
        assert_eq!(find(&ring, "c", 2, Direction::Backward, 1), at(3, true));
        assert_eq!(find(&ring, "z", 2, Direction::Backward, 1), Found::Nothing);
        assert_eq!(find(&Ring::new(0), "z", 2, Direction::Forward, 1), Found::Nothing);
    }

    #[test]
    fn hits_that_the_filter_hides_are_passed_over() {
        let ring = ring(&["a 1", "a 2 x", "a 3"], 9);
        let term = Term { sign: Sign::Exclude, matcher: Matcher::parse("x").unwrap() };
        let filter = Filter { terms: vec![term], ..Filter::default() };
        let mut scan = Scan::new(Matcher::parse("a").unwrap(), filter, 0, Direction::Forward, 7);
        assert_eq!(scan.step(&ring, &Sources::default(), 1 << 20), Found::At { line: 2, wrapped: false });
        assert_eq!(scan.generation(), 7);
    }

    proptest! {
        #[test]
        fn a_search_finds_what_looking_at_every_line_finds(lines in prop::collection::vec("[ab]{0,3}", 1..40), chunk in 1usize..15,
            from in 0u64..45, budget in prop::sample::select(vec![1usize, 50_000, 1 << 30]), written in prop::sample::select(vec!["a", "ab", "/^b/", "bbb"])) {
            let ring = ring(&lines.iter().map(String::as_str).collect::<Vec<_>>(), chunk);
            let matcher = Matcher::parse(written).unwrap();
            let hits: Vec<_> = ring.lines(0..ring.end()).filter(|line| matcher.is_in(line.text)).map(|line| line.number).collect();
            let next = hits.iter().find(|hit| **hit > from).or(hits.first());
            let back = hits.iter().rev().find(|hit| **hit < from).or(hits.last());
            let line = |found| match found { Found::At { line, .. } => Some(line), _ => None };
            prop_assert_eq!(line(find(&ring, written, from, Direction::Forward, budget)), next.copied());
            prop_assert_eq!(line(find(&ring, written, from, Direction::Backward, budget)), back.copied());
        }
    }
}
