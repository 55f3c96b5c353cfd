//! The mouse, and where the lines of a room stand for it.

use std::ops::Range;

use crate::{Command, widgets::Scroll};

/// What the mouse did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Click {
    /// The first button was pressed.
    Press,
    /// The first button was let go.
    Release,
    /// The mouse moved while the first button was down.
    Drag,
    /// The middle button was pressed.
    Middle,
    /// The last button was pressed.
    Right,
    /// The wheel went up by a notch.
    WheelUp,
    /// The wheel went down by a notch.
    WheelDown,
}

/// Something that the mouse did, and where: column and row from the screen's upper left corner, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    /// What.
    pub click: Click,
    /// From the left.
    pub column: u16,
    /// From the top.
    pub row: u16,
}

/// A list as it stands in its room: what the drawing knows, for the mouse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The line under the cursor.
    pub cursor: usize,
    /// For each row of the room, from its top: which line stands there.
    pub rows: Vec<Option<usize>>,
    /// The row of the column headings, from the room's top.
    pub heading: u16,
    /// The columns (from the room's left) of each heading that sorts, and the command that it stands for.
    pub sorts: Vec<(Range<u16>, Command)>,
}

impl List {
    /// A list of `len` lines of one row each, whose first line in sight stands `top` rows below the room's top.
    pub fn new(scroll: &Scroll, len: usize, top: u16) -> Self {
        let above = std::iter::repeat_n(None, top.into());
        let rows = above.chain(scroll.visible(len).map(Some)).collect();
        Self { cursor: scroll.cursor, rows, heading: top.saturating_sub(1), sorts: Vec::new() }
    }

    /// A list whose entries take several lines each: entry `n` begins at line `at[n]` of `lines`; `top` lines of them are above the
    /// first in sight, which stands `above` rows below the room's top, in a room of `height` rows.
    pub fn of_entries(cursor: usize, at: &[usize], lines: usize, top: usize, above: usize, height: u16) -> Self {
        let entry = |line: usize| at.partition_point(|start| *start <= line).checked_sub(1);
        let shown = (top..lines).take(usize::from(height).saturating_sub(above)).map(entry);
        let rows = std::iter::repeat_n(None, above).chain(shown).collect();
        Self { cursor, rows, ..Self::default() }
    }

    /// With headings in the row above the first line.
    #[must_use]
    pub fn sorting(mut self, sorts: Vec<(Range<u16>, Command)>) -> Self {
        self.sorts = sorts;
        self
    }

    /// The line in a row of the room.
    pub fn line(&self, row: u16) -> Option<usize> {
        self.rows.get(usize::from(row)).copied().flatten()
    }

    /// The order that the heading at this place of the room stands for.
    pub fn sort(&self, column: u16, row: u16) -> Option<Command> {
        let sorts = self.sorts.iter().filter(|_| row == self.heading);
        sorts.into_iter().find(|(columns, _)| columns.contains(&column)).map(|(_, command)| *command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_several_lines_is_hit_on_each_of_them() {
        let list = List::of_entries(1, &[1, 3, 6], 8, 2, 1, 6);
        assert_eq!(list.rows, [None, Some(0), Some(1), Some(1), Some(1), Some(2)]);
    }

    #[test]
    fn a_place_is_a_line_a_heading_or_nothing() {
        let scroll = Scroll { cursor: 5, top: 4, height: 3 };
        let list = List::new(&scroll, 20, 2).sorting(vec![(3..10, Command::SortName)]);
        assert_eq!([0, 1, 2, 4, 5].map(|row| list.line(row)), [None, None, Some(4), Some(6), None]);
        assert_eq!(list.sort(9, 1), Some(Command::SortName));
        assert_eq!([list.sort(10, 1), list.sort(3, 2)], [None, None]);
    }
}
