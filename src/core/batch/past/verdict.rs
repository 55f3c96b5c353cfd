//! What can be said of an app at a point in time.

use std::sync::Arc;

use serde_json::Value;

use crate::{Time, batch::BatchId, text::Clean};

/// What bounds the time that a template was live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The creation of this ReplicaSet or ControllerRevision.
    Created(Clean),
    /// Its controller's last write to this ControllerRevision.
    Written(Clean),
    /// The journal of this batch.
    Journal(BatchId),
    /// An event about this ReplicaSet.
    Event(Clean),
    /// The app's own creation.
    App,
    /// It is so still.
    Now,
}

impl Source {
    /// In words: `the creation of gateway-7d9f`.
    pub fn words(&self) -> Clean {
        match self {
            Self::Created(name) => format!("the creation of {name}").into(),
            Self::Written(name) => format!("the controller's last write to {name}").into(),
            Self::Journal(batch) => format!("the journal of batch {batch}").into(),
            Self::Event(name) => format!("an event about {name}").into(),
            Self::App => "the app's own creation".into(),
            Self::Now => "what is live now".into(),
        }
    }
}

/// What proves a template live at a point in time: live by then, and until after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What tells that it was live already.
    pub from: Source,
    /// What tells that it was live still.
    pub until: Source,
}

impl Proof {
    /// In words: `the creation of gateway-7d9f; and until then by the creation of gateway-5c4b`.
    pub fn words(&self) -> Clean {
        if self.from == self.until {
            return self.from.words();
        }
        format!("{}, and {} as its end", self.from.words(), self.until.words()).into()
    }
}

/// What an app was at a point in time, proved.
#[derive(Clone, Debug, PartialEq)]
pub struct Was {
    /// Its template then.
    pub template: Arc<Value>,
    /// The number that a revision of this template has now; `None` where none is left, and only the journal has it.
    pub revision: Option<i64>,
    /// The change-cause of it, else empty.
    pub cause: Clean,
    /// From when on it is known to have been live.
    pub since: Time,
    /// Until when it is known to have been live; `None`: it is live still.
    pub until: Option<Time>,
    /// Whether it had become healthy; `None` where nothing tells.
    pub healthy: Option<bool>,
    /// What proves it.
    pub by: Proof,
}

/// What can be said of an app at a point in time.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It had this template.
    Was(Was),
    /// It had the template that it has now.
    Same,
    /// It did not exist: it was created then.
    CreatedSince(Time),
    /// The evidence does not tell.
    Uncertain {
        /// Why not, a sentence.
        why: Clean,
        /// The revisions that it may have been, newest first.
        candidates: Vec<i64>,
    },
}
