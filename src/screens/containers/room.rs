//! The containers' state, keys and drawing.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    act::PodId,
    kept::Name,
    logs::LogsOf,
    model::{AppKey, Doing, ObjectRef},
    shell::Place,
};

use super::{
    ContainersEffect,
    known::Known,
    lines::{Line, lines, unmetered},
};
use crate::{
    Action, Command, Ctx, Effect, Message, Room, Scope, Screen,
    fleet::{intent, plan},
    shell::{Wanted, What},
    widgets::{
        Scroll,
        text::{age_changes, count, left, put, width, wrap},
    },
};

/// Columns of the labels.
const LABEL: usize = 13;

/// A pod's containers.
pub struct Containers {
    known: Known,
    scroll: Scroll,
    size: (u16, u16),
    /// The page as last laid out, each line cut to the width.
    seen: Vec<Line>,
}

impl Containers {
    /// Of this pod.
    pub fn new(pod: Name) -> Self {
        Self { known: Known::new(pod), scroll: Scroll::default(), size: (0, 0), seen: Vec::new() }
    }

    /// Lays out anew; returns whether anything looks different.
    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let columns = usize::from(self.size.0).saturating_sub(LABEL + 5);
        let mut page: Vec<Line> = lines(&self.known, ctx).into_iter().flat_map(|line| wrapped(line, columns)).collect();
        if let Some(words) = unmetered(self.known.metered.as_ref()) {
            page.push(Line::default());
            page.push(Line::text("", Scope::Dim, words));
        }
        let differs = page != self.seen;
        self.seen = page;
        self.scroll.height = self.size.1.into();
        self.scroll.top = self.scroll.top.min(self.seen.len().saturating_sub(self.scroll.height));
        differs
    }

    fn app(&self, ctx: &Ctx) -> Option<AppKey> {
        let pod = ctx.fleet.pod(&self.known.name.namespace, &self.known.name.name)?.pod;
        let (kind, name) = pod.app.as_ref()?;
        let key = AppKey { namespace: pod.namespace.clone(), name: name.clone(), kind: *kind };
        ctx.fleet.app(&key).is_some().then_some(key)
    }

    /// Asks about the pod itself.
    fn delete(&self, ctx: &Ctx) -> Vec<Action> {
        match ctx.fleet.pod(&self.known.name.namespace, &self.known.name.name) {
            Some(row) => crate::act::ask(ctx, &[row.pod]),
            None => {
                vec![Action::Note(false, "This pod is not among those in view: it is gone, or not listed yet.".into())]
            }
        }
    }

    /// A session in the container at the top of the view.
    fn shell(&self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Some(pod) = self.known.pod() else { return Vec::new() };
        let Name { namespace, name } = self.known.name.clone();
        let at = self.seen.get(self.scroll.top..).and_then(|lines| lines.iter().find_map(|line| line.of));
        let Some(container) = at.or(Some(0)).and_then(|at| pod.containers.get(at)) else {
            return vec![Action::Note(false, "This pod has no container yet.".into())];
        };
        let id = PodId { namespace, name, uid: pod.uid.clone() };
        let place = Place { pod: id, container: container.name.clone() };
        crate::shell::open(ctx, Wanted { place, what: What::of(command) })
    }

    /// Shows what Secrets hold, or hides it again.
    fn reveal(&mut self) -> Vec<Action> {
        if self.known.revealing {
            self.known.revealing = false;
            self.known.secrets.clear();
            return vec![Action::Note(false, "Secrets' values are hidden again".into())];
        }
        self.known.revealing = true;
        let names = self.known.referred();
        if names.is_empty() {
            return Vec::new();
        }
        vec![Action::Effect(Effect::Containers(ContainersEffect::Reveal(self.known.name.clone(), names)))]
    }

    /// To the next container's first line, or the one before.
    fn jump(&mut self, next: bool) {
        let heads = self.seen.iter().enumerate().filter(|(_, line)| line.head).map(|(n, _)| n);
        let to = match next {
            true => heads.clone().find(|at| *at > self.scroll.top),
            false => heads.clone().rfind(|at| *at < self.scroll.top).or(Some(0)),
        };
        if let Some(to) = to {
            self.scroll.top = to.min(self.seen.len().saturating_sub(self.scroll.height));
        }
    }
}

/// A line whose last piece is too long goes on below it.
fn wrapped(line: Line, columns: usize) -> Vec<Line> {
    let whole: usize = line.cells.iter().map(|cell| width(&cell.text) + 3).sum();
    let Some(last) = line.cells.last().filter(|_| whole > columns + 3) else { return vec![line] };
    let before: usize = line.cells[..line.cells.len() - 1].iter().map(|cell| width(&cell.text) + 3).sum();
    let (scope, indent) = (last.scope, if before * 2 > columns { 0 } else { before });
    let pieces = wrap(&last.text, columns.saturating_sub(indent).max(10));
    let mut out = Vec::with_capacity(pieces.len());
    let mut first = Line { cells: line.cells[..line.cells.len() - 1].to_vec(), ..line.clone() };
    let mut pieces = pieces.into_iter();
    if indent == before {
        first.cells.extend(pieces.next().map(|text| crate::widgets::Cell::new(scope, text)));
    }
    out.push(first);
    out.extend(pieces.map(|text| {
        let mut rest = Line::text("", scope, format!("{}{text}", " ".repeat(indent)));
        rest.of = line.of;
        rest
    }));
    out
}

