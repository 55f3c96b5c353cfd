//! The time before a line.

use chrono::{DateTime, FixedOffset, Utc};
use rolldeck_core::{
    Time,
    logs::{Nanos, time},
};

use crate::{Clock, widgets::text::age};

/// How the time of a line is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeStyle {
    /// Not at all.
    #[default]
    Off,
    /// Of the operator's zone.
    Local,
    /// UTC.
    Utc,
    /// How long ago.
    Relative,
}

impl TimeStyle {
    /// The next one, around.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Off => Self::Local,
            Self::Local => Self::Utc,
            Self::Utc => Self::Relative,
            Self::Relative => Self::Off,
        }
    }

    /// What it is, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Off => "no times",
            Self::Local => "local times",
            Self::Utc => "times in UTC",
            Self::Relative => "times as ages",
        }
    }

    /// Columns that it takes, with the blank behind it.
    pub(super) fn width(self) -> usize {
        match self {
            Self::Off => 0,
            Self::Local | Self::Utc => 15,
            Self::Relative => 5,
        }
    }

    /// The text of a moment: `14:05:02.123`, of another day `11-21 14:05:02`, or `5m`.
    pub(super) fn text(self, at: Nanos, clock: Clock) -> String {
        match self {
            Self::Off => String::new(),
            Self::Local => day(zoned(time(at), clock.offset), zoned(clock.now, clock.offset)),
            Self::Utc => day(zoned(time(at), 0), zoned(clock.now, 0)),
            Self::Relative => age(time(at), clock.now),
        }
    }
}

fn zoned(at: Time, offset: i32) -> DateTime<FixedOffset> {
    let utc = at.with_timezone(&Utc);
    FixedOffset::east_opt(offset).map_or_else(|| utc.fixed_offset(), |zone| utc.with_timezone(&zone))
}

fn day(at: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> String {
    let same = at.date_naive() == now.date_naive();
    at.format(if same { "%H:%M:%S%.3f" } else { "%m-%d %H:%M:%S" }).to_string()
}

/// A moment as a title has it: `14:05:02`, of another day with its date.
pub(super) fn moment(at: Nanos, clock: Clock) -> String {
    let (at, now) = (zoned(time(at), clock.offset), zoned(clock.now, clock.offset));
    let same = at.date_naive() == now.date_naive();
    at.format(if same { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" }).to_string()
}

/// The moment that was typed: `14:05`, `14:05:30` (of today, or yesterday where that is still to come), `2026-11-22 14:05`,
/// `2026-11-22T14:05:00Z`, or an age: `30s`, `10m`, `2h`, `1d`.
///
/// # Errors
/// What would be understood.
pub(super) fn typed(text: &str, clock: Clock) -> Result<Nanos, String> {
    let text = text.trim();
    let here = FixedOffset::east_opt(clock.offset).unwrap_or_else(|| FixedOffset::east_opt(0).expect("no offset"));
    let bad = || format!("\"{text}\" is no time: write 14:05, 14:05:30, 2026-11-22 14:05, or an age such as 10m or 2h");
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(rolldeck_core::logs::nanos(at.with_timezone(&Utc)));
    }
    if let Some(at) = ago(text, clock.now) {
        return Ok(rolldeck_core::logs::nanos(at));
    }
    let local = |at: chrono::NaiveDateTime| at.and_local_timezone(here).single().map(|at| at.with_timezone(&Utc));
    for shape in ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"] {
        if let Ok(at) = chrono::NaiveDateTime::parse_from_str(text, shape) {
            return local(at).map(rolldeck_core::logs::nanos).ok_or_else(bad);
        }
    }
    let shapes = ["%H:%M", "%H:%M:%S"];
    let of_day = shapes.iter().find_map(|shape| chrono::NaiveTime::parse_from_str(text, shape).ok()).ok_or_else(bad)?;
    let today = clock.now.with_timezone(&here).date_naive();
    let at = local(today.and_time(of_day)).ok_or_else(bad)?;
    let at = if at > clock.now { at - chrono::TimeDelta::days(1) } else { at };
    Ok(rolldeck_core::logs::nanos(at))
}

fn ago(text: &str, now: Time) -> Option<Time> {
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number >= 0)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    now.checked_sub_signed(chrono::TimeDelta::try_seconds(number.checked_mul(seconds)?)?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::testing::ago;

    fn clock() -> Clock {
        Clock { now: ago(0), offset: 3_600 }
    }

    #[rstest]
    #[case("14:05", 3_600 + 2)]
    #[case("15:05:02", 0)]
    #[case("16:00", 23 * 3_600 + 5 * 60 + 2)]
    #[case("10m", 600)]
    #[case("2026-11-21 15:05:02", 86_400)]
    #[case("2026-11-22T14:05:02Z", 0)]
    fn a_moment_is_typed_as_people_write_it(#[case] text: &str, #[case] seconds: i64) {
        assert_eq!(typed(text, clock()).map(time), Ok(ago(seconds)));
    }

    #[test]
    fn what_is_no_moment_says_what_is() {
        assert!(typed("noon", clock()).unwrap_err().contains("\"noon\" is no time: write 14:05"));
        assert!(typed("-5m", clock()).is_err() && typed("99999999999999999d", clock()).is_err());
    }

    #[test]
    fn a_time_of_another_day_has_its_date() {
        let at = |seconds| rolldeck_core::logs::nanos(ago(seconds)) + 7_000_000;
        assert_eq!(TimeStyle::Local.text(at(0), clock()), "15:05:02.007");
        assert_eq!(TimeStyle::Utc.text(at(0), clock()), "14:05:02.007");
        assert_eq!(TimeStyle::Local.text(at(86_400), clock()), "11-21 15:05:02");
        assert_eq!(TimeStyle::Relative.text(at(300), clock()), "4m");
    }
}
