//! What of a container's bytes the terminal may see.

use unicode_width::UnicodeWidthChar;

/// Marks over one character that are kept: what scripts have.
const MARKS: u8 = 4;

/// Where in a sequence the bytes are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// In text.
    #[default]
    Text,
    /// After an escape, which waits for what it begins.
    Escape,
    /// In an escape of one or two more bytes, or a control sequence: passed on.
    Sequence,
    /// In a string (OSC, DCS, SOS, PM, APC): dropped.
    String,
    /// After an escape in a string, which may end it.
    StringEscape,
}

/// Takes out of a stream of bytes what a grid has no use for, wherever blocks are cut: strings (titles, clipboards, palettes, links,
/// device control), C1 controls in UTF-8, characters that change how their neighbours look or that take no room, and marks beyond
/// those that one character has. What is no UTF-8 becomes U+FFFD.
#[derive(Debug, Default)]
pub struct Filter {
    at: At,
    /// The first bytes of a character that is not complete.
    begun: Vec<u8>,
    /// Marks over the last character, if that was printed just now.
    marks: Option<u8>,
}

impl Filter {
    /// Passes on what may be seen of `bytes`.
    pub fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        for byte in bytes {
            self.byte(*byte, &mut out);
        }
        out
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        if byte >= 0x80 && matches!(self.at, At::Text) {
            return self.begin_or_go_on(byte, out);
        }
        if !self.begun.is_empty() {
            self.begun.clear();
            self.character(char::REPLACEMENT_CHARACTER, out);
        }
        self.at = match (self.at, byte) {
            (At::String, 0x1b) => At::StringEscape,
            (At::String, 0x07 | 0x18 | 0x1a) => At::Text,
            (At::String, _) => At::String,
            // ST ends it; any other escape ends it, too, and begins something.
            (At::StringEscape, b'\\') => At::Text,
            (At::StringEscape | At::Escape, b']' | b'P' | b'X' | b'^' | b'_') => At::String,
            (At::StringEscape, 0x1b) => At::StringEscape,
            (At::StringEscape | At::Escape, _) => return self.escape(byte, out),
            (_, 0x1b) => At::Escape,
            (At::Sequence, 0x40..=0x7e | 0x18 | 0x1a) => {
                out.push(byte);
                At::Text
            }
            (at, _) => {
                out.push(byte);
                if at == At::Text && (b' '..0x7f).contains(&byte) {
                    self.marks = Some(0);
                    return;
                }
                at
            }
        };
        self.marks = None;
    }

    /// The byte after an escape that begins no string.
    fn escape(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.marks = None;
        out.extend([0x1b, byte]);
        self.at = match byte {
            b'[' | 0x20..=0x2f => At::Sequence,
            0x1b => {
                out.pop();
                out.pop();
                At::Escape
            }
            _ => At::Text,
        };
    }

    fn begin_or_go_on(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.begun.push(byte);
        match std::str::from_utf8(&self.begun) {
            Ok(text) => {
                let complete = text.chars().next();
                self.begun.clear();
                if let Some(c) = complete {
                    self.character(c, out);
                }
            }
            Err(error) if error.error_len().is_some() => {
                // A byte that cannot go on may begin the next character.
                let again = self.begun.len() > 1;
                self.begun.clear();
                self.character(char::REPLACEMENT_CHARACTER, out);
                if again {
                    self.begin_or_go_on(byte, out);
                }
            }
            Err(_) => {}
        }
    }

    fn character(&mut self, c: char, out: &mut Vec<u8>) {
        match (c.width(), self.marks) {
            _ if c.is_control() || is_format(c) => return,
            (Some(0) | None, Some(marks)) if marks < MARKS => self.marks = Some(marks + 1),
            (Some(0) | None, _) => return,
            _ => self.marks = Some(0),
        }
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// Characters that change how their neighbours are shown: directions, joiners, variations, tags. Terminals disagree on them.
fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn passed(bytes: &[u8]) -> String {
        String::from_utf8(Filter::default().pass(bytes)).expect("UTF-8")
    }

    #[rstest]
    #[case("plain\r\n", "plain\r\n")]
    #[case("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m")]
    #[case("a\x1b]0;title\x07b", "ab")]
    #[case("a\x1b]52;c;c2VjcmV0\x1b\\b", "ab")]
    #[case("a\x1bP1$r q\x1b\\b", "ab")]
    #[case("a\x1b_x\x1b\\\x1b^y\x1b\\\x1bXz\x1b\\b", "ab")]
    #[case("a\x1b]0;cut\x1b[1mb", "a\x1b[1mb")]
    #[case("a\x1b]0;cancelled\x18b", "ab")]
    #[case("\x1b(0lqk\x1b(B", "\x1b(0lqk\x1b(B")]
    #[case("\x1b7\x1b8\x1bM", "\x1b7\x1b8\x1bM")]
    #[case("日本\u{202e}語", "日本語")]
    #[case("\u{9b}31m", "31m")]
    #[case("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}\u{301}")]
    #[case("e\x1b[C\u{301}", "e\x1b[C")]
    fn what_is_no_text_and_no_move_is_taken_out(#[case] bytes: &str, #[case] wanted: &str) {
        assert_eq!(passed(bytes.as_bytes()), wanted);
    }

    #[test]
    fn what_is_no_utf_8_is_replaced() {
        assert_eq!(passed(b"a\xff\xe6\x97x\xe6\xe6\x97\xa5"), "a\u{fffd}\u{fffd}x\u{fffd}日");
    }

    proptest! {
        #[test]
        fn where_blocks_are_cut_does_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..200) {
            let cut = cut.min(bytes.len());
            let mut filter = Filter::default();
            let mut pieces = filter.pass(&bytes[..cut]);
            pieces.extend(filter.pass(&bytes[cut..]));
            prop_assert_eq!(pieces, Filter::default().pass(&bytes));
        }

        #[test]
        fn no_string_ever_begins(bytes in proptest::collection::vec(prop_oneof![Just(0x1b_u8), Just(b']'), Just(b'P'), any::<u8>()], 0..100)) {
            let out = Filter::default().pass(&bytes);
            let begins = |pair: &[u8]| pair[0] == 0x1b && b"]PX^_".contains(&pair[1]);
            prop_assert!(!out.windows(2).any(begins));
        }
    }
}
