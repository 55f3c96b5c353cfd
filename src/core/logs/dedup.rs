//! After a reconnect, what was delivered already is told from what is new.
//!
//! `sinceTime` has a precision of a second, so a stream that is opened again brings lines again. They are known by their time and
//! their text, and counted: a container may write the same line twice at the same moment.

use std::collections::{HashMap, VecDeque};

use super::{
    gap::{Gap, Why},
    stamp::{Nanos, SECOND},
};

/// So many delivered lines are remembered at most.
const MOST: usize = 512 << 10;

/// How far the clocks of stdout and stderr, which write one log, may go apart.
const SLACK: Nanos = SECOND;

type Key = (Nanos, u64);

/// What is to be done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is new.
    New,
    /// It is new, and before it lines may be missing.
    NewBehind(Gap),
    /// It was delivered before.
    Known,
}

/// The lines that a stream may bring again.
#[derive(Clone, Debug)]
pub struct Dedup {
    delivered: VecDeque<Key>,
    newest: Option<Nanos>,
    /// Lines up to here are no longer remembered one by one, for there were too many.
    forgotten: Nanos,
    replay: Option<Replay>,
    most: usize,
    /// The stream begins within the log.
    within: bool,
    /// The time of its first line, if it does.
    first: Nanos,
}

#[derive(Clone, Debug)]
struct Replay {
    expected: HashMap<Key, u32>,
    newest: Nanos,
    /// Something that was delivered has come again, so that nothing lies between; or the gap was told.
    joined: bool,
}

impl Default for Dedup {
    fn default() -> Self {
        Self {
            delivered: VecDeque::new(),
            newest: None,
            forgotten: Nanos::MIN,
            replay: None,
            most: MOST,
            within: false,
            first: Nanos::MIN,
        }
    }
}

impl Dedup {
    /// The stream begins within the log, as with `tailLines`: when it is opened again, lines may come that are older than its first
    /// one. They were not asked for.
    pub fn begins_within(&mut self) {
        self.within = true;
    }

    /// The stream was cut and is opened again: from which moment to ask for it, a whole second (`sinceTime`). `None`: nothing was
    /// delivered yet, so it is asked for as it was at first.
    pub fn reconnect(&mut self) -> Option<Nanos> {
        let newest = self.newest?;
        let since = since(newest);
        let mut expected = HashMap::new();
        for key in self.delivered.iter().filter(|(at, _)| *at >= since) {
            *expected.entry(*key).or_insert(0) += 1;
        }
        self.replay = Some(Replay { expected, newest, joined: false });
        Some(since)
    }

    /// After a reconnect: that nothing comes again is no sign of a gap.
    pub fn joined(&mut self) {
        if let Some(replay) = &mut self.replay {
            replay.joined = true;
        }
    }

    /// The time of the youngest line that was delivered.
    pub fn newest(&self) -> Option<Nanos> {
        self.newest
    }

    /// Judges a line that came, and remembers it if it is new.
    #[inline]
    pub fn judge(&mut self, at: Nanos, text: &[u8]) -> Verdict {
        let key = (at, hash(text));
        let verdict = if self.replay.is_some() { self.compare(key) } else { Verdict::New };
        if verdict != Verdict::Known {
            self.remember(key);
        }
        verdict
    }

    #[cold]
    fn compare(&mut self, key: Key) -> Verdict {
        let Some(replay) = &mut self.replay else { return Verdict::New };
        if let Some(left) = replay.expected.get_mut(&key).filter(|left| **left > 0) {
            *left -= 1;
            replay.joined = true;
            return Verdict::Known;
        }
        if key.0 <= self.forgotten || key.0 < self.first {
            replay.joined = true;
            return Verdict::Known;
        }
        let gap = Gap { from: replay.newest, to: key.0, count: None, why: Why::Rotated };
        let behind = !replay.joined && key.0 > replay.newest;
        replay.joined |= behind;
        if key.0 > replay.newest.saturating_add(SLACK) {
            self.replay = None;
        }
        if behind { Verdict::NewBehind(gap) } else { Verdict::New }
    }

    fn remember(&mut self, key: Key) {
        if self.newest.is_none() && self.within {
            self.first = key.0;
        }
        let newest = self.newest.map_or(key.0, |newest| newest.max(key.0));
        if self.newest.is_none_or(|before| since(before) != since(newest)) {
            let since = since(newest);
            while self.delivered.front().is_some_and(|(at, _)| *at < since) {
                self.delivered.pop_front();
            }
            self.delivered.shrink_to(self.delivered.len().max(1024) * 4);
        }
        self.newest = Some(newest);
        self.delivered.push_back(key);
        if self.delivered.len() > self.most {
            self.forget();
        }
    }

    /// Forgets half of what is remembered, but no moment in part.
    #[cold]
    fn forget(&mut self) {
        let middle = self.delivered[self.delivered.len() / 2].0;
        let oldest = self.delivered.iter().map(|(at, _)| *at).min().unwrap_or(middle);
        self.forgotten = if middle < self.newest.unwrap_or(middle) { middle } else { oldest };
        let forgotten = self.forgotten;
        self.delivered.retain(|(at, _)| *at > forgotten);
    }
}

