//! Which rows are shown, and in which order.

use std::cmp::{Ordering, Reverse};

use super::{Fleet, Row};
use crate::{
    model::AppKey,
    query::{Query, Rank},
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
}

/// An order of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub key: SortKey,
    /// Turned round.
    pub reverse: bool,
}

/// A filtered and sorted list of keys over the fleet, recomputed only when the fleet, the query or the order changed.
#[derive(Debug, Default)]
pub struct View {
    /// Keys in order of display.
    pub keys: Vec<AppKey>,
    /// What they were computed of.
    seen: Option<(u64, Query, Order)>,
}

impl View {
    /// Brings the keys up to date; returns whether they changed. With a filter, best matches first, then `order`.
    pub fn refresh(&mut self, fleet: &Fleet, query: &Query, order: Order) -> bool {
        let fresh =
            |(version, seen, by): &(u64, Query, Order)| *version == fleet.version() && *by == order && seen == query;
        if self.seen.as_ref().is_some_and(fresh) {
            return false;
        }
        self.seen = Some((fleet.version(), query.clone(), order));
        let mut rows: Vec<_> = fleet.rows().filter_map(|row| Some((rank(row, query)?, row))).collect();
        rows.sort_unstable_by(|(a_rank, a), (b_rank, b)| a_rank.cmp(b_rank).then_with(|| order.compare(a, b)));
        let same =
            rows.len() == self.keys.len() && rows.iter().zip(&self.keys).all(|((_, row), key)| row.app.key == *key);
        if !same {
            self.keys = rows.into_iter().map(|(_, row)| row.app.key.clone()).collect();
        }
        !same
    }
}

fn rank(row: &Row, query: &Query) -> Option<Rank> {
    if query.is_empty() {
        return Some(Rank::BEST);
    }
    let key = &row.app.key;
    let fields = [
        &*key.namespace,
        key.kind.name(),
        key.kind.short(),
        &row.version.wanted,
        &row.version.running,
        row.health.words(),
        row.health.reason(),
    ];
    query.rank(&key.name, &fields)
}

impl Order {
    /// A total order: rows that are equal in the column are in the order of their names.
    fn compare(self, a: &Row, b: &Row) -> Ordering {
        let by_column = match self.key {
            SortKey::Name => names(a).cmp(&names(b)),
            SortKey::Namespace => a.app.key.cmp(&b.app.key),
            SortKey::Health => a.health.rank().cmp(&b.health.rank()),
            SortKey::Cpu => most(a, b, |row| row.usage.map(|usage| usage.cpu_milli)),
            SortKey::Memory => most(a, b, |row| row.usage.map(|usage| usage.memory)),
            SortKey::Restarts => most(a, b, |row| row.pods.as_ref().map(|pods| pods.restarts)),
            SortKey::Age => most(a, b, |row| row.rolled),
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
