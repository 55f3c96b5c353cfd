//! Pieces that several screens are made of.

mod dialog;
mod prompt;
mod scroll;
pub mod text;

pub use dialog::{Answer, Dialog};
pub use prompt::{Edited, Prompt};
pub use scroll::Scroll;
