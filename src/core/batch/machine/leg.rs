//! One step in flight.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    Time,
    batch::{Change, Intent, Snapshot, StepState, Target, Token, journal::Mark, patch},
    model::AppKey,
    text::Clean,
};

/// What a leg is about to get, or got, from the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ask {
    /// Read the app.
    Read,
    /// Send the patch that [`Leg::patch`] holds.
    Patch,
    /// Delete a stuck pod.
    Delete,
}

/// Where a leg is between two answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing to do: not started, or at its end.
    Idle,
    /// The record must be written up to this version first, then ask.
    Journal(u64, Ask),
    /// To be asked from then on.
    Due(Time, Ask),
    /// In flight.
    Asked(Ask),
    /// Accepted; its rollout is followed.
    Rolling,
    /// Rolled out; until then it has to stay healthy.
    Soaking(Time),
}

/// What a leg is on its way to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The change.
    Forward,
    /// The state before.
    Back,
    /// Paused again, after a revert of what had resumed it.
    Pause,
}

/// One step of a batch in flight.
#[derive(Clone, Debug)]
pub struct Leg {
    pub(super) index: usize,
    pub(super) key: AppKey,
    pub(super) words: (Clean, Clean),
    pub(super) intent: Intent,
    /// The autoscaler that is written, of a change of bounds.
    pub(super) hpa: Clean,
    /// Indices of the steps that have to be healthy before this one starts.
    pub(super) after_steps: Vec<usize>,
    /// Seconds that earlier rollouts took.
    pub(super) expected: Option<u32>,
    /// What the forward patch is made from; `None` for a batch that was taken over, and where a fresh look is due.
    pub(super) live: Option<Arc<Value>>,
    pub(super) change: Option<Change>,
    pub(super) resume: Option<bool>,
    pub(super) before: Snapshot,
    pub(super) after: Snapshot,
    /// The fingerprint of what the server really made, where that is not `after`.
    pub(super) made: Option<String>,
    /// The digests that ran when it became healthy, by container.
    pub(super) digests: BTreeMap<Clean, Clean>,
    pub(super) state: StepState,
    pub(super) since: Time,
    pub(super) began: Option<Time>,
    pub(super) mark: Mark,
    pub(super) way: Way,
    pub(super) stage: Stage,
    /// The patch that was sent last, or is about to be.
    pub(super) patch: Value,
    /// Whether a patch has left for which no refusal came back.
    pub(super) sent: bool,
    /// Whether the outcome of a patch is unknown.
    pub(super) doubt: bool,
    /// Since when no patch was answered at all.
    pub(super) doubted: Option<Time>,
    /// When its patch was first accepted.
    pub(super) accepted: Option<Time>,
    /// When it was last read as this batch had left it, before its revert was sent.
    pub(super) left: Option<Time>,
    /// Between which times its revert was written.
    pub(super) returned: Option<(Time, Time)>,
    /// Whether it is to go back.
    pub(super) wanted_back: bool,
    /// Whether the patch on its way only sets the token.
    pub(super) fences: bool,
    pub(super) tries: u32,
    pub(super) refusals: u32,
    pub(super) refusal: Clean,
    pub(super) generation: i64,
    pub(super) rolling_since: Time,
    /// Seconds that its rollout may take.
    pub(super) deadline: u32,
    /// Revisions of its pods as last seen, and those of before the forward patch.
    pub(super) seen: Option<BTreeSet<Clean>>,
    pub(super) old: Vec<Clean>,
    /// Restarts of its pods as last seen, by `UID/CONTAINER`, and those that do not count: from before it was tried again.
    pub(super) restarts: BTreeMap<Clean, u32>,
    pub(super) forgiven: BTreeMap<Clean, u32>,
    /// Whether it was tried again before its pods were seen: what the first look counts does not count.
    pub(super) forgives: bool,
    /// Revisions that the rollout under way leaves behind.
    pub(super) leaves: Vec<Clean>,
    /// Revision of the change's target, which is not left behind though pods of it may run.
    pub(super) target: Clean,
    /// A revert that failed left the app as the batch had made it: someone else has to.
    pub(super) owed: bool,
    /// Stuck pods whose deletion was asked for.
    pub(super) deleted: BTreeSet<Clean>,
}

