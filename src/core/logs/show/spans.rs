//! A piece of a line as styled text that a terminal may have.

use std::ops::Range;

use super::{
    cells::{Cell, Cells, TAB},
    sgr::{Style, sequence},
};
use crate::text::{Clean, width};

/// So far back a style is looked for that holds where a piece of a line begins.
const BACK: usize = 4 << 10;

/// Text of one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What is seen: tabs are blanks, escapes and controls are shown.
    pub text: Clean,
    /// How it looks.
    pub style: Style,
    /// The bytes of the line that it is made of.
    pub bytes: Range<usize>,
}

/// The bytes `window` of a line as styled text. Colours and the like that the app set before hold within; every line begins without.
///
/// Only the window is decoded, and up to 4 KiB before it, in which the style is looked for. Tabs count columns from its beginning.
pub fn spans(line: &[u8], window: Range<usize>) -> Vec<Span> {
    let (style, from) = style_at(line, window.start.min(line.len()));
    let mut building = Building { spans: Vec::new(), text: String::new(), style, from, column: 0 };
    for (bytes, cell) in Cells::new(line, from..window.end) {
        building.take(bytes, cell);
    }
    building.close(window.end.min(line.len()));
    building.spans
}

struct Building {
    spans: Vec<Span>,
    text: String,
    style: Style,
    from: usize,
    column: usize,
}

impl Building {
    fn take(&mut self, bytes: Range<usize>, cell: Cell<'_>) {
        match cell {
            Cell::Ascii(text) => {
                self.text.push_str(text);
                self.column += text.len();
            }
            Cell::Char(text) => {
                let clean = Clean::new(text);
                self.text.push_str(&clean);
                self.column += width::width(&clean);
            }
            Cell::Tab => {
                let blanks = TAB - self.column % TAB;
                self.text.extend(std::iter::repeat_n(' ', blanks));
                self.column += blanks;
            }
            Cell::Bad => {
                self.text.push(char::REPLACEMENT_CHARACTER);
                self.column += 1;
            }
            Cell::Sgr(parameters) => {
                let before = self.style;
                let mut style = before;
                style.apply(parameters);
                if style != before {
                    self.close(bytes.start);
                    self.from = bytes.end;
                    self.style = style;
                }
            }
        }
    }

    fn close(&mut self, end: usize) {
        if !self.text.is_empty() {
            let text = Clean::from(std::mem::take(&mut self.text));
            self.spans.push(Span { text, style: self.style, bytes: self.from..end });
        }
        self.from = end;
    }
}

/// The style that holds at byte `at`, and where the text goes on: behind a sequence that `at` lies within.
fn style_at(line: &[u8], at: usize) -> (Style, usize) {
    let (mut style, mut from) = (Style::default(), at);
    let begin = at.saturating_sub(BACK);
    for escape in memchr::memchr_iter(0x1b, &line[begin..at]) {
        if let Some(parameters) = sequence(&line[begin + escape..]) {
            style.apply(parameters);
            from = from.max(begin + escape + parameters.len() + 3);
        }
    }
    (style, from)
}

/// A line as plain text, to be copied: without colours, tabs as they are, other controls shown.
pub fn plain(line: &[u8]) -> String {
    let mut text = String::with_capacity(line.len());
    for (_, cell) in Cells::new(line, 0..line.len()) {
        match cell {
            Cell::Ascii(ascii) => text.push_str(ascii),
            Cell::Char(char) => text.push_str(&Clean::new(char)),
            Cell::Tab => text.push('\t'),
            Cell::Bad => text.push(char::REPLACEMENT_CHARACTER),
            Cell::Sgr(_) => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::show::Colour;

    fn texts(line: &[u8], window: Range<usize>) -> Vec<(String, Option<Colour>)> {
        spans(line, window).into_iter().map(|span| (span.text.to_string(), span.style.fg)).collect()
    }

    #[test]
    fn colours_are_kept_and_every_other_escape_is_shown() {
        let line = b"a\x1b[31mred\x1b[2J\x1b]52;c;eA==\x07\x1b[0m\tend\xff\xe2\x80\xae";
        let red = Some(Colour::Indexed(1));
        let want = [("a".into(), None), ("red␛[2J␛]52;c;eA==␇".into(), red), ("    end\u{fffd}\u{fffd}".into(), None)];
        assert_eq!(texts(line, 0..line.len()), want);
        assert_eq!(plain(line), "ared␛[2J␛]52;c;eA==␇\tend\u{fffd}\u{fffd}");
    }

    #[test]
    fn a_window_has_the_colour_that_was_set_before_it() {
        let line = b"\x1b[32mgreen and more";
        assert_eq!(texts(line, 10..14), [(" and".to_owned(), Some(Colour::Indexed(2)))]);
        assert_eq!(
            texts(line, 2..7),
            [("gr".to_owned(), Some(Colour::Indexed(2)))],
            "a sequence is never shown in part"
        );
        assert_eq!(texts(b"ab\x1b[32mc", 0..4), [("ab".to_owned(), None)]);
    }

    #[test]
    fn a_window_into_a_huge_line_is_decoded_alone() {
        let line = vec![b'x'; 50 << 20];
        let at = 49 << 20;
        let spans = spans(&line, at..at + 80);
        assert_eq!((spans.len(), spans[0].text.len(), spans[0].bytes.clone()), (1, 80, at..at + 80));
        assert!(super::spans(b"ab", 5..9).is_empty());
    }

    proptest! {
        #[test]
        fn no_control_character_ever_comes_out(line in prop::collection::vec(prop_oneof![any::<u8>().boxed(), prop::sample::select(b"\x1b[]m;:0139\x07\x9b\xc2\xe2\x80\xae\t".to_vec()).boxed()], 0..120),
            from in 0usize..130, length in 0usize..130) {
            let spans = spans(&line, from..from + length);
            for span in &spans {
                prop_assert!(!span.text.chars().any(char::is_control), "{:?}", span.text);
                let turns = span.text.contains(['\u{202e}', '\u{2066}']);
                prop_assert!(!turns);
            }
            prop_assert!(spans.windows(2).all(|pair| pair[0].bytes.end <= pair[1].bytes.start));
            prop_assert!(!plain(&line).chars().any(|c| c.is_control() && c != '\t'));
        }
    }
}
