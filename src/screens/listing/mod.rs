//! What the rooms that are one table have in common: rows in an order, a filter over them, a cursor that stays on its row, and
//! a drawing that is no more than what was laid out when something changed.

mod draw;
mod words;

use std::collections::BTreeSet;

use rolldeck_core::{Time, query::About, query::Facts};
pub(crate) use words::{fresh_head, waiting_for};

use crate::{
    Action, Command, Ctx, Key, List,
    widgets::{
        Cell, Column, FilterField, Scroll, Table, Typed, beside,
        text::{age_changes, width},
    },
};

/// What rows are sorted by: the command that asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    /// The command.
    pub by: Command,
    /// Whether the other way round.
    pub reverse: bool,
}

/// Where a listing's rows come from.
pub(crate) trait Data {
    /// What a row is known by, however its place changes.
    type Key: Clone + Ord;
    /// A row.
    type Row<'a>: Facts
    where
        Self: 'a;

    /// A row's key.
    fn key(row: &Self::Row<'_>) -> Self::Key;

    /// All rows, in this order.
    fn rows<'a>(&'a self, ctx: &'a Ctx<'a>, order: Order) -> Vec<Self::Row<'a>>;

    /// What a row shows in a column.
    fn cell(&self, ctx: &Ctx, row: &Self::Row<'_>, column: &Column) -> Cell;

    /// Lines above the table's headings.
    fn heads(&self, ctx: &Ctx) -> Vec<Vec<Cell>>;

    /// Words in place of rows where there are none, whatever the filter.
    fn empty(&self, ctx: &Ctx) -> Vec<Cell>;

    /// Moments whose age a row shows.
    fn ages(&self, _row: &Self::Row<'_>) -> Vec<Time> {
        Vec::new()
    }

    /// Columns that are not shown now.
    fn hidden(&self, _ctx: &Ctx) -> Vec<&'static str> {
        Vec::new()
    }
}

/// What was laid out last: it is drawn as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
struct Laid {
    heads: Vec<Vec<Cell>>,
    lines: Vec<Vec<Cell>>,
    empty: Vec<Cell>,
    said: String,
    scroll: Scroll,
}

/// A table with its filter and its cursor.
pub(crate) struct Listing<K> {
    filter: FilterField,
    table: Table,
    order: Order,
    scroll: Scroll,
    /// The row under the cursor, once the cursor was moved.
    at: Option<K>,
    /// The rows that the filter lets through.
    keys: Vec<K>,
    height: u16,
    hidden: Vec<&'static str>,
    laid: Laid,
    changes: Option<Time>,
}

impl<K: Clone + Ord> Listing<K> {
    /// A table by the name that the config knows it by, sorted by `by` at first. `gutter`: 2 for the cursor, 3 with marks.
    pub(crate) fn new(id: &'static str, columns: &'static [Column], gutter: usize, by: Command) -> Self {
        Self {
            filter: FilterField::default(),
            table: Table::new(id, columns, gutter),
            order: Order { by, reverse: false },
            scroll: Scroll::default(),
            at: None,
            keys: Vec::new(),
            height: 0,
            hidden: Vec::new(),
            laid: Laid::default(),
            changes: None,
        }
    }

