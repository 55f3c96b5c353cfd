//! What is in a line: its fields, what it is about, what it looks like unfolded; and lines that leave the console.

mod export;
mod fields;
mod pretty;
mod select;

pub use export::{json, raw};
pub use fields::{fields, message};
pub use pretty::pretty;
pub use select::{Selected, Spot, select};
