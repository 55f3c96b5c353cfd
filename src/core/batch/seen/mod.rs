//! Images that the cluster has seen: live and in revisions, with where and since when; and the releases that are told by a rule.

mod digests;
mod rule;
mod sight;

pub use digests::{Digests, Repush, Seen as DigestSeen, repushed};
pub use rule::{Like, Rule};
pub use sight::{Place, Seen, SeenRevision, Sight};

#[cfg(test)]
mod tests;
