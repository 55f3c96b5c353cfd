//! Events, newest first, those that repeat as one line; of all namespaces in view, or about one object.

mod room;
mod rows;
mod talk;
#[cfg(test)]
mod tests;

pub use room::Events;
pub use rows::COLUMNS;
pub use talk::{EventsEffect, EventsOf, EventsReply};

use crate::Screen;

/// The events of the namespaces in view.
pub fn open() -> Box<dyn Screen> {
    Box::new(Events::new(None))
}

/// The events about an object: of an app also those of its ReplicaSets, its pods and its autoscaler, of pods that are gone, too.
pub fn about(object: rolldeck_core::model::ObjectRef) -> Box<dyn Screen> {
    Box::new(Events::new(Some(object)))
}
