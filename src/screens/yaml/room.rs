//! The YAML's state, keys and drawing.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{model::ObjectRef, text::yaml};

use super::{
    Looked, ObjectEffect, ObjectReply, Viewer,
    hide::{is_secret, shown},
    lines::lines,
    save::{Saving, name},
};
use crate::{
    Action, Command, Ctx, Effect, Key, List, Message, Room, Scope, Screen,
    widgets::{
        Document, Prompt,
        text::{left, put},
    },
};

/// An object as YAML.
pub struct Yaml {
    object: ObjectRef,
    looked: Looked,
    yaml: yaml::Yaml,
    document: Document,
    managed: bool,
    revealed: bool,
    saving: Option<Saving>,
    banner: Option<(Scope, String)>,
    size: (u16, u16),
}

impl Yaml {
    /// The YAML of an object, which is read when the room opens.
    pub fn new(object: ObjectRef) -> Self {
        Self {
            object,
            looked: Looked::default(),
            yaml: yaml::Yaml::default(),
            document: Document::default(),
            managed: false,
            revealed: false,
            saving: None,
            banner: None,
            size: (0, 0),
        }
    }

    fn is_hidden(&self) -> bool {
        !self.revealed && self.looked.value.as_deref().is_some_and(is_secret)
    }

    /// Writes the document anew from the object.
    fn write(&mut self) {
        let Some(value) = &self.looked.value else { return };
        self.yaml = yaml::yaml(&shown(value, self.managed, !self.revealed));
        self.document.set(lines(&self.yaml));
    }

    /// Takes what must be said over the document; returns whether it is something else.
    fn refresh_banner(&mut self, ctx: &Ctx) -> bool {
        let banner = self.looked.banner(ctx);
        let changed = banner != self.banner;
        self.banner = banner;
        self.document.resize((self.size.0, self.size.1.saturating_sub(self.above())));
        changed
    }

    /// Rows above the document.
    fn above(&self) -> u16 {
        u16::from(self.banner.is_some()) + u16::from(matches!(self.saving, Some(Saving::Name(_))))
    }

    fn save(&mut self) -> Vec<Action> {
        if self.looked.value.is_none() {
            return vec![Action::Note(true, "there is nothing to save yet".into())];
        }
        if self.is_hidden() {
            let why = "the values of this Secret are hidden, and would be missing in the file: show them first";
            return vec![Action::Note(true, why.into())];
        }
        self.saving = Some(Saving::Name(Prompt::new(&name(&self.object))));
        Vec::new()
    }

    fn saving_key(&mut self, key: Key) -> Vec<Action> {
        let Some(saving) = self.saving.take() else { return Vec::new() };
        let (saving, actions) = saving.key(key, &self.object, &self.yaml.text.as_str().into());
        self.saving = saving;
        actions
    }
}

impl Screen for Yaml {
    fn room(&self) -> Room {
        Room::Yaml
    }

    fn typing(&self) -> bool {
        self.document.typing() || matches!(self.saving, Some(Saving::Name(_) | Saving::Over(..)))
    }

    fn title(&self, _ctx: &Ctx) -> String {
        let secret = if self.is_hidden() { ", values hidden" } else { "" };
        let managed = if self.managed { ", with managedFields" } else { "" };
        format!("YAML of {}{secret}{managed}", self.object)
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Object(ObjectEffect::Follow(Viewer::Yaml, self.object.clone()))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Object(ObjectEffect::Leave(Viewer::Yaml, self.object.clone()))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(self.object.clone())
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        (!self.yaml.lines.is_empty()).then(|| self.yaml.part(self.document.taken()).to_owned())
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(self.document.list(self.above()))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let mut actions = Vec::new();
        match command {
            Command::Managed => {
                self.managed = !self.managed;
                self.write();
            }
            Command::Reveal if !self.looked.value.as_deref().is_some_and(is_secret) => {
                actions.push(Action::Note(false, "nothing is hidden: it is no Secret".into()));
            }
            Command::Reveal => {
                self.revealed = !self.revealed;
                self.write();
            }
            Command::Save => actions = self.save(),
            Command::Open => {
                self.document.command(Command::Fold);
            }
            other => {
                self.document.command(other);
            }
        }
        self.refresh_banner(ctx);
        actions
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let actions = match self.document.typing() {
            true => {
                self.document.key(key);
                Vec::new()
            }
            false => self.saving_key(key),
        };
        self.refresh_banner(ctx);
        actions
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        match &mut self.saving {
            Some(Saving::Name(field)) => drop(field.paste(text)),
            _ => self.document.paste(text),
        }
        self.refresh_banner(ctx);
        Vec::new()
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let Message::Object(Viewer::Yaml, object, reply) = message else { return (false, Vec::new()) };
        if *object != self.object {
            return (false, Vec::new());
        }
        let mut actions = Vec::new();
        match reply {
            ObjectReply::Saved(saved) => {
                if let Some(saving) = self.saving.take() {
                    (self.saving, actions) = saving.answered(saved);
                }
            }
            reply => {
                self.looked.take(reply);
            }
        }
        if matches!(reply, ObjectReply::Read(_)) {
            self.write();
        }
        let told = self.refresh_banner(ctx);
        (told || matches!(reply, ObjectReply::Read(_) | ObjectReply::Saved(_)), actions)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.refresh_banner(ctx);
    }

    fn takes_back(&self) -> bool {
        self.document.takes_back()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let mut rest = area;
        let mut row = || {
            let row = Rect { height: rest.height.min(1), ..rest };
            rest = Rect { y: rest.y + row.height, height: rest.height - row.height, ..rest };
            row
        };
        if let Some((scope, text)) = &self.banner {
            let at = row();
            put(
                frame.buffer_mut(),
                at,
                at.x,
                at.y,
                &left(&format!(" {text}"), at.width.into()),
                ctx.theme.style(*scope),
            );
        }
        if let Some(Saving::Name(field)) = &self.saving {
            let at = row();
            let x = put(frame.buffer_mut(), at, at.x, at.y, " Save to: ", ctx.theme.style(Scope::Key));
            field.draw(ctx.theme, frame.buffer_mut(), Rect { x, width: at.right().saturating_sub(x), ..at });
        }
        self.document.draw(ctx.theme, frame, rest);
        if let Some(Saving::Over(_, dialog)) = &self.saving {
            dialog.draw(ctx.theme, frame, area);
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let mut hints = vec![
            (Command::Back, if self.takes_back() { "clear the search" } else { "back" }),
            (Command::Filter, "search"),
            (Command::Next, "next match"),
            (Command::Fold, "fold"),
            (Command::FoldAll, "fold all"),
            (Command::Managed, "managedFields"),
            (Command::Copy, "copy"),
            (Command::Save, "save"),
            (Command::Help, "help"),
        ];
        if self.looked.value.as_deref().is_some_and(is_secret) {
            hints.insert(1, (Command::Reveal, if self.revealed { "hide the values" } else { "show the values" }));
        }
        hints
    }
}
