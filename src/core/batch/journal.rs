//! The batch's record in the cluster.
//!
//! In each app's own namespace: immutable ConfigMaps with before and after, and one small state record that is updated by
//! resourceVersion. A Lease in the batch's home namespace names the driver.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Intent, StepState};
use crate::{Time, model::AppKey, text::Clean};

/// A batch's name: a DNS label that sorts by time, `20261122-140501-k3x9`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatchId(pub String);

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether the driver that a record names is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// It left in good order: the record says `interrupted`, the lease is released.
    Left,
    /// It was a process of this host and is gone, or its lease stood unchanged for its whole duration while we looked.
    Gone,
    /// Its lease was renewed while we looked: it runs, by whom.
    Alive(Clean),
    /// Not known yet: its lease is being watched for so many more seconds.
    Watching(u32),
}

/// One app of an unfinished batch.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundStep {
    /// The app.
    pub key: AppKey,
    /// Where it stood when the record was last written.
    pub state: StepState,
}

/// An unfinished batch, found in the cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its name.
    pub id: BatchId,
    /// What was asked for.
    pub intent: Intent,
    /// By whom.
    pub by: Clean,
    /// When.
    pub started: Time,
    /// Its apps.
    pub steps: Vec<FoundStep>,
    /// Whether its driver is alive.
    pub holder: Holder,
}
