//! The room on the screen: what is said about the lines, lines over time, the lines, or why there are none.

use ratatui::{Frame, buffer::Buffer as Cells, layout::Rect};

use super::{
    bars, empty, lines,
    room::Logs,
    said::{filters, said, shown},
};
use crate::{
    Ctx, Scope,
    widgets::text::{cut, put, width},
};

/// Rooms of so many rows have errors in a row of their own.
const TALL: u16 = 30;

/// Rows above the lines.
pub(super) fn above(room: &Logs) -> u16 {
    let field = u16::from(room.field.is_some());
    if room.look.full {
        return field;
    }
    2 + field + u16::from(filtered(room)) + histogram_rows(room)
}

fn filtered(room: &Logs) -> bool {
    !room.buffer.view.filter().is_empty() || room.buffer.seek.is_some()
}

fn histogram_rows(room: &Logs) -> u16 {
    match room.look.histogram && room.size.1 >= 10 {
        true if room.size.1 >= TALL => 2,
        true => 1,
        false => 0,
    }
}

/// Draws the room.
pub(super) fn draw(room: &Logs, ctx: &Ctx, frame: &mut Frame, area: Rect) {
    let mut rest = area;
    let mut row = |rows: u16| {
        let row = Rect { height: rest.height.min(rows), ..rest };
        rest = Rect { y: rest.y + row.height, height: rest.height - row.height, ..rest };
        row
    };
    let cells = frame.buffer_mut();
    if !room.look.full {
        let said = said(room, ctx);
        let mode = shown(room);
        let columns = u16::try_from(width(&mode)).unwrap_or(0);
        for (n, part) in said.split(|(_, text)| text == "\n").enumerate() {
            let area = row(1);
            let end = if n == 0 { columns.min(area.width) } else { 0 };
            pieces(ctx, cells, Rect { width: area.width - end, ..area }, part);
            if n == 0 {
                put(cells, area, area.right() - end, area.y, &mode, ctx.theme.style(Scope::Key));
            }
        }
        if filtered(room) {
            pieces(ctx, cells, row(1), &filters(room));
        }
        let rows = histogram_rows(room);
        if rows > 0 {
            bars::draw(room, ctx, cells, row(rows));
        }
    }
    if room.field.is_some() {
        field(room, ctx, cells, row(1));
    }
    if room.buffer.view.is_empty() {
        empty::draw(room, ctx, cells, rest);
    } else {
        lines::draw(room, ctx, cells, rest);
    }
    if let Some(over) = &room.over {
        over.draw(room, ctx, frame, area);
    }
}

/// Pieces side by side; the last that does not fit is cut.
fn pieces(ctx: &Ctx, cells: &mut Cells, area: Rect, pieces: &[(Scope, String)]) {
    let mut x = area.x + 1;
    for (n, (scope, text)) in pieces.iter().enumerate() {
        if n > 0 {
            x = put(cells, area, x, area.y, " · ", ctx.theme.style(Scope::Dim));
        }
        x = put(cells, area, x, area.y, text, ctx.theme.style(*scope));
    }
}

fn field(room: &Logs, ctx: &Ctx, cells: &mut Cells, area: Rect) {
    let Some(field) = &room.field else { return };
    let x = put(cells, area, area.x, area.y, field.what.label(), ctx.theme.style(Scope::Key));
    let said = field.error.clone().unwrap_or_else(|| match field.what {
        super::field::For::Time => "14:05, 10m, 2026-11-22 14:05".to_owned(),
        _ => "tab: with · without · search; /…/ is an expression".to_owned(),
    });
    let said = cut(&said, usize::from(area.width) / 2);
    let end = area.right().saturating_sub(u16::try_from(width(&said) + 1).unwrap_or(0)).max(x);
    field.prompt.draw(ctx.theme, cells, Rect { x, width: end.saturating_sub(x + 1), ..area });
    let scope = if field.error.is_some() { Scope::Bad } else { Scope::Dim };
    put(cells, area, end, area.y, &said, ctx.theme.style(scope));
}
