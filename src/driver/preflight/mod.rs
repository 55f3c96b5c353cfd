//! The checks before the first write: rights, dry run, drift, other batches, and what stands around each app. Nothing is written.

mod cache;
mod dry_run;
mod looks;
mod report;
mod rights;
mod run;
mod shared;
mod standing;

pub use report::{Checked, Progress, Report};
pub use run::{check_all, preflight};
pub use standing::lacks;

/// Requests at a time.
const WIDTH: usize = 32;
