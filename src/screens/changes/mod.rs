//! What changed, newest first: the first question of every incident.

mod asked;
mod draw;
mod room;
mod talk;
#[cfg(test)]
mod tests;

pub use room::Changes;
pub use talk::{ChangesEffect, ChangesReply};
