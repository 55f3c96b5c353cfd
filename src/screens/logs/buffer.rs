//! What was read, and what is known of it: all the work on it is done in steps, so that no key ever waits.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use rolldeck_core::{
    Time,
    logs::{
        Block, Direction, Filter, Flags, Found, Matcher, Ring, Rotated, Scan, Source, SourceId, SourceState, Sources,
        View,
        count::{Histogram, Patterns},
    },
};

use super::tags::Tags;

/// Bytes that are looked at in one turn of the loop where a text is looked for: some milliseconds at most.
const STEP: usize = 4 << 20;
/// … and where expressions are of which nothing is plain text, or every line is taken apart.
const SLOW: usize = 512 << 10;
/// Seconds over which the rate is taken.
const LATELY: i64 = 5;

/// What is looked for, and its hits.
#[derive(Clone, Debug)]
pub(super) struct Seek {
    /// What.
    pub matcher: Matcher,
    /// The lines that have it, among those that are shown.
    pub hits: View,
    /// The next hit is looked for.
    pub scan: Option<Scan>,
}

/// Lines, where they come from, and what is known of both.
pub(super) struct Buffer {
    live: Ring,
    /// The lines as they were when the view was paused.
    frozen: Option<Ring>,
    /// Those that are shown.
    pub view: View,
    /// Where they come from.
    pub sources: Sources,
    list: Vec<Source>,
    /// How each source stands.
    pub states: BTreeMap<SourceId, SourceState>,
    /// Sources whose log does not go back to their start.
    pub rotated: BTreeMap<SourceId, Rotated>,
    /// Sources whose lines tell times without a zone, which was worked out.
    pub zoneless: BTreeSet<SourceId>,
    /// Their tags.
    pub tags: Tags,
    /// The lines that are shown, over time.
    pub histogram: Histogram,
    /// What is looked for.
    pub seek: Option<Seek>,
    /// What lines have in common, once somebody asked.
    pub patterns: Option<Patterns>,
    /// Marks of missing lines that came, and how many lines they say are missing, where they know.
    pub gaps: (u64, u64),
    /// Lines of the last seconds, by the second.
    lately: VecDeque<(i64, u64)>,
    /// A step is on its way.
    continuing: bool,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stepped {
    /// Some is left: ask for another step.
    pub more: bool,
    /// What was looked for is in this line, over the end or not; `Err`: it is in none.
    pub found: Option<Result<(u64, bool), ()>>,
}

impl Buffer {
    /// An empty one of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self {
            live: Ring::new(bytes),
            frozen: None,
            view: View::new(Filter::default(), true),
            sources: Sources::default(),
            list: Vec::new(),
            states: BTreeMap::new(),
            rotated: BTreeMap::new(),
            zoneless: BTreeSet::new(),
            tags: Tags::default(),
            histogram: Histogram::default(),
            seek: None,
            patterns: None,
            gaps: (0, 0),
            lately: VecDeque::new(),
            continuing: false,
        }
    }

    /// The lines that are shown from: those that were there when it was paused, or all.
    pub(super) fn ring(&self) -> &Ring {
        self.frozen.as_ref().unwrap_or(&self.live)
    }

    /// All lines.
    pub(super) fn live(&self) -> &Ring {
        &self.live
    }

    /// Whether it is paused, and how many lines came since.
    pub(super) fn paused(&self) -> Option<u64> {
        self.frozen.as_ref().map(|frozen| self.live.end() - frozen.end())
    }

    /// Shows what is there now, and nothing that comes; or everything again. What comes is kept meanwhile.
    pub(super) fn pause(&mut self, pause: bool) {
        self.frozen = pause.then(|| self.live.clone());
    }

    /// Forgets every line; sources stay.
    pub(super) fn clear(&mut self) {
        let (folded, filter) = (self.view.is_folded(), self.view.filter().clone());
        self.live.clear();
        self.frozen = None;
        self.histogram = Histogram::default();
        self.view = View::new(filter, folded);
        self.seek = None;
        self.patterns = None;
    }

    /// Takes sources that joined, or are known better.
    pub(super) fn join(&mut self, sources: &[(SourceId, Source)]) {
        let mut anew = false;
        for (id, source) in sources {
            match self.list.get_mut(usize::from(id.0)) {
                Some(known) => {
                    anew |= known != source;
                    *known = source.clone();
                }
                None => {
                    self.list.push(source.clone());
                    // More than 65,535 are refused by whoever numbers them.
                    let _ = self.sources.add(source.clone());
                }
            }
        }
        if anew {
            self.sources = Sources::default();
            for source in &self.list {
                let _ = self.sources.add(source.clone());
            }
        }
        self.tags = Tags::new(&self.sources);
    }

    /// Takes lines that came.
    pub(super) fn take(&mut self, blocks: &[Arc<Block>], now: Time) {
        let before = self.live.end();
        for block in blocks {
            for line in block.lines() {
                if let Some(gap) = line.gap().filter(|gap| gap.count != Some(0)) {
                    self.gaps = (self.gaps.0 + 1, self.gaps.1 + gap.count.unwrap_or(0));
                }
            }
            if block.may_have(Flags::ZONELESS) {
                let zoneless = block.lines().filter(|line| line.flags.has(Flags::ZONELESS));
                self.zoneless.extend(zoneless.map(|line| line.source));
            }
            self.live.push(block.clone());
        }
        let second = now.timestamp();
        match self.lately.back_mut() {
            Some((last, lines)) if *last == second => *lines += self.live.end() - before,
            _ => self.lately.push_back((second, self.live.end() - before)),
        }
        self.lately.retain(|(at, _)| second - at <= LATELY);
    }

    /// Lines a second over the last full seconds.
    pub(super) fn rate(&self, now: Time) -> u64 {
        let second = now.timestamp();
        let lines: u64 =
            self.lately.iter().filter(|(at, _)| (1..=LATELY).contains(&(second - at))).map(|(_, n)| n).sum();
        lines.div_ceil(LATELY.unsigned_abs())
    }

    /// Whether the rate will read differently by time alone.
    pub(super) fn slows(&self, now: Time) -> bool {
        self.lately.iter().any(|(at, lines)| *lines > 0 && now.timestamp() - at <= LATELY)
    }

    /// Looks through another filter.
    pub(super) fn set_filter(&mut self, filter: Filter, near: Option<u64>) {
        self.view.set_anchor(near);
        self.view.set_filter(filter);
        if let Some(seek) = &mut self.seek {
            seek.hits = self.view.hits(seek.matcher.clone());
            seek.scan = None;
        }
    }

    /// Looks for something; `None`: no more.
    pub(super) fn seek(&mut self, matcher: Option<Matcher>) {
        self.seek = matcher.map(|matcher| Seek { hits: self.view.hits(matcher.clone()), matcher, scan: None });
    }

    /// Goes to the next hit from a line on.
    pub(super) fn scan(&mut self, from: u64, direction: Direction) {
        let filter = self.view.filter().clone();
        let generation = self.view.generation();
        if let Some(seek) = &mut self.seek {
            seek.scan = Some(Scan::new(seek.matcher.clone(), filter, from, direction, generation));
        }
    }

    /// Does a step of whatever is to be done.
    pub(super) fn step(&mut self) -> Stepped {
        let ring = self.frozen.as_ref().unwrap_or(&self.live);
        let step = |fast: bool| if fast { STEP } else { SLOW };
        let filtering = step(self.view.filter().is_fast());
        let mut done = Stepped { more: !self.view.step(ring, &self.sources, filtering).done, found: None };
        self.histogram.follow(&self.view, ring);
        if let Some(seek) = &mut self.seek {
            let seeking = step(seek.hits.filter().is_fast());
            done.more |= !seek.hits.step(ring, &self.sources, seeking).done;
            if let Some(scan) = &mut seek.scan {
                match scan.step(ring, &self.sources, seeking) {
                    Found::Working => done.more = true,
                    Found::At { line, wrapped } => done.found = Some(Ok((line, wrapped))),
                    Found::Nothing => done.found = Some(Err(())),
                }
            }
            if done.found.is_some() {
                seek.scan = None;
            }
        }
        if let Some(patterns) = &mut self.patterns {
            done.more |= !patterns.step(&self.live, &self.sources, SLOW).done;
        }
        done
    }

    /// Whether a step is to be asked for: some is left, and none is on its way.
    pub(super) fn asks(&mut self, more: bool) -> bool {
        let asks = more && !self.continuing;
        self.continuing |= more;
        asks
    }

    /// The step that was asked for has come.
    pub(super) fn continued(&mut self) {
        self.continuing = false;
    }

    /// Not every line was looked at yet.
    pub(super) fn busy(&self) -> bool {
        self.continuing
    }
}
