//! The fleet on the screen.

use ratatui::{Frame, buffer::Buffer, layout::Rect};

use super::{
    Cell, FleetRoom,
    columns::{Column, GUTTER},
    filter::Filter,
};
use crate::{
    Ctx, Scope,
    widgets::text::{grouped, left, name, put, right, width},
};

impl FleetRoom {
    pub(super) fn paint(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let mut table = area;
        if self.filter.shown() {
            self.paint_filter(ctx, buffer, Rect { height: 1, ..area });
            table = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        }
        let columns = self.columns(ctx);
        self.paint_heading(ctx, buffer, table, &columns);
        let rows = Rect { y: table.y + 1, height: table.height.saturating_sub(1), ..table };
        let lines = self.lines(ctx);
        if self.view.keys.is_empty() {
            paint_words(ctx, buffer, rows, &lines[0]);
        } else {
            let visible = self.scroll.visible(self.view.keys.len());
            for ((n, cells), y) in visible.zip(&lines).zip(rows.y..rows.bottom()) {
                let row = Rect { y, height: 1, ..rows };
                self.paint_row(ctx, buffer, row, n, cells, &columns);
            }
        }
        if let Some(asking) = &self.asking {
            asking.dialog.draw(ctx.theme, frame, area);
        }
    }

    fn paint_filter(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect) {
        let hidden = self.split_marks().1.len();
        let mut said = format!("{} of {} match", grouped(self.view.keys.len()), grouped(ctx.fleet.len()));
        if hidden > 0 {
            said += &format!(" · {hidden} of {} marks hidden by the filter", self.marks.len());
        }
        let scope = if hidden > 0 { Scope::Warn } else { Scope::Dim };
        paint_filter(ctx, buffer, area, &self.filter, &said, scope);
    }

    fn paint_heading(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect, columns: &[(Column, usize)]) {
        let style = ctx.theme.style(Scope::Heading);
        let mut x = area.x + GUTTER as u16;
        for (column, width) in columns {
            let mut title = column.title().to_owned();
            if column.sort() == Some(self.order.key) {
                title.truncate(width.saturating_sub(1));
                title += if self.order.reverse { "▲" } else { "▼" };
            }
            let text = if column.at_right() { right(&title, *width) } else { left(&title, *width) };
            x = put(buffer, area, x, area.y, &text, style) + 1;
        }
    }

    fn paint_row(
        &self,
        ctx: &Ctx,
        buffer: &mut Buffer,
        area: Rect,
        n: usize,
        cells: &[Cell],
        columns: &[(Column, usize)],
    ) {
        let marked = self.view.keys.get(n).is_some_and(|key| self.marks.contains(key));
        let under = n == self.scroll.cursor;
        if under {
            buffer.set_style(area, ctx.theme.style(Scope::Cursor));
        }
        let signs = [if under { "▸" } else { " " }, if marked { "●" } else { " " }].concat();
        put(buffer, area, area.x, area.y, &signs, ctx.theme.style(Scope::Marked));
        let mut x = area.x + GUTTER as u16;
        for (cell, (column, width)) in cells.iter().zip(columns) {
            let text = match column {
                Column::Name => name(&cell.text, *width),
                column if column.at_right() => right(&cell.text, *width),
                _ => left(&cell.text, *width),
            };
            let scope = if marked && *column == Column::Name { Scope::Marked } else { cell.scope };
            let mut style = ctx.theme.style(scope);
            if under {
                style = style.patch(ctx.theme.style(Scope::Cursor));
            }
            let end = put(buffer, area, x, area.y, &text, style);
            if *column == Column::Name {
                paint_matches(ctx, buffer, Rect { x, ..area }, &self.filter, &text);
            }
            x = end + 1;
        }
    }
}

/// Shows what the filter matched in a text that stands at the left of `area`.
fn paint_matches(ctx: &Ctx, buffer: &mut Buffer, area: Rect, filter: &Filter, text: &str) {
    for spot in filter.spots(text) {
        let columns = |text: &str| u16::try_from(width(text)).unwrap_or(u16::MAX);
        let place = Rect {
            x: area.x.saturating_add(columns(&text[..spot.start])),
            y: area.y,
            width: columns(&text[spot]),
            height: 1,
        };
        buffer.set_style(place.intersection(buffer.area), ctx.theme.style(Scope::Match));
    }
}

/// The line of a filter: the field or the text, and what it finds.
pub(crate) fn paint_filter(ctx: &Ctx, buffer: &mut Buffer, area: Rect, filter: &Filter, said: &str, scope: Scope) {
    let x = put(buffer, area, area.x, area.y, " / ", ctx.theme.style(Scope::Key));
    let columns = u16::try_from(width(said) + 3).unwrap_or(area.width);
    let room = area.right().saturating_sub(x).saturating_sub(columns).clamp(8, 40).min(area.right().saturating_sub(x));
    let place = Rect { x, width: room, ..area };
    match &filter.field {
        Some(field) => field.draw(ctx.theme, buffer, place),
        None => {
            put(buffer, place, x, area.y, &filter.text, ctx.theme.style(Scope::Match));
        }
    }
    put(buffer, area, place.right() + 2, area.y, said, ctx.theme.style(scope));
}

/// Words in place of rows.
pub(crate) fn paint_words(ctx: &Ctx, buffer: &mut Buffer, area: Rect, words: &[Cell]) {
    let mut y = area.y + 1;
    for cell in words {
        for line in crate::widgets::text::wrap(&cell.text, usize::from(area.width.saturating_sub(6))) {
            put(buffer, area, area.x + 3, y, &line, ctx.theme.style(cell.scope));
            y += 1;
        }
    }
}
