//! The status column of the fleet.

use std::fmt;

use super::{is_over, newest_revision, pod::severity, trouble};
use crate::{
    model::{App, AppKind, Pod, PodPhase, Strategy},
    text::Clean,
};

/// How an app is. The text of each is the status column: `Healthy`, `Rolling out 2/5`, `Degraded: CrashLoopBackOff`,
/// `Stalled: ProgressDeadlineExceeded, ErrImageNeverPull`, `Scaled to 0`, `Paused`, `Loading`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// A rollout that will not end by itself, with the reason.
    Stalled(Clean),
    /// Fewer pods than wanted are up, or one is in trouble: the reason.
    Degraded(Clean),
    /// On its way: updated pods of wanted; once all are updated, available pods of wanted.
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

impl Health {
    /// The words without numbers and reason.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Stalled(_) => "Stalled",
            Self::Degraded(_) => "Degraded",
            Self::RollingOut(..) => "Rolling out",
            Self::Paused => "Paused",
            Self::Healthy => "Healthy",
            Self::ScaledToZero => "Scaled to 0",
            Self::Loading => "Loading",
        }
    }

    /// Why, where there is a reason, else empty.
    pub fn reason(&self) -> &str {
        match self {
            Self::Stalled(reason) | Self::Degraded(reason) => reason,
            _ => "",
        }
    }

    /// The place in an order from worst to best.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Stalled(_) => 0,
            Self::Degraded(_) => 1,
            Self::RollingOut(..) => 2,
            Self::Paused => 3,
            Self::Loading => 4,
            Self::Healthy => 5,
            Self::ScaledToZero => 6,
        }
    }
}

/// The status column.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stalled(reason) | Self::Degraded(reason) => write!(f, "{}: {reason}", self.words()),
            Self::RollingOut(done, wanted) => write!(f, "{} {done}/{wanted}", self.words()),
            _ => f.write_str(self.words()),
        }
    }
}

/// Judges an app. `pods` are all its pods, `None` while they are not listed yet.
pub fn judge(app: &App, pods: Option<&[&Pod]>) -> Health {
    let counts = app.counts;
    let observed = app.observed >= app.generation;
    if counts.wanted == 0 && observed {
        return Health::ScaledToZero;
    }
    let rolling = !observed || is_rolling(app);
    let trouble = worst(app, pods.unwrap_or_default(), rolling);
    if observed && let Some(reason) = stalled(app) {
        return Health::Stalled(trouble.map_or(reason.clone(), |trouble| format!("{reason}, {trouble}").into()));
    }
    if let Some(reason) = trouble {
        return Health::Degraded(reason);
    }
    if app.paused {
        return Health::Paused;
    }
    let up = counts.available >= counts.wanted;
    match pods {
        _ if !rolling && up => Health::Healthy,
        None => Health::Loading,
        Some(_) if rolling => on_its_way(app),
        Some(pods) if counts.current < counts.wanted || pods.iter().any(|pod| is_starting(pod)) => {
            Health::RollingOut(counts.available.min(counts.wanted), counts.wanted)
        }
        Some(_) => Health::Degraded("not ready".into()),
    }
}

fn on_its_way(app: &App) -> Health {
    let counts = app.counts;
    let done = if counts.updated < counts.wanted { counts.updated } else { counts.available };
    Health::RollingOut(done.min(counts.wanted), counts.wanted)
}

/// Why the rollout will not end by itself.
fn stalled(app: &App) -> Option<Clean> {
    let deadline =
        app.conditions.iter().find(|c| &*c.kind == "Progressing" && &*c.reason == "ProgressDeadlineExceeded");
    let failure = app.conditions.iter().find(|c| &*c.kind == "ReplicaFailure" && c.holds == Some(true));
    if let Some(condition) = deadline.or(failure) {
        return Some(condition.reason.clone());
    }
    let waits = app.strategy == Strategy::OnDelete && app.counts.updated < app.counts.wanted && revises(app);
    waits.then(|| "waits for pods to be deleted".into())
}

/// Whether a StatefulSet is between two revisions. The others do not say, and their counts tell enough.
fn revises(app: &App) -> bool {
    app.key.kind != AppKind::StatefulSet || app.revision != app.current_revision
}

fn is_rolling(app: &App) -> bool {
    let counts = app.counts;
    match app.key.kind {
        AppKind::Deployment => {
            counts.updated < counts.wanted
                || counts.current > counts.updated
                || (counts.available < counts.wanted && !has_settled(app))
        }
        AppKind::StatefulSet => {
            let partition = if let Strategy::Rolling { partition, .. } = &app.strategy { *partition } else { 0 };
            revises(app) && counts.updated < counts.wanted.saturating_sub(partition)
        }
        AppKind::DaemonSet => counts.updated < counts.wanted,
    }
}

/// Whether the rollout of a Deployment's template has ended once, so that whatever lacks now is no rollout.
fn has_settled(app: &App) -> bool {
    app.conditions.iter().any(|c| &*c.kind == "Progressing" && &*c.reason == "NewReplicaSetAvailable")
}

/// The worst trouble of the pods that count: what leaves, or has ended and is replaced, does not.
fn worst(app: &App, pods: &[&Pod], rolling: bool) -> Option<Clean> {
    let newest = if rolling { newest_revision(app) } else { None };
    let reasons = pods.iter().filter(|pod| !pod.ending && !is_over(pod)).filter(|pod| {
        // A bad revision that is being replaced is on its way out, unless it can block its own replacement.
        app.key.kind == AppKind::StatefulSet || newest.is_none_or(|newest| *newest == *pod.revision)
    });
    reasons.filter_map(|pod| trouble(pod)).max_by_key(|reason| severity(reason))
}

fn is_starting(pod: &Pod) -> bool {
    !pod.ending && pod.phase == PodPhase::Pending
}
