//! Rows that a line takes, at no cost for a line of any length.

use std::ops::Range;

use super::cells::{Cell, Cells, TAB};
use crate::text::{Clean, width};

/// Up to so many bytes a line is laid out exactly; a longer one in rows of equally many bytes.
pub const EXACT: usize = 64 << 10;

/// A line laid out in rows of some width.
#[derive(Clone, Debug)]
pub struct Wrapped<'a> {
    line: &'a [u8],
    rows: Rows,
}

#[derive(Clone, Debug)]
enum Rows {
    /// Each of so many bytes.
    Even(usize),
    /// Where each begins.
    Exact(Vec<u32>),
}

impl<'a> Wrapped<'a> {
    /// In rows of `width` columns (1 at least).
    pub fn new(line: &'a [u8], width: usize) -> Self {
        let width = width.max(1);
        let rows = match () {
            // No character takes more columns than bytes; one may stick out into a row by a column where it is cut off.
            () if line.len() > EXACT => Rows::Even((width - 1).max(1)),
            () if line.iter().all(|byte| matches!(byte, b' '..=b'~')) => Rows::Even(width),
            () => Rows::Exact(layout(line, width)),
        };
        Self { line, rows }
    }

    /// How many rows there are: one at least.
    pub fn rows(&self) -> usize {
        match &self.rows {
            Rows::Even(bytes) => self.line.len().div_ceil(*bytes).max(1),
            Rows::Exact(starts) => starts.len(),
        }
    }

    /// The bytes of a row; empty behind the last.
    pub fn row(&self, row: usize) -> Range<usize> {
        self.start(row)..self.start(row.saturating_add(1))
    }

    fn start(&self, row: usize) -> usize {
        match &self.rows {
            Rows::Even(bytes) => whole(self.line, row.saturating_mul(*bytes).min(self.line.len())),
            Rows::Exact(starts) => starts.get(row).map_or(self.line.len(), |start| *start as usize),
        }
    }

    /// The row that a byte is in.
    pub fn row_of(&self, byte: usize) -> usize {
        let row = match &self.rows {
            Rows::Even(bytes) => byte / bytes,
            Rows::Exact(starts) => starts.partition_point(|start| *start as usize <= byte).saturating_sub(1),
        };
        // A row begins with the whole of a character that its first byte is of, and may so begin earlier.
        let row = (row..).find(|row| self.start(row + 1) > byte || row + 1 >= self.rows());
        row.unwrap_or_default().min(self.rows() - 1)
    }
}

/// The beginning of the character that a byte is of, so that rows do not tear it.
fn whole(line: &[u8], at: usize) -> usize {
    let continues = |at: usize| line.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let begin = (at.saturating_sub(3)..=at).rev().find(|at| !continues(*at));
    begin.unwrap_or(at)
}

fn layout(line: &[u8], width: usize) -> Vec<u32> {
    let (mut starts, mut column) = (vec![0], 0);
    let mut begin = |at: usize| starts.push(u32::try_from(at).unwrap_or(u32::MAX));
    for (bytes, cell) in Cells::new(line, 0..line.len()) {
        if let Cell::Ascii(text) = cell {
            let mut at = bytes.start;
            while bytes.end - at > width - column {
                at += width - column;
                begin(at);
                column = 0;
            }
            column += bytes.end - at;
            debug_assert!(text.len() == bytes.len());
            continue;
        }
        let columns = columns(cell, column);
        let full = column >= width && columns > 0;
        if column > 0 && (full || column + columns > width && cell != Cell::Tab) {
            begin(bytes.start);
            column = 0;
        }
        // A tab at the end of a row fills it, as terminals have it.
        column = (column + columns).min(width);
    }
    starts
}

/// The columns that a piece takes which begins at `column`.
fn columns(cell: Cell<'_>, column: usize) -> usize {
    match cell {
        Cell::Ascii(text) => text.len(),
        Cell::Char(text) => width::width(&Clean::new(text)),
        Cell::Tab => TAB - column % TAB,
        Cell::Sgr(_) => 0,
        Cell::Bad => 1,
    }
}

/// The column at which a byte of a line stands that is not wrapped. In a line of more than [`EXACT`] bytes a byte is taken for one.
pub fn column_of(line: &[u8], byte: usize) -> usize {
    let byte = byte.min(line.len());
    if line.len() > EXACT {
        return byte;
    }
    Cells::new(line, 0..byte).fold(0, |column, (_, cell)| column + columns(cell, column))
}

