//! The containers' state, keys and drawing.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    act::PodId,
    kept::Name,
    logs::LogsOf,
    model::{AppKey, ContainerDetail, Doing, ObjectRef},
    shell::Place,
    text::Clean,
};

use super::{
    ContainersEffect,
    known::Known,
    lines::{Line, lines, unmetered},
};
use crate::{
    Action, Command, Ctx, Effect, List, Message, Room, Scope, Screen,
    fleet::{intent, plan},
    shell::{Wanted, What},
    widgets::{
        Scroll,
        text::{age_changes, count, left, put, width, wrap},
    },
};

/// Columns of the labels.
const LABEL: usize = 13;
/// Columns of the cursor and of marks.
const GUTTER: u16 = 3;

/// A pod's containers.
pub struct Containers {
    known: Known,
    scroll: Scroll,
    size: (u16, u16),
    /// Marked containers, by name.
    marks: BTreeSet<Clean>,
    /// The page as last laid out, each line cut to the width.
    seen: Vec<Line>,
}

impl Containers {
    /// Of this pod.
    pub fn new(pod: Name) -> Self {
        let (known, scroll, marks) = (Known::new(pod), Scroll::default(), BTreeSet::new());
        Self { known, scroll, size: (0, 0), marks, seen: Vec::new() }
    }

    /// Lays out anew; returns whether anything looks different.
    fn refresh(&mut self, ctx: &Ctx) -> bool {
        let columns = usize::from(self.size.0).saturating_sub(LABEL + 4 + usize::from(GUTTER));
        let mut page: Vec<Line> = lines(&self.known, ctx).into_iter().flat_map(|line| wrapped(line, columns)).collect();
        if let Some(words) = unmetered(self.known.metered.as_ref()) {
            page.push(Line::default());
            page.push(Line::text("", Scope::Dim, words));
        }
        let differs = page != self.seen;
        self.seen = page;
        self.scroll.resize(self.size.1.into(), self.seen.len());
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

    /// The container that a line of the page is about.
    fn at(&self, line: usize) -> Option<&ContainerDetail> {
        self.known.pod()?.containers.get(self.seen.get(line)?.of?)
    }

    /// A session in the container under the cursor; above all of them, in the first.
    fn shell(&self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Some(pod) = self.known.pod() else { return Vec::new() };
        let Name { namespace, name } = self.known.name.clone();
        let Some(container) = self.at(self.scroll.cursor).or(pod.containers.first()) else {
            return vec![Action::Note(false, "This pod has no container yet.".into())];
        };
        let id = PodId { namespace, name, uid: pod.uid.clone() };
        let place = Place { pod: id, container: container.name.clone() };
        crate::shell::open(ctx, Wanted { place, what: What::of(command) })
    }

    /// Marks or unmarks the container under the cursor, and goes on to the next.
    fn mark(&mut self) -> Vec<Action> {
        let Some(name) = self.at(self.scroll.cursor).map(|container| container.name.clone()) else {
            return vec![Action::Note(false, "no container is under the cursor".into())];
        };
        if !self.marks.remove(&name) {
            self.marks.insert(name);
        }
        self.jump(true);
        Vec::new()
    }

    /// Marks every container.
    fn mark_all(&mut self) {
        let all = self.known.pod().into_iter().flat_map(|pod| pod.containers.iter());
        self.marks = all.map(|container| container.name.clone()).collect();
    }

    /// Whether the line is the title of a container that is marked.
    fn marked(&self, line: usize) -> bool {
        self.seen.get(line).is_some_and(|line| line.head)
            && self.at(line).is_some_and(|container| self.marks.contains(&container.name))
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
        let (at, len) = (self.scroll.cursor, self.seen.len());
        let mut heads = self.seen.iter().enumerate().filter(|(_, line)| line.head).map(|(n, _)| n);
        let to = match next {
            true => heads.find(|head| *head > at),
            false => heads.rfind(|head| *head < at).or(Some(0)),
        };
        if let Some(to) = to {
            (self.scroll.cursor, self.scroll.top) = (to, to);
            self.scroll.clamp(len);
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
        let marked = if self.marks.is_empty() { String::new() } else { format!(", {} marked", self.marks.len()) };
        format!("Pod {namespace}/{name}{containers}{marked}")
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
        // Above the containers the cursor is on the pod itself.
        let pod = &self.known.name;
        let all = self.known.pod().into_iter().flat_map(|pod| pod.containers.iter());
        let marked = all.filter(|container| self.marks.contains(&container.name));
        let of = |container: &ContainerDetail| LogsOf::Container(pod.clone(), container.name.clone());
        let marked: Vec<LogsOf> = marked.map(of).collect();
        match marked.is_empty() {
            true => vec![self.at(self.scroll.cursor).map_or_else(|| LogsOf::Pod(pod.clone()), of)],
            false => marked,
        }
    }

    fn list(&self, _ctx: &Ctx) -> Option<List> {
        Some(List::new(&self.scroll, self.seen.len(), 0))
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
            Command::Mark => self.mark(),
            Command::MarkAll => {
                self.mark_all();
                Vec::new()
            }
            Command::ClearMarks => {
                self.marks.clear();
                Vec::new()
            }
            movement => {
                self.scroll.command(movement, self.seen.len());
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
        for (n, y) in self.scroll.visible(self.seen.len()).zip(area.y..area.bottom()) {
            let (line, under) = (&self.seen[n], n == self.scroll.cursor);
            if under {
                buffer.set_style(Rect { y, height: 1, ..area }, ctx.theme.style(Scope::Cursor));
            }
            let sign = if under { "▸" } else { " " };
            let x = put(buffer, area, area.x, y, sign, ctx.theme.style(Scope::Key));
            put(buffer, area, x, y, if self.marked(n) { "●" } else { " " }, ctx.theme.style(Scope::Marked));
            let mut x = area.x + GUTTER;
            if line.of.is_some() && !line.head {
                x += 2;
                put(buffer, area, x, y, &left(&line.label, LABEL), ctx.theme.style(Scope::Dim));
                x += LABEL as u16;
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
            (Command::Mark, "mark"),
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
