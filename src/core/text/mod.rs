//! Text on its way to a screen: made harmless, measured, and quantities in words.

mod clean;
pub mod nearest;
pub mod quantity;
pub mod time;
pub mod width;
pub mod yaml;

pub use clean::{Clean, Interner};
