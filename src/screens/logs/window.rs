//! What of the lines is in sight, and the line under the cursor.

use rolldeck_core::logs::{
    Ring, View,
    show::{Place, Walk},
};

use crate::Command;

/// The rows in sight. Lines are named by their numbers, so that nothing moves when others leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Window {
    /// The first row.
    pub top: Place,
    /// Columns that are out of sight on the left.
    pub x: usize,
    /// The line under the cursor.
    pub cursor: Option<u64>,
    /// The newest line stays in sight.
    pub follow: bool,
    /// Rows.
    pub height: usize,
    /// Columns of a row where long lines go on below.
    pub wrap: Option<usize>,
}

impl Window {
    fn walk<'a>(&self, ring: &'a Ring, view: &'a View) -> Walk<'a> {
        Walk { ring, view, wrap: self.wrap }
    }

    /// The rows in sight.
    pub(super) fn rows(&self, ring: &Ring, view: &View) -> Vec<Place> {
        if self.height == 0 || !view.shows(self.top.line) {
            return Vec::new();
        }
        self.walk(ring, view).from(self.top, self.height)
    }

    /// Fits it to lines that came, left, or are shown no more.
    pub(super) fn settle(&mut self, ring: &Ring, view: &View) {
        let walk = self.walk(ring, view);
        let Some(last) = walk.last() else {
            (self.top, self.cursor) = (Place::default(), None);
            return;
        };
        let bottom = walk.up(last, self.height.saturating_sub(1));
        if self.follow {
            (self.top, self.cursor) = (bottom, Some(last.line));
            return;
        }
        let near =
            |line: u64| if view.shows(line) { Some(line) } else { view.at_or_behind(line).or(view.before(line)) };
        self.cursor = self.cursor.and_then(near).or(Some(last.line));
        self.top = walk.near(self.top).unwrap_or(bottom).min(bottom);
        self.reveal(ring, view);
    }

    /// Brings the line under the cursor into sight.
    fn reveal(&mut self, ring: &Ring, view: &View) {
        let (Some(cursor), walk) = (self.cursor, self.walk(ring, view)) else { return };
        let rows = self.rows(ring, view);
        let (first, last) = (Place { line: cursor, row: 0 }, Place { line: cursor, row: walk.rows(cursor) - 1 });
        let seen = rows.iter().any(|place| place.line == cursor);
        if !seen && first < self.top {
            self.top = first;
        } else if rows.last().is_none_or(|seen| *seen < last) && self.top < first {
            self.top = walk.up(last, self.height.saturating_sub(1)).min(first);
        }
    }

    /// Puts the cursor on a line.
    pub(super) fn go(&mut self, line: u64, ring: &Ring, view: &View) {
        (self.cursor, self.follow) = (Some(line), false);
        let seen = self.rows(ring, view).iter().any(|place| place.line == line);
        if !seen {
            self.top = self.walk(ring, view).up(Place { line, row: 0 }, self.height / 2);
        }
        self.settle(ring, view);
    }

    /// Brings a row into sight.
    pub(super) fn show(&mut self, place: Place, ring: &Ring, view: &View) {
        if !self.rows(ring, view).contains(&place) {
            self.top = self.walk(ring, view).up(place, self.height / 2);
            self.settle(ring, view);
        }
    }

    /// Moves by one of the movements; returns whether `command` was one.
    pub(super) fn command(&mut self, command: Command, ring: &Ring, view: &View) -> bool {
        match command {
            Command::Up => self.up(ring, view),
            Command::Down => self.down(ring, view),
            Command::PageUp => self.page(ring, view, false),
            Command::PageDown => self.page(ring, view, true),
            Command::Top => {
                self.follow = false;
                self.cursor = view.at_or_behind(0);
                self.top = Place { line: self.cursor.unwrap_or(0), row: 0 };
            }
            Command::Bottom => {
                self.follow = true;
                self.settle(ring, view);
            }
            Command::Left => self.x = self.x.saturating_sub(self.wrap.map_or(20, |_| 0)),
            Command::Right => self.x += self.wrap.map_or(20, |_| 0),
            _ => return false,
        }
        true
    }

    fn up(&mut self, ring: &Ring, view: &View) {
        self.follow = false;
        let Some(cursor) = self.cursor else { return };
        if self.top.line == cursor && self.top.row > 0 {
            self.top.row -= 1;
            return;
        }
        self.cursor = view.before(cursor).or(self.cursor);
        if let Some(line) = self.cursor.filter(|line| *line < self.top.line) {
            self.top = Place { line, row: self.walk(ring, view).rows(line) - 1 };
        }
        self.reveal(ring, view);
    }

