//! Where the cursor of a list is, and which lines of it are in sight.

use std::ops::Range;

use crate::Command;

/// A cursor over lines, and the window that follows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    /// The line under the cursor.
    pub cursor: usize,
    /// The first line in sight.
    pub top: usize,
    /// How many lines fit.
    pub height: usize,
}

/// Where a movement takes a cursor in `len` lines of which `page` are a page; `None` where `command` is no movement.
pub fn moved(cursor: usize, command: Command, page: usize, len: usize) -> Option<usize> {
    let to = match command {
        Command::Up => cursor.saturating_sub(1),
        Command::Down => cursor + 1,
        Command::PageUp => cursor.saturating_sub(page),
        Command::PageDown => cursor + page,
        Command::Top => 0,
        Command::Bottom => usize::MAX,
        _ => return None,
    };
    Some(to.min(len.saturating_sub(1)))
}

/// A page where an entry takes several lines: so many entries.
pub const ENTRIES: usize = 10;

impl Scroll {
    /// Moves the cursor by one of the movements; returns whether `command` was one.
    pub fn command(&mut self, command: Command, len: usize) -> bool {
        let Some(to) = moved(self.cursor, command, self.height.max(1), len) else { return false };
        self.cursor = to;
        self.clamp(len);
        true
    }

    /// Moves the window itself (for text without a cursor); returns whether `command` was a movement.
    pub fn pan(&mut self, command: Command, len: usize) -> bool {
        self.cursor = self.top;
        if !self.command(command, len) {
            return false;
        }
        self.top = self.cursor.min(len.saturating_sub(self.height));
        self.cursor = self.top;
        true
    }

    /// Takes a new number of lines: the cursor stays on a line, the window full and around the cursor.
    pub fn clamp(&mut self, len: usize) {
        self.cursor = self.cursor.min(len.saturating_sub(1));
        self.top = self.top.min(len.saturating_sub(self.height.max(1)));
        if self.cursor < self.top {
            self.top = self.cursor;
        }
        if self.height > 0 && self.cursor >= self.top + self.height {
            self.top = self.cursor + 1 - self.height;
        }
    }

    /// Takes a new height of the window.
    pub fn resize(&mut self, height: usize, len: usize) {
        self.height = height;
        self.clamp(len);
    }

    /// The lines in sight.
    pub fn visible(&self, len: usize) -> Range<usize> {
        let top = self.top.min(len);
        top..(top + self.height).min(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_cursor_and_stays_full() {
        let mut scroll = Scroll { height: 5, ..Scroll::default() };
        scroll.command(Command::PageDown, 20);
        assert_eq!((scroll.cursor, scroll.visible(20)), (5, 1..6));
        scroll.command(Command::Bottom, 20);
        assert_eq!((scroll.cursor, scroll.visible(20)), (19, 15..20));
        scroll.clamp(7);
        assert_eq!((scroll.cursor, scroll.visible(7)), (6, 2..7));
        scroll.resize(10, 7);
        assert_eq!(scroll.visible(7), 0..7);
        scroll.clamp(0);
        assert_eq!((scroll.cursor, scroll.visible(0)), (0, 0..0));
    }

    #[test]
    fn text_without_a_cursor_stops_at_its_end() {
        let mut scroll = Scroll { height: 5, ..Scroll::default() };
        scroll.pan(Command::Bottom, 8);
        assert_eq!(scroll.visible(8), 3..8);
        scroll.pan(Command::Up, 8);
        assert_eq!(scroll.visible(8), 2..7);
        assert!(!scroll.pan(Command::Mark, 8));
    }
}
