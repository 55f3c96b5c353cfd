//! The batch driver: one task over a [`Port`](rolldeck_core::batch::Port), commanded through a channel and watched by
//! whoever shows it. All judgement is the core's machine; here are the lease, the journal's writes, and the requests.

mod acquire;
mod books;
mod clock;
mod drive;
mod eyes;
mod find;
mod handle;
mod history;
mod identity;
mod keeper;
mod opening;
mod preflight;
mod takeover;

pub use clock::Clock;
pub use find::Finder;
pub use handle::Handle;
pub use history::{Keep, Pruned, Recorded, drift, due, history, ledger, prune, recorded, records};
pub use identity::Identity;
pub use opening::start;
pub use preflight::{Checked, Progress, Report, check_all, lacks, preflight};
pub use rolldeck_core::batch::past::Ledger;

#[cfg(test)]
mod tests;
