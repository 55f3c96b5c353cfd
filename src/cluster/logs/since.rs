//! What of a text is left out because it is older than what was asked for.

use rolldeck_core::logs::{Nanos, OwnTimes, nanos};

/// Text in whose first so many bytes no line tells its time is taken for one that tells none.
pub(super) const SOUGHT: usize = 256 << 10;

/// Lets bytes of one text pass from where they were asked for on.
#[derive(Clone, Debug)]
pub(super) enum Gate {
    /// All of them.
    Open,
    /// Those from this byte of the file on.
    After(u64),
    /// Those behind the first line feed: it began within a line.
    Line,
    /// The lines from the first on that is of this moment or later; lines without a time go with the one before them.
    Since(Since),
}

/// A moment that is looked for in a text.
#[derive(Clone, Debug)]
pub(super) struct Since {
    at: Nanos,
    /// The text begins within a line.
    within: bool,
    /// Some line told its time.
    seen: bool,
    /// What was not judged: the line that is not whole; before any told its time, everything.
    pending: Vec<u8>,
    times: OwnTimes,
    /// The moment of the reading: times of a day without a year are of before.
    now: Nanos,
}

impl Gate {
    /// From a moment on; `within`: the text begins within a line, which is left out.
    pub(super) fn since(at: Nanos, within: bool) -> Self {
        let (pending, times, now) = (Vec::new(), OwnTimes::default(), nanos(chrono::Utc::now()));
        Self::Since(Since { at, within, seen: false, pending, times, now })
    }

    /// What passes of bytes that begin there in the file, where that is known.
    pub(super) fn pass(&mut self, offset: Option<u64>, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Open => bytes.to_vec(),
            Self::After(from) => {
                let from = offset.map_or(0, |offset| from.saturating_sub(offset));
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                if from < bytes.len() {
                    *self = Self::Open;
                }
                bytes.get(from..).unwrap_or_default().to_vec()
            }
            Self::Line => {
                let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Vec::new() };
                *self = Self::Open;
                bytes[end + 1..].to_vec()
            }
            Self::Since(since) => {
                let Some(from) = since.take(bytes) else { return Vec::new() };
                let rest = std::mem::take(&mut since.pending);
                *self = Self::Open;
                rest[from..].to_vec()
            }
        }
    }

    /// The text has ended. What passes at last: everything, where no line told its time.
    pub(super) fn end(&mut self) -> Vec<u8> {
        match std::mem::replace(self, Self::Open) {
            Self::Since(since) if !since.seen => since.pending,
            _ => Vec::new(),
        }
    }

    /// Whether all passes from now on.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

impl Since {
    /// Takes bytes; from where on those that wait pass.
    fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = match self.seen {
            true => 0,
            // Only the new ones can bring the first time: the line that was not whole begins behind the last line feed.
            false => self.pending.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1),
        };
        self.pending.extend_from_slice(bytes);
        if self.within && at == 0 {
            at = self.pending.iter().position(|byte| *byte == b'\n')? + 1;
            self.within = false;
            self.pending.drain(..at);
            at = 0;
        }
        while let Some(end) = self.pending[at..].iter().position(|byte| *byte == b'\n') {
            let told = self.times.read(&self.pending[at..at + end], self.now);
            // One without a zone is of no known moment.
            if let Some(own) = told.filter(|own| own.zoned) {
                self.seen = true;
                if own.at >= self.at {
                    return Some(at);
                }
            }
            at += end + 1;
        }
        if self.seen {
            self.pending.drain(..at);
        } else if self.pending.len() > SOUGHT {
            return Some(0);
        }
        None
    }
}

