//! A batch in flight, or at its end: every app's way, and one key that takes everything back.

use rolldeck_core::batch::BatchId;

use crate::Screen;

/// The batch `run`, or whichever this console drives.
pub fn open(_run: Option<BatchId>) -> Box<dyn Screen> {
    todo!()
}
