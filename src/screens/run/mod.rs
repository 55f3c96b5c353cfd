//! One command in many pods: chosen, confirmed, and its outputs, equal ones folded together.

mod fold;
mod room;
mod talk;
#[cfg(test)]
mod tests;

pub use room::{RunRoom, targets};
pub use talk::{RunEffect, RunReply};
