//! The stream of one watch.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::super::faults::Faults;
use super::super::listing::PIECE;
use super::super::selector::Selection;
use super::event::Writer;
use crate::server::Server;
use crate::store::{Change, Store, Stored, What};

/// How often a bookmark is sent while it is asked for.
const BOOKMARK: Duration = Duration::from_secs(60);

/// How many writes are looked at between two looks at the connection.
const TURN: usize = 500;

/// Where a watch begins.
pub enum Start {
    /// With the state of now, as ADDED events; `told`: its end is marked by a bookmark.
    State {
        /// Whether the end of it is marked.
        told: bool,
    },
    /// With the first write after this version.
    After(u64),
}

/// A running watch.
pub struct Watch {
    store: Store,
    faults: Faults,
    selection: Selection,
    writer: Writer,
    state: std::vec::IntoIter<Arc<Stored>>,
    /// The bookmark that ends the state is still to be sent.
    end_due: bool,
    position: u64,
    bookmarks: bool,
    versions: tokio::sync::watch::Receiver<u64>,
    next_bookmark: Instant,
    deadline: Instant,
    path: String,
    over: bool,
}

impl Watch {
    /// Begins a watch; `path` is what faults know it by.
    pub fn new(
        server: &Server,
        selection: Selection,
        writer: Writer,
        start: Start,
        bookmarks: bool,
        length: Duration,
        path: String,
    ) -> Watch {
        let versions = server.store.versions();
        let (state, position, end_due) = match start {
            Start::State { told } => {
                let listing = server.store.listing(writer.kind(), selection.namespace.as_deref());
                (listing.objects, listing.version, told && bookmarks)
            }
            Start::After(version) => (Vec::new(), version, false),
        };
        let now = Instant::now();
        Watch {
            store: server.store.clone(),
            faults: server.faults.clone(),
            selection,
            writer,
            state: state.into_iter(),
            end_due,
            position,
            bookmarks,
            versions,
            next_bookmark: now + BOOKMARK,
            deadline: now + length,
            path,
            over: false,
        }
    }

    /// The next bytes; `None` at the end, an error when the connection is to be cut.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            if self.over {
                return None;
            }
            if let Err(cut) = self.faults.pass("watch", &self.path).await {
                self.over = true;
                return Some(Err(cut));
            }
            let mut out = Vec::new();
            self.fill(&mut out);
            if !out.is_empty() {
                return Some(Ok(out.into()));
            }
            if !self.over {
                self.wait(&mut out).await;
            }
            if !out.is_empty() {
                return Some(Ok(out.into()));
            }
        }
    }

    /// Writes what there is: state, its end, changes.
    fn fill(&mut self, out: &mut Vec<u8>) {
        while out.len() < PIECE {
            let Some(object) = self.state.next() else { break };
            if self.selection.takes(&object) {
                self.writer.object(out, "ADDED", &object);
            }
        }
        if !out.is_empty() {
            return;
        }
        if std::mem::take(&mut self.end_due) {
            self.writer.bookmark(out, self.position, true);
            return;
        }
        self.versions.borrow_and_update();
        match self.store.changes(self.position, TURN) {
            Ok(changes) => {
                for change in changes {
                    self.position = change.version;
                    self.change(out, &change);
                }
            }
            Err(expired) => {
                self.writer.error(out, &expired);
                self.over = true;
            }
        }
    }

    /// One write, as this selection sees it: what enters it is ADDED, what leaves it is DELETED.
    fn change(&mut self, out: &mut Vec<u8>, change: &Change) {
        if change.object.kind != self.writer.kind() {
            return;
        }
        let before = change.prior.as_ref().filter(|prior| self.selection.takes(prior));
        let after = change.what != What::Deleted && self.selection.takes(&change.object);
        match (before, after) {
            (None, true) => self.writer.object(out, "ADDED", &change.object),
            (Some(_), true) => self.writer.object(out, "MODIFIED", &change.object),
            (Some(_), false) if change.what == What::Deleted => self.writer.object(out, "DELETED", &change.object),
            (Some(prior), false) => {
                let mut value = prior.value();
                value["metadata"]["resourceVersion"] = change.version.to_string().into();
                self.writer.value(out, "DELETED", &value);
            }
            (None, false) => {}
        }
    }

    /// Waits for a write, for the time of a bookmark, or for the end.
    async fn wait(&mut self, out: &mut Vec<u8>) {
        tokio::select! {
            changed = self.versions.changed() => self.over = changed.is_err(),
            () = sleep_until(self.deadline) => self.over = true,
            () = sleep_until(self.next_bookmark), if self.bookmarks => {
                self.next_bookmark = Instant::now() + BOOKMARK;
                self.writer.bookmark(out, self.position, false);
            }
            () = self.faults.cut("watch", &self.path) => {}
        }
    }
}
