//! The fleet on the screen.

use ratatui::{Frame, buffer::Buffer, layout::Rect};

use super::FleetRoom;
use crate::{
    Ctx, Scope,
    widgets::{Cell, FilterField, Look, text::put},
};

impl FleetRoom {
    pub(super) fn paint(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let above = self.filter.height().min(area.height);
        self.paint_filter(ctx, buffer, Rect { height: above, ..area });
        let table = Rect { y: area.y + above, height: area.height - above, ..area };
        let laid = self.laid(ctx);
        let sorted =
            self.table.columns().iter().find(|column| super::columns::order_of(column) == Some(self.order.key));
        self.table.heading(ctx, buffer, table, &laid, sorted.map(|column| (column, self.order.reverse)));
        let rows = Rect { y: table.y + 1, height: table.height.saturating_sub(1), ..table };
        let lines = self.lines(ctx);
        if self.view.keys.is_empty() {
            paint_words(ctx, buffer, rows, &lines[0]);
        } else {
            let visible = self.scroll.visible(self.view.keys.len());
            for ((n, cells), y) in visible.zip(&lines).zip(rows.y..rows.bottom()) {
                let look = Look {
                    under: n == self.scroll.cursor,
                    marked: self.view.keys.get(n).is_some_and(|key| self.marks.contains(key)),
                    filter: Some(self.filter.query()),
                };
                self.table.row(ctx, buffer, Rect { y, height: 1, ..rows }, &laid, cells, &look);
            }
        }
        if let Some(asking) = &self.asking {
            asking.dialog.draw(ctx.theme, frame, area);
        }
    }

    fn paint_filter(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect) {
        let hidden = self.split_marks().1.len();
        let mut said = FilterField::said(self.view.keys.len(), ctx.fleet.len(), &self.view.about);
        if hidden > 0 {
            said += &format!(" · {hidden} of {} marks hidden by the filter", self.marks.len());
        }
        let scope = if hidden > 0 { Scope::Warn } else { Scope::Dim };
        self.filter.draw(ctx, buffer, area, &said, scope);
    }
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
