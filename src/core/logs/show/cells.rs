//! The pieces of a line that take room on a screen, and those that take none.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::sgr::sequence;

/// A tab goes on to the next multiple of so many columns.
pub(super) const TAB: usize = 8;

/// So many bytes are looked at for what a reader takes for one character.
const LONGEST: usize = 64;

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// Printable ASCII, a column a byte.
    Ascii(&'a str),
    /// What a reader takes for one character; or a control character alone.
    Char(&'a str),
    /// A tab.
    Tab,
    /// A change of style: its parameters.
    Sgr(&'a [u8]),
    /// A byte that is no UTF-8.
    Bad,
}

/// The pieces of a line from a byte on, up to another. A sequence that begins before the end is given whole.
pub(super) struct Cells<'a> {
    line: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn new(line: &'a [u8], bytes: Range<usize>) -> Self {
        let end = bytes.end.min(line.len());
        Self { line, at: bytes.start.min(end), end }
    }

    fn ascii(&self) -> Option<&'a str> {
        let rest = &self.line[self.at..self.end];
        let mut length = rest.iter().position(|byte| !matches!(byte, b' '..=b'~')).unwrap_or(rest.len());
        // A mark that follows stands over the last of them.
        length -= usize::from(length > 0 && rest.get(length).is_some_and(|byte| *byte >= 0x80));
        (length > 0).then(|| std::str::from_utf8(&rest[..length]).unwrap_or_default())
    }

    fn char(&self) -> Option<&'a str> {
        let rest = &self.line[self.at..self.end.min(self.at + LONGEST)];
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
        };
        valid.graphemes(true).next()
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = (Range<usize>, Cell<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let first = *self.line[..self.end].get(self.at)?;
        let (length, cell) = match first {
            b'\t' => (1, Cell::Tab),
            0x1b if let Some(parameters) = sequence(&self.line[self.at..]) => {
                (parameters.len() + 3, Cell::Sgr(parameters))
            }
            _ => match self.ascii() {
                Some(text) => (text.len(), Cell::Ascii(text)),
                None => self.char().map_or((1, Cell::Bad), |text| (text.len(), Cell::Char(text))),
            },
        };
        let from = self.at;
        self.at += length;
        Some((from..self.at, cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_falls_into_pieces_and_none_of_it_is_lost() {
        let line = b"ab\tc\x1b[31md\x1b[2Je\xcc\x81\xe8\xae\xa2\xff\0";
        let cells: Vec<_> = Cells::new(line, 0..line.len()).collect();
        let kinds: Vec<_> = cells.iter().map(|(_, cell)| *cell).collect();
        let want = [
            Cell::Ascii("ab"),
            Cell::Tab,
            Cell::Ascii("c"),
            Cell::Sgr(b"31"),
            Cell::Ascii("d"),
            Cell::Char("\x1b"),
            Cell::Ascii("[2J"),
            Cell::Char("e\u{301}"),
            Cell::Char("订"),
            Cell::Bad,
            Cell::Char("\0"),
        ];
        assert_eq!(kinds, want);
        assert!(cells.windows(2).all(|pair| pair[0].0.end == pair[1].0.start));
        assert_eq!(cells.last().map(|(bytes, _)| bytes.end), Some(line.len()));
    }
}
