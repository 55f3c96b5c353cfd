//! Batches that the cluster's journal calls unfinished, and what can be done about each.

use crate::Screen;

/// All unfinished batches.
pub fn open() -> Box<dyn Screen> {
    todo!()
}
