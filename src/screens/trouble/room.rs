//! The room's state, keys and messages.

use std::collections::BTreeMap;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    fleet::Scope as Place,
    health::{
        cause::{NodeFacts, Warning},
        trouble,
    },
    kept::Kept,
    model::{AppKey, ObjectRef},
    query::About,
};

use super::{
    TroubleEffect, TroubleReply, draw,
    list::{AskedCase, Case, Subject, cases, filtered},
    sheet,
};
use crate::{
    Action, Command, Ctx, Effect, Key, Message, PageEffect, Room, Screen,
    containers::Containers,
    describe::Describe,
    fleet::{Cell, intent, plan},
    mouse::List,
    nodes::NodePods,
    widgets::{
        FilterField, Scroll, Typed,
        text::{age_changes, count},
    },
};

/// What names a case's object.
fn object(subject: &Subject) -> ObjectRef {
    match subject {
        Subject::App(key) => ObjectRef::app(key),
        Subject::Node(name) => ObjectRef::node(name),
        Subject::Pod(pod) => ObjectRef::pod(&pod.namespace, &pod.name),
    }
}

/// Everything unhealthy in view.
#[derive(Default)]
pub struct Trouble {
    pub(super) filter: FilterField,
    /// What the filter says beside its cases.
    pub(super) about: About,
    pub(super) scroll: Scroll,
    /// What is under the cursor, once the cursor was moved; until then it stays on the worst.
    at: Option<Subject>,
    pub(super) size: (u16, u16),
    pub(super) warnings: BTreeMap<Place, Kept<Warning>>,
    pub(super) nodes: Kept<NodeFacts>,
    pub(super) cases: Vec<Case>,
    /// How many there are without the filter.
    pub(super) all: usize,
    seen: Vec<Vec<Cell>>,
}

impl Trouble {
    /// The case under the cursor.
    pub(super) fn current(&self) -> Option<&Case> {
        self.cases.get(self.scroll.cursor)
    }

    fn app(&self) -> Option<&AppKey> {
        match &self.current()?.subject {
            Subject::App(key) => Some(key),
            Subject::Node(_) | Subject::Pod(_) => None,
        }
    }

    /// Where enter and `d` lead from what is no app: a node to its pods, a pod to its containers, both to their description.
    fn beyond(&self, command: Command) -> Option<Action> {
        let subject = &self.current()?.subject;
        Some(match (command, subject) {
            (Command::Open, Subject::Node(name)) => Action::Open(Box::new(NodePods::new(name.clone()))),
            (Command::Open, Subject::Pod(pod)) => Action::Open(Box::new(Containers::new(pod.clone()))),
            (Command::Page, Subject::Node(_) | Subject::Pod(_)) => {
                Action::Open(Box::new(Describe::new(object(subject))))
            }
            _ => return None,
        })
    }

    /// Judges anew. The cursor stays with what it is on.
    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let all = cases(ctx, &self.warnings, &self.nodes);
        self.all = all.len();
        (self.cases, self.about) = filtered(ctx, all, self.filter.query());
        let area = Rect::new(0, 0, self.size.0, self.size.1);
        let table = sheet::parts(area, self.filter.height()).table;
        self.scroll.height = usize::from(table.height.saturating_sub(1));
        match &self.at {
            None => self.scroll.cursor = 0,
            Some(at) => {
                if let Some(place) = self.cases.iter().position(|case| case.subject == *at) {
                    self.scroll.cursor = place;
                }
            }
        }
        self.scroll.clamp(self.cases.len());
        if self.at.is_some() {
            self.at = self.current().map(|case| case.subject.clone());
        }
        let mut shown: Vec<Vec<Cell>> = self.lines(ctx).into_iter().map(|(cells, _)| cells).collect();
        shown.extend([self.news(ctx), self.detail(ctx)]);
        let changed = shown != self.seen;
        self.seen = shown;
        changed
    }

    fn go(&mut self, command: Command) {
        if self.scroll.command(command, self.cases.len()) {
            self.at = self.current().map(|case| case.subject.clone());
        }
    }

    /// Asks about the app's pod that is in the worst way; of an OnDelete rollout about the next that waits.
    fn end_pod(&self, ctx: &Ctx) -> Vec<Action> {
        if let Some(Subject::Pod(pod)) = self.current().map(|case| &case.subject) {
            return crate::act::ask(
                ctx,
                &ctx.fleet.pod(&pod.namespace, &pod.name).map(|row| row.pod).into_iter().collect::<Vec<_>>(),
            );
        }
        let Some(key) = self.app() else { return vec![Action::Note(false, "no pod is under the cursor".into())] };
        let pods = ctx.fleet.pods(key);
        let ill = pods.iter().map(|row| row.pod).find(|pod| !pod.ending && trouble(pod).is_some());
        let unready = || pods.iter().map(|row| row.pod).find(|pod| !pod.ending && !pod.ready);
        match ill.or_else(|| crate::act::waiting(ctx, key).first().copied()).or_else(unready) {
            Some(pod) => crate::act::ask(ctx, &[pod]),
            None => {
                vec![Action::Note(false, format!("no pod of {key} is in trouble: its pods are a room further").into())]
            }
        }
    }
}

