//! Columns of tables, as data, and which of them the user chose.

use std::{borrow::Cow, collections::BTreeMap};

use rolldeck_core::{
    fleet::AddedColumns,
    model::{Added, AddedFrom},
    text::Clean,
};

use crate::Command;

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What the room and the config know it by: `ready`.
    pub id: &'static str,
    /// What stands over it.
    pub title: Cow<'static, str>,
    /// The narrowest that it may be when room is scarce.
    pub least: usize,
    /// The widest that it is made.
    pub most: usize,
    /// The lower, the longer it stays when room is scarce. At the start its place in the table.
    pub rank: usize,
    /// The order that its heading stands for.
    pub sort: Option<Command>,
    /// Numbers stand at the right.
    pub right: bool,
    /// A name, which is cut in its middle; matches of the filter are shown in it.
    pub name: bool,
    /// It was added by the user, as the nth of the table: see [`Added`].
    pub added: Option<usize>,
}

impl Column {
    /// A column: what it is known by, its title, the least and the most columns of the screen that it takes, and how long it
    /// stays when room is scarce (the lower, the longer).
    pub const fn new(id: &'static str, title: &'static str, least: usize, most: usize, rank: usize) -> Self {
        let (sort, right, name, added) = (None, false, false, None);
        Self { id, title: Cow::Borrowed(title), least, most, rank, sort, right, name, added }
    }

    /// The same, of numbers.
    #[must_use]
    pub const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// The same, of names.
    #[must_use]
    pub const fn name(mut self) -> Self {
        self.name = true;
        self
    }

    /// The same, with an order that its heading stands for.
    #[must_use]
    pub const fn sorts(mut self, by: Command) -> Self {
        self.sort = Some(by);
        self
    }

    /// The column that the user added as the nth.
    fn added(n: usize, column: &Added) -> Self {
        let title = column.title.to_string();
        let least = super::text::width(&title).clamp(4, 12);
        Self { title: Cow::Owned(title), added: Some(n), ..Self::new("", "", least, 40, 0) }
    }
}

/// A column that the user chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// One that the table has, by its id.
    Known(String),
    /// One of the user's: its title, and where its text comes from.
    Added(Clean, AddedFrom),
}

/// Which columns each table shows, where the user chose them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The chosen ones by table, in order.
    pub chosen: BTreeMap<String, Vec<Chosen>>,
}

impl Columns {
    /// The columns of a table that has `all`: those chosen in their order, else all. What stands first stays longest.
    pub fn of(&self, table: &str, all: &[Column]) -> Vec<Column> {
        let Some(chosen) = self.chosen.get(table) else { return all.to_vec() };
        let added = self.added(table);
        let mut nth = 0..;
        let columns = chosen.iter().filter_map(|one| match one {
            Chosen::Known(id) => all.iter().find(|column| column.id == id).cloned(),
            Chosen::Added(..) => nth.next().and_then(|n| Some(Column::added(n, added.get(n)?))),
        });
        columns.enumerate().map(|(rank, column)| Column { rank, ..column }).collect()
    }

    /// The columns that were added to the tables of the fleet.
    pub fn of_fleet(&self) -> AddedColumns {
        AddedColumns { apps: self.added("fleet").into(), pods: self.added("pods").into() }
    }

    /// The columns that were added to a table, in their order.
    pub fn added(&self, table: &str) -> Vec<Added> {
        let chosen = self.chosen.get(table).into_iter().flatten();
        Added::all(chosen.filter_map(|one| match one {
            Chosen::Added(title, from) => Some((title.clone(), from.clone())),
            Chosen::Known(_) => None,
        }))
    }
}
