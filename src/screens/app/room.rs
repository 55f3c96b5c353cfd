//! The page's state, keys and drawing.

use std::{collections::BTreeMap, mem::Discriminant, sync::Arc};

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    around::{Autoscaler, Budget, Claim, ConfigKind, Known, Route, RouteKind, Service, Slice},
    health::Health,
    kept::{Kept, Name},
    model::{App, AppKey, Event, ObjectRef, Revision},
    text::Clean,
};
use serde_json::Value;

use super::{compare::Compare, parts, past};
use crate::{
    Action, Command, Ctx, Effect, Key, List, Message, PageEffect, Room, Screen,
    describe::Describe,
    fleet::{intent, plan},
    widgets::{Document, text::age_changes},
};

/// A part that is read: `None` until it came.
pub(super) type Part<T> = Option<Result<T, Clean>>;

/// The page of one app.
pub struct AppPage {
    pub(super) key: AppKey,
    /// The app as it is known, and raw.
    pub(super) app: Part<(Box<App>, Arc<Value>)>,
    pub(super) revisions: Part<Arc<[Revision]>>,
    pub(super) events: Part<Arc<[Event]>>,
    pub(super) configs: BTreeMap<(ConfigKind, Clean), Known>,
    pub(super) autoscalers: Kept<Autoscaler>,
    pub(super) scaling: Kept<Event>,
    pub(super) services: Kept<Service>,
    pub(super) slices: Kept<Slice>,
    pub(super) routes: [(RouteKind, Kept<Route>); 3],
    pub(super) claims: Kept<Claim>,
    pub(super) budgets: Kept<Budget>,
    /// The generation that the page was read at.
    pub(super) read_at: Option<i64>,
    /// How the app was when the page was last looked at.
    pub(super) health: Option<Discriminant<Health>>,
    /// Revisions that are marked for a comparison: two at most.
    pub(super) marked: Vec<i64>,
    document: Document,
    size: (u16, u16),
    /// When an age that is shown reads differently.
    next: Option<Time>,
}

impl AppPage {
    /// The page of this app, all parts loading.
    pub fn new(key: AppKey) -> Self {
        Self {
            key,
            app: None,
            revisions: None,
            events: None,
            configs: BTreeMap::new(),
            autoscalers: Kept::default(),
            scaling: Kept::default(),
            services: Kept::default(),
            slices: Kept::default(),
            routes: RouteKind::ALL.map(|kind| (kind, Kept::default())),
            claims: Kept::default(),
            budgets: Kept::default(),
            read_at: None,
            health: None,
            marked: Vec::new(),
            document: Document::default(),
            size: (0, 0),
            next: None,
        }
    }

    /// The app: as the fleet has it live, else as it was read.
    pub(super) fn live<'a>(&'a self, ctx: &Ctx<'a>) -> Option<&'a App> {
        let read = self.app.as_ref().and_then(|read| read.as_ref().ok()).map(|(app, _)| &**app);
        ctx.fleet.app(&self.key).map(|row| &row.app).or(read)
    }

    /// The app as it was read, raw.
    pub(super) fn raw(&self) -> Option<&Value> {
        self.app.as_ref().and_then(|read| read.as_ref().ok()).map(|(_, raw)| &**raw)
    }

