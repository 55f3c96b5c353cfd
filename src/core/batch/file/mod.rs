//! The batch file: a batch written down, `apiVersion: rolldeck.dev/v1`. Its schema is `schemas/batch.v1.json`.

mod apps;
mod read;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
mod tree;
mod write;

use std::{collections::BTreeMap, fmt};

pub use read::read;

use super::{Count, Intent, OnFailure};
use crate::{
    model::{AppKey, AppKind},
    text::Clean,
};

/// `apiVersion` of a batch file.
pub const VERSION: &str = "rolldeck.dev/v1";

/// The JSON Schema of the batch file.
pub const SCHEMA: &str = include_str!("../../../../schemas/batch.v1.json");

/// A file of each kind, as `rolldeck batch schema --examples` prints them.
pub const EXAMPLES: [&str; 7] = [
    include_str!("../../../../schemas/examples/release.yaml"),
    include_str!("../../../../schemas/examples/rollback.yaml"),
    include_str!("../../../../schemas/examples/scale.yaml"),
    include_str!("../../../../schemas/examples/restart.yaml"),
    include_str!("../../../../schemas/examples/bounds.yaml"),
    include_str!("../../../../schemas/examples/pause.yaml"),
    include_str!("../../../../schemas/examples/resume.yaml"),
];

/// A batch as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchFile {
    /// `kind`.
    pub intent: Intent,
    /// `metadata.name`, empty where it has none.
    pub name: Clean,
    /// `spec.reason`.
    pub reason: Clean,
    /// `spec.onFailure`.
    pub on_failure: Option<OnFailure>,
    /// `spec.width`: at least 1.
    pub width: Option<usize>,
    /// `spec.soak`, in seconds.
    pub soak: Option<u32>,
    /// `spec.gate`.
    pub gate: bool,
    /// `spec.deadline`, in seconds.
    pub deadline: Option<u32>,
    /// `spec.incident`.
    pub incident: bool,
    /// `spec.toTime`: the moment that apps of a rollback go back to, unless they say more. Not read yet: it is relative to now.
    pub to_time: Option<Placed<Clean>>,
    /// `spec.apps`, one at least.
    pub apps: Vec<FileApp>,
}

/// Something, and the line where it stands, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The line.
    pub line: usize,
    /// The field's path: `spec.apps[1].toTime`.
    pub field: String,
    /// What stands there.
    pub value: T,
}

/// One entry of `spec.apps`: an app, or all that a selector matches.
#[derive(Clone, Debug, PartialEq)]
pub struct FileApp {
    /// The line where it stands, from 1.
    pub line: usize,
    /// Whom it is about.
    pub whom: Whom,
    /// `images`: container → whole image.
    pub images: BTreeMap<Clean, Clean>,
    /// `tag`: a tag or digest for the containers of the app's own repository.
    pub tag: Option<Clean>,
    /// `toRevision`.
    pub to_revision: Option<i64>,
    /// `toTime`.
    pub to_time: Option<Placed<Clean>>,
    /// `replicas`.
    pub replicas: Option<Count>,
    /// `minReplicas`.
    pub min: Option<u32>,
    /// `maxReplicas`.
    pub max: Option<u32>,
    /// `resume`: what becomes of a paused Deployment.
    pub resume: Option<bool>,
}

/// Whom an entry is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Whom {
    /// One app.
    App(AppKey),
    /// Every app of a namespace that a label selector matches, of this kind or of any.
    Selected {
        /// The namespace.
        namespace: Clean,
        /// The kind.
        kind: Option<AppKind>,
        /// A label selector as kubectl takes it.
        selector: Clean,
    },
}

/// What is wrong with a batch file: `line 7: spec.apps[1].tag: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The line, from 1.
    pub line: usize,
    /// The path of the field; empty where it is the whole document.
    pub field: String,
    /// What is wrong, and what was expected.
    pub what: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.field.is_empty() { "" } else { ": " };
        write!(f, "line {}: {}{colon}{}", self.line, self.field, self.what)
    }
}

/// The `kind` of an intent, and back.
pub(crate) const KINDS: [(&str, Intent); 7] = [
    ("Release", Intent::Release),
    ("Rollback", Intent::Rollback),
    ("Scale", Intent::Scale),
    ("Restart", Intent::Restart),
    ("Bounds", Intent::Bounds),
    ("Pause", Intent::Pause),
    ("Resume", Intent::Resume),
];

impl Intent {
    /// Its name in files and in output for programs: `Release`.
    pub fn kind(self) -> &'static str {
        KINDS.iter().find(|(_, intent)| *intent == self).map_or("", |(name, _)| name)
    }
}