/// The bytes that are seen of a line that is not wrapped: `width` columns from column `from` on. In a line of more than [`EXACT`]
/// bytes a byte is taken for a column.
pub fn slice(line: &[u8], from: usize, width: usize) -> Range<usize> {
    if line.len() > EXACT {
        let at = |column: usize| whole(line, column.min(line.len()));
        return at(from)..at(from.saturating_add(width));
    }
    let to = from.saturating_add(width);
    let (mut column, mut start, mut end) = (0, None, 0);
    for (bytes, cell) in Cells::new(line, 0..line.len()) {
        let columns = columns(cell, column);
        // Within ASCII a column is a byte; everything else is seen whole or, at the end, not at all.
        let ascii = matches!(cell, Cell::Ascii(_));
        if start.is_none() && column + columns > from {
            start = Some(bytes.start + if ascii { from - column.min(from) } else { 0 });
        }
        if column + columns > to {
            end = bytes.start + if ascii { to - column.min(to) } else { 0 };
            return start.unwrap_or(end).min(end)..end;
        }
        column += columns;
        end = bytes.end;
    }
    start.unwrap_or(end)..end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::show::spans;

    fn rows(line: &[u8], width: usize) -> Vec<String> {
        let wrapped = Wrapped::new(line, width);
        (0..wrapped.rows()).map(|row| seen(line, wrapped.row(row))).collect()
    }

    fn seen(line: &[u8], bytes: Range<usize>) -> String {
        spans(line, bytes).iter().map(|span| span.text.as_str()).collect()
    }

    #[test]
    fn a_byte_stands_where_the_window_from_its_column_on_begins() {
        let line = "ab\u{1b}[31m订单\tx 🚀 end".as_bytes();
        for (at, _) in std::str::from_utf8(line).unwrap().char_indices().filter(|(at, _)| !(2..7).contains(at)) {
            assert_eq!(slice(line, column_of(line, at), 99).start, at);
        }
        let huge = vec![b'x'; EXACT + 1];
        assert_eq!(column_of(&huge, 77), 77);
    }

    #[test]
    fn characters_are_never_torn_and_colours_take_no_room() {
        assert_eq!(rows(b"abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(rows("订单服务".as_bytes(), 5), ["订单", "服务"]);
        assert_eq!(rows(b"\x1b[31mabcd\x1b[0m", 4), ["abcd"]);
        assert_eq!(rows(b"a\0\xffb", 2), ["a␀", "\u{fffd}b"]);
        assert_eq!(rows(b"", 3), [""]);
    }

    #[test]
    fn a_huge_line_is_laid_out_without_looking_at_it() {
        let line = "订".repeat(20 << 20).into_bytes();
        let wrapped = Wrapped::new(&line, 81);
        assert_eq!(wrapped.rows(), line.len().div_ceil(80));
        let row = wrapped.row(500_000);
        assert_eq!(wrapped.row_of(row.start), 500_000);
        let text = seen(&line, row);
        assert!(text.chars().all(|c| c == '订') && width::width(&text) <= 81, "{text}");
    }

    #[test]
    fn a_line_that_is_not_wrapped_is_seen_through_a_window_of_columns() {
        let seen = |line: &[u8], from, width| seen(line, slice(line, from, width));
        assert_eq!(seen(b"abcdefgh", 2, 3), "cde");
        assert_eq!(seen("ab订单cd".as_bytes(), 2, 4), "订单");
        assert_eq!(seen("ab订单cd".as_bytes(), 2, 3), "订");
        assert_eq!(seen(b"abc", 9, 3), "");
        assert_eq!(seen(b"abcdefgh", 0, 100), "abcdefgh");
        assert_eq!(seen(&[b'x'; EXACT + 10], EXACT, 5), "xxxxx");
    }

    proptest! {
        #[test]
        fn rows_hold_the_whole_line_and_no_row_is_too_wide(text in "[a-z订👧é\t\u{301}\u{1b}\\[m1]{0,80}", width in 2usize..30, huge in prop::bool::ANY) {
            let mut line = text.into_bytes();
            if huge {
                line = line.repeat(EXACT / line.len().max(1) + 2);
            }
            let wrapped = Wrapped::new(&line, width);
            let (mut at, rows) = (0, wrapped.rows());
            for row in (0..rows).filter(|row| *row < 50 || row + 50 > rows) {
                let bytes = wrapped.row(row);
                if row < 50 {
                    prop_assert_eq!(bytes.start, at);
                    at = bytes.end;
                }
                for byte in bytes.clone() {
                    prop_assert_eq!(wrapped.row_of(byte), row);
                }
                let shown = seen(&line, bytes);
                prop_assert!(shown.contains("  ") || width::width(&shown) <= width, "{:?}", shown);
            }
            prop_assert_eq!(wrapped.row(rows - 1).end, line.len());
        }
    }
}
