//! Forwarded ports: the form that asks for one, and the list of those that are open.

mod form;
mod known;
mod room;
mod talk;
#[cfg(test)]
mod tests;

pub use form::ask;
pub use known::{Forwarded, Forwards};
pub use room::ForwardsRoom;
pub use talk::{ForwardEffect, ForwardId, ForwardReply};
