//! The state record: one small ConfigMap in each namespace of a batch, updated by resourceVersion.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{BatchId, FORMAT, JournalError, labels};
use crate::{
    Time,
    batch::{ConfigMap, FoundStep, Intent, Options, StepState},
    model::{AppKey, AppKind},
    text::Clean,
};

/// Where a batch stands, as recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordPhase {
    /// Its driver is at work.
    Running,
    /// Something failed; what runs is followed to its end.
    Stopping,
    /// Its driver takes everything back.
    Reverting,
    /// Its driver left in good order.
    Interrupted,
    /// Ended well.
    Done,
    /// Ended with failures.
    Failed,
    /// Ended, all back.
    Reverted,
    /// Ended, not all back.
    RevertFailed,
}

/// Where one step stands, as recorded: coarser than what is shown, for each write of it is a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Not started: nothing was sent.
    Waiting,
    /// The patch may have left. The token on the app tells whether it arrived.
    Applying,
    /// Accepted.
    Applied,
    /// Rolled out.
    Healthy,
    /// Accepted, nothing ran.
    NothingRan,
    /// Written, and then failed.
    Failed,
    /// Refused by the server: not written.
    Refused,
    /// Changed by someone else before we wrote: not written.
    Drifted,
    /// Will not start: not written.
    NotStarted,
    /// Skipped by the operator before it was written.
    Skipped,
    /// The revert may have left.
    Reverting,
    /// The revert was accepted.
    RolledBack,
    /// Back and healthy.
    Reverted,
    /// Not brought back.
    RevertFailed,
}

impl Mark {
    /// Whether a patch may have been written to the app.
    pub fn touched(self) -> bool {
        !matches!(self, Self::Waiting | Self::Refused | Self::Drifted | Self::NotStarted | Self::Skipped)
    }
}

/// One step, as recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Its index in the whole batch.
    pub index: usize,
    /// The app's kind.
    pub kind: AppKind,
    /// The app's name. Its namespace is the record's own: a record never speaks of another.
    pub name: Clean,
    /// Where it stands.
    pub mark: Mark,
    /// The reason, where it has one.
    #[serde(default)]
    pub why: Clean,
    /// When it came there.
    pub since: Time,
    /// Before, in few words.
    pub before: Clean,
    /// After, in few words.
    pub after: Clean,
    /// The fingerprint of what the server made of the patch, where that is not what the dry run had promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
    /// The autoscaler that its change writes, of a change of bounds.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub hpa: Clean,
    /// Indices of the steps that have to be healthy before this one starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after_steps: Vec<usize>,
    /// When its patch was accepted: the app's template was another before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Time>,
    /// Its revert was written between these times: it was read as the batch had left it at the first, and known to be as before
    /// at the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<(Time, Time)>,
    /// The revision that a rollback goes to, which it does not leave behind though pods of it may run already.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub target: Clean,
    /// The digests that ran when it became healthy, by container, where they were known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub digests: BTreeMap<Clean, Clean>,
    /// The revisions of its pods from before the patch: those that a revert does not take for abandoned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub old: Vec<Clean>,
    /// Seconds that its earlier rollouts took, where that was known when it was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u32>,
    /// Restarts that were counted when it was last tried again, by `UID/CONTAINER` of its pods: those since count against the new try.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forgiven: BTreeMap<Clean, u32>,
}

impl Note {
    /// Where the step stood, as it is shown.
    pub fn state(&self) -> StepState {
        let why = self.why.clone();
        match self.mark {
            Mark::Waiting => StepState::Waiting,
            Mark::Applying => StepState::Applying,
            Mark::Applied => StepState::RollingOut(0, 0, why),
            Mark::Healthy => StepState::Healthy,
            Mark::NothingRan => StepState::NothingRan(why),
            Mark::Failed => StepState::Failed(why),
            Mark::Refused => StepState::Refused(why),
            Mark::Drifted => StepState::Drifted(why),
            Mark::NotStarted => StepState::NotStarted,
            Mark::Skipped => StepState::Skipped,
            Mark::Reverting => StepState::Reverting,
            Mark::RolledBack => StepState::RollingBack(0, 0, why),
            Mark::Reverted => StepState::Reverted,
            Mark::RevertFailed => StepState::RevertFailed(why),
        }
    }

