//! Which rows are shown, and in which order.

use std::cmp::{Ordering, Reverse};

use super::{AskedApp, Fleet, Row};
use crate::{
    Time,
    model::AppKey,
    query::{About, Query},
};

/// The column that rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortKey {
    /// Name, then namespace, then kind.
    #[default]
    Name,
    /// Namespace first.
    Namespace,
    /// Worst health first.
    Health,
    /// Most CPU first.
    Cpu,
    /// Most memory first.
    Memory,
    /// Most restarts first.
    Restarts,
    /// Newest rollout first.
    Age,
    /// The nth column that was added to the table, by its text; rows without one come last.
    Added(usize),
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub key: SortKey,
    /// Turned round.
    pub reverse: bool,
}

/// What a view's keys were computed of.
#[derive(Debug)]
struct Seen {
    version: u64,
    query: Query,
    order: Order,
}

/// A filtered and sorted list of keys over the fleet, recomputed only when the fleet, the query or the order changed, or a
/// row has come to an age that the query names.
#[derive(Debug, Default)]
pub struct View {
    /// Keys in order of display.
    pub keys: Vec<AppKey>,
    /// What else the filter says.
    pub about: About,
    seen: Option<Seen>,
    /// All rows in order, as places among the fleet's rows: sorted once for all keystrokes.
    sorted: Vec<u32>,
}

impl View {
    /// Brings the keys up to date; returns whether they changed. With a filter, best matches first, then `order`.
    pub fn refresh(&mut self, fleet: &Fleet, query: &Query, order: Order, now: Time) -> bool {
        let same_rows = self.seen.as_ref().is_some_and(|seen| seen.version == fleet.version() && seen.order == order);
        let aged = self.about.changes.is_some_and(|at| at <= now);
        if same_rows && !aged && self.seen.as_ref().is_some_and(|seen| seen.query == *query) {
            return false;
        }
        let rows: Vec<&Row> = fleet.rows().collect();
        if !same_rows {
            self.sorted = order.sorted(fleet, &rows);
        }
        self.seen = Some(Seen { version: fleet.version(), query: query.clone(), order });
        let asked = self.sorted.iter().map(|&at| AskedApp { row: rows[at as usize], fleet });
        let mut found = query.find(asked, now);
        found.rows.sort_by_key(|(rank, _)| *rank);
        self.about = found.about;
        let same = found.rows.len() == self.keys.len()
            && found.rows.iter().zip(&self.keys).all(|((_, asked), key)| asked.row.app.key == *key);
        if !same {
            self.keys = found.rows.into_iter().map(|(_, asked)| asked.row.app.key.clone()).collect();
        }
        !same
    }
}

impl Order {
    /// The places of the rows in order.
    fn sorted(self, fleet: &Fleet, rows: &[&Row]) -> Vec<u32> {
        let mut places: Vec<u32> = (0..rows.len() as u32).collect();
        // The fleet has its rows in the order of their keys.
        if self != (Self { key: SortKey::Namespace, reverse: false }) {
            places.sort_unstable_by(|&a, &b| self.compare(fleet, rows[a as usize], rows[b as usize]));
        }
        places
    }

    /// A total order: rows that are equal in the column are in the order of their names.
    fn compare(self, fleet: &Fleet, a: &Row, b: &Row) -> Ordering {
        let by_column = match self.key {
            SortKey::Name => names(a).cmp(&names(b)),
            SortKey::Namespace => a.app.key.cmp(&b.app.key),
            SortKey::Health => a.health.rank().cmp(&b.health.rank()),
            SortKey::Cpu => most(a, b, |row| row.usage.map(|usage| usage.cpu_milli)),
            SortKey::Memory => most(a, b, |row| row.usage.map(|usage| usage.memory)),
            SortKey::Restarts => most(a, b, |row| row.pods.as_ref().map(|pods| pods.restarts)),
            SortKey::Age => most(a, b, |row| row.rolled),
            SortKey::Added(n) => {
                let text = |row: &'_ Row| {
                    let column = fleet.added().apps.get(n)?;
                    column.text(&row.app.labels, &row.app.extras).cloned()
                };
                let (a, b) = (text(a), text(b));
                a.is_none().cmp(&b.is_none()).then_with(|| a.cmp(&b))
            }
        };
        let by_column = if self.reverse { by_column.reverse() } else { by_column };
        by_column.then_with(|| names(a).cmp(&names(b)))
    }
}

fn names(row: &Row) -> (&str, &str, crate::model::AppKind) {
    let key = &row.app.key;
    (&*key.name, &*key.namespace, key.kind)
}

fn most<T: Ord>(a: &Row, b: &Row, of: impl Fn(&Row) -> Option<T>) -> Ordering {
    Reverse(of(a)).cmp(&Reverse(of(b)))
}
