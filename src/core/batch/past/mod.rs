//! What lies behind: batches as their journals tell them, and how an app was at a point in time.
//!
//! A creationTimestamp alone proves little: an undo uses a revision again, and old revisions are pruned. What is not proved is
//! [`Verdict::Uncertain`], never guessed.

mod back;
mod entry;
mod evidence;
mod expect;
mod gone;
mod judge;
mod ledger;
mod repeat;
mod timeline;
mod verdict;
mod when;

pub use entry::{Entry, entries};
pub use evidence::{Evidence, Lived, SLACK, Scaled};
pub use expect::{expected, expected_of};
pub use gone::{Gone, Sighting, gone};
pub use judge::judge;
pub use ledger::Ledger;
pub use repeat::{Again, Repeat, Wish};
pub use verdict::{Proof, Source, Verdict, Was};
pub use when::{Moment, When, Which};

#[cfg(test)]
mod tests;
