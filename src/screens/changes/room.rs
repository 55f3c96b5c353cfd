//! The room's state, keys and messages.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{FixedOffset, Offset, TimeDelta};
use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    around::{ConfigKind, RouteKind},
    batch::Intent,
    changes::{Entry, Read, What, changes, since},
    model::{AppKey, ObjectRef},
    query::About,
    text::Clean,
};

use super::{ChangesEffect, ChangesReply, asked::Asked};
use crate::{
    Action, Clock, Code, Command, Ctx, Effect, Key, Message, PageEffect, Room, Screen,
    fleet::{Cell, intent, plan},
    mouse::List,
    trouble::sheet,
    widgets::{
        Edited, FilterField, Prompt, Scroll, Typed,
        text::{age_changes, count},
    },
};

/// How far back one looks without saying so.
const HOUR: TimeDelta = TimeDelta::hours(1);

/// What changed in view.
pub struct Changes {
    pub(super) since: Time,
    pub(super) filter: FilterField,
    /// What the filter says beside its changes.
    pub(super) about: About,
    /// The field for another time to look back to, and what was wrong with what it held.
    pub(super) asking: Option<Prompt>,
    pub(super) wrong: Option<String>,
    pub(super) scroll: Scroll,
    /// The change under the cursor, once the cursor was moved; until then it stays on the newest.
    at: Option<Entry>,
    pub(super) size: (u16, u16),
    /// When it was read, and what.
    pub(super) read: Option<(Time, Arc<Read>)>,
    pub(super) reading: bool,
    pub(super) entries: Vec<Entry>,
    pub(super) all: usize,
    pub(super) marked: BTreeSet<AppKey>,
    seen: Vec<Vec<Cell>>,
}

fn zone(clock: Clock) -> FixedOffset {
    FixedOffset::east_opt(clock.offset).unwrap_or_else(|| chrono::Utc.fix())
}

impl Changes {
    /// What changed since a time as typed (`since:14:00`, `30m`); empty: for an hour.
    ///
    /// # Errors
    /// The text is no time; says what would be.
    pub fn new(ctx: &Ctx, text: &str) -> Result<Self, String> {
        let since = match text.trim() {
            "" => ctx.clock.now - HOUR,
            text => since(text, ctx.clock.now, zone(ctx.clock))?,
        };
        Ok(Self {
            since,
            filter: FilterField::default(),
            about: About::default(),
            asking: None,
            wrong: None,
            scroll: Scroll::default(),
            at: None,
            size: (0, 0),
            read: None,
            reading: false,
            entries: Vec::new(),
            all: 0,
            marked: BTreeSet::new(),
            seen: Vec::new(),
        })
    }

    /// The change under the cursor.
    pub(super) fn current(&self) -> Option<&Entry> {
        self.entries.get(self.scroll.cursor)
    }

    /// The app that the change under the cursor is about, else the first that uses what was changed.
    fn app(&self) -> Option<&AppKey> {
        self.current()?.apps().next()
    }

    /// The object that the change under the cursor is of, where that is no app.
    fn object(&self) -> Option<ObjectRef> {
        let entry = self.current().filter(|entry| entry.app.is_none())?;
        let name = Clean::new(entry.object.split_once('/')?.1);
        Some(match entry.what {
            What::ConfigMap => ConfigKind::ConfigMap.object(&entry.namespace, &name),
            What::Secret => ConfigKind::Secret.object(&entry.namespace, &name),
            What::Ingress => {
                let traefik = entry.object.starts_with("ingressroute/");
                let kind = if traefik { RouteKind::Traefik } else { RouteKind::Ingress };
                ObjectRef { api: kind.api(), namespace: entry.namespace.clone(), name }
            }
            _ => return None,
        })
    }

    fn ask(&mut self, ctx: &Ctx) -> Effect {
        self.reading = true;
        let scopes = if ctx.scope.is_empty() { vec![None] } else { ctx.scope.iter().cloned().map(Some).collect() };
        Effect::Changes(ChangesEffect::Read(scopes, self.since))
    }

