//! The status column of the fleet.

use crate::{
    model::{App, Pod},
    text::Clean,
};

/// How an app is. The text of each is the status column: `Healthy`, `Rolling out 2/5`, `Degraded: CrashLoopBackOff`,
/// `Stalled: ProgressDeadlineExceeded`, `Scaled to 0`, `Paused`, `Loading`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// A rollout that will not end by itself, with the reason.
    Stalled(Clean),
    /// Fewer pods than wanted are up, or one is in trouble: the reason.
    Degraded(Clean),
    /// On its way: updated pods of wanted.
    RollingOut(u32, u32),
    /// The rollout is paused.
    Paused,
    /// All wanted pods run the wanted version and are available.
    Healthy,
    /// Nobody wants a pod.
    ScaledToZero,
    /// Not known yet.
    Loading,
}

/// Judges an app. `pods` are all its pods, `None` while they are not listed yet.
pub fn judge(_app: &App, _pods: Option<&[&Pod]>) -> Health {
    todo!()
}
