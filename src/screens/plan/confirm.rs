//! The last question before a write. The focus starts on Cancel; more than one app asks for their number to be typed.

use ratatui::{
    Frame,
    layout::{Margin, Rect},
    text::Line,
    widgets::{Block, Clear},
};

use super::sheet;
use crate::{
    Code, Ctx, Key, Mouse, Scope,
    widgets::text::{count, cut, wrap},
};

/// What stands in the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Cancel,
    Number,
    Go,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The question still stands.
    Open,
    /// No.
    Cancel,
    /// Yes, deliberately.
    Go,
}

/// The question.
#[derive(Clone, Debug)]
pub(crate) struct Confirm {
    title: String,
    body: Vec<(Scope, String)>,
    go: &'static str,
    count: usize,
    typed: String,
    wrong: bool,
    focus: Focus,
    scroll: usize,
    /// Columns and rows of the room.
    size: (u16, u16),
}

impl Confirm {
    /// Asks `title` with `body` beneath; the button that acts says `go`. It acts on `count` apps.
    pub(crate) fn new(title: String, body: Vec<(Scope, String)>, go: &'static str, count: usize) -> Self {
        let (typed, size) = (String::new(), (80, 24));
        Self { title, body, go, count, typed, wrong: false, focus: Focus::Cancel, scroll: 0, size }
    }

