//! The lines in sight, and no other.

use ratatui::{Frame, buffer::Buffer, layout::Rect, style::Style};
use unicode_segmentation::UnicodeSegmentation;

use super::Document;
use crate::{
    List, Scope, Theme,
    widgets::text::{grouped, put, width},
};

/// Columns before the text: the sign of a fold.
const GUTTER: u16 = 2;

impl Document {
    /// Draws the search, where there is one, and the lines in sight.
    pub fn draw(&self, theme: &Theme, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        if self.search.shown() {
            self.draw_search(theme, buffer, Rect { height: 1.min(area.height), ..area });
        }
        let body = self.body(area);
        let visible = self.scroll.visible(self.shown.len());
        let below = self.shown.len() - visible.end;
        for (place, y) in visible.clone().zip(body.y..body.bottom()) {
            self.draw_line(theme, buffer, Rect { y, height: 1, ..body }, place);
        }
        if below > 0 && body.height > 0 {
            let text = format!(" {} more ", grouped(below));
            let columns = u16::try_from(width(&text)).unwrap_or(0).min(body.width);
            put(buffer, body, body.right() - columns, body.bottom() - 1, &text, theme.style(Scope::Dim));
        }
    }

    /// Where its lines stand in an area whose first `above` rows are something else's, for the mouse.
    pub fn list(&self, above: u16) -> List {
        List::new(&self.scroll, self.shown.len(), above + u16::from(self.search.shown()))
    }

    fn draw_search(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let said = self.matches();
        let columns = u16::try_from(width(&said)).unwrap_or(0);
        let x = put(buffer, area, area.x, area.y, " / ", theme.style(Scope::Key));
        let end = area.right().saturating_sub(columns + 2).max(x);
        match &self.search.field {
            Some(field) => field.draw(theme, buffer, Rect { x, width: end - x, ..area }),
            None => {
                put(
                    buffer,
                    Rect { width: end - area.x, ..area },
                    x,
                    area.y,
                    &self.search.text,
                    theme.style(Scope::Match),
                );
            }
        }
        let scope = if self.search.hits.is_empty() { Scope::Warn } else { Scope::Dim };
        put(buffer, area, end + 1, area.y, &said, theme.style(scope));
    }

    fn draw_line(&self, theme: &Theme, buffer: &mut Buffer, row: Rect, place: usize) {
        let at = self.shown[place];
        let line = &self.lines[at];
        let under = place == self.scroll.cursor;
        let ground = if under { theme.style(Scope::Cursor) } else { Style::new() };
        buffer.set_style(row, ground);
        let folded = self.is_folded(at);
        let sign = match () {
            () if folded => "▸",
            () if line.end > at + 1 => "▾",
            () => " ",
        };
        put(buffer, row, row.x, row.y, sign, theme.style(Scope::Dim).patch(ground));
        let mut pen = Pen { buffer, row, x: row.x + GUTTER, skip: self.left };
        let spots = self.search.spots(&line.text);
        let mut from = 0;
        let tail = (Scope::Text, line.text.len());
        for &(scope, to) in line.tints.iter().chain([&tail]) {
            let to = to.min(line.text.len());
            let style = theme.style(scope).patch(ground);
            pen.write(&line.text, from..to.max(from), style, &spots, theme.style(Scope::Match).patch(ground));
            from = from.max(to);
        }
        if folded {
            pen.skip = 0;
            let hidden = line.end - at - 1;
            let lines = if hidden == 1 { "line" } else { "lines" };
            pen.put(&format!(" … {} {lines}", grouped(hidden)), theme.style(Scope::Dim).patch(ground));
        }
    }
}

/// Where the next piece of a line goes; so many columns of it are panned out still.
struct Pen<'a> {
    buffer: &'a mut Buffer,
    row: Rect,
    x: u16,
    skip: usize,
}

impl Pen<'_> {
    /// Writes a range of `text`, what is within `spots` in the style of a match.
    fn write(
        &mut self,
        text: &str,
        range: std::ops::Range<usize>,
        style: Style,
        spots: &[std::ops::Range<usize>],
        hit: Style,
    ) {
        let mut at = range.start;
        for spot in spots.iter().filter(|spot| spot.end > range.start && spot.start < range.end) {
            let (from, to) = (spot.start.max(range.start), spot.end.min(range.end));
            self.put(&text[at..from], style);
            self.put(&text[from..to], style.patch(hit));
            at = to;
        }
        self.put(&text[at..range.end], style);
    }

    /// Writes what is neither panned out nor beyond the edge. A long text is gone through no further than that.
    fn put(&mut self, text: &str, style: Style) {
        let mut from = 0;
        for (at, grapheme) in text.grapheme_indices(true) {
            if self.skip == 0 {
                break;
            }
            self.skip = self.skip.saturating_sub(width(grapheme));
            from = at + grapheme.len();
        }
        let room = usize::from(self.row.right().saturating_sub(self.x));
        let mut taken = 0;
        let mut to = from;
        for (at, grapheme) in text[from..].grapheme_indices(true) {
            taken += width(grapheme);
            if taken > room {
                let last = self.row.right().saturating_sub(1);
                self.x = put(self.buffer, self.row, self.x, self.row.y, &text[from..to], style);
                self.x = put(self.buffer, self.row, last.min(self.x), self.row.y, "…", style).max(self.row.right());
                return;
            }
            to = from + at + grapheme.len();
        }
        self.x = put(self.buffer, self.row, self.x, self.row.y, &text[from..to], style);
    }
}