    /// Lays out anew; returns whether anything looks different.
    pub(crate) fn refresh<D: Data<Key = K>>(&mut self, data: &D, ctx: &Ctx) -> bool {
        let rows = data.rows(ctx, self.order);
        let all = rows.len();
        let mut found = self.filter.query().find(rows.into_iter(), ctx.clock.now);
        found.rows.sort_by_key(|(rank, _)| *rank);
        let (rows, about): (Vec<D::Row<'_>>, About) =
            (found.rows.into_iter().map(|(_, row)| row).collect(), found.about);
        self.keys = rows.iter().map(D::key).collect();
        let heads = data.heads(ctx);
        self.scroll.height =
            usize::from(self.height.saturating_sub(1 + self.filter.height())).saturating_sub(heads.len());
        self.follow();
        self.hidden = data.hidden(ctx);
        let sight = &rows[self.scroll.visible(rows.len())];
        for row in sight {
            self.table.widen(|column| width(&data.cell(ctx, row, column).text));
        }
        let columns = self.table.laid(ctx, &self.hidden);
        let line = |row: &D::Row<'_>| columns.iter().map(|laid| data.cell(ctx, row, laid.column)).collect();
        let ages = sight.iter().flat_map(|row| data.ages(row)).map(|at| age_changes(at, ctx.clock.now));
        self.changes = ages.chain(about.changes).min();
        let laid = Laid {
            heads,
            lines: sight.iter().map(line).collect(),
            empty: if rows.is_empty() { self.nothing(data, ctx, all) } else { Vec::new() },
            said: FilterField::said(rows.len(), all, &about),
            scroll: self.scroll,
        };
        let differs = laid != self.laid;
        self.laid = laid;
        differs
    }

    fn nothing<D: Data<Key = K>>(&self, data: &D, ctx: &Ctx, all: usize) -> Vec<Cell> {
        if all == 0 {
            return data.empty(ctx);
        }
        let first = format!("Nothing matches \"{}\".", self.filter.text());
        vec![Cell::new(crate::Scope::Heading, first), Cell::new(crate::Scope::Dim, "esc clears the filter.")]
    }

    /// Keeps the cursor on its row.
    fn follow(&mut self) {
        match &self.at {
            None => self.scroll.cursor = 0,
            Some(at) => {
                if let Some(place) = self.keys.iter().position(|key| key == at) {
                    self.scroll.cursor = place;
                }
            }
        }
        self.scroll.clamp(self.keys.len());
        if self.at.is_some() {
            self.at = self.keys.get(self.scroll.cursor).cloned();
        }
    }

    /// The row under the cursor.
    pub(crate) fn under(&self) -> Option<&K> {
        self.keys.get(self.scroll.cursor)
    }

    /// The rows that the filter lets through.
    pub(crate) fn keys(&self) -> &[K] {
        &self.keys
    }

    /// The rows in sight.
    pub(crate) fn sight(&self) -> &[K] {
        &self.keys[self.scroll.visible(self.keys.len())]
    }

    /// Movements, orders and the filter. Returns whether `command` was one of them.
    pub(crate) fn command<D: Data<Key = K>>(&mut self, data: &D, ctx: &Ctx, command: Command) -> bool {
        let sorts: Vec<Command> = self.table.columns().iter().filter_map(|column| column.sort).collect();
        match command {
            Command::Filter => self.filter.open(),
            Command::Back => {
                self.filter.clear();
                (self.at, self.scroll.cursor) = (None, 0);
            }
            Command::SortNext | Command::SortPrior => {
                let at = sorts.iter().position(|by| *by == self.order.by).unwrap_or(0);
                let places: Vec<usize> = (0..sorts.len()).collect();
                let to = beside(&places, at, command == Command::SortNext);
                self.order = Order { by: sorts.get(to).copied().unwrap_or(self.order.by), reverse: false };
            }
            by if sorts.contains(&by) => {
                self.order = Order { by, reverse: self.order.by == by && !self.order.reverse };
            }
            movement => {
                if !self.scroll.command(movement, self.keys.len()) {
                    return false;
                }
                self.at = self.under().cloned();
            }
        }
        self.refresh(data, ctx);
        true
    }

    /// A key while the filter's field is open.
    pub(crate) fn key<D: Data<Key = K>>(&mut self, data: &D, ctx: &Ctx, key: Key) -> Vec<Action> {
        let rows = data.rows(ctx, self.order);
        let typed = self.filter.key(ctx, key, &rows);
        self.typed(data, ctx, typed)
    }

    /// Pasted text while the filter's field is open.
    pub(crate) fn paste<D: Data<Key = K>>(&mut self, data: &D, ctx: &Ctx, text: &str) -> Vec<Action> {
        let typed = self.filter.paste(text);
        self.typed(data, ctx, typed)
    }

    fn typed<D: Data<Key = K>>(&mut self, data: &D, ctx: &Ctx, typed: Typed) -> Vec<Action> {
        match typed {
            Typed::Changed => (self.at, self.scroll.cursor) = (None, 0),
            Typed::Same | Typed::Kept => {}
            Typed::Move(command) => {
                if self.scroll.command(command, self.keys.len()) {
                    self.at = self.under().cloned();
                }
            }
        }
        self.refresh(data, ctx);
        if typed == Typed::Kept { self.filter.remembered() } else { Vec::new() }
    }

    /// Whether the filter's field takes keys.
    pub(crate) fn typing(&self) -> bool {
        self.filter.is_open()
    }

    /// Whether a filter is in force.
    pub(crate) fn filtered(&self) -> bool {
        self.filter.shown()
    }

    /// Takes the size of the room.
    pub(crate) fn resize<D: Data<Key = K>>(&mut self, data: &D, ctx: &Ctx, size: (u16, u16)) {
        self.height = size.1;
        self.table.resize(ctx, size.0);
        self.refresh(data, ctx);
        // A row that needs more room may make another column go.
        self.refresh(data, ctx);
    }

    /// Where the lines stand, for the mouse.
    pub(crate) fn list(&self, ctx: &Ctx) -> List {
        let above = u16::try_from(self.laid.heads.len()).unwrap_or(0) + 1 + self.filter.height();
        let list = List::new(&self.scroll, self.keys.len(), above);
        list.sorting(self.table.sorts(&self.table.laid(ctx, &self.hidden)))
    }

    /// When something in sight will read differently by the passing of time alone.
    pub(crate) fn wake_at(&self) -> Option<Time> {
        self.changes
    }

    /// Draws what was laid out; rows of `marked` keys with a mark.
    pub(crate) fn draw(
        &self,
        ctx: &Ctx,
        frame: &mut ratatui::Frame,
        area: ratatui::layout::Rect,
        marked: &BTreeSet<K>,
    ) {
        draw::draw(self, ctx, frame, area, marked);
    }
}
