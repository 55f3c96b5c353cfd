//! The command line (`:`): screens, namespaces, contexts, commands and apps, with completion and a history.

mod draw;
mod find;
mod goal;
mod history;
#[cfg(test)]
mod tests;

use find::Found;
pub use goal::Goal;
pub(crate) use history::History;
use rolldeck_core::{model::AppKey, text::Clean};

use crate::{
    Click, Code, Ctx, Key, Mouse, Room,
    widgets::{Edited, Prompt},
};

/// What the palette looks at.
pub(crate) struct Place<'a> {
    /// All that rooms see, too.
    pub ctx: &'a Ctx<'a>,
    /// Every namespace that is known.
    pub namespaces: &'a [Clean],
    /// The room on top.
    pub room: Room,
    /// The app under the cursor there.
    pub under: Option<AppKey>,
    /// What was entered before.
    pub history: &'a History,
}

/// The command line while it is open.
#[derive(Default)]
pub struct Palette {
    field: Prompt,
    found: Found,
    /// The candidate that the arrows chose, if any.
    chosen: Option<usize>,
    /// The line of the history that is shown, counted from the newest, until it is edited.
    past: Option<usize>,
    /// What is wrong with what was entered.
    error: Option<String>,
}

/// What a key made of the palette.
#[derive(Clone, Debug)]
pub enum Said {
    /// Still open.
    Open,
    /// Closed without going anywhere.
    Closed,
    /// Go there; and the line that said so.
    Go(Goal, String),
}

impl Palette {
    /// An empty command line.
    pub(crate) fn new(place: &Place) -> Self {
        let mut palette = Self::default();
        palette.look(place);
        palette
    }

    /// What can be named changed; what was chosen by an arrow stays chosen. Returns whether it looks different.
    pub(crate) fn know(&mut self, place: &Place) -> bool {
        let before = std::mem::take(&mut self.found);
        let chosen = self.chosen.and_then(|n| before.list.get(n));
        self.look(place);
        self.chosen = chosen.and_then(|kept| self.found.list.iter().position(|candidate| candidate.text == kept.text));
        self.found != before
    }

    /// Takes a key: enter goes, tab completes, arrows choose (and on an empty line turn the pages of the history), esc (or
    /// backspace on an empty line) closes.
    pub(crate) fn key(&mut self, place: &Place, key: Key) -> Said {
        match key.code {
            Code::Esc => return Said::Closed,
            Code::Backspace if self.field.text().is_empty() => return Said::Closed,
            Code::Enter => return self.enter(place),
            Code::Tab => self.complete(place, self.chosen.unwrap_or(0)),
            Code::Up if self.past.is_some() || (self.field.text().is_empty() && self.chosen.is_none()) => {
                self.turn(place, self.past.map_or(0, |n| n + 1));
            }
            Code::Down if self.past.is_some() => match self.past.and_then(|n| n.checked_sub(1)) {
                Some(n) => self.turn(place, n),
                None => self.write(place, ""),
            },
            Code::Down | Code::Char('n') if key.code == Code::Down || key.ctrl => self.choose(1),
            Code::Up | Code::Char('p') if key.code == Code::Up || key.ctrl => self.choose(-1),
            _ => {
                if self.field.key(key) == Edited::Changed {
                    self.edited(place);
                }
            }
        }
        Said::Open
    }

    /// Takes pasted text.
    pub(crate) fn paste(&mut self, place: &Place, text: &str) {
        self.field.paste(text);
        self.edited(place);
    }

    /// Takes the mouse, at a place of the screen: a click on a candidate goes there, one elsewhere closes, the wheel chooses.
    pub(crate) fn mouse(&mut self, place: &Place, mouse: Mouse, body: ratatui::layout::Rect) -> Said {
        match mouse.click {
            Click::WheelUp => self.choose(-1),
            Click::WheelDown => self.choose(1),
            Click::Press => match self.at(body, mouse.row) {
                Some(n) => {
                    self.chosen = Some(n);
                    return self.enter(place);
                }
                None if mouse.row < self.area(body).y => return Said::Closed,
                None => {}
            },
            Click::Release | Click::Drag | Click::Middle | Click::Right => {}
        }
        Said::Open
    }

    /// Shows what is wrong with what was entered.
    pub(crate) fn refuse(&mut self, why: String) {
        self.error = Some(why);
    }

    fn look(&mut self, place: &Place) {
        self.found = find::candidates(place, self.field.text());
    }

    fn edited(&mut self, place: &Place) {
        (self.chosen, self.past, self.error) = (None, None, None);
        self.look(place);
    }

    fn write(&mut self, place: &Place, text: &str) {
        self.field.set(text);
        self.edited(place);
    }

    /// Shows the nth line of the history, where there is one.
    fn turn(&mut self, place: &Place, n: usize) {
        if let Some(line) = place.history.nth(n).map(str::to_owned) {
            self.write(place, &line);
            self.past = Some(n);
        }
    }

    fn enter(&mut self, place: &Place) -> Said {
        if let Some(found) = self.chosen.and_then(|n| self.found.list.get(n)) {
            let text = found.text.clone();
            self.write(place, &text);
        }
        match goal::read(place, self.field.text()) {
            Ok(Some(goal)) => Said::Go(goal, self.field.text().trim().to_owned()),
            Ok(None) => Said::Closed,
            Err(error) => {
                self.error = Some(error);
                Said::Open
            }
        }
    }

    fn complete(&mut self, place: &Place, n: usize) {
        if let Some(text) = self.found.list.get(n).map(|found| found.text.clone()) {
            self.write(place, &text);
        }
    }

    fn choose(&mut self, by: isize) {
        let len = self.found.list.len();
        if len == 0 {
            return;
        }
        self.chosen = Some(match self.chosen {
            None if by > 0 => 0,
            None => len - 1,
            Some(n) => n.saturating_add_signed(by).min(len - 1),
        });
    }
}
