//! The filter: what `/` takes, and how matches are ranked.

mod rank;
mod text;

pub use rank::{Query, Rank};
