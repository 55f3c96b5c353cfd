//! Images that the cluster has seen: live and in revisions, with where and since when; and the releases that are told by a rule.

mod digests;
mod repush;
mod rule;
mod running;
mod sight;

pub use digests::{Digests, Seen as DigestSeen};
pub use repush::{Repush, pins, repushed, short};
pub use rule::{Like, Rule};
pub use running::{Running, Unread};
pub use sight::{Place, Reach, Seen, SeenRevision, Sight};

#[cfg(test)]
mod repush_tests;
#[cfg(test)]
mod tests;
