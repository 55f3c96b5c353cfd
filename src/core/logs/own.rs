//! The time that a line of a file tells itself, as loggers write it.

use chrono::Datelike;

use super::{
    json::Members,
    level::behind_colours,
    stamp::{Nanos, SECOND, Stamps, fraction, time, zone},
};

/// So far the time of a line of access is looked for, which stands behind a client and a user.
const HEAD: usize = 256;
/// So far in fields.
const FIELDS: usize = 4 << 10;
/// Levels and names that may stand before the time.
const BEFORE: usize = 3;
/// A day in nanoseconds.
const DAY: Nanos = 86_400 * SECOND;
/// Names of fields that tell the time.
const KEYS: [&[u8]; 9] = [b"ts", b"time", b"timestamp", b"@timestamp", b"t", b"@t", b"datetime", b"date", b"asctime"];
/// Months, as access logs write them.
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// A time that a line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own {
    /// It.
    pub at: Nanos,
    /// The line names its zone, or counts from 1970; else this is what it says as if that were UTC.
    pub zoned: bool,
}

/// Reads the times that lines of one file tell.
///
/// Known are dates at the beginning, in brackets or not, also behind a level or a name in brackets (`2026-11-23T10:00:00.123Z`,
/// `2026-11-23 10:00:00,123`, `2026/11/23 10:00:00`, each with a zone or without), klog (`I1123 10:00:00.123456`), lines of access
/// (`… [23/Nov/2026:10:00:00 +0000] …`), and the fields `time`, `ts` and the like of JSON, and of logfmt where they come first: dates,
/// or seconds, milli-, micro- or nanoseconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct OwnTimes(Stamps);

impl OwnTimes {
    /// The time of a line that was read at `now`: a day without a year is the last one of its name that has come.
    pub fn read(&mut self, line: &[u8], now: Nanos) -> Option<Own> {
        let text = behind_colours(line);
        match text {
            [b'{', ..] => self.json(text),
            [b'I' | b'W' | b'E' | b'F', b'0'..=b'9', ..] => self.klog(&text[1..], now),
            _ => self.plain(text).or_else(|| self.access(text)),
        }
    }

    fn json(&mut self, text: &[u8]) -> Option<Own> {
        let mut members = Members::of(&text[..text.len().min(FIELDS)])?;
        members.find_map(|(key, value)| if KEYS.contains(&key) { self.value(value) } else { None })
    }

    /// What a field says, in quotes or not.
    fn value(&mut self, value: &[u8]) -> Option<Own> {
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        self.date(value).or_else(|| epoch(value))
    }

    /// A date at the beginning, or behind a few words that loggers put before it.
    fn plain(&mut self, text: &[u8]) -> Option<Own> {
        let mut text = text;
        for _ in 0..BEFORE {
            text = text.trim_ascii_start();
            let bare = text.strip_prefix(b"[").unwrap_or(text);
            if let Some(own) = self.date(bare) {
                return Some(own);
            }
            text = behind_word(text)?;
            if let Some(value) = text.strip_prefix(b"=") {
                return self.value(value);
            }
        }
        None
    }

    /// `23/Nov/2026:10:00:00 +0000` in brackets.
    fn access(&mut self, text: &[u8]) -> Option<Own> {
        let head = &text[..text.len().min(HEAD)];
        memchr::memchr_iter(b'[', head).find_map(|at| {
            let [d, e, b'/', month @ .., b'/', y, z, u, v, b':'] = head.get(at + 1..at + 13)? else { return None };
            let month = MONTHS.iter().position(|known| known.as_slice() == month)? + 1;
            let [m, n] = [month / 10, month % 10].map(|digit| b'0' + u8::try_from(digit).unwrap_or_default());
            let mut moment = [*y, *z, *u, *v, b'-', m, n, b'-', *d, *e, b' ', 0, 0, 0, 0, 0, 0, 0, 0];
            moment[11..].copy_from_slice(text.get(at + 13..at + 21)?);
            let (offset, _) = zone(text, at + 22).filter(|_| text.get(at + 21) == Some(&b' '))?;
            own(self.0.second(&moment)?, 0, Some(offset))
        })
    }

    /// `1123 10:00:00.123456`, behind the letter.
    fn klog(&mut self, rest: &[u8], now: Nanos) -> Option<Own> {
        let [a, b, c, d, b' ', clock @ ..] = rest.first_chunk::<13>()? else { return None };
        let (nanos, _) = fraction(rest, 13);
        let mut of = |year: i32| {
            let mut moment = *b"0000-00-00 00:00:00";
            moment[..4].copy_from_slice(format!("{:04}", year.clamp(0, 9_999)).as_bytes());
            moment[5..7].copy_from_slice(&[*a, *b]);
            moment[8..10].copy_from_slice(&[*c, *d]);
            moment[11..].copy_from_slice(clock);
            own(self.0.second(&moment)?, nanos, None)
        };
        let year = time(now).year();
        of(year).filter(|own| own.at <= now.saturating_add(DAY)).or_else(|| of(year - 1))
    }

