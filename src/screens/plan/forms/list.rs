//! A list of four columns under a head, as the forms of a plan have it.

use ratatui::{Frame, layout::Rect, text::Line};

use crate::{Ctx, Scope, plan::sheet, widgets::text::width};

/// A line of a list: its cells, and the colour of the first.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) cells: [String; 4],
    pub(super) scope: Scope,
}

/// Draws a head, the titles of the columns (where there are rows), and the rows with the cursor on one of them.
pub(super) fn draw(
    ctx: &Ctx,
    frame: &mut Frame,
    area: Rect,
    mut head: Vec<Line<'static>>,
    titles: [&str; 4],
    rows: &[&Row],
    cursor: usize,
) {
    let widths = widths(rows, titles, area.width.into());
    let titles: Vec<_> = titles.iter().zip(&widths).map(|(text, width)| (*text, *width, Scope::Heading)).collect();
    head.push(sheet::cells(ctx, &titles));
    sheet::draw(ctx, frame, area, &head, 0, None);
    let used = (head.len() as u16).min(area.height);
    let place = Rect { y: area.y + used, height: area.height - used, ..area };
    let lines: Vec<Line> = rows.iter().enumerate().map(|(n, row)| line(ctx, n == cursor, row, &widths)).collect();
    if !lines.is_empty() {
        let top = sheet::top(cursor, lines.len(), place.height.into());
        sheet::draw(ctx, frame, place, &lines, top, Some(cursor));
    }
}

fn widths(rows: &[&Row], titles: [&str; 4], room: usize) -> Vec<usize> {
    let mut wanted = titles.map(width);
    for row in rows {
        for (wanted, cell) in wanted.iter_mut().zip(&row.cells) {
            *wanted = (*wanted).max(width(cell));
        }
    }
    wanted[0] += 2;
    sheet::shares(&wanted, room.saturating_sub(2 * wanted.len()), 4)
}

fn line(ctx: &Ctx, chosen: bool, row: &Row, widths: &[usize]) -> Line<'static> {
    let mark = if chosen { "▸" } else { " " };
    let first = format!("{mark} {}", row.cells[0]);
    let [_, second, third, fourth] = &row.cells;
    let scopes = [row.scope, Scope::Text, Scope::Dim, Scope::Warn];
    let cells = [&first, second, third, fourth];
    let cells: Vec<_> =
        cells.iter().zip(widths).zip(scopes).map(|((text, width), scope)| (text.as_str(), *width, scope)).collect();
    sheet::cells(ctx, &cells)
}
