//! The difference of two revisions of an app.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    batch::template,
    model::{AppKey, ObjectRef, Revision},
};

use crate::{
    Action, Command, Ctx, Key, List, Room, Scope, Screen,
    widgets::{Document, Line, key},
};

/// The templates of two revisions, line against line.
pub(super) struct Compare {
    app: AppKey,
    title: String,
    document: Document,
}

impl Compare {
    /// What the template of `to` has other than that of `from`.
    pub(super) fn new(app: &AppKey, from: &Revision, to: &Revision) -> Self {
        let live = |revision: &Revision| if revision.live { " (live)" } else { "" };
        let title = format!("{app}: revision {}{} → {}{}", from.number, live(from), to.number, live(to));
        let mut lines: Vec<Line> =
            template::diff(&from.template, &to.template).into_iter().enumerate().map(line).collect();
        if lines.is_empty() {
            lines.push(line((0, "nothing differs in the template".into())));
        }
        let mut document = Document::default();
        document.set(lines);
        Self { app: app.clone(), title, document }
    }
}

fn line((n, text): (usize, rolldeck_core::text::Clean)) -> Line {
    let scope = match text.chars().next() {
        Some('+') => Scope::Added,
        Some('-') => Scope::Removed,
        Some('@') => Scope::Dim,
        _ => Scope::Text,
    };
    let section = text.starts_with('@');
    Line { key: key((n, &*text)), end: n + 1, section, tints: [(scope, text.len())].into(), text, about: None }
}

impl Screen for Compare {
    fn room(&self) -> Room {
        Room::Describe
    }

    fn typing(&self) -> bool {
        self.document.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        self.title.clone()
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(ObjectRef::app(&self.app))
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        Some(self.document.copied())
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(self.document.list(0))
    }

    fn command(&mut self, _ctx: &Ctx, command: Command) -> Vec<Action> {
        self.document.command(command);
        Vec::new()
    }

    fn key(&mut self, _ctx: &Ctx, key: Key) -> Vec<Action> {
        self.document.key(key);
        Vec::new()
    }

    fn paste(&mut self, _ctx: &Ctx, text: &str) -> Vec<Action> {
        self.document.paste(text);
        Vec::new()
    }

    fn resize(&mut self, _ctx: &Ctx, size: (u16, u16)) {
        self.document.resize(size);
    }

    fn takes_back(&self) -> bool {
        self.document.takes_back()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.document.draw(ctx.theme, frame, area);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, if self.takes_back() { "clear the search" } else { "back" }),
            (Command::Filter, "search"),
            (Command::Section, "next hunk"),
            (Command::Copy, "copy"),
            (Command::Help, "help"),
        ]
    }
}
