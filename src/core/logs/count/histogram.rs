//! Lines and errors over time.

use std::collections::BTreeMap;

use crate::logs::{
    block::Block,
    level::Level,
    line::Flags,
    stamp::{Nanos, SECOND},
};

/// So many buckets are kept at most; then they grow wider.
const MOST: usize = 8_000;

/// Widths that a bucket may have. Each of the [`GROWTH`] divides the next of them.
const MINUTE: Nanos = 60 * SECOND;
const HOUR: Nanos = 60 * MINUTE;
const GROWTH: [Nanos; 7] = [SECOND / 10, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 24 * HOUR];

/// Widths that a bar may have.
const STEPS: [Nanos; 22] = [
    SECOND / 10,
    SECOND / 5,
    SECOND / 2,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    20 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    24 * HOUR,
    7 * 24 * HOUR,
];

/// Lines of one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// All of them.
    pub lines: u64,
    /// Those that tell of a fault.
    pub errors: u64,
}

/// Bars side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    /// When the first begins.
    pub from: Nanos,
    /// How long each lasts.
    pub step: Nanos,
    /// From the oldest to the youngest, those without lines too.
    pub bars: Vec<Bar>,
}

/// Counts lines by time. What comes to a ring is added, what leaves it is taken out: it need not be counted again.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    buckets: BTreeMap<i64, Bar>,
    growth: usize,
}

impl Histogram {
    /// Adds the lines of a block. Marks of missing lines and frames of stack traces are not counted.
    pub fn add(&mut self, block: &Block) {
        self.each(block, |bar, error| {
            bar.lines += 1;
            bar.errors += u64::from(error);
        });
        self.grow();
    }

    /// Takes out the lines of a block that was added.
    pub fn remove(&mut self, block: &Block) {
        self.each(block, |bar, error| {
            bar.lines = bar.lines.saturating_sub(1);
            bar.errors = bar.errors.saturating_sub(u64::from(error));
        });
        self.buckets.retain(|_, bar| bar.lines > 0);
    }

    /// Adds one line: for those that pass a filter.
    pub fn note(&mut self, at: Nanos, level: Level) {
        let bar = self.buckets.entry(at.div_euclid(self.width())).or_default();
        bar.lines += 1;
        bar.errors += u64::from(level.is_error());
        self.grow();
    }

    fn width(&self) -> Nanos {
        GROWTH[self.growth]
    }

    /// Neighbours mostly share their bucket, which is then looked up once.
    fn each(&mut self, block: &Block, mut change: impl FnMut(&mut Bar, bool)) {
        let width = self.width();
        let counted = |flags: Flags| !flags.has(Flags::GAP) && !flags.has(Flags::FOLDED);
        let mut entries = block.index().iter().filter(|entry| counted(entry.flags)).peekable();
        while let Some(first) = entries.next() {
            let bucket = first.time.div_euclid(width);
            let bar = self.buckets.entry(bucket).or_default();
            change(bar, first.level.is_error());
            let within = bucket.saturating_mul(width)..bucket.saturating_add(1).saturating_mul(width);
            while let Some(entry) = entries.next_if(|entry| within.contains(&entry.time)) {
                change(bar, entry.level.is_error());
            }
        }
    }

    fn grow(&mut self) {
        while self.buckets.len() > MOST && self.growth + 1 < GROWTH.len() {
            let times = GROWTH[self.growth + 1] / self.width();
            self.growth += 1;
            for (bucket, bar) in std::mem::take(&mut self.buckets) {
                let wider = self.buckets.entry(bucket.div_euclid(times)).or_default();
                wider.lines += bar.lines;
                wider.errors += bar.errors;
            }
        }
        // A clock that ran wild: the oldest days go.
        while self.buckets.len() > MOST {
            self.buckets.pop_first();
        }
    }

    /// The time that it covers: of its first bucket, and behind its last.
    pub fn span(&self) -> Option<(Nanos, Nanos)> {
        let (first, _) = self.buckets.first_key_value()?;
        let (last, _) = self.buckets.last_key_value()?;
        Some((first.saturating_mul(self.width()), last.saturating_add(1).saturating_mul(self.width())))
    }

