//! Lines and errors over time.

use std::collections::{BTreeMap, VecDeque};

use crate::logs::{
    block::Block,
    line::Flags,
    ring::Ring,
    stamp::{Nanos, SECOND},
    view::View,
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

/// Counts the lines that a view shows by their time, marks of missing lines left out. It follows the view: what is shown anew is added,
/// what has left the ring is taken out, and nothing else is counted again.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    buckets: BTreeMap<i64, Bar>,
    growth: usize,
    parts: VecDeque<Counted>,
    generation: u64,
}

/// What was counted of one part of a view.
#[derive(Clone, Debug, Default)]
struct Counted {
    first: u64,
    known: usize,
    shown: usize,
    /// Lines and faults by the narrowest bucket, in the order of the lines.
    spans: Vec<(i64, u32, u32)>,
}

impl Histogram {
    /// Takes note of what `view` shows of `ring` now. A view that is another one is counted from scratch by a new histogram.
    pub fn follow(&mut self, view: &View, ring: &Ring) {
        if self.generation != view.generation() {
            *self = Self { generation: view.generation(), ..Self::default() };
        }
        while self.parts.front().is_some_and(|part| part.first < ring.first()) {
            let gone = self.parts.pop_front().unwrap_or_default();
            self.change(&gone.spans, false);
        }
        for (at, part) in view.parts().enumerate() {
            let (known, shown) = (part.known(), part.count());
            if self.parts.get(at).is_some_and(|counted| (counted.known, counted.shown) == (known, shown)) {
                continue;
            }
            if at == self.parts.len() {
                self.parts.push_back(Counted { first: part.first(), ..Counted::default() });
            }
            let before = std::mem::take(&mut self.parts[at].spans);
            self.change(&before, false);
            let spans = part.block(ring).map(|block| spans(block, part.lines())).unwrap_or_default();
            self.change(&spans, true);
            self.parts[at] = Counted { first: part.first(), known, shown, spans };
        }
        self.grow();
    }

    fn width(&self) -> Nanos {
        GROWTH[self.growth]
    }

    /// Adds what was counted, or takes it out.
    fn change(&mut self, spans: &[(i64, u32, u32)], add: bool) {
        let narrow = self.width() / GROWTH[0];
        for (tenth, lines, errors) in spans {
            let bucket = tenth.div_euclid(narrow);
            let bar = self.buckets.entry(bucket).or_default();
            let by = |all: u64, some: u32| if add { all + u64::from(some) } else { all.saturating_sub(some.into()) };
            *bar = Bar { lines: by(bar.lines, *lines), errors: by(bar.errors, *errors) };
            if bar.lines == 0 {
                self.buckets.remove(&bucket);
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

/// Lines of a block by the narrowest bucket. Neighbours mostly share theirs.
fn spans(block: &Block, lines: impl Iterator<Item = usize>) -> Vec<(i64, u32, u32)> {
    let mut spans: Vec<(i64, u32, u32)> = Vec::new();
    let mut within = 0..0;
    for entry in lines.map(|line| &block.index()[line]).filter(|entry| !entry.flags.has(Flags::GAP)) {
        if !within.contains(&entry.time) {
            let tenth = entry.time.div_euclid(GROWTH[0]);
            within = tenth.saturating_mul(GROWTH[0])..tenth.saturating_add(1).saturating_mul(GROWTH[0]);
            spans.push((tenth, 0, 0));
        }
        if let Some((_, lines, errors)) = spans.last_mut() {
            *lines += 1;
            *errors += u32::from(entry.level.is_error());
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::logs::{
        Filter, Level, Line, Matcher, Sign, Sources, Term,
        samples::{block, line_of},
    };

    fn ring(blocks: impl IntoIterator<Item = Arc<Block>>) -> Ring {
        let mut ring = Ring::new(1 << 30);
        blocks.into_iter().for_each(|block| _ = ring.push(block));
        ring
    }

    fn settled(mut view: View, ring: &Ring) -> View {
        while !view.step(ring, &Sources::default(), usize::MAX).done {}
        view
    }

    fn counted(ring: &Ring) -> Histogram {
        let mut histogram = Histogram::default();
        histogram.follow(&settled(View::new(Filter::default(), true), ring), ring);
        histogram
    }

    fn including(written: &str) -> Filter {
        let term = Term { sign: Sign::Include, matcher: Matcher::parse(written).unwrap() };
        Filter { terms: vec![term], ..Filter::default() }
    }

    #[test]
    fn bars_are_as_long_as_a_person_would_choose() {
        let mut lines = Block::default();
        for second in 0..90 {
            let level = if second % 30 == 0 { Level::Error } else { Level::Info };
            lines.push(Line { level, ..line_of(0, second * SECOND, "x") });
        }
        let histogram = counted(&ring([Arc::new(lines)]));
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
        let ring = ring((0..100_000).map(|minute| block(&[(0, minute * MINUTE, "x")])));
        let histogram = counted(&ring);
        assert!(histogram.buckets.len() <= MOST);
        let (from, to) = histogram.span().unwrap();
        assert_eq!(histogram.bars(from, to, 80).bars.iter().map(|bar| bar.lines).sum::<u64>(), 100_000);
    }

    #[test]
    fn marks_of_missing_lines_and_frames_behind_their_head_are_not_counted() {
        let mut lines = Block::default();
        for flags in [Flags::NONE, Flags::FOLDED, Flags::FOLDED, Flags::GAP] {
            lines.push(Line { flags, level: Level::Error, ..line_of(0, 0, "x") });
        }
        let bars = counted(&ring([Arc::new(lines)])).bars(0, SECOND, 10);
        assert_eq!(bars.bars[0], Bar { lines: 1, errors: 1 });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_shown_is_counted_whatever_came_left_or_was_filtered(
            blocks in prop::collection::vec(prop::collection::vec((-100_000i64..100_000, "[ab]{0,2}"), 1..20), 1..20),
            limit in 3_000usize..60_000, every in 1usize..4, written in prop::sample::select(vec!["a", "ab", "/b$/"]), columns in 2usize..100) {
            let (mut ring, mut view, mut kept_up) = (Ring::new(limit), View::default(), Histogram::default());
            let padding = " ".repeat(33 << 10);
            for (n, lines) in blocks.iter().enumerate() {
                let mut lines: Vec<_> = lines.iter().map(|(at, text)| (0, at * SECOND / 7, text.as_str())).collect();
                if n % every == 0 {
                    // Big blocks stay parts of their own, and others have to leave for them.
                    lines.push((0, 0, &padding));
                }
                ring.push(block(&lines));
                if n == blocks.len() / 2 {
                    view.set_filter(including(written));
                }
                view.step(&ring, &Sources::default(), 1);
                kept_up.follow(&view, &ring);
            }
            let view = settled(view, &ring);
            kept_up.follow(&view, &ring);
            let shown: Vec<_> = view.from(0).filter_map(|number| ring.line(number)).collect();
            prop_assert_eq!(kept_up.span().is_none(), shown.is_empty());
            let (from, to) = kept_up.span().unwrap_or((0, 1));
            let bars = kept_up.bars(from, to, columns);
            prop_assert!(bars.bars.len() <= columns);
            for (at, bar) in (0..).zip(&bars.bars) {
                let begin = bars.from + at * bars.step;
                let within = shown.iter().filter(|line| (begin..begin + bars.step).contains(&line.time)).count();
                prop_assert_eq!(bar.lines, within as u64);
            }
        }
    }
}
