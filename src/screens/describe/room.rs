//! The description's state, keys and drawing.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    kept::Kept,
    model::{Event, ObjectRef},
};

use super::{basics::folded, kinds::lines, words::time};
use crate::{
    Action, Command, Ctx, Effect, Key, List, Message, ObjectEffect, ObjectReply, Room, Scope, Screen, Viewer,
    widgets::{
        Document,
        text::{age_changes, left, put},
    },
    yaml::Looked,
};

/// An object, described.
pub struct Describe {
    object: ObjectRef,
    looked: Looked,
    events: Kept<Event>,
    document: Document,
    banner: Option<(Scope, String)>,
    size: (u16, u16),
    /// When an age that is shown reads differently.
    next: Option<Time>,
}

impl Describe {
    /// The description of an object, which is read when the room opens.
    pub fn new(object: ObjectRef) -> Self {
        let mut document = Document::default();
        document.fold(folded());
        let (looked, events) = (Looked::default(), Kept::default());
        Self { object, looked, events, document, banner: None, size: (0, 0), next: None }
    }

    /// Describes anew; returns whether anything reads differently.
    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let banner = self.looked.banner(ctx);
        let told = banner != self.banner;
        self.banner = banner;
        let columns = usize::from(self.size.0).saturating_sub(3);
        let changed = match &self.looked.value {
            Some(value) => self.document.set(lines(ctx, &self.object, value, &self.events, columns)),
            None => false,
        };
        self.next = self.ages().into_iter().map(|at| age_changes(at, ctx.clock.now)).min();
        self.document.resize((self.size.0, self.size.1.saturating_sub(u16::from(self.banner.is_some()))));
        told || changed
    }

    /// Every moment whose age is shown: all times of the object, and the events'.
    fn ages(&self) -> Vec<Time> {
        let mut out: Vec<Time> = self.events.iter().filter_map(|(_, event)| event.at).collect();
        let mut left: Vec<&serde_json::Value> = self.looked.value.as_deref().into_iter().collect();
        while let Some(value) = left.pop() {
            match value {
                serde_json::Value::Array(items) => left.extend(items),
                serde_json::Value::Object(fields) => {
                    left.extend(fields.iter().filter(|(name, _)| *name != "managedFields").map(|(_, value)| value));
                }
                other => out.extend(time(other)),
            }
        }
        out
    }
}

impl Screen for Describe {
    fn room(&self) -> Room {
        Room::Describe
    }

    fn typing(&self) -> bool {
        self.document.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        let kind = &self.object.api.kind;
        match self.object.namespace.is_empty() {
            true => format!("{kind} {}", self.object.name),
            false => format!("{kind} {}/{}", self.object.namespace, self.object.name),
        }
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Object(ObjectEffect::Follow(Viewer::Describe, self.object.clone()))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Object(ObjectEffect::Leave(Viewer::Describe, self.object.clone()))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(self.object.clone())
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        (!self.document.lines().is_empty()).then(|| self.document.copied())
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(self.document.list(u16::from(self.banner.is_some())))
    }

    fn command(&mut self, _ctx: &Ctx, command: Command) -> Vec<Action> {
        self.document.command(if command == Command::Open { Command::Fold } else { command });
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

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Object(Viewer::Describe, object, reply) if *object == self.object => match reply {
                ObjectReply::Events(events) => drop(self.events.take_all(events.iter().cloned())),
                reply => drop(self.looked.take(reply)),
            },
            Message::Clock(_) if self.next.is_some_and(|next| next <= ctx.clock.now) => {}
            _ => return (false, Vec::new()),
        }
        (self.refresh(ctx), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.refresh(ctx);
    }

    fn takes_back(&self) -> bool {
        self.document.takes_back()
    }

    fn wake_at(&self, _ctx: &Ctx) -> Option<Time> {
        self.next
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let mut rest = area;
        if let Some((scope, text)) = &self.banner {
            let text = left(&format!(" {text}"), area.width.into());
            put(frame.buffer_mut(), area, area.x, area.y, &text, ctx.theme.style(*scope));
            rest = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
        }
        self.document.draw(ctx.theme, frame, rest);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, if self.takes_back() { "clear the search" } else { "back" }),
            (Command::Section, "next section"),
            (Command::Fold, "fold"),
            (Command::FoldAll, "fold all"),
            (Command::Filter, "search"),
            (Command::Yaml, "YAML"),
            (Command::Copy, "copy"),
            (Command::Help, "help"),
        ]
    }
}
