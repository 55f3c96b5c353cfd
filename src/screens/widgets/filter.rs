//! The field of a filter: typed over the rows, which follow each key. One for all rooms.
//!
//! A room keeps a [`FilterField`], gives it its keys while it [`FilterField::is_open`], and draws it over its table in
//! [`FilterField::height`] lines:
//!
//! ```text
//! fn typing(&self) -> bool { self.filter.is_open() }
//! fn command(…) { Command::Filter => self.filter.open(), Command::Back => self.filter.clear(), … }
//! fn takes_back(&self) -> bool { self.filter.shown() }
//! fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
//!     match self.filter.key(ctx, key, &rows) {         // rows: a Vec of what implements `Facts`, for completion
//!         Typed::Changed => first line; refresh,
//!         Typed::Same => refresh,
//!         Typed::Move(command) => self.go(command),
//!         Typed::Kept => return self.filter.remembered(),
//!     }
//! }
//! // rows: `let found = self.filter.query().find(rows, ctx.clock.now)`, sorted (stably) by the rank
//! // drawing: `self.filter.draw(ctx, buffer, area, &FilterField::said(shown, all, &found.about), Scope::Dim)`
//! ```

use ratatui::{buffer::Buffer, layout::Rect};
use rolldeck_core::query::{About, Query, QueryError, Vocabulary, complete};

use super::{
    Edited, Prompt,
    text::{count, grouped, put, width, wrap},
};
use crate::{Action, Code, Command, Ctx, Key, Scope};

/// The columns that the words under the field have on a screen of 80.
const NARROW: usize = 78;

/// What a key did to the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Another filter is in force now: the rows are others, and the cursor belongs on the first.
    Changed,
    /// The field looks different, the rows do not.
    Same,
    /// The field was closed, and its filter stays.
    Kept,
    /// The key is none of the field's: it moves through the rows.
    Move(Command),
}

/// A filter as a room keeps it: what is in force, and the field while it is open.
#[derive(Clone, Debug, Default)]
pub struct FilterField {
    /// What is in force: the last one that could be read.
    query: Query,
    /// The text of what is in force.
    good: String,
    /// What is wrong with what is typed.
    error: Option<QueryError>,
    field: Option<Prompt>,
    /// What tab makes of the text, and which of it comes next.
    completions: Vec<String>,
    /// While tab goes through the completions: the one that stands in the field.
    at: Option<usize>,
    /// How many filters back in history, and what was typed before that.
    back: Option<(usize, String)>,
}

impl FilterField {
    /// Opens the field.
    pub fn open(&mut self) {
        self.field = Some(Prompt::new(&self.good));
        self.forget();
    }

    /// Puts this text in force and closes the field; what cannot be read opens the field with what is wrong with it.
    pub fn set(&mut self, text: &str) {
        self.clear();
        self.field = Some(Prompt::new(text));
        self.read();
        if self.error.is_none() {
            self.field = None;
        }
    }

    /// Clears the filter and closes the field.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether the field takes keys.
    pub fn is_open(&self) -> bool {
        self.field.is_some()
    }

    /// Whether its line is on the screen: the field is open, or a filter is in force.
    pub fn shown(&self) -> bool {
        self.is_open() || !self.good.is_empty()
    }

    /// How many lines it takes: none, one, or with an error as many more as its words need on a screen of 80 columns.
    pub fn height(&self) -> u16 {
        u16::from(self.shown()) + u16::try_from(self.wrong(NARROW).len()).unwrap_or(0)
    }

    /// What is wrong with what is typed, and what is in force instead, in lines of so many columns.
    fn wrong(&self, columns: usize) -> Vec<String> {
        let Some(error) = &self.error else { return Vec::new() };
        let (error, good) = (format!("✗ {error}"), self.good.trim());
        let force = if good.is_empty() { String::new() } else { format!("in force: \"{good}\"") };
        if width(&error) + 3 + width(&force) <= columns && !force.is_empty() {
            return vec![format!("{error} · {force}")];
        }
        let mut lines = wrap(&error, columns);
        lines.truncate(2);
        lines.extend(Some(format!("  {force}")).filter(|_| !force.is_empty()));
        lines
    }

    /// The filter in force.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// The text of the filter in force.
    pub fn text(&self) -> &str {
        &self.good
    }

    /// What a room does when the field was closed by enter: its filter is remembered for all rooms.
    pub fn remembered(&self) -> Vec<Action> {
        if self.good.trim().is_empty() { Vec::new() } else { vec![Action::Filtered(self.good.trim().to_owned())] }
    }