impl Trouble {
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
}

impl Screen for Trouble {
    fn room(&self) -> Room {
        Room::Trouble
    }

    fn typing(&self) -> bool {
        self.filter.is_open()
    }

    fn title(&self, _ctx: &Ctx) -> String {
        match self.all {
            0 => "Trouble".to_owned(),
            n => format!("Trouble: {}", count(n, "case")),
        }
    }

    fn entered(&mut self, ctx: &Ctx) -> Vec<Effect> {
        let scopes = if ctx.scope.is_empty() { vec![None] } else { ctx.scope.iter().cloned().map(Some).collect() };
        vec![Effect::Trouble(TroubleEffect::Follow(scopes))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Trouble(TroubleEffect::Leave)]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.current().map(|case| object(&case.subject))
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(List::new(&self.scroll, self.cases.len(), 2 + self.filter.height()))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        match (intent(command), self.app()) {
            (Some(intent), Some(key)) => return plan(intent, vec![key.clone()]),
            (Some(_), None) => return vec![Action::Note(false, "no app is under the cursor".into())],
            _ => {}
        }
        if let Some(action) = self.beyond(command) {
            return vec![action];
        }
        match (command, self.app().cloned()) {
            (Command::Open, Some(key)) => return vec![Action::Open(Box::new(crate::pods::Pods::new(key)))],
            (Command::Page, Some(key)) => {
                let page = Box::new(crate::app::AppPage::new(key.clone()));
                return vec![Action::Open(page), Action::Effect(Effect::Page(PageEffect::Read(key)))];
            }
            (Command::Delete, _) => return self.end_pod(ctx),
            (Command::Filter, _) => self.filter.open(),
            (Command::Back, _) => self.filter.clear(),
            (movement, _) => self.go(movement),
        }
        self.refresh(ctx);
        Vec::new()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let all = cases(ctx, &self.warnings, &self.nodes);
        let asked: Vec<_> = all.into_iter().map(|case| AskedCase::new(case, ctx.fleet)).collect();
        let typed = self.filter.key(ctx, key, &asked);
        self.typed(ctx, typed)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        let typed = self.filter.paste(text);
        self.typed(ctx, typed)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Trouble(TroubleReply::Warnings(place, events)) => {
                self.warnings.entry(place.clone()).or_default().take_all(events.iter().cloned());
            }
            Message::Trouble(TroubleReply::Nodes(events)) => _ = self.nodes.take_all(events.iter().cloned()),
            // Ages change by the minute, and what is judged by time does so no sooner.
            Message::Clock(_) if self.wake_at(ctx).is_none_or(|at| at > ctx.clock.now) => return (false, Vec::new()),
            Message::Fleet(_) | Message::Usage(..) | Message::Freshness(..) | Message::Clock(_) => {}
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
        let visible = self.scroll.visible(self.cases.len());
        self.cases[visible]
            .iter()
            .filter_map(|case| Some(age_changes(case.cause.since?, ctx.clock.now)))
            .chain(self.about.changes)
            .min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.paint(ctx, frame, area);
    }

    fn hints(&self, ctx: &Ctx) -> Vec<(Command, &'static str)> {
        draw::hints(ctx, self.current().map(|case| &case.subject))
    }
}
