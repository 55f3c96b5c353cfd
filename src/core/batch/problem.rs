//! What the preflight found of an app: what blocks its start, and what to know before it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Clean;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// To know; nothing is asked.
    Note,
    /// The start asks for an acknowledgement of its kind.
    Warning,
    /// It blocks the start.
    Error,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $words:literal,)*) => {
        /// What a problem is about. Warnings are acknowledged a kind at a time.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum ProblemKind {
            $($(#[$doc])* $name,)*
        }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// In few words, as the plan lists it.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$name => $words,)*
                }
            }
        }
    };
}

kinds! {
    /// Anything else.
    Other = "other",
    /// The object cannot be changed: no workload, being deleted, of a kind that has no such field.
    Shape = "not possible",
    /// A right that lacks.
    Permission = "rights",
    /// The server refuses the change when asked by a dry run.
    DryRun = "dry run",
    /// The app changed since the plan was made.
    Drift = "changed since the plan",
    /// What it is to go back to is gone or not known.
    Target = "target",
    /// It is in another unfinished batch.
    Rival = "in another batch",
    /// The journal cannot be written.
    Journal = "journal",
    /// A rule of the configuration forbids it.
    Guard = "guard",
    /// A check could not run: what it would have found is not known.
    Unknown = "not checked",
    /// A rollout is in progress.
    InProgress = "rollout in progress",
    /// The quota of the namespace does not hold the surge.
    Quota = "quota",
    /// The strategy may go below what a PodDisruptionBudget promises.
    Budget = "disruption budget",
    /// The surge may not fit the nodes.
    Surge = "surge",
    /// The strategy, or a lack of probes, interrupts the service.
    Interrupts = "interrupts service",
    /// This image failed before in this cluster.
    FailedBefore = "failed before",
    /// A tag that this cluster has never seen.
    UnknownTag = "tag not seen before",
    /// The tag may have been pushed again since it ran.
    Repushed = "tag may have moved",
    /// A ConfigMap or Secret of the target is gone, or has changed since.
    Config = "configuration changed",
    /// Someone else manages it and may undo the change.
    Managed = "managed elsewhere",
    /// An autoscaler undoes the change, or is stopped by it.
    Autoscaler = "autoscaler",
    /// It goes to zero replicas: nothing runs any more.
    Zero = "to zero",
    /// Its pods are not replaced by the change alone: paused, or OnDelete.
    NotRolling = "does not roll by itself",
    /// Pods have to be deleted in a revert.
    StuckPods = "pods deleted in a revert",
    /// The state at the point in time is not certain.
    Uncertain = "uncertain",
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.words())
    }
}

/// Why a step cannot start, or what to know before it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How much it weighs.
    pub level: Level,
    /// What it is about.
    pub kind: ProblemKind,
    /// A sentence with what to do.
    pub text: Clean,
}

impl Problem {
    /// Something that blocks the start.
    pub fn error(kind: ProblemKind, text: impl Into<Clean>) -> Self {
        Self { level: Level::Error, kind, text: text.into() }
    }

    /// Something to know and to acknowledge before the start.
    pub fn warning(kind: ProblemKind, text: impl Into<Clean>) -> Self {
        Self { level: Level::Warning, kind, text: text.into() }
    }

    /// Something to know.
    pub fn note(kind: ProblemKind, text: impl Into<Clean>) -> Self {
        Self { level: Level::Note, kind, text: text.into() }
    }

    /// Whether it blocks the start.
    pub fn blocks(&self) -> bool {
        self.level == Level::Error
    }
}