    fn down(&mut self, ring: &Ring, view: &View) {
        let Some(cursor) = self.cursor else { return };
        let walk = self.walk(ring, view);
        // A line that goes on below the last row is read to its end first.
        let end = Place { line: cursor, row: walk.rows(cursor) - 1 };
        if self.rows(ring, view).last().is_some_and(|last| *last < end) {
            self.top = walk.down(self.top, 1);
            return;
        }
        if let Some(next) = view.at_or_behind(cursor.saturating_add(1)) {
            self.cursor = Some(next);
            self.reveal(ring, view);
        }
    }

    fn page(&mut self, ring: &Ring, view: &View, down: bool) {
        let (walk, by) = (self.walk(ring, view), self.height.saturating_sub(1).max(1));
        let Some(last) = walk.last() else { return };
        self.follow &= down;
        if down {
            let bottom = walk.up(last, self.height.saturating_sub(1));
            let to = walk.down(self.top, by);
            self.cursor = Some(if to >= bottom { last.line } else { to.line });
            self.top = to.min(bottom);
        } else {
            let first = view.at_or_behind(0).unwrap_or(0);
            let to = walk.up(self.top, by);
            let there = to == self.top || to == Place { line: first, row: 0 };
            self.cursor = Some(if there { first } else { to.line });
            self.top = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolldeck_core::logs::{Block, Filter, Flags, Level, Line, SourceId, Sources};

    use super::*;

    fn lines(texts: &[String]) -> (Ring, View) {
        let (mut ring, mut block) = (Ring::new(1 << 20), Block::default());
        for text in texts {
            let (level, flags) = (Level::Unknown, Flags::NONE);
            block.push(Line { number: 0, time: 0, source: SourceId(0), level, flags, text: text.as_bytes() });
        }
        ring.push(Arc::new(block));
        let mut view = View::new(Filter::default(), false);
        while !view.step(&ring, &Sources::default(), usize::MAX).done {}
        (ring, view)
    }

    fn window(height: usize, wrap: Option<usize>) -> Window {
        Window { follow: true, height, wrap, ..Window::default() }
    }

    #[test]
    fn it_follows_until_one_moves_up_and_again_from_the_end() {
        let (ring, view) = lines(&vec!["x".to_owned(); 20]);
        let mut window = window(5, None);
        window.settle(&ring, &view);
        assert_eq!((window.cursor, window.top.line), (Some(19), 15));
        window.command(Command::Up, &ring, &view);
        assert_eq!((window.cursor, window.top.line, window.follow), (Some(18), 15, false));
        window.command(Command::Top, &ring, &view);
        window.command(Command::PageDown, &ring, &view);
        assert_eq!((window.cursor, window.top.line), (Some(4), 4));
        window.command(Command::PageUp, &ring, &view);
        assert_eq!((window.cursor, window.top.line), (Some(0), 0));
        window.command(Command::Bottom, &ring, &view);
        assert_eq!((window.cursor, window.follow), (Some(19), true));
    }

    #[test]
    fn a_line_that_is_taller_than_the_room_is_read_row_by_row() {
        let (ring, view) = lines(&["a".to_owned(), "b".repeat(100), "c".to_owned()]);
        let mut window = window(4, Some(10));
        window.settle(&ring, &view);
        window.command(Command::Top, &ring, &view);
        window.command(Command::Down, &ring, &view);
        assert_eq!((window.cursor, window.top), (Some(1), Place { line: 1, row: 0 }));
        for row in 1..=6 {
            window.command(Command::Down, &ring, &view);
            assert_eq!((window.cursor, window.top), (Some(1), Place { line: 1, row }));
        }
        window.command(Command::Down, &ring, &view);
        assert_eq!((window.cursor, window.top), (Some(2), Place { line: 1, row: 7 }));
        window.command(Command::Up, &ring, &view);
        window.command(Command::Up, &ring, &view);
        assert_eq!((window.cursor, window.top), (Some(1), Place { line: 1, row: 6 }));
    }

    #[test]
    fn lines_that_leave_move_nothing_that_is_still_there() {
        let (ring, view) = lines(&vec!["x".to_owned(); 20]);
        let mut window = window(5, None);
        window.go(10, &ring, &view);
        let before = window;
        window.settle(&ring, &view);
        assert_eq!(window, before);
        let (fewer, view) = lines(&vec!["x".to_owned(); 8]);
        window.settle(&fewer, &view);
        assert_eq!((window.cursor, window.top.line), (Some(7), 3));
    }
}
