//! In which zone the times of a file are that name none.

use super::stamp::{Nanos, SECOND};

/// Zones differ by so much (two or three by half of it: their lines stay of their arrival).
const STEP: Nanos = 1_800 * SECOND;
/// No zone is farther from UTC.
const FARTHEST: Nanos = 14 * 3_600 * SECOND;
/// A line may come so long after its time: loggers write in blocks.
const LATE: Nanos = 90 * SECOND;
/// Two lines that come as they are written are so far apart at least, …
const APART: Nanos = 2 * SECOND;
/// … and their times by the same, give or take so much.
const SLACK: Nanos = 2 * SECOND;

/// Works a zone out from lines that come as they are written. What is read of a file's past comes at once, whatever its times say, and
/// proves nothing: its lines are of no known moment.
#[derive(Clone, Debug, Default)]
pub(super) struct ZoneByArrival {
    /// A line's own time, as if it were UTC, and when it came.
    seen: Option<(Nanos, Nanos)>,
    /// How far the file's times are ahead of UTC.
    ahead: Option<Nanos>,
}

impl ZoneByArrival {
    /// The moment of a line that says `told` and came at `now`; `None` until the zone is known.
    pub(super) fn moment(&mut self, told: Nanos, now: Nanos) -> Option<Nanos> {
        if self.ahead.is_none() {
            self.learn(told, now);
        }
        told.checked_sub(self.ahead?)
    }

    fn learn(&mut self, told: Nanos, now: Nanos) {
        let Some((earlier, came)) = self.seen else {
            self.seen = Some((told, now));
            return;
        };
        let (passed, between) = (now - came, told.saturating_sub(earlier));
        if passed < APART {
            return;
        }
        self.seen = Some((told, now));
        let ahead = told.saturating_sub(now).saturating_add(STEP / 2).div_euclid(STEP) * STEP;
        let late = now.saturating_add(ahead).saturating_sub(told);
        let live = between.abs_diff(passed) <= SLACK.unsigned_abs();
        if live && ahead.abs() <= FARTHEST && late.abs() <= LATE {
            self.ahead = Some(ahead);
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOON: Nanos = 1_795_435_200 * SECOND;
    const HOUR: Nanos = 3_600 * SECOND;

    #[rstest]
    #[case::utc(0)]
    #[case::shanghai(8 * HOUR)]
    #[case::kolkata(5 * HOUR + HOUR / 2)]
    #[case::new_york(-5 * HOUR)]
    fn two_lines_that_come_as_they_are_written_tell_the_zone(#[case] ahead: Nanos) {
        let mut zone = ZoneByArrival::default();
        let mut line = |seconds: Nanos| {
            let at = NOON + seconds * SECOND;
            zone.moment(at + ahead, at + SECOND / 5)
        };
        assert_eq!(
            [line(0), line(1), line(3), line(4)],
            [None, None, Some(3), Some(4)].map(|at| at.map(|at| NOON + at * SECOND))
        );
    }

    #[rstest]
    #[case::read_in_a_moment(&[(-900, 0), (-600, 0), (-2, 1), (-1, 1)])]
    #[case::read_slowly(&[(-7_000, 0), (-4_000, 3), (-1_800, 6), (-60, 9)])]
    #[case::written_long_ago(&[(-4_000, 0), (-3_997, 3), (-3_994, 6)])]
    #[case::far_away(&[(80_000, 0), (80_003, 3), (80_006, 6)])]
    fn what_is_read_of_the_past_proves_nothing(#[case] lines: &[(Nanos, Nanos)]) {
        let mut zone = ZoneByArrival::default();
        for (told, came) in lines {
            assert_eq!(zone.moment(NOON + told * SECOND, NOON + came * SECOND), None);
        }
    }
}
