//! Which rows are shown, and in which order.

use super::Fleet;
use crate::{model::AppKey, query::Query};

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
}

impl View {
    /// Brings the keys up to date; returns whether they changed. With a filter, best matches first, then `order`.
    pub fn refresh(&mut self, _fleet: &Fleet, _query: &Query, _order: Order) -> bool {
        todo!()
    }
}
