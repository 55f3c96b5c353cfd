//! Everything unhealthy in view, worst first, with its likely cause and what can be done about it.

mod draw;
mod list;
mod room;
pub(crate) mod sheet;
mod talk;
#[cfg(test)]
mod tests;

pub use room::Trouble;
pub use talk::{TroubleEffect, TroubleReply};
