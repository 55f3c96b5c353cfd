//! One table for all rooms: columns are data, and how wide each is follows from the width and from the widest text that it
//! has had to show. What a column needs only grows while a screen stands, so that nothing jumps to and fro.
//!
//! A room has its columns in a static, and makes a cell for a row and a column:
//!
//! ```text
//! pub static COLUMNS: [Column; 3] = [
//!     Column::new("name", "NAME", 16, 40, 0).name().sorts(Command::SortName),
//!     Column::new("cpu", "CPU", 6, 10, 2).right().sorts(Command::SortCpu),
//!     Column::new("status", "STATUS", 10, 40, 1),
//! ];
//! fn cell(ctx: &Ctx, row: &Node, column: &Column) -> Cell {
//!     match column.id { "name" => …, "cpu" => …, _ => … }
//! }
//! // in the room: `table: Table::new("nodes", &COLUMNS, 2)`; the first word is that of `columns.nodes` in config.toml
//! fn resize(…) { self.table.resize(ctx, size.0); self.refresh(ctx) }
//! fn refresh(…) { for row in the rows in sight { self.table.widen(|column| width(&cell(ctx, row, column).text)) } }
//! fn draw(…) {
//!     let laid = self.table.laid(ctx, &[]);
//!     self.table.heading(ctx, buffer, heading, &laid, None);
//!     for each row in sight {
//!         let cells: Vec<Cell> = laid.iter().map(|laid| cell(ctx, row, laid.column)).collect();
//!         self.table.row(ctx, buffer, line, &laid, &cells, Look { under, ..Look::default() });
//!     }
//! }
//! ```
//!
//! Tables whose columns may be chosen by config stand in [`super::tables`].

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    Cell, Column,
    text::{left, name, put, right, width},
};
use crate::{Command, Ctx, Scope};

/// The columns of a room's table, and what room they have needed so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    id: &'static str,
    all: &'static [Column],
    /// Those chosen by config, else all.
    columns: Vec<Column>,
    needs: Vec<usize>,
    /// Columns of the screen before the first: the cursor and the mark.
    gutter: usize,
    width: usize,
}

/// A column as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Laid<'a> {
    /// The column.
    pub column: &'a Column,
    /// Its place from the left of the table.
    pub x: usize,
    /// Its width.
    pub width: usize,
}

/// How a row looks beside its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look<'a> {
    /// It is under the cursor.
    pub under: bool,
    /// It is marked. Shown only with a gutter of three columns.
    pub marked: bool,
    /// What the filter matches in names.
    pub filter: Option<&'a rolldeck_core::query::Query>,
}

impl Table {
    /// A table by the name that the config knows it by, with `gutter` columns of the screen before the first: 2 for the cursor,
    /// 3 with marks.
    pub fn new(id: &'static str, all: &'static [Column], gutter: usize) -> Self {
        Self { id, all, columns: all.to_vec(), needs: vec![0; all.len()], gutter, width: 0 }
    }

    /// Takes the width of the room, and forgets what the columns needed.
    pub fn resize(&mut self, ctx: &Ctx, width: u16) {
        self.columns = ctx.columns.of(self.id, self.all);
        self.needs = vec![0; self.columns.len()];
        self.width = width.into();
    }

    /// The columns, those that do not fit included.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Takes note of how wide the texts of a row are.
    pub fn widen(&mut self, text: impl Fn(&Column) -> usize) {
        for (need, column) in self.needs.iter_mut().zip(&self.columns) {
            *need = text(column).max(*need);
        }
    }

    /// The widest that a column has to be: its texts, its title with the sign of the order, and no more than it may.
    fn wish(&self, at: usize) -> usize {
        let column = &self.columns[at];
        let title = width(&column.title) + usize::from(column.sort.is_some() || column.added.is_some());
        self.needs[at].max(title).min(column.most.max(title))
    }