/// The time of the first line in a text that tells one, and its zone; `within`: it begins within a line.
pub(super) fn first_time(bytes: &[u8], within: bool) -> Option<Nanos> {
    let (mut times, now) = (OwnTimes::default(), nanos(chrono::Utc::now()));
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').skip(usize::from(within));
    let mut told = lines.filter(|line| line.ends_with(b"\n")).filter_map(|line| times.read(line, now));
    told.find(|own| own.zoned).map(|own| own.at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rolldeck_core::logs::rfc3339;

    use super::*;

    const SECOND: Nanos = 1_000_000_000;

    fn text(times: &[Option<Nanos>]) -> Vec<u8> {
        let line = |(n, time): (usize, &Option<Nanos>)| match time {
            Some(at) => format!("{} line {n}\n", rfc3339(at * SECOND)),
            None => format!("  at frame {n}\n"),
        };
        times.iter().enumerate().map(line).collect::<String>().into_bytes()
    }

    fn passed(gate: &mut Gate, bytes: &[u8], cut: usize) -> String {
        let mut out = Vec::new();
        for piece in bytes.chunks(cut.max(1)) {
            out.extend(gate.pass(None, piece));
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_without_a_time_go_with_the_one_before_them() {
        let text = text(&[Some(5), None, Some(10), None, Some(4)]);
        let from = |at: Nanos| passed(&mut Gate::since(at * SECOND, false), &text, 7);
        assert_eq!(from(8).lines().count(), 3, "{}", from(8));
        assert!(from(8).starts_with("1970-01-01T00:00:10Z line 2\n  at frame 3\n"));
        assert_eq!(from(11), "");
        assert_eq!(from(0).lines().count(), 5);
    }

    #[test]
    fn what_begins_within_a_line_loses_that_line_alone() {
        let text = b"00:09Z half\n1970-01-01T00:00:10Z whole\n";
        assert_eq!(passed(&mut Gate::since(0, true), text, 5), "1970-01-01T00:00:10Z whole\n");
        assert_eq!(passed(&mut Gate::Line, text, 5), "1970-01-01T00:00:10Z whole\n");
        assert_eq!(first_time(text, true), Some(10 * SECOND));
        assert_eq!(first_time(b"1970-01-01T00:00:10Z who", false), None, "it may go on otherwise");
    }

    #[test]
    fn a_text_that_tells_no_time_passes_whole_once_that_is_clear() {
        let mut gate = Gate::since(5, false);
        assert_eq!(gate.pass(None, b"a\nb\n"), b"");
        assert_eq!(gate.end(), b"a\nb\n");
        let (mut gate, long) = (Gate::since(5, false), b"no time\n".repeat(SOUGHT / 8 + 1));
        assert_eq!(gate.pass(None, &long), long);
        assert!(gate.is_open());
    }

    #[test]
    fn what_was_there_before_is_left_out_by_its_place() {
        let mut gate = Gate::After(10);
        assert_eq!(gate.pass(Some(0), b"01234"), b"");
        assert_eq!(gate.pass(Some(5), b"56789ab"), b"ab");
        assert_eq!(gate.pass(Some(12), b"c"), b"c");
    }

    #[test]
    fn times_are_read_as_loggers_write_them() {
        let ten = 1_795_428_000 * SECOND;
        let text = b"2026-11-23 17:59:59,999 +08:00 INFO a\n\tat b\n2026-11-23 18:00:00,000 +08:00 INFO c\n";
        assert_eq!(passed(&mut Gate::since(ten, false), text, 9), "2026-11-23 18:00:00,000 +08:00 INFO c\n");
        assert_eq!(first_time(text, true), Some(ten));
    }

    #[test]
    fn times_without_a_zone_are_of_no_known_moment_and_leave_nothing_out() {
        let (mut gate, text) = (Gate::since(5, false), b"1970-01-01 00:00:00,000 INFO a\n");
        assert_eq!(gate.pass(None, text), b"");
        assert_eq!(gate.end(), text);
        assert_eq!(first_time(text, false), None);
    }

    proptest! {
        #[test]
        fn cuts_make_no_difference(
            times in prop::collection::vec(prop::option::of(0i64..30), 0..20), at in 0i64..30, cut in 1usize..40, within: bool,
        ) {
            let text = text(&times);
            let whole = passed(&mut Gate::since(at * SECOND, within), &text, text.len());
            prop_assert_eq!(passed(&mut Gate::since(at * SECOND, within), &text, cut), whole);
        }
    }
}
