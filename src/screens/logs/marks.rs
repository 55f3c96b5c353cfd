//! Marks, the selection, and the mouse that draws one.

use std::ops::RangeInclusive;

use rolldeck_core::logs::read::{Spot, select};

use super::{draw, keys::note, over::Over, room::Logs};
use crate::{Action, Click, Command, Mouse, widgets::Answer};

/// So many lines are marked at once.
const MARKED: usize = 10_000;

/// The most that is copied at once, in bytes: one more than is taken, so that whoever copies says that it is too long.
const COPIED: usize = 48 * 1024 + 1;

/// What the first button does since it was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Drag {
    /// The line on which it was pressed.
    from: u64,
    /// It was moved since: a selection grew from there.
    moved: bool,
}

impl Logs {
    pub(super) fn mark(&mut self) {
        if let Some(line) = self.window.cursor
            && !self.marks.remove(&line)
        {
            self.marks.insert(line);
        }
    }

    /// Marks every line that is shown; the newest, where they are very many.
    pub(super) fn mark_all(&mut self) -> Vec<Action> {
        self.marks.extend(self.buffer.view.back_from(u64::MAX).take(MARKED));
        match self.buffer.view.len() > MARKED as u64 {
            true => note(format!("only the newest {MARKED} lines are marked: filter before")),
            false => Vec::new(),
        }
    }

    pub(super) fn go_to_mark(&mut self, next: bool) -> Vec<Action> {
        let at = self.window.cursor.unwrap_or_default();
        let first = self.buffer.ring().first();
        self.marks.retain(|line| *line >= first);
        let shown = self.marks.iter().copied().filter(|line| self.buffer.view.shows(*line));
        let to = match next {
            true => shown.clone().find(|line| *line > at).or(shown.min()),
            false => shown.clone().rfind(|line| *line < at).or(shown.max()),
        };
        let Some(line) = to else { return note("no line that is shown is marked") };
        self.window.go(line, self.buffer.ring(), &self.buffer.view);
        Vec::new()
    }

    /// A press of the mouse for a question: the harmless answer closes it, another one takes the focus alone.
    pub(super) fn press(&mut self, mouse: Mouse) {
        let area = ratatui::layout::Rect::new(0, 0, self.size.0, self.size.1);
        let Some(dialog) = self.over.as_mut().and_then(Over::dialog) else { return };
        if mouse.click == crate::Click::Press && dialog.press(area, mouse) != Answer::Open {
            self.over = None;
        }
    }

    /// Goes on by a line, with a selection from where it began.
    pub(super) fn select_on(&mut self, command: Command) {
        self.anchor = self.anchor.or(self.window.cursor);
        self.drag = None;
        self.window.command(command, self.buffer.ring(), &self.buffer.view);
    }

    /// A press begins a selection that goes on while the button is down, and is copied when it is let go.
    pub(super) fn draw_selection(&mut self, mouse: Mouse) -> Option<Vec<Action>> {
        match mouse.click {
            Click::Press => {
                if self.drag.take().is_some_and(|drag| drag.moved) {
                    self.anchor = None;
                }
                self.drag = self.line_in(mouse.row).map(|from| Drag { from, moved: false });
                None
            }
            Click::Drag => {
                let Some(Drag { from, moved }) = self.drag else { return Some(Vec::new()) };
                let to = self.line_in(mouse.row);
                if !moved && to == Some(from) {
                    return Some(Vec::new());
                }
                (self.anchor, self.drag) = (Some(from), Some(Drag { from, moved: true }));
                let (ring, view) = (self.buffer.ring(), &self.buffer.view);
                match to {
                    Some(line) => self.window.go(line, ring, view),
                    // Above the lines, or below them.
                    None if mouse.row < self.above() => drop(self.window.command(Command::Up, ring, view)),
                    None => drop(self.window.command(Command::Down, ring, view)),
                }
                Some(Vec::new())
            }
            Click::Release if self.drag.is_some_and(|drag| drag.moved) => Some(vec![Action::Command(Command::Copy)]),
            Click::Release => Some(Vec::new()),
            _ => None,
        }
    }

    /// Rows above the first line.
    pub(super) fn above(&self) -> u16 {
        draw::above(self) + u16::from(self.look.columns)
    }

    /// The line in a row of the room.
    fn line_in(&self, row: u16) -> Option<u64> {
        let at = usize::from(row.checked_sub(self.above())?);
        self.window.rows(self.buffer.ring(), &self.buffer.view).get(at).map(|place| place.line)
    }

    /// The lines that are selected.
    pub(super) fn selected(&self) -> Option<RangeInclusive<u64>> {
        let (anchor, cursor) = (self.anchor?, self.window.cursor?);
        Some(anchor.min(cursor)..=anchor.max(cursor))
    }

    /// The selection, the marked lines, or the line under the cursor.
    pub(super) fn copy_text(&self) -> Option<String> {
        let (ring, view) = (self.buffer.ring(), &self.buffer.view);
        let lines = |from: u64, to: u64| {
            let (one, other) = (Spot { line: from, byte: 0 }, Spot { line: to, byte: usize::MAX });
            select(ring, view, one, other, COPIED).text
        };
        if let Some(range) = self.selected() {
            return Some(lines(*range.start(), *range.end()));
        }
        if !self.marks.is_empty() {
            let all: Vec<String> = self.marks.iter().map(|line| lines(*line, *line)).collect();
            return Some(all.join("\n"));
        }
        self.window.cursor.map(|line| lines(line, line))
    }
}