    /// `2026-11-23T10:00:00.123Z`, with a blank, strokes or a comma, with or without a zone.
    fn date(&mut self, text: &[u8]) -> Option<Own> {
        let mut head = *text.first_chunk::<19>()?;
        if !head[0].is_ascii_digit() {
            return None;
        }
        if (head[4], head[7]) == (b'/', b'/') {
            (head[4], head[7]) = (b'-', b'-');
        }
        let second = self.0.second(&head)?;
        let (nanos, at) = fraction(text, 19);
        own(second, nanos, zone_behind(text, at))
    }
}

fn own(second: i64, nanos: Nanos, offset: Option<i64>) -> Option<Own> {
    let at = (second - offset.unwrap_or(0)).checked_mul(SECOND)?.checked_add(nanos)?;
    Some(Own { at, zoned: offset.is_some() })
}

/// Seconds east of Greenwich, directly behind a time or behind a blank.
fn zone_behind(text: &[u8], at: usize) -> Option<i64> {
    let ends = |end: usize| text.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let rest = text.get(at..).unwrap_or_default();
    if let Some(name) = [&b" UTC"[..], b" GMT", b"UTC"].into_iter().find(|name| rest.starts_with(name)) {
        return ends(at + name.len()).then_some(0);
    }
    let at = at + usize::from(rest.first() == Some(&b' '));
    // A minus behind a blank is mostly a dash, and a number is none of hours and minutes.
    let (offset, end) = zone(text, at)?;
    (ends(end) && offset.abs() <= 14 * 3_600 && offset % 900 == 0).then_some(offset)
}

/// What stands behind a level in capitals, behind a name in brackets, or behind the name of a field that tells the time.
fn behind_word(text: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = text.strip_prefix(b"[") {
        let end = rest.iter().take(64).position(|byte| *byte == b']')?;
        return Some(&rest[end + 1..]);
    }
    let end = text.iter().take(16).position(|byte| matches!(byte, b' ' | b':' | b'|' | b'='))?;
    let (word, rest) = text.split_at(end);
    match rest.first() {
        Some(b'=') => KEYS.contains(&word).then_some(rest),
        _ => ((3..=8).contains(&end) && word.iter().all(u8::is_ascii_uppercase)).then(|| &rest[1..]),
    }
}