    /// Writes the page anew; returns whether anything reads differently.
    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let columns = usize::from(self.size.0).saturating_sub(3);
        let changed = self.document.set(parts::lines(self, ctx, columns));
        self.next = self.ages(ctx).into_iter().map(|at| age_changes(at, ctx.clock.now)).min();
        changed
    }

    /// The revision under the cursor.
    fn revision(&self) -> Option<&Revision> {
        let about = self.document.about()?;
        let all = self.revisions.as_ref()?.as_ref().ok()?;
        all.iter().find(|revision| past::object(&self.key, revision) == *about)
    }

    /// Marks the revision under the cursor, or takes its mark; the older of two marks goes where a third is set.
    fn mark(&mut self) -> bool {
        let Some(number) = self.revision().map(|revision| revision.number) else { return false };
        if let Some(at) = self.marked.iter().position(|marked| *marked == number) {
            self.marked.remove(at);
            return true;
        }
        self.marked.push(number);
        if self.marked.len() > 2 {
            self.marked.remove(0);
        }
        true
    }

    /// The comparison that the marks and the cursor say: of two marked, of one marked with this one, else of this one with the
    /// live one (of the live one: with the one before).
    fn compare(&self) -> Option<Compare> {
        let under = self.revision()?;
        let all = self.revisions.as_ref()?.as_ref().ok()?;
        let find = |number: i64| all.iter().find(|revision| revision.number == number);
        let other = match self.marked.as_slice() {
            [one, two] => return self.pair(find(*one)?, find(*two)?),
            [one] if *one != under.number => find(*one)?,
            _ if under.live => {
                all.iter().filter(|other| other.number < under.number).max_by_key(|other| other.number)?
            }
            _ => all.iter().find(|other| other.live)?,
        };
        self.pair(under, other)
    }

    /// The older one first.
    fn pair(&self, a: &Revision, b: &Revision) -> Option<Compare> {
        let (from, to) = if a.number < b.number { (a, b) } else { (b, a) };
        Some(Compare::new(&self.key, from, to))
    }

    /// What enter and `d` do: a comparison, the object under the cursor, or the app's pods.
    fn open(&mut self, command: Command) -> Vec<Action> {
        if self.revision().is_some() {
            return match self.compare() {
                Some(compare) => vec![Action::Open(Box::new(compare))],
                None => vec![Action::Note(false, "there is no other revision to compare it with".into())],
            };
        }
        match (self.document.about().cloned(), command) {
            (Some(pod), Command::Open) if &*pod.api.kind == "Pod" => {
                let name = Name::new(&pod.namespace, &pod.name);
                vec![Action::Open(Box::new(crate::containers::Containers::new(name)))]
            }
            (Some(object), _) => vec![Action::Open(Box::new(Describe::new(object)))],
            (None, Command::Open) => vec![Action::Open(Box::new(crate::pods::Pods::new(self.key.clone())))],
            (None, _) => vec![Action::Open(Box::new(Describe::new(ObjectRef::app(&self.key))))],
        }
    }
}

impl Screen for AppPage {
    fn room(&self) -> Room {
        Room::App
    }

    fn typing(&self) -> bool {
        self.document.typing()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("App {}", self.key)
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Page(PageEffect::Open(self.key.clone()))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Page(PageEffect::Close(self.key.clone()))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(self.document.about().cloned().unwrap_or_else(|| ObjectRef::app(&self.key)))
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(self.document.list(0))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return plan(intent, vec![self.key.clone()]);
        }
        match command {
            Command::Open | Command::Describe | Command::Diff => return self.open(command),
            Command::Reread => {
                let read = Action::Effect(Effect::Page(PageEffect::Read(self.key.clone())));
                return vec![read, Action::Note(false, "everything is read once more".into())];
            }
            Command::Mark => {
                if !self.mark() {
                    self.document.command(Command::Fold);
                }
            }
            other => drop(self.document.command(other)),
        }
        self.refresh(ctx);
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
        let mut actions = Vec::new();
        match message {
            Message::Page(key, reply) if *key == self.key => self.take(reply),
            Message::Fleet(_) => {
                if self.is_old(ctx) {
                    actions.push(Action::Effect(Effect::Page(PageEffect::Read(self.key.clone()))));
                }
            }
            Message::Usage(..) | Message::Freshness(..) => {}
            Message::Clock(_) if self.next.is_some_and(|next| next <= ctx.clock.now) => {}
            _ => return (false, actions),
        }
        (self.refresh(ctx), actions)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.document.resize(size);
        self.refresh(ctx);
    }

    fn takes_back(&self) -> bool {
        self.document.takes_back()
    }

    fn wake_at(&self, _ctx: &Ctx) -> Option<Time> {
        self.next
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.document.draw(ctx.theme, frame, area);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, if self.takes_back() { "clear the search" } else { "back" }),
            (Command::Open, "open"),
            (Command::Section, "next section"),
            (Command::Mark, "mark, fold"),
            (Command::Release, "release"),
            (Command::Rollback, "roll back"),
            (Command::Scale, "scale"),
            (Command::Restart, "restart"),
            (Command::Help, "help"),
        ]
    }
}
