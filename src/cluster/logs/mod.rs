//! Logs: from apps, pods and containers to blocks of lines in one order.
//!
//! `machine` decides what is asked of one container's log next and what that means, without IO; `stream` asks; [`Hub`] follows the
//! pods, keeps a stream for each of their containers, and merges what they bring.

mod download;
mod hub;
mod look;
mod machine;
mod request;
mod rotated;
mod scope;
mod since;
mod stream;
mod subject;
#[cfg(test)]
mod tests;

pub use download::{Outcome, download, read_files};
pub use hub::{Hub, Seen, Wanted, open, open_files, open_seeing};
pub use scope::{FilePlace, is_pod, places};
