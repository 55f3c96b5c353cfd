//! The fleet: every app in view, live.

mod act;
mod cells;
mod columns;
mod draw;
mod empty;
mod filter;
mod marks;
mod room;
#[cfg(test)]
mod tests;

pub(crate) use act::{intent, plan};
pub(crate) use cells::status;
pub use columns::COLUMNS;
pub(crate) use draw::paint_words;
pub(crate) use empty::waiting;
pub use room::FleetRoom;

/// As rooms know it.
#[allow(unused_imports, reason = "rooms may take it from here or from the widgets")]
pub(crate) use crate::widgets::Cell;
