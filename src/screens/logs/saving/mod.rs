//! Downloads: what is asked for, how far each is, and the list of them. They go on when the room that began them is left.

mod form;
mod known;
mod list;
#[cfg(test)]
mod tests;
mod words;

pub(super) use form::Form;
pub(super) use known::Chosen;
pub use known::{Downloads, Saving};
pub use list::DownloadsRoom;