    /// Puts together anew what was read and what was seen. The cursor stays with its change.
    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let nothing = Read::default();
        let read = self.read.as_ref().map_or(&nothing, |(_, read)| read);
        let all = changes(read, ctx.seen.iter(), ctx.fleet, self.since);
        self.all = all.len();
        let found = self.filter.query().find(all.into_iter().map(Asked), ctx.clock.now);
        self.about = found.about;
        self.entries = found.rows.into_iter().map(|(_, Asked(entry))| entry).collect();
        self.entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let table = sheet::parts(area, self.above()).table;
        self.scroll.height = usize::from(table.height.saturating_sub(1));
        match &self.at {
            None => self.scroll.cursor = 0,
            Some(at) => {
                let same = |entry: &Entry| (entry.at, entry.what, &entry.object) == (at.at, at.what, &at.object);
                if let Some(place) = self.entries.iter().position(same) {
                    self.scroll.cursor = place;
                }
            }
        }
        self.scroll.clamp(self.entries.len());
        let mut shown: Vec<Vec<Cell>> = self.lines(ctx).into_iter().map(|(cells, _)| cells).collect();
        shown.extend([self.news(ctx), self.detail(ctx)]);
        let changed = shown != self.seen;
        self.seen = shown;
        changed
    }

    /// Lines that the filter or the field for another time takes.
    pub(super) fn above(&self) -> u16 {
        if self.asking.is_some() { 1 } else { self.filter.height() }
    }

    /// Follows what a key or a paste did to the filter.
    fn typed(&mut self, ctx: &Ctx, typed: Typed) -> Vec<Action> {
        match typed {
            Typed::Changed => (self.at, self.scroll.cursor) = (None, 0),
            Typed::Same | Typed::Kept => {}
            Typed::Move(command) => self.go(command),
        }
        self.refresh(ctx);
        if typed == Typed::Kept { self.filter.remembered() } else { Vec::new() }
    }

    fn go(&mut self, command: Command) {
        if self.scroll.command(command, self.entries.len()) {
            self.at = self.current().cloned();
        }
    }

    /// The apps that a plan is for: those marked here, else the one under the cursor.
    fn plan(&self, intent: Intent) -> Vec<Action> {
        let apps: Vec<AppKey> = match self.marked.is_empty() {
            true => self.current().into_iter().flat_map(Entry::apps).cloned().collect(),
            false => self.marked.iter().cloned().collect(),
        };
        if apps.is_empty() {
            return vec![Action::Note(false, "this change is of no app, and none is marked".into())];
        }
        if intent != Intent::Rollback || self.marked.is_empty() {
            return plan(intent, apps);
        }
        let (back, left): (Vec<_>, Vec<_>) = apps.into_iter().partition(|app| self.is_rolled_out(app));
        let said = match left.len() {
            0 => None,
            n => Some(format!(
                "{} left out: scaled, edited around it or back already, not released",
                count(n, "marked app")
            )),
        };
        let opened = if back.is_empty() { Vec::new() } else { plan(intent, back) };
        opened.into_iter().chain(said.map(|said| Action::Note(false, said.into()))).collect()
    }

    /// Whether the newest change of an app's template in this list is one that a rollback takes back: a scale, or an edit of
    /// something that it uses, is none, and what went back already would be released once more.
    fn is_rolled_out(&self, app: &AppKey) -> bool {
        let of_template =
            |entry: &&Entry| entry.app.as_ref() == Some(app) && matches!(entry.what, What::Rollout | What::Rollback);
        self.entries.iter().find(of_template).is_some_and(|entry| entry.what == What::Rollout)
    }

    /// Marks every app of the changes shown, here and in the fleet; a second time unmarks them here.
    fn mark(&mut self, ctx: &Ctx) -> Vec<Action> {
        let apps = self.entries.iter().flat_map(Entry::apps).cloned();
        let apps: BTreeSet<AppKey> = apps.filter(|key| ctx.fleet.app(key).is_some()).collect();
        if apps.is_empty() {
            return vec![Action::Note(false, "none of these changes is of an app in view".into())];
        }
        self.marked.clone_from(&apps);
        let said = format!("{} that changed marked: a plan takes them all", count(apps.len(), "app"));
        vec![Action::Mark(apps.into_iter().collect()), Action::Note(false, said.into())]
    }

    /// A key of the field for another time.
    fn asking_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(asking) = &mut self.asking else { return Vec::new() };
        match key.code {
            Code::Esc => (self.asking, self.wrong) = (None, None),
            Code::Enter => match since(asking.text(), ctx.clock.now, zone(ctx.clock)) {
                Ok(since) => {
                    (self.asking, self.wrong, self.since) = (None, None, since);
                    self.at = None;
                    let effect = self.ask(ctx);
                    self.refresh(ctx);
                    return vec![Action::Effect(effect)];
                }
                Err(why) => self.wrong = Some(why),
            },
            _ => {
                self.wrong = None;
                let _: Edited = asking.key(key);
            }
        }
        Vec::new()
    }
}

