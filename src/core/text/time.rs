//! Ages and times of day in few characters.

use chrono::{DurationRound, FixedOffset, TimeDelta};

use crate::Time;

/// How long ago `from` is at `now`, as kubectl words it: `5s`, `3m20s`, `45m`, `3h10m`, `2d4h`, `12d`.
///
/// Source: k8s.io/apimachinery/pkg/util/duration, `HumanDuration`. Clocks that differ by less than two seconds are forgiven;
/// what lies further ahead is `<invalid>`.
pub fn age(from: Time, now: Time) -> String {
    let seconds = now.signed_duration_since(from).num_seconds();
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    let (days, years) = (hours / 24, hours / 24 / 365);
    match () {
        () if seconds < -1 => "<invalid>".into(),
        () if seconds < 0 => "0s".into(),
        () if seconds < 120 => format!("{seconds}s"),
        () if minutes < 10 => pair(minutes, 'm', seconds % 60, 's'),
        () if minutes < 180 => format!("{minutes}m"),
        () if hours < 8 => pair(hours, 'h', minutes % 60, 'm'),
        () if hours < 48 => format!("{hours}h"),
        () if hours < 24 * 8 => pair(days, 'd', hours % 24, 'h'),
        () if years < 2 => format!("{days}d"),
        () if years < 8 => pair(years, 'y', days % 365, 'd'),
        () => format!("{years}y"),
    }
}

fn pair(big: i64, unit: char, small: i64, part: char) -> String {
    if small == 0 { format!("{big}{unit}") } else { format!("{big}{unit}{small}{part}") }
}

/// How long ago `from` is at `now` in one unit (`<1m`, `4m`, `3h`, `2d`), and when that text changes next.
///
/// All ages change on the stroke of a minute and only then, whatever their moment is, so that a screen full of
/// them is repainted at most once a minute. For that an age may lag behind by less than a minute.
pub fn coarse_age(from: Time, now: Time) -> (String, Time) {
    let minutes = minute(now).signed_duration_since(from).num_minutes().max(0);
    let (text, next) = match minutes {
        0 => ("<1m".into(), 1),
        1..60 => (format!("{minutes}m"), minutes + 1),
        60..1440 => (format!("{}h", minutes / 60), (minutes / 60 + 1) * 60),
        _ => (format!("{}d", minutes / 1440), (minutes / 1440 + 1) * 1440),
    };
    let changes = from.checked_add_signed(TimeDelta::minutes(next)).unwrap_or(Time::MAX_UTC);
    let stroke = minute(changes);
    (text, if stroke < changes { stroke + TimeDelta::minutes(1) } else { stroke })
}

/// The start of the minute that `at` lies in.
fn minute(at: Time) -> Time {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
}

/// The time of day where the operator is: `14:05:02`.
pub fn clock(at: Time, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(1_795_000_020 + seconds, 0).unwrap()
    }

    const M: i64 = 60;
    const H: i64 = 60 * M;
    const D: i64 = 24 * H;
    const Y: i64 = 365 * D;

    #[rstest]
    #[case(-2, "<invalid>")]
    #[case(-1, "0s")]
    #[case(0, "0s")]
    #[case(5, "5s")]
    #[case(119, "119s")]
    #[case(2 * M, "2m")]
    #[case(3 * M + 20, "3m20s")]
    #[case(10 * M + 5, "10m")]
    #[case(45 * M, "45m")]
    #[case(3 * H - 1, "179m")]
    #[case(3 * H, "3h")]
    #[case(3 * H + 10 * M, "3h10m")]
    #[case(8 * H + 10 * M, "8h")]
    #[case(47 * H, "47h")]
    #[case(2 * D, "2d")]
    #[case(2 * D + 4 * H, "2d4h")]
    #[case(8 * D + 4 * H, "8d")]
    #[case(12 * D, "12d")]
    #[case(2 * Y - 1, "729d")]
    #[case(2 * Y, "2y")]
    #[case(3 * Y + 2 * D, "3y2d")]
    #[case(9 * Y + 2 * D, "9y")]
    fn ages_are_worded_as_kubectl_words_them(#[case] seconds: i64, #[case] shown: &str) {
        assert_eq!(age(at(0), at(seconds)), shown);
    }

    #[rstest]
    #[case(-90, "<1m")]
    #[case(0, "<1m")]
    #[case(59, "<1m")]
    #[case(4 * M, "4m")]
    #[case(H, "1h")]
    #[case(3 * H + 59 * M, "3h")]
    #[case(2 * D, "2d")]
    #[case(400 * D, "400d")]
    fn coarse_ages_have_one_unit(#[case] seconds: i64, #[case] shown: &str) {
        assert_eq!(coarse_age(at(0), at(seconds)).0, shown);
    }

    #[test]
    fn the_time_of_day_is_the_operators() {
        let offset = FixedOffset::east_opt(2 * 3600).unwrap();
        assert_eq!(clock("2026-11-22T23:05:02Z".parse().unwrap(), offset), "01:05:02");
    }

    proptest! {
        #[test]
        fn a_coarse_age_changes_exactly_when_it_says_and_on_a_stroke(from in 0i64..200_000, later in -100i64..4 * D) {
            let (from, now) = (at(from), at(from + later));
            let (text, next) = coarse_age(from, now);
            prop_assert!(next > now);
            prop_assert_eq!(next.timestamp() % 60, 0);
            prop_assert_eq!(&coarse_age(from, next - TimeDelta::milliseconds(1)).0, &text);
            prop_assert_ne!(&coarse_age(from, next).0, &text);
        }
    }
}
