//! The API server: what a request means, who may send it, what is answered.

pub mod access;
pub mod faults;
mod hooks;
mod query;

pub use hooks::{Body, Control, Metrics, PodStreams};
pub use query::Query;
