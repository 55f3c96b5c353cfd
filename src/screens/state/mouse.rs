//! The mouse: a click puts the cursor, a second one opens, the wheel moves; on headings a click sorts.

use ratatui::layout::Rect;
use rolldeck_core::Time;

use super::{State, draw};
use crate::{Click, Code, Command, Effect, Key, Mouse, Room, widgets::Answer};

/// A second press on the same line within so many milliseconds is a double click.
const DOUBLE: i64 = 400;
/// So many lines a notch of the wheel.
const NOTCH: usize = 3;

/// The press before this one: when, and on which line.
pub(super) type Pressed = (Time, usize);

impl State {
    pub(super) fn mouse(&mut self, mouse: Mouse) -> Vec<Effect> {
        let covered = self.palette.is_some() || self.leaving.is_some();
        let heard = match (mouse.click, self.top().room()) {
            (Click::Press | Click::WheelUp | Click::WheelDown, _) => true,
            (_, Room::Shell) | (Click::Release | Click::Drag, Room::Logs) => !covered,
            _ => false,
        };
        if !heard {
            return Vec::new();
        }
        self.dirty = true;
        if mouse.click == Click::Press {
            self.note = None;
        }
        let screen = Rect::new(0, 0, self.size.0, self.size.1);
        if let Some(dialog) = &mut self.leaving {
            let answer = if mouse.click == Click::Press { dialog.press(screen, mouse) } else { Answer::Open };
            return self.leaving_answer(answer);
        }
        let (columns, rows) = self.body();
        let body = Rect::new(0, draw::HEADER, columns, rows);
        if self.palette.is_some() {
            return self.palette(|palette, place| palette.mouse(place, mouse, body));
        }
        // What began within may be drawn out of it, and ends there.
        let begun = matches!(mouse.click, Click::Release | Click::Drag) && self.top().room() == Room::Logs;
        if !begun && !body.contains((mouse.column, mouse.row).into()) {
            return Vec::new();
        }
        let inside = Mouse { row: mouse.row.saturating_sub(draw::HEADER), ..mouse };
        let speaker = self.speaker();
        let room = Self::top_mut(&mut self.home, &mut self.above);
        if let Some(actions) = room.mouse(&self.shared.ctx(), inside) {
            return self.act(speaker, actions);
        }
        match mouse.click {
            Click::WheelUp => self.wheel(Command::Up, Code::Up),
            Click::WheelDown => self.wheel(Command::Down, Code::Down),
            Click::Press => self.press(inside),
            Click::Release | Click::Drag | Click::Middle | Click::Right => Vec::new(),
        }
    }

    fn wheel(&mut self, command: Command, code: Code) -> Vec<Effect> {
        let mut effects = Vec::new();
        for _ in 0..NOTCH {
            if self.top().typing() {
                effects.extend(self.key(Key { code, ctrl: false, alt: false }));
            } else {
                effects.extend(self.command(command));
            }
        }
        effects
    }

    /// A press at a place of the room on top.
    fn press(&mut self, mouse: Mouse) -> Vec<Effect> {
        let before = self.pressed.take();
        let Some(list) = self.top().list(&self.shared.ctx()) else { return Vec::new() };
        let mut effects = Vec::new();
        if self.top().typing() {
            effects.extend(self.key(Key { code: Code::Enter, ctrl: false, alt: false }));
        }
        if let Some(sort) = list.sort(mouse.column, mouse.row) {
            effects.extend(self.command(sort));
            return effects;
        }
        let Some(line) = list.line(mouse.row) else { return effects };
        let command = if line < list.cursor { Command::Up } else { Command::Down };
        for _ in 0..line.abs_diff(list.cursor) {
            effects.extend(self.command(command));
        }
        let now = self.shared.clock.now;
        let again = |(at, which): Pressed| which == line && (now - at).num_milliseconds() <= DOUBLE;
        if before.is_some_and(again) {
            effects.extend(self.enter());
        } else {
            self.pressed = Some((now, line));
        }
        effects
    }

    /// What enter does in the room on top, unless it writes: the mouse never does.
    fn enter(&mut self) -> Vec<Effect> {
        let key = Key { code: Code::Enter, ctrl: false, alt: false };
        match self.shared.keymap.command(self.top().room(), key) {
            Some(command) if !command.writes() => self.command(command),
            _ => Vec::new(),
        }
    }
}
