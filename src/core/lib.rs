//! What rolldeck knows, as plain data: the fleet and its health, filters, and batches.
//!
//! Nothing here does IO, reads a clock or knows a terminal. Time arrives as an argument.

pub mod act;
pub mod around;
pub mod batch;
pub mod changes;
pub mod events;
pub mod fleet;
pub mod health;
pub mod kept;
pub mod logs;
pub mod model;
pub mod query;
pub mod shell;
pub mod text;

/// A moment, always in UTC.
pub type Time = chrono::DateTime<chrono::Utc>;
