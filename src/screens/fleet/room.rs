//! The first screen's state, and what keys and messages do to it.

use std::collections::BTreeSet;

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    fleet::{Order, SortKey, View},
    logs::LogsOf,
    model::{AppKey, ObjectRef},
};

use super::{
    act,
    act::Asking,
    cells::cell,
    columns::{COLUMNS, order_of, sort_key},
};
use crate::{
    Action, Click, Command, Ctx, Key, List, Message, Mouse, Room, Screen,
    widgets::{
        Cell, FilterField, Laid, Scroll, Table, beside,
        text::{age_changes, count, grouped, width},
    },
};

/// The first screen.
pub struct FleetRoom {
    pub(super) view: View,
    pub(super) filter: FilterField,
    pub(super) order: Order,
    pub(super) scroll: Scroll,
    /// The app under the cursor, once the cursor was moved; until then it stays on the first line.
    at: Option<AppKey>,
    pub(super) marks: BTreeSet<AppKey>,
    pub(super) asking: Option<Asking>,
    /// What was marked last: where a range begins.
    pub(super) anchor: Option<AppKey>,
    pub(super) size: (u16, u16),
    pub(super) table: Table,
    /// The rows as last laid out, to know whether they look different.
    seen: Vec<Vec<Cell>>,
}

impl Default for FleetRoom {
    fn default() -> Self {
        Self {
            view: View::default(),
            filter: FilterField::default(),
            order: Order::default(),
            scroll: Scroll::default(),
            at: None,
            marks: BTreeSet::new(),
            asking: None,
            anchor: None,
            size: (0, 0),
            table: Table::new("fleet", &COLUMNS, 3),
            seen: Vec::new(),
        }
    }
}

impl FleetRoom {
    /// The app under the cursor.
    pub fn current(&self) -> Option<&AppKey> {
        self.view.keys.get(self.scroll.cursor)
    }

    /// The filter as typed.
    pub(super) fn filter(&self) -> &str {
        self.filter.text()
    }

    /// Lets the cursor stay on the first line until it is moved again.
    pub(super) fn unmoved(&mut self) {
        self.at = None;
        self.scroll.cursor = 0;
        self.scroll.top = 0;
    }

    /// Brings the rows up to date; the cursor stays with its app.
    pub(super) fn refresh(&mut self, ctx: &Ctx) {
        self.view.refresh(ctx.fleet, self.filter.query(), self.order, ctx.clock.now);
        let len = self.view.keys.len();
        self.scroll.height = self.rows_height();
        match &self.at {
            None => self.scroll.cursor = 0,
            Some(at) => {
                if let Some(place) = self.view.keys.iter().position(|key| key == at) {
                    self.scroll.cursor = place;
                }
            }
        }
        self.scroll.clamp(len);
        if self.at.is_some() {
            self.at = self.current().cloned();
        }
        self.measure(ctx);
        self.seen = self.lines(ctx);
    }

    /// Takes note of the room that the rows in sight need.
    fn measure(&mut self, ctx: &Ctx) {
        let visible = self.scroll.visible(self.view.keys.len());
        for row in self.view.keys[visible].iter().filter_map(|key| ctx.fleet.app(key)) {
            self.table.widen(|column| width(&cell(ctx, row, column).text));
        }
    }

    /// Moves the cursor.
    pub(super) fn go(&mut self, command: Command) {
        self.scroll.command(command, self.view.keys.len());
        self.at = self.current().cloned();
    }

    /// Lines for rows: the area less the heading and the filter.
    fn rows_height(&self) -> usize {
        usize::from(self.size.1.saturating_sub(1 + self.filter.height()))
    }

    /// The columns at the present width: without the namespace where there is but one.
    pub(super) fn laid(&self, ctx: &Ctx) -> Vec<Laid<'_>> {
        let hidden: &[&str] = if ctx.scope.len() == 1 { &["namespace"] } else { &[] };
        self.table.laid(ctx, hidden)
    }

    /// The rows in sight, as cells.
    pub(super) fn lines(&self, ctx: &Ctx) -> Vec<Vec<Cell>> {
        let laid = self.laid(ctx);
        let visible = self.scroll.visible(self.view.keys.len());
        if visible.is_empty() {
            return vec![self.empty(ctx)];
        }
        let rows = self.view.keys[visible].iter().map(|key| ctx.fleet.app(key));
        rows.map(|row| row.map(|row| laid.iter().map(|laid| cell(ctx, row, laid.column)).collect()).unwrap_or_default())
            .collect()
    }

    fn sort(&mut self, ctx: &Ctx, key: SortKey) {
        let reverse = self.order.key == key && !self.order.reverse;
        self.order = Order { key, reverse };
        self.refresh(ctx);
    }

    /// Sorts by the next column that has an order, or by the one before.
    fn sort_beside(&mut self, ctx: &Ctx, next: bool) {
        let keys: Vec<SortKey> = self.table.columns().iter().filter_map(order_of).collect();
        self.order = Order { key: beside(&keys, self.order.key, next), reverse: false };
        self.refresh(ctx);
    }

    fn open_pods(&self) -> Vec<Action> {
        self.current().map(|key| Action::Open(Box::new(crate::pods::Pods::new(key.clone())))).into_iter().collect()
    }

    fn open_page(&self) -> Vec<Action> {
        let Some(key) = self.current() else { return Vec::new() };
        vec![Action::Open(Box::new(crate::app::AppPage::new(key.clone())))]
    }
}

