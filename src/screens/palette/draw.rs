//! The palette on the screen: the line at the bottom, candidates above it.

use ratatui::{Frame, layout::Rect, widgets::Clear};

use super::Palette;
use crate::{
    Scope, Theme,
    widgets::text::{left, put},
};

/// So many candidates are shown.
const SHOWN: usize = 8;

impl Palette {
    /// Draws the line into `foot`, the candidates above it into the end of `body`.
    pub fn draw(&self, theme: &Theme, frame: &mut Frame, body: Rect, foot: Rect) {
        frame.render_widget(Clear, foot);
        let buffer = frame.buffer_mut();
        let x = put(buffer, foot, foot.x, foot.y, " :", theme.style(Scope::Key));
        self.field.draw(theme, buffer, Rect { x, width: foot.right().saturating_sub(x), ..foot });
        let candidates = self.candidates();
        let chosen = self.chosen.unwrap_or(0);
        let from = (chosen + 1).saturating_sub(SHOWN);
        let mut lines: Vec<(Scope, String)> = Vec::new();
        if let Some(error) = &self.error {
            lines.push((Scope::Bad, format!(" ✗ {error}")));
        }
        for (n, text) in candidates.iter().enumerate().skip(from).take(SHOWN) {
            let at = self.chosen == Some(n);
            lines.push((
                if at { Scope::Cursor } else { Scope::Text },
                format!(" {} {text}", if at { "▸" } else { " " }),
            ));
        }
        let hidden = candidates.len().saturating_sub(SHOWN + from);
        if hidden > 0 {
            lines.push((Scope::Dim, format!("   … {hidden} more: type on, or go down")));
        }
        let rows = u16::try_from(lines.len() + 1).unwrap_or(body.height).min(body.height);
        let area = Rect { y: body.bottom() - rows, height: rows, ..body };
        frame.render_widget(Clear, area);
        let buffer = frame.buffer_mut();
        let rule = "─".repeat(area.width.into());
        put(buffer, area, area.x, area.y, &rule, theme.style(Scope::Border));
        for ((scope, text), y) in lines.iter().zip(area.y + 1..) {
            put(buffer, area, area.x, y, &left(text, area.width.into()), theme.style(*scope));
        }
    }
}
