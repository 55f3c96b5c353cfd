//! The pods' state, keys and drawing.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    act::Target,
    fleet::{AskedPod, PodRow, Resource},
    kept::Name,
    logs::LogsOf,
    model::{AppKey, ObjectRef},
    query::About,
    text::Clean,
};

use super::{
    cells::cell,
    columns::{COLUMNS, Order, by, by_column},
};
use crate::{
    Action, Command, Ctx, Key, List, Message, Room, Scope, Screen,
    fleet::{intent, paint_words, plan, status, waiting},
    widgets::{
        Cell, FilterField, Look, Scroll, Table, Typed, beside,
        text::{age_changes, put, width},
    },
};

/// An app's pods.
pub struct Pods {
    pub(super) app: AppKey,
    filter: FilterField,
    table: Table,
    order: Order,
    pub(super) scroll: Scroll,
    /// The pod under the cursor, once the cursor was moved.
    at: Option<Clean>,
    /// Marked pods, by name: a filter may hide some of them.
    pub(super) marks: BTreeSet<Clean>,
    /// The pod that was marked last.
    pub(super) anchor: Option<Clean>,
    height: u16,
    /// The lines as last laid out, to know whether they look different.
    seen: Vec<Vec<Cell>>,
}

impl Pods {
    /// The pods of this app.
    pub fn new(app: AppKey) -> Self {
        Self {
            app,
            filter: FilterField::default(),
            table: Table::new("pods", &COLUMNS, 3),
            order: Order::default(),
            scroll: Scroll::default(),
            at: None,
            marks: BTreeSet::new(),
            anchor: None,
            height: 0,
            seen: Vec::new(),
        }
    }

    /// All pods, as a filter asks them.
    fn asked<'a>(&self, ctx: &Ctx<'a>) -> Vec<AskedPod<'a>> {
        ctx.fleet.pods(&self.app).into_iter().map(|row| AskedPod { row, fleet: ctx.fleet }).collect()
    }

    /// The pods that the filter lets through, best matches first, and what else it says.
    fn found<'a>(&self, ctx: &Ctx<'a>) -> (Vec<PodRow<'a>>, About) {
        let mut found = self.filter.query().find(self.asked(ctx).into_iter(), ctx.clock.now);
        let order = |a: &AskedPod, b: &AskedPod| self.order.compare(ctx.fleet, &a.row, &b.row);
        found.rows.sort_by(|(a_rank, a), (b_rank, b)| a_rank.cmp(b_rank).then_with(|| order(a, b)));
        (found.rows.into_iter().map(|(_, asked)| asked.row).collect(), found.about)
    }

    pub(super) fn rows<'a>(&self, ctx: &Ctx<'a>) -> Vec<PodRow<'a>> {
        self.found(ctx).0
    }

    fn refresh(&mut self, ctx: &Ctx) {
        let rows = self.rows(ctx);
        self.scroll.height = usize::from(self.height.saturating_sub(2 + self.filter.height()));
        match &self.at {
            None => self.scroll.cursor = 0,
            Some(at) => {
                if let Some(place) = rows.iter().position(|row| row.pod.name == *at) {
                    self.scroll.cursor = place;
                }
            }
        }
        self.scroll.clamp(rows.len());
        if self.at.is_some() {
            self.at = rows.get(self.scroll.cursor).map(|row| row.pod.name.clone());
        }
        for row in &rows[self.scroll.visible(rows.len())] {
            self.table.widen(|column| width(&cell(ctx, row, column).text));
        }
        self.seen = self.lines(ctx, &rows);
    }

    pub(super) fn go(&mut self, ctx: &Ctx, command: Command) {
        let rows = self.rows(ctx);
        if self.scroll.command(command, rows.len()) {
            self.at = rows.get(self.scroll.cursor).map(|row| row.pod.name.clone());
        }
    }

    /// The app in a line, then the pods in sight, or the reason why there are none.
    fn lines(&self, ctx: &Ctx, rows: &[PodRow]) -> Vec<Vec<Cell>> {
        let laid = self.table.laid(ctx, &[]);
        let mut lines = vec![self.summary(ctx)];
        lines[0].extend(self.marked_words(rows));
        if rows.is_empty() {
            lines.push(self.empty(ctx));
        }
        let visible = self.scroll.visible(rows.len());
        lines.extend(rows[visible].iter().map(|row| laid.iter().map(|laid| cell(ctx, row, laid.column)).collect()));
        lines
    }

    fn summary(&self, ctx: &Ctx) -> Vec<Cell> {
        let Some(row) = ctx.fleet.app(&self.app) else {
            return vec![Cell::new(Scope::Warn, "This app is gone.")];
        };
        let version = match row.version.running.is_empty() {
            true => row.version.wanted.to_string(),
            false => format!("{} ← {}", row.version.wanted, row.version.running),
        };
        let ready = format!("{}/{} ready", row.app.counts.ready, row.app.counts.wanted);
        vec![status(&row.health), Cell::new(Scope::Text, ready), Cell::new(Scope::Text, version)]
    }

    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        if !ctx.fleet.pods(&self.app).is_empty() {
            let first = format!("No pod matches \"{}\".", self.filter.text());
            return vec![Cell::new(Scope::Heading, first), Cell::new(Scope::Dim, "esc clears the filter.")];
        }
        if let Some(cells) = waiting(ctx, &[Resource::Pods]) {
            return cells;
        }
        match ctx.fleet.app(&self.app) {
            Some(row) if row.app.counts.wanted == 0 => {
                vec![Cell::new(Scope::Heading, "Scaled to 0: no pods are wanted.")]
            }
            Some(row) => {
                let why = row.app.conditions.iter().find(|condition| &*condition.kind == "ReplicaFailure");
                let why =
                    why.map(|condition| Cell::new(Scope::Bad, format!("{}: {}", condition.reason, condition.message)));
                std::iter::once(Cell::new(Scope::Heading, "No pods yet.")).chain(why).collect()
            }
            None => vec![Cell::new(Scope::Dim, "esc goes back.")],
        }
    }
}