    /// The columns that fit, in their order, without those that are `hidden`; one blank between two. The more important is taken
    /// first, at the least width that it can do with; what is left goes to those that need more. In wide mode all are taken at
    /// their full width, as far as they go.
    pub fn laid(&self, ctx: &Ctx, hidden: &[&str]) -> Vec<Laid<'_>> {
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        shown.retain(|&at| self.columns[at].id.is_empty() || !hidden.contains(&self.columns[at].id));
        let taken = if ctx.wide { self.in_full(shown) } else { self.fitting(shown) };
        let mut x = self.gutter;
        let mut place = |(at, width): (usize, usize)| {
            let laid = Laid { column: &self.columns[at], x, width };
            x += width + 1;
            laid
        };
        taken.into_iter().map(&mut place).collect()
    }

    fn in_full(&self, shown: Vec<usize>) -> Vec<(usize, usize)> {
        let mut left = self.width.saturating_sub(self.gutter);
        let mut taken = Vec::new();
        for at in shown {
            let width = self.wish(at).min(left.saturating_sub(1));
            left = left.saturating_sub(width + 1);
            if width > 0 {
                taken.push((at, width));
            }
        }
        taken
    }

    fn fitting(&self, mut shown: Vec<usize>) -> Vec<(usize, usize)> {
        shown.sort_by_key(|&at| self.columns[at].rank);
        let mut left = self.width.saturating_sub(self.gutter);
        let mut taken: Vec<(usize, usize, usize)> = Vec::new();
        for at in shown {
            let wish = self.wish(at);
            let cost = wish.min(self.columns[at].least) + 1;
            if cost <= left || taken.is_empty() {
                left = left.saturating_sub(cost);
                taken.push((at, cost - 1, wish));
            }
        }
        while left > 0 && taken.iter().any(|(_, now, wish)| now < wish) {
            for (_, now, wish) in &mut taken {
                if left > 0 && now < wish {
                    (*now, left) = (*now + 1, left - 1);
                }
            }
        }
        taken.sort_unstable();
        taken.into_iter().map(|(at, now, _)| (at, now)).collect()
    }

    /// Draws the titles; of the column that rows are sorted by (and whether the other way round) with a sign.
    pub fn heading(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect, laid: &[Laid], sorted: Option<(&Column, bool)>) {
        let style = ctx.theme.style(Scope::Heading);
        for one in laid {
            let mut title = one.column.title.to_string();
            if let Some((_, reverse)) = sorted.filter(|(column, _)| *column == one.column) {
                title = super::text::cut(&title, one.width.saturating_sub(1));
                title += if reverse { "▲" } else { "▼" };
            }
            let text = if one.column.right { right(&title, one.width) } else { left(&title, one.width) };
            put(buffer, area, area.x + one.x as u16, area.y, &text, style);
        }
    }

    /// Where the headings stand that sort, from the room's left: for the mouse.
    pub fn sorts(&self, laid: &[Laid]) -> Vec<(Range<u16>, Command)> {
        let range = |one: &Laid| one.x as u16..(one.x + one.width) as u16;
        laid.iter().filter_map(|one| Some((range(one), one.column.sort?))).collect()
    }

    /// Draws a row into the first line of `area`: a cell for each column that is laid.
    pub fn row(&self, ctx: &Ctx, buffer: &mut Buffer, area: Rect, laid: &[Laid], cells: &[Cell], look: &Look) {
        if look.under {
            buffer.set_style(Rect { height: 1, ..area }, ctx.theme.style(Scope::Cursor));
        }
        let mark = if self.gutter > 2 && look.marked { "●" } else { "" };
        let signs = [if look.under { "▸" } else { " " }, mark].concat();
        let ground = if look.under { ctx.theme.style(Scope::Cursor) } else { ratatui::style::Style::new() };
        put(buffer, area, area.x, area.y, &signs, ctx.theme.style(Scope::Marked).patch(ground));
        for (cell, one) in cells.iter().zip(laid) {
            let x = area.x + one.x as u16;
            let text = match (one.column.name, one.column.right) {
                (true, _) => name(&cell.text, one.width),
                (_, true) => right(&cell.text, one.width),
                _ => left(&cell.text, one.width),
            };
            let scope = if look.marked && one.column.name { Scope::Marked } else { cell.scope };
            let mut style = ctx.theme.style(scope);
            if look.under {
                style = style.patch(ctx.theme.style(Scope::Cursor));
            }
            put(buffer, area, x, area.y, &text, style);
            if let Some(filter) = look.filter.filter(|_| one.column.name) {
                matches(ctx, buffer, Rect { x, height: 1, ..area }, filter, &text);
            }
        }
    }
}

/// Of the orders that a table's columns stand for, the one after `now` or before it, going round.
pub fn beside<T: Copy + Default + PartialEq>(all: &[T], now: T, next: bool) -> T {
    let Some(at) = all.iter().position(|one| *one == now) else { return all.first().copied().unwrap_or_default() };
    let to = if next { at + 1 } else { at + all.len() - 1 };
    all[to % all.len()]
}

/// Shows what the filter matched in a text that stands at the left of `area`.
fn matches(ctx: &Ctx, buffer: &mut Buffer, area: Rect, filter: &rolldeck_core::query::Query, text: &str) {
    for spot in filter.spots(text) {
        let columns = |text: &str| u16::try_from(width(text)).unwrap_or(u16::MAX);
        let x = area.x.saturating_add(columns(&text[..spot.start]));
        let place = Rect { x, width: columns(&text[spot]), ..area };
        buffer.set_style(place.intersection(buffer.area), ctx.theme.style(Scope::Match));
    }
}
