//! Text cut, padded and put in place by the columns that it takes; ages and times of day.

use chrono::{FixedOffset, Offset};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
pub use rolldeck_core::text::{
    quantity::{cpu as cores, memory as bytes},
    width::{pad as left, pad_left as right, width},
};
use rolldeck_core::{Time, text::time::coarse_age};
use unicode_segmentation::UnicodeSegmentation;

use crate::Clock;

/// `text` in at most `columns` columns; what is cut off is shown as `…`.
pub fn cut(text: &str, columns: usize) -> String {
    rolldeck_core::text::width::cut(text, columns).into_owned()
}

/// A name in exactly `columns` columns: too long a one is cut in its middle, since names often differ at their ends.
pub fn name(text: &str, columns: usize) -> String {
    left(&rolldeck_core::text::width::cut_middle(text, columns), columns)
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
    for word in parts(text, columns) {
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

/// What no line begins with.
const CLOSING: &str = ".,;:!?)]}>\"'%…”’。，、；：！？）】》」』";

/// The parts of a text between which a line of so many columns may end: at blanks, beside wide characters, and within what is too long
/// for any line. What closes a sentence or a bracket stays with what it closes.
fn parts(text: &str, columns: usize) -> Vec<&str> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before = "";
    for (at, word) in text.split_word_bound_indices() {
        let is_blank = |word: &str| word.trim().is_empty();
        let is_wide = |c: Option<char>| c.is_some_and(|c| width(c.encode_utf8(&mut [0; 4])) > 1);
        let closes = word.chars().all(|c| CLOSING.contains(c));
        let beside_wide = is_wide(before.chars().next_back()) || is_wide(word.chars().next());
        if !is_blank(before) && !is_blank(word) && (closes || !beside_wide) {
            ends.pop();
        }
        ends.push(at + word.len());
        before = word;
    }
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let whole = starts.zip(&ends).map(|(start, end)| &text[start..*end]);
    whole.flat_map(|part| if width(part) > columns { part.split_word_bounds().collect() } else { vec![part] }).collect()
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

/// The age of `at`, coarse: `<1m`, `5m`, `3h`, `12d`.
pub fn age(at: Time, now: Time) -> String {
    coarse_age(at, now).0
}

/// When [`age`] of `at` will read differently: always a whole minute, so that an idle screen is drawn once a minute at most.
pub fn age_changes(at: Time, now: Time) -> Time {
    coarse_age(at, now).1
}

/// The time of day where the operator is: `14:05:02`.
pub fn time_of_day(at: Time, clock: Clock) -> String {
    let offset = FixedOffset::east_opt(clock.offset).unwrap_or_else(|| chrono::Utc.fix());
    rolldeck_core::text::time::clock(at, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_broken_and_blanks_do_not_begin_a_line() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn what_closes_a_sentence_does_not_begin_a_line() {
        assert_eq!(wrap("the last hour.", 13), ["the last", "hour."]);
        assert_eq!(wrap("one (two).", 9), ["one", "(two)."]);
        assert_eq!(wrap("订单完成。好", 8), ["订单完", "成。好"]);
        assert_eq!(wrap("wait ...", 7), ["wait", "..."]);
    }

    #[test]
    fn counts_have_their_thousands_apart_and_their_noun() {
        assert_eq!([grouped(7), grouped(1200), grouped(1_020_024)], ["7", "1,200", "1,020,024"]);
        assert_eq!([count(1, "app"), count(2000, "app")], ["1 app", "2,000 apps"]);
    }
}
