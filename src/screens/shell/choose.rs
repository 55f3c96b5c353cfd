//! A choice of places, over the room that asked.

use ratatui::{
    Frame,
    layout::{Constraint, Rect},
};
use rolldeck_core::text::Clean;

use super::{Wanted, open};
use crate::{
    Action, Code, Command, Ctx, Key, Room, Scope, Screen,
    widgets::{
        Scroll, popup,
        text::{left, put, width},
    },
};

/// One place.
pub(super) struct Choice {
    pub label: Clean,
    /// What is said of it.
    pub about: Clean,
    pub wanted: Wanted,
}

/// The list.
pub(super) struct Choose {
    title: String,
    choices: Vec<Choice>,
    scroll: Scroll,
}

impl Choose {
    pub(super) fn new(title: String, choices: Vec<Choice>) -> Self {
        Self { title, choices, scroll: Scroll::default() }
    }

    fn place(&self, area: Rect) -> Rect {
        let of = |choice: &Choice| width(&choice.label) + width(&choice.about) + 6;
        let columns = self.choices.iter().map(of).chain([width(&self.title) + 2]).max().unwrap_or(0);
        let columns = u16::try_from(columns + 4).unwrap_or(u16::MAX).min(area.width);
        let rows = u16::try_from(self.choices.len() + 2).unwrap_or(u16::MAX).min(area.height.saturating_sub(2));
        area.centered(Constraint::Length(columns), Constraint::Length(rows))
    }
}

impl Screen for Choose {
    fn room(&self) -> Room {
        Room::Shell
    }

    fn typing(&self) -> bool {
        true
    }

    fn floats(&self) -> bool {
        true
    }

    fn title(&self, _ctx: &Ctx) -> String {
        self.title.clone()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let command = match key.code {
            Code::Esc => return vec![Action::Back],
            Code::Enter => {
                let chosen = self.choices.get(self.scroll.cursor).map(|choice| choice.wanted.clone());
                let opened = chosen.map(|wanted| open(ctx, wanted)).unwrap_or_default();
                return std::iter::once(Action::Back).chain(opened).collect();
            }
            Code::Up | Code::Char('k') | Code::BackTab => Command::Up,
            Code::Down | Code::Char('j') | Code::Tab => Command::Down,
            Code::Home | Code::Char('g') => Command::Top,
            Code::End | Code::Char('G') => Command::Bottom,
            Code::PageUp => Command::PageUp,
            Code::PageDown => Command::PageDown,
            _ => return Vec::new(),
        };
        self.scroll.command(command, self.choices.len());
        Vec::new()
    }

    fn resize(&mut self, _ctx: &Ctx, (columns, rows): (u16, u16)) {
        let place = self.place(Rect::new(0, 0, columns, rows));
        self.scroll.height = place.height.saturating_sub(2).into();
        self.scroll.clamp(self.choices.len());
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let place = self.place(area);
        let inside = popup(ctx.theme, frame, place, &self.title);
        let longest = self.choices.iter().map(|choice| width(&choice.label)).max().unwrap_or(0);
        for (n, y) in self.scroll.visible(self.choices.len()).zip(inside.y..inside.bottom()) {
            let (choice, under) = (&self.choices[n], n == self.scroll.cursor);
            let (sign, scope) = if under { ("▸ ", Scope::Cursor) } else { ("  ", Scope::Text) };
            let line = format!("{sign}{}   ", left(&choice.label, longest));
            let buffer = frame.buffer_mut();
            let x = put(buffer, inside, inside.x, y, &line, ctx.theme.style(scope));
            put(buffer, inside, x, y, &choice.about, ctx.theme.style(if under { Scope::Cursor } else { Scope::Dim }));
        }
    }
}
