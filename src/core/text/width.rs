//! Columns that a text takes on a terminal, and cutting it to fit.
//!
//! A grapheme (what a reader takes for one character: a letter with its marks, a family of emoji) is never torn.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What stands where text was cut out.
pub const ELLIPSIS: char = '…';

/// The columns that `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// `text`, or its beginning and `…` where it takes more than `columns`.
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return text.into();
    }
    match columns.checked_sub(1) {
        None => "".into(),
        Some(room) => format!("{}{ELLIPSIS}", head(text, room)).into(),
    }
}

/// `text`, or its two ends and `…` between them where it takes more than `columns`: names often differ at their ends.
pub fn cut_middle(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return text.into();
    }
    match columns.checked_sub(1) {
        None => "".into(),
        Some(room) => {
            let front = head(text, room.div_ceil(2));
            format!("{front}{ELLIPSIS}{}", tail(&text[front.len()..], room / 2)).into()
        }
    }
}

/// `text` cut to `columns` and filled with blanks behind it: exactly `columns` wide.
pub fn pad(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let blanks = columns - width(&cut);
    let mut padded = cut.into_owned();
    padded.extend(std::iter::repeat_n(' ', blanks));
    padded
}

/// As [`pad`], with the blanks before it: for numbers.
pub fn pad_left(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    " ".repeat(columns - width(&cut)) + &cut
}

fn head(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let end = text.grapheme_indices(true).find_map(|(at, grapheme)| {
        taken += grapheme.width();
        (taken > columns).then_some(at)
    });
    &text[..end.unwrap_or(text.len())]
}

fn tail(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    let start = text.grapheme_indices(true).rev().find_map(|(at, grapheme)| {
        taken += grapheme.width();
        (taken > columns).then_some(at + grapheme.len())
    });
    &text[start.unwrap_or(0)..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("gateway", 7)]
    #[case("订单", 4)]
    #[case("e\u{301}", 1)]
    #[case("👩\u{200d}👩\u{200d}👧", 2)]
    #[case("", 0)]
    fn width_is_counted_in_columns(#[case] text: &str, #[case] columns: usize) {
        assert_eq!(width(text), columns);
    }

    #[rstest]
    #[case("gateway", 7, "gateway")]
    #[case("gateway", 4, "gat…")]
    #[case("gateway", 1, "…")]
    #[case("gateway", 0, "")]
    #[case("订单服务", 4, "订…")]
    #[case("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…")]
    fn what_is_too_long_ends_in_dots(#[case] text: &str, #[case] columns: usize, #[case] shown: &str) {
        assert_eq!(cut(text, columns), shown);
    }

    #[rstest]
    #[case("gateway-7d9f8-x2x4q", 11, "gatew…x2x4q")]
    #[case("gateway", 2, "g…")]
    #[case("订单服务订单", 6, "订…单")]
    fn a_name_keeps_both_its_ends(#[case] text: &str, #[case] columns: usize, #[case] shown: &str) {
        assert_eq!(cut_middle(text, columns), shown);
    }

    #[test]
    fn numbers_stand_to_the_right() {
        assert_eq!((pad("a", 3), pad_left("a", 3), pad_left("订单", 3)), ("a  ".into(), "  a".into(), "订…".into()));
    }

    proptest! {
        #[test]
        fn padded_text_is_exactly_as_wide_as_asked(text in "[a-z订é👧 \u{301}]{0,20}", columns in 0usize..30) {
            prop_assert_eq!(width(&pad(&text, columns)), columns);
            prop_assert_eq!(width(&pad_left(&text, columns)), columns);
            prop_assert!(width(&cut_middle(&text, columns)) <= columns);
        }
    }
}
