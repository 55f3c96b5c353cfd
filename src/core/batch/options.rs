//! How a batch is to run: what the operator sets before the start.

use serde::{Deserialize, Serialize};

use super::{DEADLINE_SECONDS, Intent, MAX_RESTARTS};

/// What a failure of one app does to the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// Nothing more starts; what runs is followed to its end.
    #[default]
    Stop,
    /// Everything that the batch touched goes back.
    Revert,
    /// The others go on.
    Continue,
}

impl OnFailure {
    /// Every choice, in the order in which a key goes through them.
    pub const ALL: [Self; 3] = [Self::Stop, Self::Revert, Self::Continue];
}

/// How a batch is to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// How many may roll at once; with a gate, also the number of apps in a wave. At least 1.
    pub width: usize,
    /// What a failure does.
    pub on_failure: OnFailure,
    /// Seconds that an app has to stay healthy before those that wait for it start.
    #[serde(default)]
    pub soak: u32,
    /// Between two waves of `width` apps, it waits for the operator's key.
    #[serde(default)]
    pub gate: bool,
    /// It answers an incident: of a rollback, a rollout in progress, quota and surge are notes and no warnings.
    #[serde(default)]
    pub incident: bool,
    /// Seconds that an app may take, unless its own `progressDeadlineSeconds` is larger.
    pub deadline: u32,
    /// Restarts of a new pod that make a failure.
    pub max_restarts: u32,
}

impl Options {
    /// Rollbacks start all at once, anything else three at a time; a failure stops.
    pub fn new(intent: Intent, apps: usize) -> Self {
        Self {
            width: if intent == Intent::Rollback { apps.max(1) } else { 3 },
            on_failure: OnFailure::Stop,
            soak: 0,
            gate: false,
            incident: false,
            deadline: DEADLINE_SECONDS,
            max_restarts: MAX_RESTARTS,
        }
    }
}
