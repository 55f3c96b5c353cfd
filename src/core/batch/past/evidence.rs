//! What is known of one app's past, as plain data.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::Value;

use super::Entry;
use crate::{Time, model::AppKey, text::Clean};

/// How far two times may be apart that tell of one moment: clocks of consoles and servers, whole seconds, controllers that lag.
pub const SLACK: TimeDelta = TimeDelta::seconds(3);

/// A revision, with what its object tells of when it was live.
#[derive(Clone, Debug, PartialEq)]
pub struct Lived {
    /// The ReplicaSet's or ControllerRevision's name.
    pub name: Clean,
    /// Its number now.
    pub number: i64,
    /// Numbers that it had before, of a ReplicaSet (`deployment.kubernetes.io/revision-history`). ControllerRevisions keep none.
    pub was: Vec<i64>,
    /// `metadata.creationTimestamp`: it was live from then, for the first time.
    pub created: Option<Time>,
    /// Of a ControllerRevision, when its controller last wrote to it (managedFields): its number is no younger.
    pub written: Option<Time>,
    /// Whether pods of it are available now; `None` where that is not known.
    pub available: Option<bool>,
    /// `kubernetes.io/change-cause`, else empty.
    pub cause: Clean,
    /// Its pod template, without `pod-template-hash`.
    pub template: Arc<Value>,
}

/// An event: this ReplicaSet was scaled up from nothing, which its controller does with the newest one alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The ReplicaSet.
    pub set: Clean,
    /// When.
    pub at: Time,
}

/// All that speaks for one app's past.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The app.
    pub key: AppKey,
    /// The object, raw, as it is now.
    pub live: Arc<Value>,
    /// When all this was read.
    pub read: Time,
    /// How far its times may be wrong: [`SLACK`], or more where the clocks are known to differ.
    pub slack: TimeDelta,
    /// Why its revisions could not be read; empty where they were.
    pub unread: Clean,
    /// Its revisions, in any order.
    pub revisions: Vec<Lived>,
    /// What batches did to it, in any order.
    pub journal: Vec<Entry>,
    /// What events say, in any order.
    pub events: Vec<Scaled>,
}

impl Evidence {
    /// Of an app as it is now, with nothing of its past yet.
    pub fn new(key: AppKey, live: Arc<Value>, read: Time) -> Self {
        Self {
            key,
            live,
            read,
            slack: SLACK,
            unread: Clean::default(),
            revisions: Vec::new(),
            journal: Vec::new(),
            events: Vec::new(),
        }
    }

    /// `metadata.creationTimestamp` of the live object.
    pub fn created(&self) -> Option<Time> {
        time(&self.live["metadata"]["creationTimestamp"])
    }

    /// The template that the live object has now.
    pub fn template(&self) -> &Value {
        &self.live["spec"]["template"]
    }

    pub(super) fn uid(&self) -> &str {
        self.live["metadata"]["uid"].as_str().unwrap_or_default()
    }
}

/// An RFC 3339 time of a raw object.
pub(super) fn time(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}
