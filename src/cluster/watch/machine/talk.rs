//! What the machine asks, and what it is told.

use std::time::Duration;

use bytes::Bytes;
use rolldeck_core::{Time, text::Clean};

use crate::wire::{Seen, meta::ListMeta};

/// A point in time on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Since an arbitrary start; never goes back.
    pub mono: Duration,
    /// To show.
    pub wall: Time,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Nothing until then, or until the link is known to be up again.
    Wait(Duration),
    /// A page.
    List {
        /// At most so many objects.
        limit: u32,
        /// The `continue` of the page before; empty for the first.
        next: String,
        /// Whether compression pays.
        gzip: bool,
    },
    /// A watch that begins with everything there is.
    WatchList {
        /// At least as new as this; empty for the newest.
        at: String,
    },
    /// A watch of what happens after a resourceVersion.
    Watch {
        /// That resourceVersion.
        at: String,
    },
}

/// A `Status` that says no.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP code.
    pub code: u16,
    /// The server's sentence.
    pub message: Clean,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What came.
#[derive(Clone, Debug)]
pub enum Input {
    /// The server begins to answer what was asked.
    Opened,
    /// An object of a list, or one that was added or modified.
    Object(Seen),
    /// An object was deleted.
    Gone {
        /// Its namespace.
        namespace: Clean,
        /// Its name.
        name: Clean,
        /// Where a watch resumes after this.
        version: Bytes,
    },
    /// A bookmark.
    Bookmark {
        /// Where a watch resumes.
        version: Bytes,
        /// Whether it is annotated `k8s.io/initial-events-end`.
        end: bool,
    },
    /// An object that cannot be understood; its name if it could be read.
    Unreadable(Clean),
    /// A page is whole.
    PageEnd {
        /// Its metadata.
        meta: ListMeta,
        /// From its first byte to its last.
        took: Duration,
    },
    /// The server answered no.
    Refused(Refusal),
    /// An ERROR event in a stream.
    Error(Refusal),
    /// The stream ended as it should.
    Ended,
    /// No connection, no answer, or a stream that broke.
    Lost(Clean),
    /// The whole cluster does not answer.
    LinkDown(Clean),
    /// The cluster answers again.
    LinkUp,
}