    /// Takes a key while the field is open. `occurs` is what tab completes with: the rows that there are.
    pub fn key(&mut self, ctx: &Ctx, key: Key, occurs: &(impl Vocabulary + ?Sized)) -> Typed {
        let Some(field) = self.field.as_mut() else { return Typed::Same };
        match key.code {
            Code::Esc => {
                self.clear();
                return Typed::Changed;
            }
            // What cannot be read is not kept: it stays in the field with what is wrong with it.
            Code::Enter if self.error.is_some() => return Typed::Same,
            Code::Enter => {
                self.field = None;
                self.forget();
                return Typed::Kept;
            }
            Code::Tab => return self.complete(occurs),
            Code::Up => return self.recall(ctx, true).unwrap_or(Typed::Move(Command::Up)),
            Code::Down => return self.recall(ctx, false).unwrap_or(Typed::Move(Command::Down)),
            Code::PageUp => return Typed::Move(Command::PageUp),
            Code::PageDown => return Typed::Move(Command::PageDown),
            _ => {}
        }
        match field.key(key) {
            Edited::Changed => {
                (self.at, self.back) = (None, None);
                self.suggest(occurs);
                self.read()
            }
            Edited::Moved | Edited::Ignored => Typed::Same,
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) -> Typed {
        let Some(field) = &mut self.field else { return Typed::Same };
        field.paste(text);
        self.forget();
        self.read()
    }

    fn forget(&mut self) {
        self.completions.clear();
        (self.at, self.back) = (None, None);
    }

    /// Puts the text in force, if it can be read.
    fn read(&mut self) -> Typed {
        let Some(field) = &self.field else { return Typed::Same };
        match Query::parse(field.text()) {
            Ok(query) => {
                (self.error, self.good) = (None, field.text().to_owned());
                let same = query == self.query;
                self.query = query;
                if same { Typed::Same } else { Typed::Changed }
            }
            Err(error) => {
                self.error = Some(error);
                Typed::Same
            }
        }
    }

    fn suggest(&mut self, occurs: &(impl Vocabulary + ?Sized)) {
        let text = self.field.as_ref().map_or("", Prompt::text);
        self.completions = complete(text, occurs);
    }

    /// The first completion, and with each further tab the next.
    fn complete(&mut self, occurs: &(impl Vocabulary + ?Sized)) -> Typed {
        let next = match self.at {
            Some(at) => (at + 1) % self.completions.len().max(1),
            None => {
                self.suggest(occurs);
                0
            }
        };
        let (Some(text), Some(field)) = (self.completions.get(next), &mut self.field) else { return Typed::Same };
        field.set(text);
        self.at = Some(next);
        let typed = self.read();
        // A word of the language asks for what comes behind it.
        if self.completions.len() == 1 {
            self.at = None;
            self.suggest(occurs);
        }
        typed
    }

    /// An older or a newer filter; `None` where there is none that way.
    fn recall(&mut self, ctx: &Ctx, older: bool) -> Option<Typed> {
        let (at, typed) = match (&self.back, older) {
            (None, true) => (0, self.field.as_ref()?.text().to_owned()),
            (None, false) => return None,
            (Some((at, typed)), true) => (at + 1, typed.clone()),
            (Some((0, typed)), false) => {
                let typed = typed.clone();
                self.field.as_mut()?.set(&typed);
                self.forget();
                return Some(self.read());
            }
            (Some((at, typed)), false) => (at - 1, typed.clone()),
        };
        let Some(text) = ctx.filters.iter().rev().nth(at) else {
            return self.back.is_some().then_some(Typed::Same);
        };
        self.field.as_mut()?.set(text);
        self.forget();
        self.back = Some((at, typed));
        Some(self.read())
    }

    /// What stands beside the field: `3 of 20 match · 2 rows have no figure for net`.
    pub fn said(shown: usize, all: usize, about: &About) -> String {
        let mut said = format!("{} of {} match", grouped(shown), grouped(all));
        for (figure, rows) in &about.blank {
            let have = if *rows == 1 { "has" } else { "have" };
            said += &format!(" · {} {have} no figure for {figure}", count(*rows, "row"));
        }
        if about.others > 0 {
            said += &format!(" · {} more match less well", grouped(about.others));
        }
        said
    }

    /// Draws the line of the filter: the field or the text, and what is said; below it what is wrong with it.
    pub fn draw(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect, said: &str, scope: Scope) {
        if !self.shown() || area.height == 0 {
            return;
        }
        let x = put(buffer, area, area.x, area.y, " / ", ctx.theme.style(Scope::Key));
        let left = area.right().saturating_sub(x);
        let columns = u16::try_from(width(said) + 3).unwrap_or(area.width);
        let text = self.field.as_ref().map_or(self.good.as_str(), Prompt::text);
        let most = u16::try_from(width(text) + 2).unwrap_or(u16::MAX).max(40);
        let place = Rect { x, width: left.saturating_sub(columns).clamp(24, most).min(left), height: 1, ..area };
        match &self.field {
            Some(field) => {
                field.draw(ctx.theme, buffer, place);
                self.draw_suggestion(ctx, buffer, place, field.text());
            }
            None => _ = put(buffer, place, x, area.y, &self.good, ctx.theme.style(Scope::Match)),
        }
        put(buffer, area, place.right() + 2, area.y, said, ctx.theme.style(scope));
        let wrong = self.wrong(usize::from(area.width).saturating_sub(2));
        let lines = area.y + 1..area.bottom().min(area.y + self.height());
        for (line, y) in wrong.iter().zip(lines) {
            put(buffer, area, area.x + 1, y, line, ctx.theme.style(Scope::Bad));
        }
    }

    /// What tab would add, faint behind the caret.
    fn draw_suggestion(&self, ctx: &Ctx, buffer: &mut Buffer, place: Rect, text: &str) {
        let next = if self.at.is_none() { self.completions.first() } else { None };
        let Some(rest) = next.and_then(|next| ahead(next, text)) else { return };
        let x = place.x.saturating_add(u16::try_from(width(text)).unwrap_or(u16::MAX));
        if x < place.right() {
            let caret = buffer[(x, place.y)].style();
            let style = ctx.theme.style(Scope::Input).patch(ctx.theme.style(Scope::Dim));
            put(buffer, place, x, place.y, rest, style);
            buffer[(x, place.y)].set_style(caret);
        }
    }
}

/// What a completion adds to a text; the case of what was typed does not count. `None` where it changes it otherwise.
fn ahead<'a>(completion: &'a str, text: &str) -> Option<&'a str> {
    let head = completion.get(..text.len())?;
    head.eq_ignore_ascii_case(text).then(|| &completion[text.len()..]).filter(|rest| !rest.is_empty())
}
