//! The batch before it runs: before → after for each app, edited and checked. Nothing has been written.

use std::sync::Arc;

use serde_json::Value;

use super::{Change, Intent};
use crate::{
    Time,
    model::{AppKey, Image, Revision},
    text::Clean,
};

/// Why a step cannot start, or what to know before it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// It blocks the start; otherwise it is a warning.
    pub blocks: bool,
    /// A sentence with what to do.
    pub text: Clean,
}

/// How far a step's preflight is.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// The app (and its history, for a rollback) is being read.
    Reading,
    /// It needs something from the operator: a revision to pick, a tag, whether to resume a paused app.
    Incomplete(Clean),
    /// Permission, dry run and the rest are being asked.
    Checking,
    /// It can start. `after` is what the dry run returned (the whole object, raw).
    Passed {
        /// The object as admission leaves it.
        after: Arc<Value>,
    },
    /// It is already so: nothing will be written for it.
    NoChange,
    /// It cannot start: see the problems.
    Blocked,
}

/// A revision that the default of a rollback went past, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its number.
    pub revision: i64,
    /// `same images (restart)`, …
    pub why: Clean,
}

/// One app of a plan.
#[derive(Clone, Debug)]
pub struct Step {
    /// The app.
    pub key: AppKey,
    /// Raised by each edit; an answer about an older serial is dropped.
    pub serial: u64,
    /// The object as the last GET returned it, raw; `None` until read.
    pub live: Option<Arc<Value>>,
    /// Its revisions, newest first (rollbacks only).
    pub revisions: Arc<[Revision]>,
    /// What it is to become; `None` while the operator has not said enough.
    pub change: Option<Change>,
    /// Revisions that the default went past.
    pub skipped: Vec<Skipped>,
    /// Of a paused Deployment: resume in the same patch (`Some(true)`), stay paused (`Some(false)`), not answered yet (`None`).
    pub resume: Option<bool>,
    /// How far its preflight is.
    pub check: Check,
    /// Errors and warnings found.
    pub problems: Vec<Problem>,
}

/// A batch before it runs.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the operator asked for.
    pub intent: Intent,
    /// The apps, in the order of the start.
    pub steps: Vec<Step>,
    /// How many may roll at once.
    pub width: usize,
}

impl Plan {
    /// A plan for these apps, all still to be read. A rollback starts all at once, anything else three at a time.
    pub fn new(_intent: Intent, _apps: Vec<AppKey>) -> Self {
        todo!()
    }

    /// The app was read, at `now`. Sets the defaults: a rollback goes to the newest earlier revision whose images differ,
    /// a restart is complete, a release and a scale wait for the operator.
    pub fn read(&mut self, _app: &AppKey, _live: Arc<Value>, _revisions: Arc<[Revision]>, _now: Time) {
        todo!()
    }

    /// The app could not be read, or its preflight found something that blocks.
    pub fn refuse(&mut self, _step: usize, _problem: Problem) {
        todo!()
    }

    /// Sets the tag (`v1.2.0`), digest (`sha256:…`) or whole reference of every container of a step whose image
    /// is of the app's own repository; with `container`, of that one. Errors say what is wrong with the text.
    pub fn set_tag(&mut self, _step: usize, _container: Option<&str>, _tag: &str) -> Result<(), Clean> {
        todo!()
    }

    /// [`Self::set_tag`] of every step; the errors of those that refused, by step.
    pub fn set_tag_all(&mut self, _tag: &str) -> Vec<(usize, Clean)> {
        todo!()
    }

    /// Rolls a step back to this revision.
    pub fn pick_revision(&mut self, _step: usize, _number: i64) -> Result<(), Clean> {
        todo!()
    }

    /// Rolls a step back to the very previous revision, whatever differs.
    pub fn pick_previous(&mut self, _step: usize) -> Result<(), Clean> {
        todo!()
    }

    /// Sets the replicas of a step.
    pub fn set_replicas(&mut self, _step: usize, _replicas: u32) -> Result<(), Clean> {
        todo!()
    }

    /// Answers whether a paused app resumes in the same patch.
    pub fn set_resume(&mut self, _step: usize, _resume: bool) {
        todo!()
    }

    /// Takes a step out of the plan.
    pub fn remove(&mut self, _step: usize) {
        todo!()
    }

    /// Steps whose preflight must be asked now (their check becomes `Checking`): index, serial and the change.
    pub fn to_check(&mut self) -> Vec<(usize, u64)> {
        todo!()
    }

    /// The preflight of a step answered. Ignored where the step was edited since.
    pub fn checked(&mut self, _app: &AppKey, _serial: u64, _after: Option<Arc<Value>>, _problems: Vec<Problem>) {
        todo!()
    }

    /// Whether the batch may start: every step passed or is a no-op, and one at least would write. The error says what is missing.
    pub fn ready(&self) -> Result<(), Clean> {
        todo!()
    }

    /// How many apps would be written.
    pub fn writes(&self) -> usize {
        todo!()
    }
}

impl Step {
    /// The containers and images before, as the live object has them; empty until read.
    pub fn images_before(&self) -> Vec<Image> {
        todo!()
    }

    /// The containers and images after; equal to those before where images do not change.
    pub fn images_after(&self) -> Vec<Image> {
        todo!()
    }

    /// Before, in few words: `v1.0.0`, `3 replicas`, `rev 7 v1.1.0`.
    pub fn before(&self) -> Clean {
        todo!()
    }

    /// After, in few words; empty while incomplete.
    pub fn after(&self) -> Clean {
        todo!()
    }

    /// `spec.replicas` of the live object (1 where absent), `None` until read and for a DaemonSet.
    pub fn replicas_before(&self) -> Option<u32> {
        todo!()
    }

    /// The difference of the two templates as unified diff lines of YAML-like text, for reading.
    pub fn diff(&self) -> Vec<Clean> {
        todo!()
    }

    /// Whether the live object is paused.
    pub fn paused(&self) -> bool {
        todo!()
    }
}
