//! Every batch of the cluster: who, when, why, what, and how it ended; the unfinished ones on top. From here each can be looked
//! at, gone on with, taken back, planned once more and written to a file.

mod ask;
mod known;
mod look;
mod room;
mod rows;
#[cfg(test)]
mod tests;
pub(crate) mod words;

pub use rows::COLUMNS;

use crate::Screen;

/// All batches.
pub fn open() -> Box<dyn Screen> {
    Box::new(room::Batches::default())
}
