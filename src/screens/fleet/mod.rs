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
pub(crate) use cells::{Cell, autoscaler, status};
pub(crate) use draw::{paint_filter, paint_words};
pub(crate) use empty::waiting;
pub(crate) use filter::Filter;
pub use room::FleetRoom;
