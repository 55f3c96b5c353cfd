//! What lies behind: every batch of a cluster, one of them whole, what others changed since, and the end of old journals.

mod drift;
mod ledger;
mod list;
mod prune;
mod recorded;

pub use drift::drift;
pub use ledger::ledger;
pub use list::{history, records};
pub use prune::{Keep, Pruned, due, prune};
pub use recorded::{Recorded, recorded};