impl Screen for FleetRoom {
    fn room(&self) -> Room {
        Room::Fleet
    }

    fn typing(&self) -> bool {
        self.filter.is_open() || self.asking.is_some()
    }

    fn title(&self, ctx: &Ctx) -> String {
        let all = ctx.fleet.len();
        match self.filter().is_empty() {
            true if all == 0 => "Fleet".to_owned(),
            true => format!("Fleet: {}", count(all, "app")),
            false => format!("Fleet: {} of {}", grouped(self.view.keys.len()), count(all, "app")),
        }
    }

    fn selected(&self, _ctx: &Ctx) -> Option<ObjectRef> {
        self.current().map(ObjectRef::app)
    }

    fn logged(&self, _ctx: &Ctx) -> Vec<LogsOf> {
        let apps: Vec<&AppKey> = match self.marks.is_empty() {
            true => self.current().into_iter().collect(),
            false => self.marks.iter().collect(),
        };
        apps.into_iter().cloned().map(LogsOf::App).collect()
    }

    fn list(&self, ctx: &Ctx) -> Option<List> {
        let list = List::new(&self.scroll, self.view.keys.len(), 1 + self.filter.height());
        Some(list.sorting(self.table.sorts(&self.laid(ctx))))
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if let Some(intent) = act::intent(command) {
            return self.change(intent);
        }
        if let Some(key) = sort_key(command) {
            self.sort(ctx, key);
            return Vec::new();
        }
        match command {
            Command::Open => return self.open_pods(),
            Command::Page => return self.open_page(),
            Command::Delete => return self.current().map(|key| crate::act::of_app(ctx, key)).unwrap_or_default(),
            Command::SortNext | Command::SortPrior => self.sort_beside(ctx, command == Command::SortNext),
            Command::Filter => self.filter.open(),
            Command::Back => {
                self.at = self.current().cloned();
                self.filter.clear();
            }
            Command::Mark => {
                self.toggle();
                self.go(Command::Down);
            }
            Command::MarkRange => return self.mark_range(),
            Command::MarkAll => self.mark_shown(),
            Command::ClearMarks => self.clear_marks(),
            movement => self.go(movement),
        }
        self.refresh(ctx);
        Vec::new()
    }

    fn mouse(&mut self, _ctx: &Ctx, mouse: Mouse) -> Option<Vec<Action>> {
        if self.asking.is_none() || mouse.click != Click::Press {
            return None;
        }
        self.asking_press(mouse);
        Some(Vec::new())
    }

    fn key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        if self.asking.is_some() {
            return self.asking_key(key);
        }
        self.filter_key(ctx, key)
    }

    fn paste(&mut self, ctx: &Ctx, text: &str) -> Vec<Action> {
        if self.asking.is_some() {
            return Vec::new();
        }
        let typed = self.filter.paste(text);
        self.typed(ctx, typed)
    }

    fn message(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        if !matches!(message, Message::Fleet(_) | Message::Usage(..) | Message::Freshness(..) | Message::Clock(_)) {
            return (false, Vec::new());
        }
        let before = (std::mem::take(&mut self.seen), self.scroll, self.marks.len());
        let actions = self.drop_gone(ctx);
        self.refresh(ctx);
        (before.0 != self.seen || (before.1, before.2) != (self.scroll, self.marks.len()), actions)
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        self.size = size;
        self.table.resize(ctx, size.0);
        self.refresh(ctx);
    }

    fn takes_back(&self) -> bool {
        self.filter.shown()
    }

    fn wake_at(&self, ctx: &Ctx) -> Option<Time> {
        let filter = self.view.about.changes;
        if !self.laid(ctx).iter().any(|laid| laid.column.id == "age") {
            return filter;
        }
        let visible = self.scroll.visible(self.view.keys.len());
        let rows = self.view.keys[visible].iter().filter_map(|key| ctx.fleet.app(key)?.rolled);
        rows.map(|at| age_changes(at, ctx.clock.now)).chain(filter).min()
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        self.paint(ctx, frame, area);
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        let mut hints = vec![
            (Command::Open, "pods"),
            (Command::Page, "page"),
            (Command::Mark, "mark"),
            (Command::Release, "release"),
            (Command::Rollback, "roll back"),
            (Command::Filter, "filter"),
            (Command::Help, "help"),
            (Command::Palette, "go to"),
            (Command::Scale, "scale"),
            (Command::Restart, "restart"),
            (Command::AllNamespaces, "all namespaces"),
            (Command::Quit, "quit"),
        ];
        if self.takes_back() {
            hints.insert(0, (Command::Back, "clear the filter"));
        }
        hints
    }
}
