//! A batch in flight, or at its end: every app's way, and one key that takes everything back.

mod estimate;
pub(crate) mod guarded;
mod orders;
mod pods;
pub(crate) mod revert;
mod screen;
mod talk;
#[cfg(test)]
mod tests;
mod view;
pub(crate) mod words;

pub use talk::{BatchEffect, BatchReply, Lines, Tail, TailOf};

use rolldeck_core::batch::BatchId;

use crate::Screen;

/// The batch `run`, or whichever this console drives.
pub fn open(run: Option<BatchId>) -> Box<dyn Screen> {
    Box::new(screen::BatchScreen::new(run))
}