/// A number since 1970: its length tells of what, for these times are all of years from 2001 to 2286.
fn epoch(text: &[u8]) -> Option<Own> {
    let length = text.iter().take(20).position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len().min(20));
    let unit = match length {
        10 => SECOND,
        13 => 1_000_000,
        16 => 1_000,
        19 => 1,
        _ => return None,
    };
    let number: i64 = std::str::from_utf8(&text[..length]).ok()?.parse().ok()?;
    let (part, end) = fraction(text, length);
    if text.get(end).is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    Some(Own { at: number.checked_mul(unit)?.checked_add(part / (SECOND / unit))?, zoned: true })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::logs::rfc3339;

    /// 2026-11-23T12:00:00Z.
    const NOW: Nanos = 1_795_435_200 * SECOND;

    fn read(line: &str) -> Option<(String, bool)> {
        OwnTimes::default().read(line.as_bytes(), NOW).map(|own| (rfc3339(own.at), own.zoned))
    }

    #[rstest]
    #[case::rfc3339("2026-11-23T10:00:00.123Z x", "2026-11-23T10:00:00.123Z", true)]
    #[case::offset("2026-11-23T10:00:00+02:00 x", "2026-11-23T08:00:00Z", true)]
    #[case::log4j("2026-11-23 10:00:00,123 ERROR [main] c.f.Foo - x", "2026-11-23T10:00:00.123Z", false)]
    #[case::logback("2026-11-23 10:00:00.123  INFO 1 --- [main] c.f.Foo : x", "2026-11-23T10:00:00.123Z", false)]
    #[case::brackets("[2026-11-23 10:00:00,123] INFO x", "2026-11-23T10:00:00.123Z", false)]
    #[case::kafka("[2026-11-23 10:00:00,123] WARN [Broker 1] x", "2026-11-23T10:00:00.123Z", false)]
    #[case::thread("[main] [2026-11-23T10:00:00.123] x", "2026-11-23T10:00:00.123Z", false)]
    #[case::level("INFO  2026-11-23 10:00:00,5 x", "2026-11-23T10:00:00.5Z", false)]
    #[case::python("WARNING:[2026-11-23 10:00:00] x", "2026-11-23T10:00:00Z", false)]
    #[case::coloured("\x1b[2m2026-11-23T10:00:00.5Z\x1b[0m x", "2026-11-23T10:00:00.5Z", true)]
    #[case::nginx("2026/11/23 10:00:00 [error] 29#29: *1 open() failed", "2026-11-23T10:00:00Z", false)]
    #[case::postgres("2026-11-23 10:00:00.123 UTC [1] FATAL:  x", "2026-11-23T10:00:00.123Z", true)]
    #[case::another_zone("2026-11-23 10:00:00 -0500 x", "2026-11-23T15:00:00Z", true)]
    #[case::a_dash("2026-11-23 10:00:00 - 1 x", "2026-11-23T10:00:00Z", false)]
    #[case::access("10.0.0.1 - bob [23/Nov/2026:10:00:00 +0100] \"GET / HTTP/1.1\" 200", "2026-11-23T09:00:00Z", true)]
    #[case::access6("[::1] - - [03/Jan/2026:10:00:00 +0000] \"GET /\"", "2026-01-03T10:00:00Z", true)]
    #[case::klog("I1123 10:00:00.123456       1 x.go:1] x", "2026-11-23T10:00:00.123456Z", false)]
    #[case::klog_last_year("W1231 23:59:59.000001       1 x.go:1] x", "2025-12-31T23:59:59.000001Z", false)]
    #[case::klog_soon("E1124 08:00:00.000000       1 x.go:1] a clock ahead", "2026-11-24T08:00:00Z", false)]
    #[case::zap(r#"{"level":"info","ts":1795428000.25,"msg":"x"}"#, "2026-11-23T10:00:00.25Z", true)]
    #[case::pino(r#"{"level":30,"time":1795428000123,"msg":"x"}"#, "2026-11-23T10:00:00.123Z", true)]
    #[case::micros(r#"{"t":1795428000123456}"#, "2026-11-23T10:00:00.123456Z", true)]
    #[case::nanos(r#"{"t":"1795428000123456789"}"#, "2026-11-23T10:00:00.123456789Z", true)]
    #[case::json(r#"{"msg":"time","time":"2026-11-23T10:00:00+01:00"}"#, "2026-11-23T09:00:00Z", true)]
    #[case::json_without_zone(r#"{"@timestamp":"2026-11-23 10:00:00,5"}"#, "2026-11-23T10:00:00.5Z", false)]
    #[case::logfmt(r#"time="2026-11-23T10:00:00Z" level=info"#, "2026-11-23T10:00:00Z", true)]
    #[case::logfmt_number("ts=1795428000.5 level=info", "2026-11-23T10:00:00.5Z", true)]
    fn a_time_is_read_as_loggers_write_it(#[case] line: &str, #[case] at: &str, #[case] zoned: bool) {
        assert_eq!(read(line), Some((at.to_owned(), zoned)));
    }

    #[rstest]
    #[case::frame("\tat c.f.Foo.bar(Foo.java:12)")]
    #[case::prose("since 2026-11-23 10:00:00 nothing came")]
    #[case::within("GET /x?from=2026-11-23T10:00:00Z")]
    #[case::no_month("x [23/Foo/2026:10:00:00 +0000]")]
    #[case::no_date("2026-13-23 10:00:00")]
    #[case::klog_word("Error1123 10:00:00")]
    #[case::clock("10:00:00.123 [main] INFO x")]
    #[case::count(r#"{"time":12,"t":"soon","ts":17954280001}"#)]
    #[case::took("time=12ms")]
    #[case::broken(r#"{"msg":"x"#)]
    #[case::empty("")]
    fn what_tells_no_time_has_none(#[case] line: &str) {
        assert_eq!(read(line), None);
    }

    proptest! {
        #[test]
        fn no_line_is_too_odd(line in prop::collection::vec(prop::sample::select(b"0123456789-/: TZ[]{}\"tsI.,+e=\x1bm".to_vec()), 0..60)) {
            let _ = OwnTimes::default().read(&line, NOW);
        }

        #[test]
        fn what_a_stamp_is_read_as_it_is_here_too(at in 0..9_000_000_000_000_000_000i64) {
            let own = OwnTimes::default().read(rfc3339(at).as_bytes(), NOW);
            prop_assert_eq!(own, Some(Own { at, zoned: true }));
        }
    }
}