impl Screen for Containers {
    fn room(&self) -> Room {
        Room::Containers
    }

    fn title(&self, _ctx: &Ctx) -> String {
        let Name { namespace, name } = &self.known.name;
        let containers = self.known.pod().map(|pod| pod.containers.len());
        let containers = containers.map(|n| format!(": {}", count(n, "container"))).unwrap_or_default();
        format!("Pod {namespace}/{name}{containers}")
    }

    fn entered(&mut self, _ctx: &Ctx) -> Vec<Effect> {
        vec![Effect::Containers(ContainersEffect::Follow(self.known.name.clone()))]
    }

    fn left(&mut self) -> Vec<Effect> {
        vec![Effect::Containers(ContainersEffect::End(self.known.name.clone()))]
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        Some(ObjectRef::pod(&self.known.name.namespace, &self.known.name.name))
    }

    fn logged(&self, _ctx: &Ctx) -> Vec<LogsOf> {
        // Of the container that the page was moved to; at its top, of all of them.
        let at = self.seen.get(self.scroll.top).filter(|_| self.scroll.top > 0).and_then(|line| line.of);
        let container = at.and_then(|at| Some(self.known.pod()?.containers.get(at)?.name.clone()));
        let pod = self.known.name.clone();
        vec![match container {
            Some(container) => LogsOf::Container(pod, container),
            None => LogsOf::Pod(pod),
        }]
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return match self.app(ctx) {
                Some(app) => plan(intent, vec![app]),
                None => vec![Action::Note(false, "This pod belongs to no app in view.".into())],
            };
        }
        let actions = match command {
            Command::Reveal => self.reveal(),
            Command::Next => {
                self.jump(true);
                Vec::new()
            }
            Command::Prior => {
                self.jump(false);
                Vec::new()
            }
            Command::Page => match self.app(ctx) {
                Some(app) => vec![Action::Open(Box::new(crate::app::AppPage::new(app)))],
                None => vec![Action::Note(false, "This pod belongs to no app in view.".into())],
            },
            Command::Delete => return self.delete(ctx),
            Command::Forward => {
                let uid = self.known.pod().map(|pod| pod.uid.clone()).unwrap_or_default();
                let Name { namespace, name } = self.known.name.clone();
                return crate::forwards::ask(ctx, PodId { namespace, name, uid });
            }
            Command::Shell | Command::Attach => return self.shell(ctx, command),
            movement => {
                self.scroll.pan(movement, self.seen.len());
                Vec::new()
            }
        };
        self.refresh(ctx);
        actions
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let mut actions = Vec::new();
        match message {
            Message::Containers(name, reply) if *name == self.known.name => {
                let before = self.known.referred();
                self.known.take(reply);
                let new: Vec<_> = self.known.referred().into_iter().filter(|name| !before.contains(name)).collect();
                if self.known.revealing && !new.is_empty() {
                    actions.push(Action::Effect(Effect::Containers(ContainersEffect::Reveal(name.clone(), new))));
                }
            }
            Message::Clock(_) => {}
            _ => return (false, Vec::new()),
        }
        (self.refresh(ctx), actions)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.refresh(ctx);
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let pod = self.known.pod()?;
        let times = pod.containers.iter().flat_map(|container| {
            let now = match &container.state {
                Doing::Running(since) => *since,
                Doing::Ended(end) => end.finished,
                Doing::Waiting(..) => None,
            };
            now.into_iter().chain(container.last.as_ref().and_then(|end| end.finished))
        });
        times.chain(pod.created).map(|at| age_changes(at, ctx.clock.now)).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        for (line, y) in self.seen[self.scroll.visible(self.seen.len())].iter().zip(area.y..area.bottom()) {
            let mut x = area.x + 1;
            if line.of.is_some() && !line.head {
                put(buffer, area, area.x + 3, y, &left(&line.label, LABEL), ctx.theme.style(Scope::Dim));
                x = area.x + 3 + LABEL as u16;
            }
            for cell in &line.cells {
                x = put(buffer, area, x, y, &cell.text, ctx.theme.style(cell.scope)) + 3;
            }
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let reveal = if self.known.revealing { "hide Secrets" } else { "show Secrets" };
        vec![
            (Command::Back, "back"),
            (Command::Page, "its app"),
            (Command::Shell, "shell"),
            (Command::Next, "next container"),
            (Command::Reveal, reveal),
            (Command::Describe, "describe"),
            (Command::Events, "events"),
            (Command::Yaml, "YAML"),
            (Command::Help, "help"),
        ]
    }
}
