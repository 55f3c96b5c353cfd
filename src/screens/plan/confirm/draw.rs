//! How the last question looks.

use ratatui::{
    Frame,
    layout::{Margin, Rect},
    text::{Line, Span},
    widgets::{Block, Clear},
};

use super::{Answer, Asked, Confirm, Focus};
use crate::{
    Ctx, Mouse, Scope,
    plan::sheet,
    widgets::text::{count, cut, left, width, wrap},
};

impl Confirm {
    /// Columns for the frame, and for the text in it.
    fn columns(&self) -> (u16, usize) {
        let width = self.size.0.saturating_sub(4).min(96);
        (width, usize::from(width.saturating_sub(4)))
    }

    /// The body, wrapped.
    pub(super) fn lines(&self) -> Vec<(Scope, String)> {
        let (_, columns) = self.columns();
        let wrapped =
            |(scope, text): &(Scope, String)| wrap(text, columns).into_iter().map(|text| (*scope, text)).collect();
        self.body.iter().flat_map::<Vec<_>, _>(wrapped).collect()
    }

    /// Rows of the frame, the foot and the blank line above it.
    pub(super) fn chrome(&self) -> usize {
        5 + self.asks().len() + self.reproach().len()
    }

    /// How far the body can be scrolled.
    pub(super) fn most(&self) -> usize {
        (self.lines().len() + self.chrome()).saturating_sub(self.size.1.into())
    }

    /// Draws it in the middle of `area`. The question and the buttons are always in sight; the rest scrolls.
    pub(crate) fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let (_, inner_width) = self.columns();
        let body: Vec<Line> = self.lines().into_iter().map(|(scope, text)| sheet::line(ctx, scope, text)).collect();
        let foot = self.foot(ctx);
        let place = self.place(area);
        let title = cut(&format!(" {} ", self.title), inner_width);
        let block = Block::bordered()
            .border_style(ctx.theme.style(Scope::Border))
            .title_style(ctx.theme.style(Scope::Heading))
            .title(title);
        let inner = block.inner(place);
        frame.render_widget(Clear, place);
        frame.buffer_mut().set_style(place, ctx.theme.style(Scope::Text));
        frame.render_widget(block, place);
        let inner = Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner };
        let room = usize::from(inner.height).saturating_sub(foot.len() + 1);
        self.draw_body(ctx, frame, Rect { height: room as u16, ..inner }, body);
        let down = (room as u16 + 1).min(inner.height);
        sheet::draw(ctx, frame, Rect { y: inner.y + down, height: inner.height - down, ..inner }, &foot, 0, None);
    }

    /// Takes a press of the mouse at a place of the room: Cancel can be pressed; what writes takes a key.
    pub(crate) fn press(&self, mouse: Mouse) -> Answer {
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let inner = self.place(area).inner(Margin::new(2, 1));
        let hit = mouse.row + 1 == inner.bottom() && (inner.x..inner.x + 10).contains(&mouse.column);
        if hit { Answer::Cancel } else { Answer::Open }
    }

    /// The frame in the middle of `area`.
    fn place(&self, area: Rect) -> Rect {
        let width = self.columns().0.min(area.width);
        let height = (self.lines().len() + self.chrome()).min(usize::from(area.height)) as u16;
        Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
    }

    fn draw_body(&self, ctx: &Ctx, frame: &mut Frame, area: Rect, mut body: Vec<Line<'static>>) {
        let room = usize::from(area.height);
        let top = self.scroll.min(body.len().saturating_sub(room));
        let hidden = body.len().saturating_sub(top + room);
        if hidden > 0 && room > 0 {
            let more = format!("… {} more lines: down", hidden + 1);
            body[top + room - 1] = sheet::line(ctx, Scope::Key, more);
        }
        sheet::draw(ctx, frame, area, &body, top, None);
    }

    /// The lines that ask for something to be typed: the field stands after the last, or on a line of its own.
    fn asks(&self) -> Vec<String> {
        let Some(ask) = self.ask() else { return Vec::new() };
        let columns = self.columns().1;
        let mut lines = wrap(&ask, columns);
        if lines.len() > 1 || width(&ask) + self.field() + 2 > columns {
            lines.push(String::new());
        } else {
            lines = vec![ask];
        }
        lines
    }

    /// Columns of the field.
    fn field(&self) -> usize {
        match &self.asked {
            Asked::Name(_, name) => (width(name) + 2).max(width(&self.typed) + 1).clamp(8, 60),
            Asked::Nothing | Asked::Count => 6,
        }
    }

    fn reproach(&self) -> Vec<String> {
        self.fault().map(|text| wrap(&text, self.columns().1)).unwrap_or_default()
    }

    fn foot(&self, ctx: &Ctx) -> Vec<Line<'static>> {
        let mut lines: Vec<Line> =
            self.asks().into_iter().map(|ask| Line::from(sheet::span(ctx, Scope::Text, ask))).collect();
        if let Some(last) = lines.last_mut() {
            let style = if self.focus == Focus::Field { Scope::Input } else { Scope::Dim };
            last.push_span(sheet::span(ctx, style, format!("[{}]", left(&self.typed, self.field()))));
        }
        lines.extend(self.reproach().into_iter().map(|text| sheet::line(ctx, Scope::Bad, text)));
        lines.push(Line::default());
        lines.push(Line::from(vec![
            self.button(ctx, Focus::Cancel, "Cancel"),
            sheet::span(ctx, Scope::Text, "   "),
            self.button(ctx, Focus::Go, &self.label()),
        ]));
        lines
    }

    fn label(&self) -> String {
        match self.count {
            0 => self.go.to_owned(),
            n => format!("{} {}", self.go, count(n, "app")),
        }
    }

    fn button(&self, ctx: &Ctx, focus: Focus, text: &str) -> Span<'static> {
        match self.focus == focus {
            true => sheet::span(ctx, Scope::Cursor, format!("[ {text} ]")),
            false => sheet::span(ctx, Scope::Text, format!("  {text}  ")),
        }
    }
}
