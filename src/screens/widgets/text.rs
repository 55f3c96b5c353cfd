//! Text cut, padded and put in place by the columns that it takes; ages and times of day.

use chrono::{DurationRound, TimeDelta};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use rolldeck_core::Time;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::Clock;

/// Columns that `text` takes on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// `text` in at most `columns` columns; what is cut off is shown as `…`.
pub fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut out, mut used) = (String::new(), 0);
    for grapheme in text.graphemes(true) {
        let next = used + width(grapheme);
        if next + 1 > columns {
            break;
        }
        out.push_str(grapheme);
        used = next;
    }
    if columns > 0 {
        out.push('…');
    }
    out
}

/// `text` in exactly `columns` columns, at the left.
pub fn left(text: &str, columns: usize) -> String {
    let mut out = cut(text, columns);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(width(&out))));
    out
}

/// `text` in exactly `columns` columns, at the right.
pub fn right(text: &str, columns: usize) -> String {
    let out = cut(text, columns);
    let mut padded = " ".repeat(columns.saturating_sub(width(&out)));
    padded.push_str(&out);
    padded
}

/// Writes `text` at (`x`, `y`), cut at the right edge of `area`; returns the column after it.
pub fn put(buffer: &mut Buffer, area: Rect, x: u16, y: u16, text: &str, style: Style) -> u16 {
    if y >= area.bottom() || x >= area.right() {
        return x;
    }
    let room = usize::from(area.right() - x);
    buffer.set_stringn(x, y, cut(text, room), room, style).0
}

/// Breaks `text` at blanks into lines of at most `columns` columns; a longer word is broken where it must be.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_word_bounds() {
        if width(&line) + width(word) > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        if line.is_empty() && word.trim().is_empty() && !lines.is_empty() {
            continue;
        }
        for grapheme in word.graphemes(true) {
            if width(&line) + width(grapheme) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(grapheme);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A count with its noun: `1 app`, `2 apps`.
pub fn count(n: usize, one: &str) -> String {
    format!("{} {one}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A number with its thousands apart: `20,024`.
pub fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The age of `at`, coarse: `<1m`, `5m`, `3h`, `12d`. It is taken at the last whole minute, so that all ages on a screen change
/// at one moment, and an idle screen is drawn at most once a minute.
pub fn age(at: Time, now: Time) -> String {
    match minutes(at, minute(now)) {
        m if m < 1 => "<1m".to_owned(),
        m if m < 60 => format!("{m}m"),
        m if m < 48 * 60 => format!("{}h", m / 60),
        m => format!("{}d", m / (24 * 60)),
    }
}

/// When [`age`] of `at` will read differently: always a whole minute after `now`.
pub fn age_changes(at: Time, now: Time) -> Time {
    let this = minute(now);
    let old = minutes(at, this);
    let step = match old {
        m if m < 60 => 1,
        m if m < 48 * 60 => 60 - m % 60,
        m => 24 * 60 - m % (24 * 60),
    };
    this + TimeDelta::minutes(step.max(1))
}

fn minute(now: Time) -> Time {
    now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now)
}

fn minutes(at: Time, now: Time) -> i64 {
    (now - at).num_minutes().max(0)
}

/// The time of day where the operator is: `14:05:02`.
pub fn time_of_day(at: Time, clock: Clock) -> String {
    (at + TimeDelta::seconds(i64::from(clock.offset))).format("%H:%M:%S").to_string()
}

/// Bytes in few characters: `64Mi`, `1.2Gi`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["Ki", "Mi", "Gi", "Ti", "Pi"];
    let (mut value, mut unit) = (n as f64 / 1024.0, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        (value, unit) = (value / 1024.0, unit + 1);
    }
    let digits = usize::from(value < 10.0 && unit >= 2);
    format!("{value:.digits$}{}", UNITS[unit])
}

/// Thousandths of a core in few characters: `250m`, `12.5` (cores).
pub fn cores(milli: u64) -> String {
    if milli < 10_000 { format!("{milli}m") } else { format!("{:.1}", milli as f64 / 1000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        text.parse().expect("a time")
    }

    #[test]
    fn wide_characters_are_cut_by_columns_and_never_in_half() {
        assert_eq!(cut("订单服务", 8), "订单服务");
        assert_eq!(cut("订单服务", 7), "订单服…");
        assert_eq!(cut("订单服务", 6), "订单…");
        assert_eq!(left("订单服务", 6), "订单… ");
        assert_eq!(right("ab", 4), "  ab");
        assert_eq!(cut("ab", 0), "");
    }

    #[test]
    fn ages_are_coarse_and_change_together_at_whole_minutes() {
        let now = at("2026-11-22T14:05:30Z");
        assert_eq!(age(at("2026-11-22T14:05:29Z"), now), "<1m");
        assert_eq!(age(at("2026-11-22T14:00:40Z"), now), "4m");
        assert_eq!(age(at("2026-11-22T02:00:00Z"), now), "12h");
        assert_eq!(age(at("2026-11-10T14:00:00Z"), now), "12d");
        for old in ["2026-11-22T14:05:29Z", "2026-11-22T14:00:40Z", "2026-11-22T02:00:10Z", "2026-11-10T14:00:00Z"] {
            let next = age_changes(at(old), now);
            assert_eq!(next, minute(next), "{old}");
            assert_ne!(age(at(old), next + TimeDelta::minutes(1)), age(at(old), now), "{old}");
            assert_eq!(age(at(old), next - TimeDelta::seconds(1)), age(at(old), now), "{old}");
        }
    }

    #[test]
    fn long_words_are_broken_and_blanks_do_not_begin_a_line() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn quantities_are_short() {
        assert_eq!([bytes(64 << 20), bytes(1 << 30), bytes(2000 << 20)], ["64Mi", "1.0Gi", "2.0Gi"]);
        assert_eq!([cores(250), cores(12_500)], ["250m", "12.5"]);
        assert_eq!([grouped(7), grouped(1200), grouped(1_020_024)], ["7", "1,200", "1,020,024"]);
    }
}