impl Leg {
    pub(super) fn token(&self, batch: &str, epoch: u64) -> Token {
        Token { batch: batch.to_owned(), step: self.index, epoch }
    }

    pub(super) fn take(&self, object: &Value) -> Snapshot {
        Snapshot::take(object, self.intent)
    }

    /// Whether the object is still what the batch made of it.
    pub(super) fn is_after(&self, now: &Snapshot) -> bool {
        now.same_spec(&self.after) || self.made.as_ref().is_some_and(|made| *made == now.fingerprint())
    }

    /// Whether a token on the app was written by this step of this batch, at whatever epoch.
    pub(super) fn is_ours(&self, batch: &str, token: Option<&str>) -> bool {
        token.and_then(Token::parse).is_some_and(|token| token.batch == batch && token.step == self.index)
    }

    /// The forward patch against `live`: of the change itself, or, taken over, of what the journal says that it becomes.
    pub(super) fn forward_patch(&self, live: &Value, token: &Token) -> Result<Value, String> {
        match &self.change {
            Some(change) => patch::forward(live, change, self.resume, token),
            None => patch::recorded(live, &self.before, &self.after, token),
        }
        .map_err(|error| error.to_string())
    }

    /// The object that is read and patched.
    pub(super) fn target(&self) -> Target {
        match self.intent {
            Intent::Bounds => Target::Autoscaler { namespace: self.key.namespace.clone(), name: self.hpa.clone() },
            _ => Target::App(self.key.clone()),
        }
    }

    /// Whether those that wait for it may start.
    pub(super) fn is_done(&self) -> bool {
        self.stage == Stage::Idle && matches!(self.mark, Mark::Healthy | Mark::NothingRan | Mark::Skipped)
    }

    /// Whether it has come to an end at which those that wait for it never start.
    pub(super) fn is_lost(&self) -> bool {
        self.stage == Stage::Idle && self.mark != Mark::Waiting && !self.is_done()
    }

    /// Whether the operator may have it tried again.
    pub(super) fn may_retry(&self) -> bool {
        let bad = StepState::Skipped == self.state
            || matches!(self.state, StepState::Failed(_) | StepState::Refused(_) | StepState::Drifted(_));
        bad && self.stage == Stage::Idle && self.way == Way::Forward
    }

    /// Whether a change was written ahead whose patch has not left.
    pub(super) fn is_queued(&self) -> bool {
        let waits = matches!(self.stage, Stage::Journal(..) | Stage::Due(..));
        waits && !self.sent && self.way == Way::Forward && self.mark == Mark::Applying
    }

    pub(super) fn is_active(&self) -> bool {
        self.stage != Stage::Idle
    }

    pub(super) fn enter(&mut self, state: StepState, now: Time) {
        let progress = |state: &StepState| matches!(state, StepState::RollingOut(..) | StepState::RollingBack(..));
        if std::mem::discriminant(&self.state) != std::mem::discriminant(&state) || !progress(&state) {
            self.since = now;
        }
        self.state = state;
    }

    /// Whether the leg has come to where a batch on its way forward leaves it.
    pub(super) fn is_at_end(&self) -> bool {
        self.stage == Stage::Idle && self.mark != Mark::Waiting
    }

    /// Waits longer with each failure of a row: 1, 2, 4 … 30 seconds, or as long as the server asks for.
    pub(super) fn back_off(&mut self, ask: Ask, now: Time, wish: Option<std::time::Duration>) {
        let own = std::time::Duration::from_secs(1 << self.tries.min(5)).min(std::time::Duration::from_secs(30));
        let wait = chrono::Duration::from_std(wish.unwrap_or_default().max(own)).unwrap_or_default();
        self.tries += 1;
        self.stage = Stage::Due(now + wait.min(chrono::Duration::minutes(2)), ask);
    }
}
