//! The pods' state, keys and drawing.

use ratatui::{Frame, buffer::Buffer, layout::Rect};
use rolldeck_core::{
    Time,
    fleet::{PodRow, Resource},
    model::{AppKey, ObjectRef},
    text::Clean,
};

use super::{
    cells::cell,
    columns::{Column, GUTTER, Laid, layout},
};
use crate::{
    Action, Code, Command, Ctx, Key, List, Message, Room, Scope, Screen,
    fleet::{Cell, Filter, intent, paint_filter, paint_words, plan, status, waiting},
    widgets::{
        Scroll,
        text::{age_changes, count, left, name, put, right},
    },
};

/// An app's pods.
pub struct Pods {
    app: AppKey,
    filter: Filter,
    scroll: Scroll,
    /// The pod under the cursor, once the cursor was moved.
    at: Option<Clean>,
    size: (u16, u16),
    /// The lines as last laid out, to know whether they look different.
    seen: Vec<Vec<Cell>>,
}

impl Pods {
    /// The pods of this app.
    pub fn new(app: AppKey) -> Self {
        Self { app, filter: Filter::default(), scroll: Scroll::default(), at: None, size: (0, 0), seen: Vec::new() }
    }

    /// The pods that the filter lets through: best matches first, else by name.
    fn rows<'a>(&self, ctx: &Ctx<'a>) -> Vec<PodRow<'a>> {
        let mut rows = ctx.fleet.pods(&self.app);
        if !self.filter.query.is_empty() {
            let mut ranked: Vec<_> = rows
                .into_iter()
                .filter_map(|row| {
                    let words = rolldeck_core::health::pod_status(row.pod);
                    Some((self.filter.query.rank(&row.pod.name, &[&words, &row.pod.node])?, row))
                })
                .collect();
            ranked.sort_by_key(|(rank, _)| *rank);
            rows = ranked.into_iter().map(|(_, row)| row).collect();
        }
        rows
    }

    fn refresh(&mut self, ctx: &Ctx) {
        let rows = self.rows(ctx);
        self.scroll.height = usize::from(self.size.1).saturating_sub(2 + usize::from(self.filter.shown()));
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
        self.seen = self.lines(ctx, &rows);
    }

    fn go(&mut self, ctx: &Ctx, command: Command) {
        let rows = self.rows(ctx);
        if self.scroll.command(command, rows.len()) {
            self.at = rows.get(self.scroll.cursor).map(|row| row.pod.name.clone());
        }
    }

    /// The app in a line, then the pods in sight, or the reason why there are none.
    fn lines(&self, ctx: &Ctx, rows: &[PodRow]) -> Vec<Vec<Cell>> {
        let columns = layout(self.size.0.into());
        let mut lines = vec![self.summary(ctx)];
        if rows.is_empty() {
            lines.push(self.empty(ctx));
        }
        let visible = self.scroll.visible(rows.len());
        lines.extend(rows[visible].iter().map(|row| columns.iter().map(|laid| cell(ctx, row, laid.column)).collect()));
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
            let first = format!("No pod matches \"{}\".", self.filter.text);
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

    fn paint_row(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect, under: bool, cells: &[Cell], columns: &[Laid]) {
        if under {
            buffer.set_style(area, ctx.theme.style(Scope::Cursor));
            put(buffer, area, area.x, area.y, "▸", ctx.theme.style(Scope::Marked));
        }
        let mut x = area.x + GUTTER as u16;
        for (cell, laid) in cells.iter().zip(columns) {
            let text = match laid.column {
                Column::Name => name(&cell.text, laid.width),
                _ if laid.at_right() => right(&cell.text, laid.width),
                _ => left(&cell.text, laid.width),
            };
            let mut style = ctx.theme.style(cell.scope);
            if under {
                style = style.patch(ctx.theme.style(Scope::Cursor));
            }
            x = put(buffer, area, x, area.y, &text, style) + 1;
        }
    }
}

impl Screen for Pods {
    fn room(&self) -> Room {
        Room::Pods
    }

    fn typing(&self) -> bool {
        self.filter.field.is_some()
    }

    fn title(&self, ctx: &Ctx) -> String {
        format!("Pods of {}: {}", self.app, ctx.fleet.pods(&self.app).len())
    }

