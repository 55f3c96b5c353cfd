//! The last question before a write. The focus starts on Cancel; more than one app asks for their number to be typed, a guarded
//! place for its name, and what is twice as grave asks twice.

mod draw;
#[cfg(test)]
mod tests;

use rolldeck_core::text::Clean;

use crate::{Code, Key, Scope, widgets::text::count};

/// What stands in the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Cancel,
    Field,
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

/// What has to be typed before the button acts.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// Nothing: one app, in a place that nobody guards.
    Nothing,
    /// The number of apps.
    Count,
    /// A name: what it is of, and it.
    Name(&'static str, Clean),
}

/// The question.
#[derive(Clone, Debug)]
pub(crate) struct Confirm {
    title: String,
    body: Vec<(Scope, String)>,
    go: &'static str,
    count: usize,
    asked: Asked,
    /// What is asked after this was answered: its body, and the word to be typed.
    second: Option<(Vec<(Scope, String)>, &'static str)>,
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
        let asked = if count > 1 { Asked::Count } else { Asked::Nothing };
        let (typed, size, focus) = (String::new(), (80, 24), Focus::Cancel);
        Self { title, body, go, count, asked, second: None, typed, wrong: false, focus, scroll: 0, size }
    }

    /// Asks for this name instead of the number: `what` says of what it is (`the namespace`, `the context`).
    #[must_use]
    pub(crate) fn typing(mut self, what: &'static str, name: Clean) -> Self {
        self.asked = Asked::Name(what, name);
        self
    }

    /// Asks for the number, of one app, too.
    #[must_use]
    pub(crate) fn counting(mut self) -> Self {
        self.asked = Asked::Count;
        self
    }

    /// Asks once more after the first answer: `body` says why, and `word` has to be typed.
    #[must_use]
    pub(crate) fn then(mut self, body: Vec<(Scope, String)>, word: &'static str) -> Self {
        self.second = Some((body, word));
        self
    }

    /// In a room of this many columns and rows.
    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.scroll = self.scroll.min(self.most());
    }

    /// Takes a key. Enter acts only where the operator has moved the focus off Cancel, and typed what is asked for.
    pub(crate) fn key(&mut self, key: Key) -> Answer {
        if key.ctrl || key.alt {
            return Answer::Open;
        }
        match key.code {
            Code::Esc => return Answer::Cancel,
            Code::Enter if self.focus == Focus::Cancel => return Answer::Cancel,
            Code::Enter if self.is_right() => return self.go_on(),
            Code::Enter => (self.wrong, self.focus) = (true, Focus::Field),
            Code::Tab | Code::Right => self.turn(1),
            Code::BackTab | Code::Left => self.turn(-1),
            Code::Up => self.scroll = self.scroll.saturating_sub(1),
            Code::Down => self.scroll += 1,
            Code::PageUp => self.scroll = self.scroll.saturating_sub(8),
            Code::PageDown => self.scroll += 8,
            Code::Backspace => self.edit(|typed| _ = typed.pop()),
            Code::Char(c) if self.takes(c) => self.edit(|typed| typed.push(c)),
            _ => {}
        }
        self.scroll = self.scroll.min(self.most());
        Answer::Open
    }

    /// The first question was answered: the second, if there is one.
    fn go_on(&mut self) -> Answer {
        let Some((body, word)) = self.second.take() else { return Answer::Go };
        (self.body, self.asked) = (body, Asked::Name("the word", word.into()));
        (self.focus, self.wrong, self.scroll) = (Focus::Cancel, false, 0);
        self.typed.clear();
        Answer::Open
    }

    /// Whether a character belongs to what is asked for, and has room.
    fn takes(&self, c: char) -> bool {
        match &self.asked {
            Asked::Nothing => false,
            Asked::Count => c.is_ascii_digit() && self.typed.len() < 6,
            Asked::Name(..) => !c.is_control() && self.typed.chars().count() < 253,
        }
    }

    fn edit(&mut self, change: impl FnOnce(&mut String)) {
        if self.asked != Asked::Nothing {
            change(&mut self.typed);
            (self.wrong, self.focus) = (false, Focus::Field);
        }
    }

    fn is_right(&self) -> bool {
        match &self.asked {
            Asked::Nothing => true,
            Asked::Count => self.typed.parse() == Ok(self.count),
            Asked::Name(_, name) => self.typed.trim() == &**name,
        }
    }

    fn turn(&mut self, by: isize) {
        let ring: &[Focus] = match self.asked {
            Asked::Nothing => &[Focus::Cancel, Focus::Go],
            Asked::Count | Asked::Name(..) => &[Focus::Cancel, Focus::Field, Focus::Go],
        };
        let at = ring.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        self.focus = ring[(at as isize + by).rem_euclid(ring.len() as isize) as usize];
    }

    /// What is to be typed, if anything.
    fn ask(&self) -> Option<String> {
        match &self.asked {
            Asked::Nothing => None,
            Asked::Count => Some(format!("Type {} to {}: ", self.count, self.go.to_lowercase())),
            Asked::Name(what, name) => Some(format!("Type {what} {name} to {}: ", self.go.to_lowercase())),
        }
    }

    /// What is wrong with what was typed.
    fn fault(&self) -> Option<String> {
        let said = if self.typed.is_empty() { "nothing".to_owned() } else { format!("\"{}\"", self.typed) };
        let wanted = match &self.asked {
            _ if !self.wrong => return None,
            Asked::Nothing => return None,
            Asked::Count => format!("this is about {}: type {}.", count(self.count, "app"), self.count),
            Asked::Name(what, name) => format!("type {what} {name}."),
        };
        Some(format!("That says {said}; {wanted}"))
    }
}