    /// In a room of this many columns and rows.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.scroll = self.scroll.min(self.most());
    }

    /// Takes a key. Enter acts only where the operator has moved the focus off Cancel, and typed the number where one is asked.
    pub(crate) fn key(&mut self, key: Key) -> Answer {
        if key.ctrl || key.alt {
            return Answer::Open;
        }
        match key.code {
            Code::Esc => return Answer::Cancel,
            Code::Enter if self.focus == Focus::Cancel => return Answer::Cancel,
            Code::Enter if self.number_is_right() => return Answer::Go,
            Code::Enter => (self.wrong, self.focus) = (true, Focus::Number),
            Code::Tab | Code::Right => self.turn(1),
            Code::BackTab | Code::Left => self.turn(-1),
            Code::Up => self.scroll = self.scroll.saturating_sub(1),
            Code::Down => self.scroll += 1,
            Code::PageUp => self.scroll = self.scroll.saturating_sub(8),
            Code::PageDown => self.scroll += 8,
            Code::Backspace => self.edit(|typed| _ = typed.pop()),
            Code::Char(c) if c.is_ascii_digit() && self.typed.len() < 6 => self.edit(|typed| typed.push(c)),
            _ => {}
        }
        self.scroll = self.scroll.min(self.most());
        Answer::Open
    }

    fn edit(&mut self, change: impl FnOnce(&mut String)) {
        if self.count > 1 {
            change(&mut self.typed);
            (self.wrong, self.focus) = (false, Focus::Number);
        }
    }

    fn number_is_right(&self) -> bool {
        self.count <= 1 || self.typed.parse() == Ok(self.count)
    }

    fn turn(&mut self, by: isize) {
        let ring: &[Focus] = match self.count {
            0 | 1 => &[Focus::Cancel, Focus::Go],
            _ => &[Focus::Cancel, Focus::Number, Focus::Go],
        };
        let at = ring.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        self.focus = ring[(at as isize + by).rem_euclid(ring.len() as isize) as usize];
    }

    /// Columns for the frame, and for the text in it.
    fn columns(&self) -> (u16, usize) {
        let width = self.size.0.saturating_sub(4).min(96);
        (width, usize::from(width.saturating_sub(4)))
    }

    /// The body, wrapped.
    fn lines(&self) -> Vec<(Scope, String)> {
        let (_, columns) = self.columns();
        let wrapped =
            |(scope, text): &(Scope, String)| wrap(text, columns).into_iter().map(|text| (*scope, text)).collect();
        self.body.iter().flat_map::<Vec<_>, _>(wrapped).collect()
    }

    /// Rows of the frame, the foot and the blank line above it.
    fn chrome(&self) -> usize {
        5 + if self.count > 1 { 1 } else { 0 } + self.reproach().len()
    }

    /// How far the body can be scrolled.
    fn most(&self) -> usize {
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

    /// What is wrong with the number that was typed.
    fn reproach(&self) -> Vec<String> {
        if !self.wrong {
            return Vec::new();
        }
        let said = if self.typed.is_empty() { "nothing".to_owned() } else { format!("\"{}\"", self.typed) };
        let text = format!("That says {said}; this is about {}: type {}.", count(self.count, "app"), self.count);
        wrap(&text, self.columns().1)
    }

    fn foot(&self, ctx: &Ctx) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        if self.count > 1 {
            let ask = format!("Type {} to {}: ", self.count, self.go.to_lowercase());
            let field = format!("[{:<6}]", self.typed);
            let style = if self.focus == Focus::Number { Scope::Input } else { Scope::Dim };
            lines.push(Line::from(vec![sheet::span(ctx, Scope::Text, ask), sheet::span(ctx, style, field)]));
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

    fn button(&self, ctx: &Ctx, focus: Focus, text: &str) -> ratatui::text::Span<'static> {
        match self.focus == focus {
            true => sheet::span(ctx, Scope::Cursor, format!("[ {text} ]")),
            false => sheet::span(ctx, Scope::Text, format!("  {text}  ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(confirm: &mut Confirm, script: &str) -> Answer {
        let mut answer = Answer::Open;
        for word in script.split_whitespace() {
            assert_eq!(answer, Answer::Open, "{word} came after the answer");
            answer = confirm.key(word.parse().unwrap());
        }
        answer
    }

    fn of(count: usize) -> Confirm {
        Confirm::new("Release?".into(), Vec::new(), "Release", count)
    }

    #[test]
    fn a_press_cancels_and_never_starts() {
        let confirm = of(6);
        let press = |column, row| confirm.press(Mouse { click: crate::Click::Press, column, row });
        let hits: Vec<_> =
            (0..24).flat_map(|y| (0..80).map(move |x| (x, y))).filter(|(x, y)| press(*x, *y) != Answer::Open).collect();
        assert_eq!(hits.len(), 10, "{hits:?}");
        assert!(hits.iter().all(|(x, y)| press(*x, *y) == Answer::Cancel));
    }

    #[test]
    fn enter_alone_never_starts() {
        assert_eq!(keys(&mut of(1), "enter"), Answer::Cancel);
        assert_eq!(keys(&mut of(6), "enter"), Answer::Cancel);
    }

    #[test]
    fn one_app_takes_a_move_and_enter() {
        assert_eq!(keys(&mut of(1), "tab enter"), Answer::Go);
        assert_eq!(keys(&mut of(1), "right enter"), Answer::Go);
        assert_eq!(keys(&mut of(1), "tab tab enter"), Answer::Cancel);
        assert_eq!(keys(&mut of(1), "1 enter"), Answer::Cancel);
    }

    #[test]
    fn several_apps_take_their_number() {
        assert_eq!(keys(&mut of(6), "6 enter"), Answer::Go);
        assert_eq!(keys(&mut of(12), "1 2 tab enter"), Answer::Go);
        assert_eq!(keys(&mut of(6), "tab tab enter"), Answer::Open);
        assert_eq!(keys(&mut of(6), "5 enter"), Answer::Open);
        assert_eq!(keys(&mut of(6), "5 enter enter"), Answer::Open);
        assert_eq!(keys(&mut of(6), "5 enter backspace 6 enter"), Answer::Go);
        assert_eq!(keys(&mut of(6), "6 esc"), Answer::Cancel);
    }

    #[test]
    fn a_long_body_scrolls_to_its_end_and_no_further() {
        let body = (0..40).map(|n| (Scope::Warn, format!("warning {n}"))).collect();
        let mut confirm = Confirm::new("Release?".into(), body, "Release", 6);
        confirm.resize((80, 21));
        keys(&mut confirm, "pgdn pgdn pgdn pgdn pgdn pgdn pgdn pgdn");
        let end = confirm.scroll;
        assert_eq!(end, 40 - (21 - confirm.chrome()));
        keys(&mut confirm, "up");
        assert_eq!(confirm.scroll, end - 1);
    }

    #[test]
    fn letters_and_held_modifiers_mean_nothing() {
        assert_eq!(keys(&mut of(6), "i y a ctrl-s ctrl-m u space"), Answer::Open);
        assert_eq!(keys(&mut of(6), "i y space enter"), Answer::Cancel);
    }
}
