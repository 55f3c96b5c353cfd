//! The writer.

use std::time::Duration;

use rolldeck_core::batch::guard::Guards;

use super::keep::Keep;
use crate::connect::Cluster;

/// How long a write may take before it counts as unanswered.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// The one door: built once by [`crate::connect::connect`], not cloneable, moved into the runtime. Implements
/// [`rolldeck_core::batch::Port`].
///
/// It holds the only client that lets writes pass; nobody else gets at it. What it sends without changing anything (reads,
/// dry runs, reviews) goes through the reading client, which would refuse a write.
///
/// Nothing is written into a namespace that a guard of the configuration makes read-only.
pub struct Writer {
    pub(super) door: kube::Client,
    pub(super) reader: Cluster,
    pub(super) keep: Keep,
    pub(super) files_when_readonly: bool,
}

impl Writer {
    /// Over a client that lets writes pass, and the connection that only reads.
    pub(crate) fn new(door: kube::Client, reader: Cluster, guards: Guards, files_when_readonly: bool) -> Self {
        Self { door, reader, keep: Keep::new(guards), files_when_readonly }
    }

    /// The configuration's guards.
    pub fn guards(&self) -> &Guards {
        self.keep.guards()
    }

    /// The connection that it writes to.
    pub fn cluster(&self) -> &Cluster {
        &self.reader
    }
}
