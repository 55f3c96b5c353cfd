//! Where in a log a download is: so that it goes on there after a cut, in this run or in a later one.
//!
//! A kubelet gives lines in the order of its file, and by `sinceTime` only those of that second and later. So it is enough to know
//! how many of those there were, and a sum of them: where as many come again with the same sum, the next one is new.

use rolldeck_core::logs::{Nanos, SECOND};
use serde::{Deserialize, Serialize};

/// Clocks of stdout and stderr, which write one log, may go apart by so much.
const SLACK: Nanos = SECOND;

/// What was saved of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Second {
    /// Which: seconds since 1970.
    pub(super) second: i64,
    /// How many lines.
    pub(super) lines: u64,
    /// The sum of their hashes.
    pub(super) sum: u64,
}

/// What was saved last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// The newest line.
    pub(super) newest: Option<Nanos>,
    /// The seconds that may come again.
    pub(super) seconds: Vec<Second>,
}

impl Cursor {
    /// From which second to ask on.
    pub(super) fn since(&self) -> Option<Nanos> {
        self.newest.map(|newest| (newest - SLACK).div_euclid(SECOND) * SECOND)
    }

    /// A line was saved.
    pub(super) fn saved(&mut self, at: Nanos, text: &[u8]) {
        let newest = self.newest.map_or(at, |newest| newest.max(at));
        if self.newest.is_none_or(|before| before.div_euclid(SECOND) != newest.div_euclid(SECOND)) {
            let since = (newest - SLACK).div_euclid(SECOND);
            self.seconds.retain(|second| second.second >= since);
        }
        self.newest = Some(newest);
        let of = at.div_euclid(SECOND);
        let hash = hash(at, text);
        match self.seconds.iter_mut().rev().find(|second| second.second == of) {
            Some(second) => {
                second.lines += 1;
                second.sum = second.sum.wrapping_add(hash);
            }
            None => self.seconds.push(Second { second: of, lines: 1, sum: hash }),
        }
    }

    /// What tells lines that come again from new ones, after a cut.
    pub(super) fn again(&self) -> Again {
        let since = self.since().unwrap_or(Nanos::MIN).div_euclid(SECOND);
        let mine = self.seconds.iter().filter(|second| second.second >= since);
        let (lines, sum) =
            mine.fold((0, 0_u64), |(lines, sum), second| (lines + second.lines, sum.wrapping_add(second.sum)));
        Again { left: lines, wanted: sum, sum: 0, newest: self.newest.unwrap_or(Nanos::MIN) }
    }
}

/// What is to be done with a line that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comes {
    /// It was saved before.
    Again,
    /// It is new.
    New,
    /// It is new, and before it lines are missing: the log was rotated meanwhile.
    NewBehindGap,
}

/// Lines that are expected to come again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Again {
    left: u64,
    wanted: u64,
    sum: u64,
    newest: Nanos,
}

impl Again {
    /// Whether none is expected any more.
    pub(super) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Judges the next line.
    pub(super) fn judge(&mut self, at: Nanos, text: &[u8]) -> Comes {
        if self.left == 0 {
            return Comes::New;
        }
        if at > self.newest {
            // Fewer came again than there were.
            self.left = 0;
            return Comes::NewBehindGap;
        }
        self.left -= 1;
        self.sum = self.sum.wrapping_add(hash(at, text));
        Comes::Again
    }

    /// All came again that were expected, but they were others.
    pub(super) fn differs(&self) -> bool {
        self.left == 0 && self.sum != self.wanted
    }
}

/// FNV-1a over the time and the text.
fn hash(at: Nanos, text: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let words = at.to_le_bytes();
    // Ends of a line are enough beside its time and length: the middle of a long one would cost as much as saving it.
    let (head, tail) = (&text[..text.len().min(64)], &text[text.len().saturating_sub(64)..]);
    let length = (text.len() as u64).to_le_bytes();
    words.iter().chain(&length).chain(head).chain(tail).fold(0xcbf2_9ce4_8422_2325, step)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn after_any_cut_every_line_is_saved_once(
            steps in prop::collection::vec((0i64..700_000_000, prop::bool::ANY), 1..80), cuts in prop::collection::vec(0usize..80, 0..6)) {
            let mut now = 10 * SECOND;
            let log: Vec<(Nanos, String)> = steps.iter().enumerate().map(|(at, (step, back))| {
                now += step;
                (if *back { now - step / 2 } else { now }, format!("{}", at % 3))
            }).collect();
            let mut cursor = Cursor::default();
            let mut got = Vec::new();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(log.len())).chain([log.len()]).collect();
            cuts.sort_unstable();
            for cut in cuts {
                let (since, mut again) = (cursor.since(), cursor.again());
                for (at, text) in log[..cut].iter().filter(|(at, _)| since.is_none_or(|since| *at >= since)) {
                    let comes = again.judge(*at, text.as_bytes());
                    prop_assert!(!again.differs());
                    prop_assert_ne!(comes, Comes::NewBehindGap);
                    if comes == Comes::New {
                        cursor.saved(*at, text.as_bytes());
                        got.push((*at, text.clone()));
                    }
                }
            }
            prop_assert_eq!(got, log);
        }
    }

    #[test]
    fn a_rotation_meanwhile_is_a_gap_and_nothing_is_saved_twice() {
        let mut cursor = Cursor::default();
        for at in [10, 11, 12] {
            cursor.saved(at * SECOND, b"x");
        }
        assert_eq!(cursor.since(), Some(11 * SECOND));
        let mut again = cursor.again();
        assert_eq!(again.judge(12 * SECOND, b"x"), Comes::Again);
        assert_eq!(again.judge(13 * SECOND, b"x"), Comes::NewBehindGap);
        assert_eq!(again.judge(14 * SECOND, b"x"), Comes::New);
    }
}
