//! From what travels to what rolldeck knows.

mod app;
mod hpa;
mod managed;
mod pod;
mod shared;
mod usage;

pub(super) use app::{daemon_set, deployment, stateful_set};
pub(super) use hpa::hpa;
pub(super) use pod::pod;
pub(super) use usage::sample;
pub use {shared::images, usage::Sample};
