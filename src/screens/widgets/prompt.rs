//! A field of one line.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};
use rolldeck_core::text::Clean;
use unicode_segmentation::UnicodeSegmentation;

use super::text::width;
use crate::{Code, Key, Scope, Theme};

/// What a key did to a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The text is another now.
    Changed,
    /// The caret moved, or nothing happened at the end of the line.
    Moved,
    /// The key is none of a field's: enter, esc, tab, up, down and the like.
    Ignored,
}

/// A line of text under edit, with a caret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    text: String,
    caret: usize,
}

impl Prompt {
    /// A field with this text, the caret at its end.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), caret: text.len() }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Replaces the text.
    pub fn set(&mut self, text: &str) {
        *self = Self::new(text);
    }

    /// Takes a key as an editor of lines does: characters, backspace, del, arrows, home, end, ctrl-a, ctrl-e, ctrl-u, ctrl-k, ctrl-w.
    pub fn key(&mut self, key: Key) -> Edited {
        if key.alt {
            return Edited::Ignored;
        }
        match (key.ctrl, key.code) {
            (false, Code::Char(c)) => self.insert(c.encode_utf8(&mut [0; 4])),
            (false, Code::Backspace) | (true, Code::Char('h')) => self.remove(self.before(), self.caret),
            (false, Code::Delete) => self.remove(self.caret, self.after()),
            (true, Code::Char('u')) => self.remove(0, self.caret),
            (true, Code::Char('k')) => self.remove(self.caret, self.text.len()),
            (true, Code::Char('w')) => self.remove(self.word(), self.caret),
            (false, Code::Left) => self.go(self.before()),
            (false, Code::Right) => self.go(self.after()),
            (false, Code::Home) | (true, Code::Char('a')) => self.go(0),
            (false, Code::End) | (true, Code::Char('e')) => self.go(self.text.len()),
            _ => Edited::Ignored,
        }
    }

    /// Takes pasted text: its first line, made harmless.
    pub fn paste(&mut self, text: &str) -> Edited {
        let line = text.trim_start_matches(['\r', '\n']).lines().next().unwrap_or_default();
        self.insert(&Clean::new(line.trim()))
    }

    fn insert(&mut self, text: &str) -> Edited {
        self.text.insert_str(self.caret, text);
        self.caret += text.len();
        Edited::Changed
    }

    fn remove(&mut self, from: usize, to: usize) -> Edited {
        if from == to {
            return Edited::Moved;
        }
        self.text.replace_range(from..to, "");
        self.caret = from;
        Edited::Changed
    }

    fn go(&mut self, to: usize) -> Edited {
        self.caret = to;
        Edited::Moved
    }

    fn before(&self) -> usize {
        self.text[..self.caret].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.caret..].graphemes(true).next().map_or(self.caret, |grapheme| self.caret + grapheme.len())
    }

    fn word(&self) -> usize {
        let head = self.text[..self.caret].trim_end();
        head.rfind([' ', ',', ':', '/']).map_or(0, |at| at + 1)
    }

    /// Draws the field into the first line of `area`, scrolled so that the caret is in sight.
    pub fn draw(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        if area.is_empty() {
            return;
        }
        let style = theme.style(Scope::Input);
        buffer.set_style(Rect { height: 1, ..area }, style);
        let mut from = 0;
        while width(&self.text[from..self.caret]) + 1 > usize::from(area.width) && from < self.caret {
            from += self.text[from..].graphemes(true).next().map_or(1, str::len);
        }
        buffer.set_stringn(area.x, area.y, &self.text[from..], area.width.into(), style);
        let x = area.x + u16::try_from(width(&self.text[from..self.caret])).unwrap_or(0);
        if let Some(cell) = buffer.cell_mut((x, area.y)) {
            cell.set_style(style.add_modifier(Modifier::REVERSED));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(prompt: &mut Prompt, keys: &str) {
        for key in keys.split(' ') {
            prompt.key(key.parse().expect("a key"));
        }
    }

    #[test]
    fn a_line_is_edited_as_a_shell_edits_it() {
        let mut prompt = Prompt::new("v1.2 订");
        typed(&mut prompt, "backspace x left y home z end !");
        assert_eq!(prompt.text(), "zv1.2 yx!");
        typed(&mut prompt, "ctrl-w w");
        assert_eq!(prompt.text(), "zv1.2 w");
        typed(&mut prompt, "ctrl-u");
        assert_eq!(prompt.text(), "");
        assert_eq!(prompt.key("enter".parse().expect("a key")), Edited::Ignored);
    }

    #[test]
    fn pasted_text_is_one_harmless_line() {
        let mut prompt = Prompt::default();
        prompt.paste("\nv1\x1b[2J\nrm -rf\n");
        assert_eq!(prompt.text(), "v1␛[2J");
    }
}
