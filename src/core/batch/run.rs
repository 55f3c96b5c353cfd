//! A batch in flight, as whoever watches it sees it.

use super::{BatchId, Intent, Options};
use crate::{Time, model::AppKey, text::Clean};

/// Where the batch as a whole stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The journal is being written; no app is touched yet.
    Recording,
    /// Apps are rolling.
    Running,
    /// Something failed: what had not started will not; what runs is followed to its end.
    Stopping,
    /// Every touched app goes back to its template from before.
    Reverting,
    /// The operator paused it: no new app starts, what runs is followed on.
    Paused,
    /// A wave is through: so many waves are done, of so many; the operator's key opens the next.
    Gated(usize, usize),
    /// The driver cannot reach the cluster or lost its lease: nothing is written until it can. Why.
    Held(Clean),
    /// Ended: every app healthy, or skipped by the operator.
    Done,
    /// Ended with failures, or stopped.
    Failed,
    /// Ended: every touched app is back.
    Reverted,
    /// Ended: some app could not be brought back.
    RevertFailed,
    /// The driver left in mid-batch (a crash, a quit). A revert is offered.
    Interrupted,
}

impl Phase {
    /// Whether a driver has anything left to do in it.
    pub fn ended(&self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Reverted | Self::RevertFailed | Self::Interrupted)
    }
}

/// Where one app of a batch stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Not started.
    Waiting,
    /// The patch is on its way.
    Applying,
    /// Accepted; available pods of the new revision, pods wanted, and what it waits for.
    RollingOut(u32, u32, Clean),
    /// Rolled out: every pod runs the new revision and is available.
    Healthy,
    /// Accepted, nothing ran, and why: it is at 0 replicas, or was paused and stays so. Empty where it is not known.
    NothingRan(Clean),
    /// Failed after it was written, or maybe so, with the pod's reason.
    Failed(Clean),
    /// Not written: the server refused the patch, or none could be made. Why.
    Refused(Clean),
    /// Someone else changed the app since the plan: not touched.
    Drifted(Clean),
    /// Skipped by the operator.
    Skipped,
    /// Will not start: another failed, or the batch is taken back.
    NotStarted,
    /// The revert is being written, or (StatefulSet) a stuck pod is being deleted.
    Reverting,
    /// The revert is accepted and rolling, as in `RollingOut`.
    RollingBack(u32, u32, Clean),
    /// Back to the exact template from before, and healthy.
    Reverted,
    /// Could not be reverted: the reason.
    RevertFailed(Clean),
}

/// One app of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStep {
    /// The app.
    pub key: AppKey,
    /// Before, in few words.
    pub before: Clean,
    /// After, in few words.
    pub after: Clean,
    /// Where it stands.
    pub state: StepState,
    /// When it came there.
    pub since: Time,
    /// When its way there began: to the change, or back. `None` before that. Of one that another
    /// driver began it is when the change was accepted, where the record tells.
    pub began: Option<Time>,
    /// Seconds that its earlier rollouts took, where that is known.
    pub expected: Option<u32>,
    /// Until when it soaks: has to stay healthy before those that wait for it start.
    pub soaks: Option<Time>,
    /// Whether it may be tried again.
    pub retries: bool,
}

/// A batch in flight or ended: a snapshot that the driver publishes at each change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its name.
    pub id: BatchId,
    /// What was asked for.
    pub intent: Intent,
    /// Where it stands.
    pub phase: Phase,
    /// Its apps, in order.
    pub steps: Vec<RunStep>,
    /// When it was confirmed.
    pub started: Time,
    /// When it ended.
    pub ended: Option<Time>,
    /// Who drives it, as the cluster names the user.
    pub by: Clean,
    /// Who drives it, as the machine of its console claims: login and host.
    pub claimed: Clean,
    /// Why, in the operator's words.
    pub reason: Clean,
    /// How it runs.
    pub options: Options,
    /// What went wrong with the batch as a whole, newest last (journal could not be written, lease lost, …).
    pub notes: Vec<Clean>,
}
