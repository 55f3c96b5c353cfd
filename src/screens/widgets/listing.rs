//! A short list that is no table: headings, rows, a cursor.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Cell, Scroll,
    text::{left, put, wrap},
};
use crate::{Scope, Theme};

/// A list of what this console itself has begun: neither sorted nor filtered.
pub struct Listing<'a> {
    /// How it looks.
    pub theme: &'a Theme,
    /// Headings and widths; the last takes what is left, and has none.
    pub columns: &'a [(&'a str, usize)],
    /// The rows in sight, and the cursor.
    pub scroll: &'a Scroll,
}

impl Listing<'_> {
    /// Draws the headings, and those of `len` rows that are in sight; `cells` gives a row's by its place.
    pub fn draw<const N: usize>(
        &self,
        buffer: &mut Buffer,
        area: Rect,
        len: usize,
        cells: impl Fn(usize) -> [Cell; N],
    ) {
        let mut x = area.x + 2;
        for (name, columns) in self.columns {
            let name = left(name, (*columns).max(name.len()));
            x = put(buffer, area, x, area.y, &name, self.theme.style(Scope::Heading)) + 1;
        }
        for (n, y) in self.scroll.visible(len).zip(area.y + 1..area.bottom()) {
            let under = n == self.scroll.cursor;
            if under {
                buffer.set_style(Rect { y, height: 1, ..area }, self.theme.style(Scope::Cursor));
                put(buffer, area, area.x, y, "▸", self.theme.style(Scope::Cursor));
            }
            let mut x = area.x + 2;
            for (cell, (_, columns)) in cells(n).into_iter().zip(self.columns) {
                let text = if *columns == 0 { cell.text } else { left(&cell.text, *columns) };
                let scope = if under { Scope::Cursor } else { cell.scope };
                x = put(buffer, area, x, y, &text, self.theme.style(scope)) + 1;
            }
        }
    }
}

/// Says that there is nothing, and how there would be something.
pub fn nothing(theme: &Theme, buffer: &mut Buffer, area: Rect, what: &str, how: &str) {
    put(buffer, area, area.x + 1, area.y, what, theme.style(Scope::Heading));
    for (line, y) in wrap(how, usize::from(area.width).saturating_sub(2).max(1)).iter().zip(area.y + 1..) {
        put(buffer, area, area.x + 1, y, line, theme.style(Scope::Dim));
    }
}