    fn app(&self, _ctx: &Ctx) -> Option<AppKey> {
        Some(self.app.clone())
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        let top = 2 + u16::from(self.filter.shown());
        Some(List::new(&self.scroll, self.rows(ctx).len(), top))
    }

    fn selected(&self, ctx: &Ctx) -> Option<ObjectRef> {
        self.rows(ctx).get(self.scroll.cursor).map(|row| ObjectRef::pod(&row.pod.namespace, &row.pod.name))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = intent(command) {
            return plan(intent, vec![self.app.clone()]);
        }
        match command {
            Command::Page => {
                return vec![Action::Open(Box::new(crate::app::AppPage::new(self.app.clone())))];
            }
            Command::Delete => {
                let rows = self.rows(ctx);
                let under: Vec<_> = rows.get(self.scroll.cursor).map(|row| row.pod).into_iter().collect();
                return crate::act::ask(ctx, &under);
            }
            Command::Filter => self.filter.open(),
            Command::Back => self.filter.clear(),
            movement => self.go(ctx, movement),
        }
        self.refresh(ctx);
        Vec::new()
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        match (self.filter.key(key), key.code) {
            (Some(true), _) => (self.at, self.scroll.cursor) = (None, 0),
            (None, Code::Up) => self.go(ctx, Command::Up),
            (None, Code::Down) => self.go(ctx, Command::Down),
            _ => {}
        }
        self.refresh(ctx);
        Vec::new()
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        self.filter.paste(text);
        self.refresh(ctx);
        Vec::new()
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        if !matches!(message, Message::Fleet(_) | Message::Usage(..) | Message::Freshness(..) | Message::Clock(_)) {
            return (false, Vec::new());
        }
        let before = (std::mem::take(&mut self.seen), self.scroll);
        self.refresh(ctx);
        (before.0 != self.seen || before.1 != self.scroll, Vec::new())
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.refresh(ctx);
    }

    fn takes_back(&self) -> bool {
        !self.filter.text.is_empty()
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let rows = self.rows(ctx);
        let visible = self.scroll.visible(rows.len());
        let ages = rows[visible].iter().flat_map(|row| {
            let ends = row.pod.containers.iter().filter_map(|container| container.last.as_ref()?.2);
            ends.chain(row.pod.created)
        });
        ages.map(|at| age_changes(at, ctx.clock.now)).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let rows = self.rows(ctx);
        let lines = self.lines(ctx, &rows);
        let buffer = frame.buffer_mut();
        let mut y = area.y;
        if self.filter.shown() {
            let said = format!("{} of {} match", rows.len(), count(ctx.fleet.pods(&self.app).len(), "pod"));
            paint_filter(ctx, buffer, Rect { height: 1, ..area }, &self.filter, &said, Scope::Dim);
            y += 1;
        }
        let mut x = area.x + 1;
        for cell in &lines[0] {
            x = put(buffer, area, x, y, &cell.text, ctx.theme.style(cell.scope)) + 3;
        }
        let columns = layout(area.width.into());
        let mut x = area.x + GUTTER as u16;
        for laid in &columns {
            let text = if laid.at_right() { right(laid.title, laid.width) } else { left(laid.title, laid.width) };
            x = put(buffer, area, x, y + 1, &text, ctx.theme.style(Scope::Heading)) + 1;
        }
        if rows.is_empty() {
            let place = Rect { y: y + 2, height: area.bottom().saturating_sub(y + 2), ..area };
            return paint_words(ctx, buffer, place, &lines[1]);
        }
        let visible = self.scroll.visible(rows.len());
        for ((n, cells), y) in visible.zip(&lines[1..]).zip(y + 2..area.bottom()) {
            let row = Rect { y, height: 1, ..area };
            self.paint_row(ctx, buffer, row, n == self.scroll.cursor, cells, &columns);
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![
            (Command::Back, if self.takes_back() { "clear the filter" } else { "back" }),
            (Command::Page, "page"),
            (Command::Filter, "filter"),
            (Command::Release, "release"),
            (Command::Rollback, "roll back"),
            (Command::Scale, "scale"),
            (Command::Restart, "restart"),
            (Command::Help, "help"),
        ]
    }
}
