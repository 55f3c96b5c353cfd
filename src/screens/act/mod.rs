//! Acts on pods: the question, and its answers. Every room that shows pods opens it with [`ask`].

mod question;
mod room;
mod talk;
#[cfg(test)]
mod tests;
mod waits;
mod words;

pub use question::ask;
pub use talk::{ActEffect, ActReply};
pub use waits::{of_app, waiting};
