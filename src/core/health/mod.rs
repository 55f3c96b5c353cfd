//! How an app and a pod are, in words, and how far a rollout is.

mod app;
#[cfg(test)]
mod app_tests;
pub mod cause;
mod pod;
#[cfg(test)]
mod pod_tests;
mod rollout;
#[cfg(test)]
mod rollout_tests;

pub use app::{Health, judge};
pub(crate) use pod::severity;
pub use pod::{is_over, pod_status, ready_containers, trouble};
pub use rollout::{Rollout, newest_revision, rollout};