    /// The step, as whoever finds the batch sees it.
    pub fn found(&self, namespace: &str) -> FoundStep {
        FoundStep {
            key: self.key(namespace),
            before: self.before.clone(),
            after: self.after.clone(),
            since: self.since,
            state: self.state(),
        }
    }

    /// The app, in the record's namespace.
    pub fn key(&self, namespace: &str) -> AppKey {
        AppKey { namespace: namespace.into(), name: self.name.clone(), kind: self.kind }
    }
}

/// Something that happened to a batch as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happening {
    /// When.
    pub at: Time,
    /// What: `paused`, `taken over from ana@jump by eva@laptop before its lease had expired`.
    pub text: Clean,
}

/// What a state record says: the batch as a whole, and its steps in this namespace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// [`FORMAT`].
    pub format: u32,
    /// The batch.
    pub id: BatchId,
    /// What was asked for.
    pub intent: Intent,
    /// By whom, as the cluster names the user.
    pub by: Clean,
    /// By whom, as the console's own machine says: login and host. Nobody has proved it.
    #[serde(default)]
    pub claimed: Clean,
    /// Why, in the operator's words.
    #[serde(default)]
    pub reason: Clean,
    /// When it was confirmed.
    pub started: Time,
    /// When it ended, or was interrupted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
    /// Raised by each revert and each takeover.
    pub epoch: u64,
    /// The identity of the driver that wrote this.
    pub driver: String,
    /// Where the batch stands.
    pub phase: RecordPhase,
    /// Whether it still needs someone.
    pub unfinished: bool,
    /// The namespace of its Lease.
    pub home: String,
    /// All namespaces that hold a record of it.
    pub namespaces: Vec<String>,
    /// How it runs.
    pub options: Options,
    /// What happened to the batch as a whole, oldest first: pauses, gates, takeovers, skips. The newest 50 are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<Happening>,
    /// The steps in this namespace.
    pub steps: Vec<Note>,
}

const KEY: &str = "state.json";

impl Record {
    /// The ConfigMap that holds it, to be created (empty `resource_version`) or updated.
    pub fn encode(&self, namespace: &str, resource_version: &str) -> ConfigMap {
        let text = serde_json::to_string(self).unwrap_or_default();
        ConfigMap {
            namespace: namespace.to_owned(),
            name: labels::state_name(&self.id),
            resource_version: resource_version.to_owned(),
            labels: labels::labels(&self.id, "state", Some(self.unfinished)),
            data: [(KEY.to_owned(), text)].into(),
            ..ConfigMap::default()
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// It is of another format, or not what it should be.
    pub fn decode(map: &ConfigMap) -> Result<Self, JournalError> {
        let text = map.data.get(KEY).ok_or_else(|| JournalError::corrupt(map, format!("it has no {KEY}")))?;
        let value: Value = serde_json::from_str(text).map_err(|error| JournalError::corrupt(map, error))?;
        match value["format"].as_u64() {
            Some(format) if format == u64::from(FORMAT) => {}
            Some(found) => {
                return Err(JournalError::Version { place: format!("{}/{}", map.namespace, map.name), found });
            }
            None => return Err(JournalError::corrupt(map, "it names no format")),
        }
        let record: Self = serde_json::from_value(value).map_err(|error| JournalError::corrupt(map, error))?;
        record.judge(map)?;
        Ok(record)
    }

    /// Whether what it says of itself agrees with where it was found.
    fn judge(&self, map: &ConfigMap) -> Result<(), JournalError> {
        let wrong = if map.name != labels::state_name(&self.id) {
            "it names another batch than its own name does"
        } else if !self.id.is_well_formed() {
            "its batch has no name that a batch can have"
        } else if !self.namespaces.contains(&map.namespace) || !self.namespaces.contains(&self.home) {
            "it does not name its own namespace"
        } else if self.steps.windows(2).any(|pair| pair[0].index >= pair[1].index) {
            "its steps are not in order"
        } else {
            return Ok(());
        };
        Err(JournalError::corrupt(map, wrong))
    }
}