impl Pods {
    /// Follows what a key or a paste did to the filter.
    fn typed(&mut self, ctx: &Ctx, typed: Typed) -> Vec<Action> {
        match typed {
            Typed::Changed => (self.at, self.scroll.cursor) = (None, 0),
            Typed::Same | Typed::Kept => {}
            Typed::Move(command) => self.go(ctx, command),
        }
        self.refresh(ctx);
        if typed == Typed::Kept { self.filter.remembered() } else { Vec::new() }
    }
}

impl Screen for Pods {
    fn room(&self) -> Room {
        Room::Pods
    }

    fn typing(&self) -> bool {
        self.filter.is_open()
    }

    fn title(&self, ctx: &Ctx) -> String {
        format!("Pods of {}: {}", self.app, ctx.fleet.pods(&self.app).len())
    }

    fn app(&self, _ctx: &Ctx) -> Option<AppKey> {
        Some(self.app.clone())
    }

    fn selected(&self, ctx: &Ctx) -> Option<ObjectRef> {
        self.rows(ctx).get(self.scroll.cursor).map(|row| ObjectRef::pod(&row.pod.namespace, &row.pod.name))
    }

    fn logged(&self, ctx: &Ctx) -> Vec<LogsOf> {
        let rows = self.rows(ctx);
        let (marked, _) = self.split_marks(&rows);
        let under = rows.get(self.scroll.cursor).map(|row| row.pod).into_iter();
        let pods = if marked.is_empty() { under.collect() } else { marked };
        pods.into_iter().map(|pod| LogsOf::Pod(Name::new(&pod.namespace, &pod.name))).collect()
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        let list = List::new(&self.scroll, self.rows(ctx).len(), 2 + self.filter.height());
        Some(list.sorting(self.table.sorts(&self.table.laid(ctx, &[]))))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return plan(intent, vec![self.app.clone()]);
        }
        if let Some(by) = by(command) {
            self.order = Order { by, reverse: self.order.by == by && !self.order.reverse };
            self.refresh(ctx);
            return Vec::new();
        }
        match command {
            Command::SortNext | Command::SortPrior => {
                let all: Vec<_> = self.table.columns().iter().filter_map(by_column).collect();
                self.order = Order { by: beside(&all, self.order.by, command == Command::SortNext), reverse: false };
            }
            Command::Open => {
                let rows = self.rows(ctx);
                let under = rows.get(self.scroll.cursor).map(|row| Name::new(&row.pod.namespace, &row.pod.name));
                let open = |name| Action::Open(Box::new(crate::containers::Containers::new(name)));
                return under.map(open).into_iter().collect();
            }
            Command::Page => {
                return vec![Action::Open(Box::new(crate::app::AppPage::new(self.app.clone())))];
            }
            Command::Delete => {
                let rows = self.rows(ctx);
                return match self.chosen(&rows) {
                    Ok(pods) => crate::act::ask(ctx, &pods),
                    Err(why) => vec![Action::Note(false, why.into())],
                };
            }
            Command::Mark => self.toggle(ctx),
            Command::MarkRange => self.mark_range(ctx),
            Command::MarkAll => self.mark_shown(ctx),
            Command::ClearMarks => self.clear_marks(),
            Command::Forward => {
                let rows = self.rows(ctx);
                let under = rows.get(self.scroll.cursor).map(|row| Target::of(row.pod).id);
                return under.map(|pod| crate::forwards::ask(ctx, pod)).unwrap_or_default();
            }
            Command::Shell | Command::Attach => {
                let what = crate::shell::What::of(command);
                let rows = self.rows(ctx);
                let under = rows.get(self.scroll.cursor).map(|row| row.pod);
                return under.map(|pod| crate::shell::of_pod(ctx, pod, what)).unwrap_or_default();
            }
            Command::Filter => self.filter.open(),
            Command::Back => self.filter.clear(),
            movement => self.go(ctx, movement),
        }
        self.refresh(ctx);
        Vec::new()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let asked = self.asked(ctx);
        let typed = self.filter.key(ctx, key, &asked);
        self.typed(ctx, typed)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        let typed = self.filter.paste(text);
        self.typed(ctx, typed)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        if !matches!(message, Message::Fleet(_) | Message::Usage(..) | Message::Freshness(..) | Message::Clock(_)) {
            return (false, Vec::new());
        }
        let before = (std::mem::take(&mut self.seen), self.scroll);
        let dropped = self.drop_gone(ctx);
        self.refresh(ctx);
        (before.0 != self.seen || before.1 != self.scroll, dropped)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.height = size.1;
        self.table.resize(ctx, size.0);
        self.refresh(ctx);
    }

    fn takes_back(&self) -> bool {
        self.filter.shown()
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let (rows, about) = self.found(ctx);
        let visible = self.scroll.visible(rows.len());
        let ages = rows[visible].iter().flat_map(|row| {
            let ends = row.pod.containers.iter().filter_map(|container| container.last.as_ref()?.2);
            ends.chain(row.pod.created)
        });
        ages.map(|at| age_changes(at, ctx.clock.now)).chain(about.changes).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let (rows, about) = self.found(ctx);
        let lines = self.lines(ctx, &rows);
        let buffer = frame.buffer_mut();
        let above = self.filter.height();
        let said = FilterField::said(rows.len(), ctx.fleet.pods(&self.app).len(), &about);
        self.filter.draw(ctx, buffer, Rect { height: above.min(area.height), ..area }, &said, Scope::Dim);
        let y = area.y + above;
        let mut x = area.x + 1;
        for cell in &lines[0] {
            x = put(buffer, area, x, y, &cell.text, ctx.theme.style(cell.scope)) + 3;
        }
        let laid = self.table.laid(ctx, &[]);
        let sorted = self.table.columns().iter().find(|column| by_column(column) == Some(self.order.by));
        let heading = Rect { y: y + 1, height: 1, ..area };
        self.table.heading(ctx, buffer, heading, &laid, sorted.map(|column| (column, self.order.reverse)));
        if rows.is_empty() {
            let place = Rect { y: y + 2, height: area.bottom().saturating_sub(y + 2), ..area };
            return paint_words(ctx, buffer, place, &lines[1]);
        }
        let visible = self.scroll.visible(rows.len());
        for ((n, cells), y) in visible.zip(&lines[1..]).zip(y + 2..area.bottom()) {
            let marked = self.marks.contains(&rows[n].pod.name);
            let look = Look { under: n == self.scroll.cursor, marked, filter: Some(self.filter.query()) };
            self.table.row(ctx, buffer, Rect { y, height: 1, ..area }, &laid, cells, &look);
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, if self.takes_back() { "clear the filter" } else { "back" }),
            (Command::Open, "containers"),
            (Command::Page, "page"),
            (Command::Mark, "mark"),
            (Command::Shell, "shell"),
            (Command::Filter, "filter"),
            (Command::Release, "release"),
            (Command::Rollback, "roll back"),
            (Command::Scale, "scale"),
            (Command::Restart, "restart"),
            (Command::Help, "help"),
        ]
    }
}
