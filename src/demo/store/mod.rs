//! What the cluster holds: objects of registered kinds as JSON text, their versions and their last changes.

mod history;
mod keep;
pub mod kind;
mod notice;
mod object;
mod refusal;
mod shelves;
#[cfg(test)]
mod tests;
mod uid;

pub use history::{Change, KEPT, What};
pub use keep::{Listing, Store};
pub use kind::Kind;
pub use notice::{Notice, Notices};
pub use object::Stored;
pub use refusal::{Cause, Refusal};
