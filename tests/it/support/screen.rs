//! What a terminal shows at one moment.

use std::fmt;

/// A copy of a terminal's cells, as text, and of the modes that a program must undo.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// Rows from the top, without the spaces at their ends.
    pub lines: Vec<String>,
    /// The alternate screen is on.
    pub alternate: bool,
    /// The cursor is hidden.
    pub cursor_hidden: bool,
    /// Pasted text comes in brackets.
    pub bracketed_paste: bool,
    /// The mouse is reported.
    pub mouse: bool,
}

impl Screen {
    /// Copies what `screen` shows.
    pub fn of(screen: &vt100::Screen) -> Self {
        let (_, columns) = screen.size();
        Self {
            lines: screen.rows(0, columns).map(|line| line.trim_end().to_owned()).collect(),
            alternate: screen.alternate_screen(),
            cursor_hidden: screen.hide_cursor(),
            bracketed_paste: screen.bracketed_paste(),
            mouse: screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None,
        }
    }

    /// Whether some row has `text`.
    pub fn has(&self, text: &str) -> bool {
        self.lines.iter().any(|line| line.contains(text))
    }

    /// Whether the screen has `text` once its line breaks, frames and runs of spaces are taken as one space: for sentences that may wrap.
    pub fn says(&self, text: &str) -> bool {
        let words = |text: &str| {
            text.split(|c: char| c.is_whitespace() || "│┃|║".contains(c))
                .filter(|w| !w.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        words(&self.lines.join("\n")).contains(&words(text))
    }

    /// The first row that has each of `parts`.
    pub fn row(&self, parts: &[&str]) -> Option<&str> {
        self.lines.iter().find(|line| parts.iter().all(|part| line.contains(part))).map(String::as_str)
    }

    /// How many rows have each of `parts`.
    pub fn count(&self, parts: &[&str]) -> usize {
        self.lines.iter().filter(|line| parts.iter().all(|part| line.contains(part))).count()
    }
}

impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "  │{line}")?;
        }
        Ok(())
    }
}
