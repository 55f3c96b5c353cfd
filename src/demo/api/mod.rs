//! The API server: what a request means, who may send it, what is answered.

mod accept;
pub mod access;
mod broken;
mod call;
mod discovery;
pub mod faults;
mod handle;
mod hooks;
mod listing;
mod managed;
mod metrics;
mod options;
mod patch;
mod proto;
mod query;
mod read;
mod respond;
mod review;
mod route;
mod rules;
mod schema;
mod selector;
mod table;
#[cfg(test)]
mod tests;
mod watch;
mod write;
pub mod writes;

pub(crate) use handle::handle;
pub use hooks::{Body, Control, Door, Metrics, PodStreams};
pub use query::Query;

use crate::store::Refusal;

/// 404 for a resource that the server does not have.
fn no_such_resource() -> Refusal {
    let mut refusal = Refusal::new(404, "NotFound", "the server could not find the requested resource");
    refusal.details = Some(serde_json::json!({}));
    refusal
}
