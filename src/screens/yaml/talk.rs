//! What the rooms of one object ask for, and what they are told.

use std::sync::Arc;

use rolldeck_core::{
    fleet::Freshness,
    kept::KeptEvent,
    model::{Event, ObjectRef},
    text::Clean,
};
use serde_json::Value;

/// The rooms that show one object. Each has a stream of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Viewer {
    /// As YAML.
    Yaml,
    /// Described.
    Describe,
}

/// Reads of one object.
#[derive(Clone, Debug, PartialEq)]
pub enum ObjectEffect {
    /// Read the object and follow it, for a description with the events about it.
    Follow(Viewer, ObjectRef),
    /// Nobody looks any more.
    Leave(Viewer, ObjectRef),
    /// Write a text to a file that only the user may read.
    Save {
        /// Of whom it is.
        object: ObjectRef,
        /// Where to; `~/` is the home directory.
        path: String,
        /// What.
        text: Arc<str>,
        /// Whether a file that is there may be replaced.
        over: bool,
    },
}

/// What is told of one object.
#[derive(Clone, Debug)]
pub enum ObjectReply {
    /// It is this now.
    Read(Arc<Value>),
    /// It is not there (any more).
    Gone,
    /// It could not be read: why.
    Failed(Clean),
    /// How far what is shown can be believed.
    Fresh(Freshness),
    /// The events about it.
    Events(Vec<KeptEvent<Event>>),
    /// What became of a file.
    Saved(Saved),
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It was written: to where.
    Done(Clean),
    /// There is one of that name, and nobody said that it may be replaced.
    Exists,
    /// It could not be written: the file, why, and the way out.
    Failed(Clean),
}