    /// At most `columns` bars (two at least) from one moment to another, each as long as a person would choose.
    pub fn bars(&self, from: Nanos, to: Nanos, columns: usize) -> Bars {
        let columns = i64::try_from(columns).unwrap_or(i64::MAX).max(2);
        if to <= from {
            return Bars::default();
        }
        let fits = |step: &Nanos| {
            step % self.width() == 0 && to.saturating_sub(1).div_euclid(*step) - from.div_euclid(*step) < columns
        };
        let wide = || (to.saturating_sub(from) / columns / (12 * HOUR) + 2).saturating_mul(24 * HOUR);
        let step = STEPS.into_iter().find(fits).unwrap_or_else(wide);
        let first = from.div_euclid(step);
        let count = usize::try_from(to.saturating_sub(1).div_euclid(step) - first + 1).unwrap_or(1);
        let mut bars = vec![Bar::default(); count];
        let (begin, times) = (first.saturating_mul(step), step / self.width());
        let buckets = self.buckets.range(first.saturating_mul(times)..);
        for (bucket, counted) in buckets {
            let at = usize::try_from(bucket.div_euclid(times) - first).unwrap_or(usize::MAX);
            let Some(bar) = bars.get_mut(at) else { break };
            bar.lines += counted.lines;
            bar.errors += counted.errors;
        }
        Bars { from: begin, step, bars }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::{
        Line,
        samples::{block, line_of},
    };

    #[test]
    fn bars_are_as_long_as_a_person_would_choose() {
        let mut histogram = Histogram::default();
        let mut lines = Block::default();
        for second in 0..90 {
            let level = if second % 30 == 0 { Level::Error } else { Level::Info };
            lines.push(Line { level, ..line_of(0, second * SECOND, "x") });
        }
        histogram.add(&lines);
        assert_eq!(histogram.span(), Some((0, 89 * SECOND + SECOND / 10)));
        let Bars { from, step, bars } = histogram.bars(0, 90 * SECOND, 10);
        assert_eq!((from, step, bars.len()), (0, 10 * SECOND, 9));
        let errors: Vec<_> = bars.iter().map(|bar| bar.errors).collect();
        assert_eq!((errors, bars[8].lines), (vec![1, 0, 0, 1, 0, 0, 1, 0, 0], 10));
        assert_eq!(histogram.bars(0, 90 * SECOND, 9).step, 10 * SECOND);
        assert_eq!(histogram.bars(0, 90 * SECOND, 8).step, 20 * SECOND);
        assert_eq!(histogram.bars(5, 5, 8), Bars::default());
    }

    #[test]
    fn days_of_lines_take_no_more_room() {
        let mut histogram = Histogram::default();
        for minute in 0..100_000 {
            histogram.add(&block(&[(0, minute * MINUTE, "x")]));
            assert!(histogram.buckets.len() <= MOST);
        }
        let (from, to) = histogram.span().unwrap();
        assert_eq!(histogram.bars(from, to, 80).bars.iter().map(|bar| bar.lines).sum::<u64>(), 100_000);
    }

    proptest! {
        #[test]
        fn what_left_is_no_longer_counted(blocks in prop::collection::vec(prop::collection::vec(-100_000i64..100_000, 1..20), 1..20), gone in 0usize..20, columns in 2usize..100) {
            let blocks: Vec<_> = blocks.iter().map(|times| block(&times.iter().map(|at| (0, at * SECOND / 7, "x")).collect::<Vec<_>>())).collect();
            let (mut kept_up, mut afresh) = (Histogram::default(), Histogram::default());
            let gone = gone.min(blocks.len());
            blocks.iter().for_each(|block| kept_up.add(block));
            blocks[..gone].iter().for_each(|block| kept_up.remove(block));
            blocks[gone..].iter().for_each(|block| afresh.add(block));
            prop_assert_eq!(kept_up.span(), afresh.span());
            let (from, to) = kept_up.span().unwrap_or((0, 1));
            let bars = kept_up.bars(from, to, columns);
            prop_assert_eq!(&bars, &afresh.bars(from, to, columns));
            prop_assert!(bars.bars.len() <= columns);
            let lines: usize = blocks[gone..].iter().map(|block| block.len()).sum();
            prop_assert_eq!(bars.bars.iter().map(|bar| bar.lines).sum::<u64>(), lines as u64);
        }
    }
}
