//! How an app and a pod are, in words, and how far a rollout is.

mod app;
mod pod;
mod rollout;

pub use app::{Health, judge};
pub use pod::{pod_status, trouble};
pub use rollout::{Rollout, rollout};