impl Screen for Changes {
    fn room(&self) -> Room {
        Room::Changes
    }

    fn typing(&self) -> bool {
        self.filter.is_open() || self.asking.is_some()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("Changes: {}", self.all)
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let effect = self.ask(ctx);
        self.refresh(ctx);
        vec![effect]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Changes(ChangesEffect::Leave)]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.object().or_else(|| self.app().map(ObjectRef::app))
    }

    fn copied(&self, _ctx: &Ctx) -> Option<String> {
        self.current().map(|entry| entry.object.to_string())
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(List::new(&self.scroll, self.entries.len(), 2 + self.above()))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return self.plan(intent);
        }
        let actions = match (command, self.app().cloned()) {
            (Command::Open, Some(key)) => return vec![Action::Open(Box::new(crate::pods::Pods::new(key)))],
            (Command::Page, _) if self.object().is_some() => {
                let object = self.object().into_iter();
                return object.map(|object| Action::Open(Box::new(crate::describe::Describe::new(object)))).collect();
            }
            (Command::Page, Some(key)) => {
                let page = Box::new(crate::app::AppPage::new(key.clone()));
                return vec![Action::Open(page), Action::Effect(Effect::Page(PageEffect::Read(key)))];
            }
            (Command::MarkChanged, _) => self.mark(ctx),
            (Command::ClearMarks, _) => {
                self.marked.clear();
                vec![Action::ClearMarks]
            }
            (Command::Since, _) => {
                self.asking = Some(Prompt::default());
                Vec::new()
            }
            (Command::Reread, _) => vec![Action::Effect(self.ask(ctx))],
            (Command::Filter, _) => {
                self.filter.open();
                Vec::new()
            }
            (Command::Back, _) => {
                self.filter.clear();
                Vec::new()
            }
            (movement, _) => {
                self.go(movement);
                Vec::new()
            }
        };
        self.refresh(ctx);
        actions
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        if self.asking.is_some() {
            return self.asking_key(ctx, key);
        }
        let asked: Vec<_> = self.entries.iter().cloned().map(Asked).collect();
        let typed = self.filter.key(ctx, key, &asked);
        self.typed(ctx, typed)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        if let Some(asking) = &mut self.asking {
            asking.paste(text);
            return Vec::new();
        }
        let typed = self.filter.paste(text);
        self.typed(ctx, typed)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Changes(ChangesReply::Read(since, read)) if *since == self.since => {
                self.reading = false;
                self.read = Some((ctx.clock.now, read.clone()));
            }
            Message::Clock(_) if self.wake_at(ctx).is_none_or(|at| at > ctx.clock.now) => return (false, Vec::new()),
            Message::Fleet(_) | Message::Clock(_) => {}
            _ => return (false, Vec::new()),
        }
        (self.refresh(ctx), Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.refresh(ctx);
    }

    fn takes_back(&self) -> bool {
        self.filter.shown()
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        self.current().map(|entry| age_changes(entry.at, ctx.clock.now)).into_iter().chain(self.about.changes).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.paint(ctx, frame, area);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Since, "since"),
            (Command::MarkChanged, "mark all that changed"),
            (Command::Rollback, "roll back"),
            (Command::Open, "pods"),
            (Command::Page, "page"),
            (Command::Filter, "filter"),
            (Command::Reread, "read again"),
            (Command::Back, "back"),
            (Command::Help, "help"),
        ]
    }
}
