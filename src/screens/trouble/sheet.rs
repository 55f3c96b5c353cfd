//! A table with the whole of its line under the cursor below it: the layout that trouble and changes share.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    Ctx, Scope,
    fleet::Cell,
    widgets::text::{left, name, put, right, width, wrap},
};

/// A column: its heading, its columns on the screen, and how its text stands in them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub title: &'static str,
    pub width: usize,
    pub fit: Fit,
}

/// How a text stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    Left,
    Right,
    /// Cut in its middle.
    Name,
}

/// Columns before the first: the cursor and the mark.
pub(crate) const GUTTER: u16 = 2;

/// Where the parts of the room stand: a line of what is known, the headings and rows, the details.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub news: Rect,
    pub table: Rect,
    pub detail: Rect,
}

/// The parts of a room of this area, of which the first `above` lines are taken (by a filter).
pub(crate) fn parts(area: Rect, above: u16) -> Parts {
    let y = area.y + above.min(area.height);
    let left = area.bottom() - y;
    let news = Rect { y, height: left.min(1), ..area };
    let detail = (left / 2).min(12);
    let table = Rect { y: news.bottom(), height: left.saturating_sub(1 + detail), ..area };
    Parts { news, table, detail: Rect { y: table.bottom(), height: detail, ..area } }
}

/// Shares `room` columns: fixed ones keep theirs (plus a blank each), the last takes what is left.
pub(crate) fn fill(columns: &mut [Column], room: usize) {
    let taken: usize = columns.iter().map(|column| column.width + 1).sum::<usize>() + usize::from(GUTTER);
    if let Some(last) = columns.last_mut() {
        last.width = (last.width + room.saturating_sub(taken + 1)).max(8);
    }
}

/// The headings, then the rows: cells, and whether each is marked; `cursor` is the row under the cursor.
pub(crate) fn paint(
    ctx: &Ctx,
    buffer: &mut Buffer,
    area: Rect,
    columns: &[Column],
    rows: &[(Vec<Cell>, bool)],
    cursor: usize,
) {
    let mut x = area.x + GUTTER;
    for column in columns {
        let text = fitted(column, column.title);
        x = put(buffer, area, x, area.y, &text, ctx.theme.style(Scope::Heading)) + 1;
    }
    for ((n, (cells, marked)), y) in rows.iter().enumerate().zip(area.y + 1..area.bottom()) {
        let under = n == cursor;
        let line = Rect { y, height: 1, ..area };
        if under {
            buffer.set_style(line, ctx.theme.style(Scope::Cursor));
        }
        let signs = [if under { "▸" } else { " " }, if *marked { "●" } else { " " }].concat();
        put(buffer, line, line.x, y, &signs, ctx.theme.style(Scope::Marked));
        let mut x = area.x + GUTTER;
        for (cell, column) in cells.iter().zip(columns) {
            let mut style = ctx.theme.style(cell.scope);
            if under {
                style = style.patch(ctx.theme.style(Scope::Cursor));
            }
            x = put(buffer, line, x, y, &fitted(column, &cell.text), style) + 1;
        }
    }
}

fn fitted(column: &Column, text: &str) -> String {
    match column.fit {
        Fit::Left => left(text, column.width),
        Fit::Right => right(text, column.width),
        Fit::Name => name(text, column.width),
    }
}

/// The details: a rule, then paragraphs, each wrapped; what does not fit is counted.
pub(crate) fn paint_detail(ctx: &Ctx, buffer: &mut Buffer, area: Rect, paragraphs: &[Cell]) {
    if area.height == 0 {
        return;
    }
    let rule = "─".repeat(area.width.into());
    put(buffer, area, area.x, area.y, &rule, ctx.theme.style(Scope::Border));
    let room = usize::from(area.width.saturating_sub(2));
    let lines = paragraphs.iter().flat_map(|cell| {
        let indent = if cell.text.starts_with("· ") { "  " } else { "" };
        wrap(&cell.text, room.saturating_sub(2))
            .into_iter()
            .enumerate()
            .map(move |(n, line)| (cell.scope, if n > 0 { format!("{indent}{line}") } else { line }))
    });
    let lines: Vec<(Scope, String)> = lines.collect();
    let fits = usize::from(area.height - 1);
    let shown = if lines.len() > fits { fits.saturating_sub(1) } else { fits };
    for ((scope, line), y) in lines.iter().take(shown).zip(area.y + 1..) {
        put(buffer, area, area.x + 1, y, line, ctx.theme.style(*scope));
    }
    if lines.len() > fits {
        let text = format!("… {} more lines on a larger screen", lines.len() - shown);
        put(buffer, area, area.x + 1, area.bottom() - 1, &text, ctx.theme.style(Scope::Dim));
    }
}

/// Pieces of one line, ` · ` between them.
pub(crate) fn paint_news(ctx: &Ctx, buffer: &mut Buffer, area: Rect, pieces: &[Cell]) {
    let mut x = area.x + 1;
    for (n, piece) in pieces.iter().enumerate() {
        if n > 0 {
            x = put(buffer, area, x, area.y, " · ", ctx.theme.style(Scope::Dim));
        }
        x = put(buffer, area, x, area.y, &piece.text, ctx.theme.style(piece.scope));
    }
}

/// The width of the widest of these texts, within bounds.
pub(crate) fn needed<'a>(texts: impl Iterator<Item = &'a str>, least: usize, most: usize) -> usize {
    texts.map(width).max().unwrap_or(0).clamp(least, most)
}
