//! An app's pods, live.

mod cells;
mod columns;
mod marks;
mod room;
#[cfg(test)]
mod tests;

pub use columns::COLUMNS;
pub use room::Pods;
