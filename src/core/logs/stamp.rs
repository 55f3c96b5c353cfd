//! The time that stands before a line, as RFC 3339 writes it, read fast and written as the kubelet does.

use chrono::SubsecRound;

use crate::Time;

/// Nanoseconds since 1970-01-01T00:00:00Z.
pub type Nanos = i64;

/// One second.
pub const SECOND: Nanos = 1_000_000_000;

/// The moment as the rest of the program knows it.
pub fn time(at: Nanos) -> Time {
    Time::from_timestamp_nanos(at)
}

/// The moment in nanoseconds; what lies outside the years 1677 to 2262 becomes their edge.
pub fn nanos(at: Time) -> Nanos {
    at.timestamp_nanos_opt().unwrap_or(if at.timestamp() < 0 { Nanos::MIN } else { Nanos::MAX })
}

/// Reads stamps of one source. Neighbours mostly share their second, which is then not read twice.
#[derive(Clone, Debug, Default)]
pub struct Stamps {
    text: [u8; 19],
    seconds: i64,
}

impl Stamps {
    /// The stamp that `bytes` begins with: `2026-11-23T07:50:29.123456789Z`, or with an offset instead of `Z`; a blank may stand
    /// for the `T` and a comma for the point. Returns the moment, and how many bytes the stamp takes.
    ///
    /// A stamp without a zone is none: nobody knows what moment it means.
    pub fn read(&mut self, bytes: &[u8]) -> Option<(Nanos, usize)> {
        let second = self.second(bytes.first_chunk()?)?;
        let (fraction, at) = fraction(bytes, 19);
        let (offset, end) = zone(bytes, at)?;
        let moment = (second - offset).checked_mul(SECOND)?.checked_add(fraction)?;
        Some((moment, end))
    }

    /// Seconds since 1970 of `2026-11-23T07:50:29`, as if it were UTC.
    pub(in crate::logs) fn second(&mut self, text: &[u8; 19]) -> Option<i64> {
        if *text != self.text {
            self.seconds = seconds(text)?;
            self.text = *text;
        }
        Some(self.seconds)
    }
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Seconds since 1970 of `2026-11-23T07:50:29`, as if it were UTC.
fn seconds(text: &[u8; 19]) -> Option<i64> {
    let shaped = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')].iter().all(|(at, byte)| text[*at] == *byte);
    if !shaped || !matches!(text[10], b'T' | b't' | b' ') {
        return None;
    }
    let part = |from: usize, to: usize| digits(&text[from..to]);
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    let real = (1678..=2261).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let real = real && hour < 24 && minute < 60 && second <= 60;
    real.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days since 1970-01-01 of a day of the Gregorian calendar, counted from March, so that the leap day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The part of a second that begins at byte `at` in nanoseconds, and where it ends. Digits behind the ninth are passed over.
pub(in crate::logs) fn fraction(bytes: &[u8], at: usize) -> (Nanos, usize) {
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    if !matches!(bytes.get(at), Some(b'.' | b',')) || !digit(at + 1) {
        return (0, at);
    }
    let (mut sum, mut at, mut unit) = (0, at + 1, SECOND / 10);
    while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
        sum += i64::from(byte - b'0') * unit;
        unit /= 10;
        at += 1;
    }
    (sum, at)
}

/// Seconds east of Greenwich, and where the zone ends.
pub(in crate::logs) fn zone(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let sign = match bytes.get(at)? {
        b'Z' | b'z' => return Some((0, at + 1)),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = digits(bytes.get(at + 1..at + 3)?)?;
    let colon = usize::from(bytes.get(at + 3) == Some(&b':'));
    let minutes = digits(bytes.get(at + 3 + colon..at + 5 + colon)?)?;
    Some((sign * (hours * 3_600 + minutes * 60), at + 5 + colon))
}

/// `at` as the kubelet writes it (Go's `RFC3339Nano`): in UTC, without zeros at the end of the fraction.
pub fn rfc3339(at: Nanos) -> String {
    let moment = time(at);
    let mut text = moment.trunc_subsecs(0).format("%Y-%m-%dT%H:%M:%S").to_string();
    let fraction = at.rem_euclid(SECOND);
    if fraction != 0 {
        let digits = format!("{fraction:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-11-23T07:50:29.123456789Z x", Some((1_795_420_229_123_456_789, 30)))]
    #[case("2026-11-23T07:50:29Z", Some((1_795_420_229_000_000_000, 20)))]
    #[case("2026-11-23T09:50:29.5+02:00 x", Some((1_795_420_229_500_000_000, 27)))]
    #[case("2026-11-23 02:20:29,5-0530 x", Some((1_795_420_229_500_000_000, 26)))]
    #[case("1970-01-01T00:00:00Z", Some((0, 20)))]
    #[case("2024-02-29T00:00:00Z", Some((1_709_164_800_000_000_000, 20)))]
    #[case("2026-11-23T07:50:29.1", None)]
    #[case("2026-13-23T07:50:29Z", None)]
    #[case("2026-11-23T07:50:29 local", None)]
    #[case("rpc error: code = NotFound desc", None)]
    #[case("", None)]
    fn a_stamp_is_read_or_is_none(#[case] text: &str, #[case] read: Option<(Nanos, usize)>) {
        assert_eq!(Stamps::default().read(text.as_bytes()), read);
    }

    #[test]
    fn the_second_of_a_neighbour_is_used_only_where_it_is_the_same() {
        let mut stamps = Stamps::default();
        let mut read = |text: &str| stamps.read(text.as_bytes()).map(|(at, _)| at);
        assert_eq!(read("1970-01-01T00:00:01.5Z"), Some(1_500_000_000));
        assert_eq!(read("1970-01-01T00:00:01.25Z"), Some(1_250_000_000));
        assert_eq!(read("1970-01-01T00:00:02Z"), Some(2_000_000_000));
        assert_eq!(read("not a stamp, but long enough"), None);
        assert_eq!(read("1970-01-01T00:00:02Z"), Some(2_000_000_000));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(at in -9_000_000_000_000_000_000i64..9_000_000_000_000_000_000) {
            let text = rfc3339(at);
            prop_assert_eq!(Stamps::default().read(text.as_bytes()), Some((at, text.len())));
        }
    }
}
