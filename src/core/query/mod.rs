//! The filter: what `/` takes, and how matches are ranked.

mod rank;

pub use rank::{Query, Rank};
