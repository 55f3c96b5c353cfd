//! Images that the cluster has seen: live and in revisions, with where and since when; and the releases that are told by a rule.

mod digests;
mod rule;
mod running;
mod sight;

pub use digests::{Digests, Repush, Seen as DigestSeen, repushed};
pub use rule::{Like, Rule};
pub use running::{Running, Unread};
pub use sight::{Place, Reach, Seen, SeenRevision, Sight};

#[cfg(test)]
mod tests;
