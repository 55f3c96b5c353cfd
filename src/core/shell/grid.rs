//! A terminal's screen as plain data: what an emulator makes of a container's bytes, and what a room draws.

use std::ops::Range;

use super::Size;
use crate::text::Clean;

/// A colour, as the container asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the 256 of xterm; the first 16 are the terminal's own.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paint {
    /// The text's colour.
    pub fg: Colour,
    /// The ground's.
    pub bg: Colour,
    /// Bold.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined, in whatever way.
    pub underline: bool,
    /// Struck through.
    pub struck: bool,
    /// Foreground and ground changed over.
    pub reverse: bool,
}

/// Text of one look. What is not ASCII stands in a span of its own for each cell, so that terminals that disagree on its width do
/// not shift what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The column of its first character, from 0.
    pub column: u16,
    /// The text.
    pub text: Clean,
    /// Its look.
    pub paint: Paint,
}

/// What the mouse's events are sent for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MouseMode {
    /// Nothing: the mouse is the console's.
    #[default]
    None,
    /// Presses and releases (1000).
    Clicks,
    /// These, and motion while a button is down (1002); without a button (1003) no terminal tells us.
    Drags,
}

/// What the container's program asked of its terminal, for whoever sends it keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modes {
    /// Arrows are sent as `ESC O A` (DECCKM).
    pub app_cursor: bool,
    /// Pastes are put in brackets (2004).
    pub bracketed_paste: bool,
    /// What of the mouse is sent.
    pub mouse: MouseMode,
    /// The mouse is sent as text without bounds (1006).
    pub sgr_mouse: bool,
    /// The alternate screen is shown: of vim, less, top.
    pub alternate: bool,
    /// On the alternate screen the wheel is sent as arrows (1007).
    pub wheel_as_arrows: bool,
}

/// What is searched for in a terminal, and how far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Lines that have the text, in the scrollback and on the screen.
    pub lines: usize,
    /// Which of them is looked at, from 1 at the oldest; 0 where there is none.
    pub at: usize,
    /// Rows and columns of this view that match.
    pub shown: Vec<(u16, Range<u16>)>,
}

/// A terminal's screen at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Columns and rows.
    pub size: Size,
    /// The spans of each row, from the left.
    pub rows: Vec<Vec<Span>>,
    /// Column and row of the cursor; `None` while it is hidden, or out of sight.
    pub cursor: Option<(u16, u16)>,
    /// What the program asked for.
    pub modes: Modes,
    /// Lines above the screen that are kept.
    pub above: usize,
    /// How many lines above the screen's own place this view begins: 0 follows what comes.
    pub back: usize,
    /// What is searched for, where something is.
    pub hits: Option<Hits>,
}

impl Grid {
    /// An empty screen.
    pub fn empty(size: Size) -> Self {
        let rows = vec![Vec::new(); size.rows.into()];
        Self { size, rows, cursor: None, modes: Modes::default(), above: 0, back: 0, hits: None }
    }

    /// A row as text, without blanks at its end; nothing below the last one.
    pub fn line(&self, row: u16) -> String {
        let mut line = String::new();
        let mut column = 0;
        for span in self.rows.get(usize::from(row)).into_iter().flatten() {
            let gap = usize::from(span.column).saturating_sub(column);
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(&span.text);
            column = usize::from(span.column) + crate::text::width::width(&span.text);
        }
        line.truncate(line.trim_end().len());
        line
    }

    /// All rows as text, a line each, without empty ones at the end.
    pub fn text(&self) -> String {
        let lines: Vec<String> = (0..self.size.rows).map(|row| self.line(row)).collect();
        lines.join("\n").trim_end().to_owned()
    }
}
