//! Batches that the cluster's journal calls unfinished, and what can be done about each.

mod screen;
#[cfg(test)]
mod tests;
mod view;

use crate::Screen;

/// All unfinished batches.
pub fn open() -> Box<dyn Screen> {
    Box::new(screen::UnfinishedScreen::default())
}
