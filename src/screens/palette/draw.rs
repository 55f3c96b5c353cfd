//! The palette on the screen: the line at the bottom, candidates above it.

use std::ops::Range;

use ratatui::{Frame, buffer::Buffer, layout::Rect, widgets::Clear};

use super::{Palette, find::Candidate};
use crate::{
    Scope, Theme,
    widgets::text::{cut, grouped, left, put, width, wrap},
};

/// So many candidates are shown.
const SHOWN: usize = 8;

impl Palette {
    /// Draws the line into `foot`, the candidates above it into the end of `body`.
    pub fn draw(&self, theme: &Theme, frame: &mut Frame, body: Rect, foot: Rect) {
        frame.render_widget(Clear, foot);
        let buffer = frame.buffer_mut();
        buffer.set_style(foot, theme.style(Scope::Text));
        let x = put(buffer, foot, foot.x, foot.y, " :", theme.style(Scope::Key));
        self.field.draw(theme, buffer, Rect { x, width: foot.right().saturating_sub(x), ..foot });
        let area = self.area(body);
        frame.render_widget(Clear, area);
        let buffer = frame.buffer_mut();
        buffer.set_style(area, theme.style(Scope::Text));
        put(buffer, area, area.x, area.y, &"─".repeat(area.width.into()), theme.style(Scope::Border));
        let mut y = area.y + 1;
        for line in self.errors(area.width) {
            put(buffer, area, area.x, y, &line, theme.style(Scope::Bad));
            y += 1;
        }
        let shown = self.shown();
        let column = self.found.list[shown.clone()].iter().map(|found| width(&found.text)).max().unwrap_or(0).min(44);
        for n in shown {
            self.draw_candidate(theme, buffer, Rect { y, height: 1, ..area }, n, column);
            y += 1;
        }
        let hidden = self.hidden();
        if hidden > 0 {
            let text = format!("   … {} more: type on, or go down", grouped(hidden));
            put(buffer, area, area.x, y, &text, theme.style(Scope::Dim));
        }
    }

    fn draw_candidate(&self, theme: &Theme, buffer: &mut Buffer, row: Rect, n: usize, column: usize) {
        if row.intersection(buffer.area).is_empty() {
            return;
        }
        let Candidate { text, desc, key, .. } = &self.found.list[n];
        let under = self.chosen == Some(n);
        let style = |scope| match under {
            true => theme.style(scope).patch(theme.style(Scope::Cursor)),
            false => theme.style(scope),
        };
        buffer.set_style(row, style(Scope::Text));
        let text = format!(" {} {}", if under { "▸" } else { " " }, left(&cut(text, column), column));
        let x = put(buffer, row, row.x, row.y, &text, style(Scope::Text));
        let x = put(buffer, row, x + 2, row.y, desc, style(Scope::Dim));
        if let Some(key) = key {
            put(buffer, row, x + 2, row.y, &key.to_string(), style(Scope::Key));
        }
    }

    fn errors(&self, columns: u16) -> Vec<String> {
        let Some(error) = &self.error else { return Vec::new() };
        let lines = wrap(error, usize::from(columns.saturating_sub(4)));
        lines.iter().enumerate().map(|(n, line)| format!(" {} {line}", if n == 0 { "✗" } else { " " })).collect()
    }

    /// The candidates in sight: the first ones, or those up to the chosen one.
    fn shown(&self) -> Range<usize> {
        let from = (self.chosen.unwrap_or(0) + 1).saturating_sub(SHOWN);
        from..self.found.list.len().min(from + SHOWN)
    }

    fn hidden(&self) -> usize {
        self.found.total.saturating_sub(self.shown().end)
    }

    /// Where the candidates and what stands above them are: the end of `body`.
    pub(super) fn area(&self, body: Rect) -> Rect {
        let lines = 1 + self.errors(body.width).len() + self.shown().len() + usize::from(self.hidden() > 0);
        let height = u16::try_from(lines).unwrap_or(body.height).min(body.height);
        Rect { y: body.bottom() - height, height, ..body }
    }

    /// The candidate in a row of the screen.
    pub(super) fn at(&self, body: Rect, row: u16) -> Option<usize> {
        let area = self.area(body);
        let first = usize::from(area.y) + 1 + self.errors(body.width).len();
        let shown = self.shown();
        let n = usize::from(row).checked_sub(first).filter(|_| row < area.bottom())?;
        (n < shown.len()).then(|| shown.start + n)
    }
}