/// The second from which a stream is asked for again, when `newest` is the youngest line that it gave.
fn since(newest: Nanos) -> Nanos {
    newest.saturating_sub(SLACK).div_euclid(SECOND).saturating_mul(SECOND)
}

/// A fast hash of a text. Two texts of one moment must differ in it: nothing more is asked of it.
#[inline]
pub(in crate::logs) fn hash(text: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(23) ^ word).wrapping_mul(MULTIPLIER);
    let (words, rest) = text.as_chunks::<8>();
    let mut hash = mix(text.len() as u64, 0);
    for word in words {
        hash = mix(hash, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let hash = mix(hash, u64::from_le_bytes(last));
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A log and how it is read: what a stream that is opened at a second gives.
    fn served(log: &[(Nanos, &'static str)], since: Option<Nanos>) -> Vec<(Nanos, &'static str)> {
        log.iter().filter(|(at, _)| since.is_none_or(|since| *at >= since)).copied().collect()
    }

    #[test]
    fn equal_lines_of_one_moment_are_counted() {
        let log = [(5, "same"), (5, "same"), (5, "same"), (6, "end")];
        let mut dedup = Dedup::default();
        assert!(log[..2].iter().all(|(at, text)| dedup.judge(*at, text.as_bytes()) == Verdict::New));
        let again = served(&log, dedup.reconnect());
        let judged: Vec<_> = again.iter().map(|(at, text)| dedup.judge(*at, text.as_bytes())).collect();
        assert_eq!(judged, [Verdict::Known, Verdict::Known, Verdict::New, Verdict::New]);
    }

    #[test]
    fn a_gap_is_told_where_nothing_comes_again_and_the_log_goes_on_later() {
        let mut dedup = Dedup::default();
        dedup.judge(3 * SECOND, b"a");
        assert_eq!(dedup.reconnect(), Some(2 * SECOND));
        let gap = Gap { from: 3 * SECOND, to: 9 * SECOND, count: None, why: Why::Rotated };
        assert_eq!(dedup.judge(9 * SECOND, b"b"), Verdict::NewBehind(gap));
        assert_eq!(dedup.judge(9 * SECOND, b"c"), Verdict::New);
    }

    #[test]
    fn there_is_no_gap_where_what_was_delivered_last_comes_again() {
        let mut dedup = Dedup::default();
        dedup.judge(3 * SECOND, b"a");
        dedup.reconnect();
        assert_eq!(dedup.judge(3 * SECOND, b"a"), Verdict::Known);
        assert_eq!(dedup.judge(900 * SECOND, b"b"), Verdict::New);
    }

    #[test]
    fn what_is_older_than_the_first_line_of_a_tail_was_not_asked_for() {
        let mut dedup = Dedup::default();
        dedup.begins_within();
        dedup.judge(5, b"c");
        dedup.reconnect();
        let judged: Vec<_> =
            [(3, "a"), (4, "b"), (5, "c"), (6, "d")].map(|(at, text)| dedup.judge(at, text.as_bytes())).into();
        assert_eq!(judged, [Verdict::Known, Verdict::Known, Verdict::Known, Verdict::New]);
    }

    #[test]
    fn a_stream_that_gave_nothing_is_asked_for_as_at_first() {
        assert_eq!(Dedup::default().reconnect(), None);
    }

    #[test]
    fn so_many_lines_within_a_second_are_forgotten_but_not_doubled() {
        let mut dedup = Dedup { most: 100, ..Dedup::default() };
        let log: Vec<_> = (0..1000).map(|n| (SECOND + n / 7, "x")).collect();
        assert!(log[..900].iter().all(|(at, text)| dedup.judge(*at, text.as_bytes()) == Verdict::New));
        assert!(dedup.delivered.len() <= 100);
        let again = served(&log, dedup.reconnect());
        let new = again.iter().filter(|(at, text)| dedup.judge(*at, text.as_bytes()) != Verdict::Known).count();
        assert_eq!(new, 100);
    }

    proptest! {
        #[test]
        fn no_line_is_lost_or_doubled_over_reconnects(
            steps in prop::collection::vec((0i64..3, 0i64..700_000_000, 0usize..3), 1..80), cuts in prop::collection::vec(0usize..80, 0..8)) {
            // Times mostly rise; a line of stderr may be written a little behind a younger one of stdout.
            let mut now = 10 * SECOND;
            let log: Vec<_> = steps.iter().map(|(kind, step, text)| {
                let at = match kind { 0 => now, 1 => now - step / 1000, _ => { now += step; now } };
                (at, ["a", "b", "c"][*text])
            }).collect();
            let mut dedup = Dedup::default();
            let (mut got, mut cuts) = (Vec::new(), cuts);
            cuts.sort_unstable();
            for cut in cuts.into_iter().map(|cut| cut.min(log.len())).chain([log.len()]) {
                let since = dedup.reconnect();
                for (at, text) in served(&log[..cut], since) {
                    match dedup.judge(at, text.as_bytes()) {
                        Verdict::New => got.push((at, text)),
                        Verdict::NewBehind(gap) => prop_assert!(false, "a gap where there is none: {:?}", gap),
                        Verdict::Known => {}
                    }
                }
            }
            prop_assert_eq!(got, log);
        }
    }
}
