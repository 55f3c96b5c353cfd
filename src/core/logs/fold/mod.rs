//! Stack traces, folded into their first line.

mod frames;
mod state;

pub(in crate::logs) use frames::{FAR, head_of};
pub use frames::{Fold, fold_of};
pub(in crate::logs) use state::Folder;
