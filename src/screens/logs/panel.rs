//! A list over the lines: a title, headings, rows.

use ratatui::{Frame, layout::Rect, style::Style, widgets::Clear};

use crate::{
    Command, Ctx, Scope,
    widgets::{
        Scroll,
        text::{left, put},
    },
};

/// A piece of a row: its columns (0: the rest), its style, its text.
pub(super) type Piece = (usize, Style, String);

/// Rows above the list.
pub(super) const ABOVE: u16 = 2;

/// Moves within a list of `len` rows, in a room of so many rows.
pub(super) fn moved(scroll: &mut Scroll, command: Command, len: usize, rows: u16) -> bool {
    scroll.height = rows.saturating_sub(ABOVE).into();
    scroll.command(command, len)
}

/// Draws a list. `heading` has the columns that rows have.
pub(super) fn draw(
    ctx: &Ctx,
    frame: &mut Frame,
    area: Rect,
    (title, heading): (&str, &str),
    scroll: &Scroll,
    rows: &[Vec<Piece>],
) {
    frame.render_widget(Clear, area);
    let cells = frame.buffer_mut();
    cells.set_style(area, ctx.theme.style(Scope::Text));
    let line = |y: u16| Rect { y, height: u16::from(y < area.bottom()), ..area };
    put(cells, line(area.y), area.x + 1, area.y, title, ctx.theme.style(Scope::Heading));
    put(cells, line(area.y + 1), area.x + 2, area.y + 1, heading, ctx.theme.style(Scope::Dim));
    let scroll = Scroll { height: area.height.saturating_sub(ABOVE).into(), ..*scroll };
    let mut scroll = scroll;
    scroll.clamp(rows.len());
    for (n, y) in scroll.visible(rows.len()).zip(area.y + ABOVE..area.bottom()) {
        let under = n == scroll.cursor;
        if under {
            cells.set_style(line(y), ctx.theme.style(Scope::Cursor));
        }
        let mut x = put(cells, area, area.x, y, if under { "▸ " } else { "  " }, ctx.theme.style(Scope::Key));
        for (columns, style, text) in &rows[n] {
            let rest = usize::from(area.right().saturating_sub(x));
            let columns = if *columns == 0 { rest } else { (*columns).min(rest) };
            let text = left(text, columns.saturating_sub(usize::from(columns < rest)));
            x = put(cells, area, x, y, &text, *style) + u16::from(columns < rest);
        }
    }
}
