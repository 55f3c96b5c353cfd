//! What the machine asks, and what it is told.

use std::time::Duration;

use bytes::Bytes;
use rolldeck_core::{Time, fleet::Object, text::Clean};

use crate::wire::{Seen, meta::ListMeta};

/// A point in time on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Since an arbitrary start; never goes back.
    pub mono: Duration,
    /// To show.
    pub wall: Time,
}

/// How a source is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manner {
    /// What is read, in the words for a refusal: `pods in all namespaces`.
    pub what: Clean,
    /// Objects on the first page.
    pub first: u32,
    /// Objects on each later page.
    pub page: u32,
    /// Whether the first page comes packed, too. One that does not can be timed.
    pub packed: bool,
    /// Whether to try a watch list for what follows the first page.
    pub watch_list: bool,
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

/// What came; the objects are `T`.
#[derive(Clone, Debug)]
pub enum Input<T = Object> {
    /// The server begins to answer what was asked.
    Opened,
    /// An object of a list, or one that was added or modified.
    Object(Seen<T>),
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
