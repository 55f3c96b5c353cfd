//! What tests of screens share: a fleet made of updates, keys from a script, and the screen as text.

mod fixtures;
mod stage;

pub use fixtures::*;
pub use stage::{Stage, states};
