//! How an app and a pod are, in words, and how far a rollout is.

mod app;
mod pod;
mod rollout;

pub use app::{Health, judge};
pub(crate) use pod::severity;
pub use pod::{is_over, pod_status, ready_containers, trouble};
pub use rollout::{Rollout, newest_revision, rollout};
