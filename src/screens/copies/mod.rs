//! Copies of files from and into containers: the form that asks for one, and the list of those that run and ran.

mod form;
mod known;
mod room;
mod talk;
#[cfg(test)]
mod tests;
mod words;

pub use form::{ask, of_place};
pub use known::{Copies, Copy, Stand};
pub use room::CopiesRoom;
pub use talk::{CopyAction, CopyEffect, CopyId, CopyReply};
