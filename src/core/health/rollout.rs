//! How far a rollout is, by the rules of `kubectl rollout status`, and when it has failed.

use super::{is_over, pod::severity, trouble};
use crate::{
    model::{App, AppKind, Condition, Container, ContainerState, Pod, Strategy},
    text::Clean,
};

/// A rollout at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// On its way: updated and available pods of wanted, and what it waits for in words: `1 of 2 replicas to be updated`, and
    /// the trouble of its new pods where they have some: `…; CrashLoopBackOff: exit 3`.
    Progressing {
        /// Pods of the new revision that are available.
        done: u32,
        /// Pods wanted.
        wanted: u32,
        /// What it waits for.
        waits: Clean,
    },
    /// All is as wanted.
    Complete,
    /// Accepted at 0 replicas: nothing ran.
    NothingRan,
    /// It will not end well: the reason.
    Failed(Clean),
}

/// Judges the rollout of the spec of generation `generation` or newer (sources: kubernetes/kubectl,
/// pkg/polymorphichelpers/rollout_status.go; "Failed" as the design has it: ProgressDeadlineExceeded, ReplicaFailure, on a pod
/// of the new revision an image or config error, or `max_restarts` restarts).
///
/// `old_revisions` are the revisions ([`Pod::revision`]) that the change leaves behind: those of the app's pods just before the
/// patch, less the one that the change goes back to. A workload does not say which revision its newest pods are of, and right after
/// a patch there are old pods only; so a pod is judged as new only if its revision is not among these. Empty where the
/// change makes no revision (a scale).
pub fn rollout(app: &App, pods: &[&Pod], old_revisions: &[Clean], generation: i64, max_restarts: u32) -> Rollout {
    let counts = app.counts;
    let wanted = counts.wanted;
    if app.observed < app.generation.max(generation) || app.generation < generation {
        return waiting(0, wanted, "the controller to see the change".into());
    }
    if let Some(reason) = failed_condition(app, old_revisions) {
        return Rollout::Failed(reason);
    }
    let new: Vec<_> = pods.iter().copied().filter(|pod| is_new(app, pod, old_revisions)).collect();
    if let Some(reason) = new.iter().find_map(|pod| failed_pod(pod, max_restarts)) {
        return Rollout::Failed(reason);
    }
    if wanted == 0 {
        return match counts.current {
            0 => Rollout::NothingRan,
            left => waiting(0, 0, format!("{} to end", replicas(left, "replica"))),
        };
    }
    let done = new.iter().filter(|pod| pod.ready).count() as u32;
    let step = match app.key.kind {
        AppKind::Deployment => deployment(app),
        AppKind::StatefulSet => stateful_set(app, pods),
        AppKind::DaemonSet => daemon_set(app),
    };
    match step {
        None => Rollout::Complete,
        Some(waits) => {
            let waits = match worst(&new) {
                Some(reason) => format!("{waits}; {reason}"),
                None => waits,
            };
            waiting(done.min(counts.updated).min(wanted), wanted, waits)
        }
    }
}

fn waiting(done: u32, wanted: u32, waits: String) -> Rollout {
    Rollout::Progressing { done, wanted, waits: waits.into() }
}

fn replicas(n: u32, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// What a Deployment's rollout waits for; `None` where it is complete.
fn deployment(app: &App) -> Option<String> {
    let counts = app.counts;
    if app.paused {
        return Some("someone to resume it: it is paused".into());
    }
    if counts.updated < counts.wanted {
        return Some(format!(
            "{} of {} to be updated",
            counts.wanted - counts.updated,
            replicas(counts.wanted, "replica")
        ));
    }
    if counts.current > counts.updated {
        return Some(format!("{} to end", replicas(counts.current - counts.updated, "old replica")));
    }
    available(counts.available, counts.updated)
}

fn available(available: u32, of: u32) -> Option<String> {
    (available < of).then(|| format!("{} of {} to become available", of - available, replicas(of, "updated replica")))
}

/// What a StatefulSet's rollout waits for. kubectl takes a partitioned rollout for complete without a look at the pods'
/// revisions, and one whose status lags behind, too: so the pods are looked at here.
fn stateful_set(app: &App, pods: &[&Pod]) -> Option<String> {
    let counts = app.counts;
    let partition = match &app.strategy {
        Strategy::Rolling { partition, .. } => *partition,
        _ => 0,
    };
    let to_update = counts.wanted.saturating_sub(partition);
    let stays = |pod: &Pod| ordinal(app, pod).is_some_and(|n| n < partition);
    let old = pods.iter().filter(|pod| pod.revision != app.revision && !stays(pod)).count() as u32;
    if app.strategy == Strategy::OnDelete && (old > 0 || counts.updated < counts.wanted) {
        return Some(on_delete(old.max(counts.wanted.saturating_sub(counts.updated))));
    }
    if counts.ready < counts.wanted {
        return Some(format!("{} to become ready", replicas(counts.wanted - counts.ready, "replica")));
    }
    let lacking = old.max(to_update.saturating_sub(counts.updated));
    if lacking > 0 || (partition == 0 && app.revision != app.current_revision) {
        return Some(format!("{} to be updated", replicas(lacking.max(1), "replica")));
    }
    if counts.current > counts.wanted {
        return Some(format!("{} to end", replicas(counts.current - counts.wanted, "replica")));
    }
    let seen = pods.iter().filter(|pod| !pod.ending && pod.ready).count() as u32;
    available(counts.available.min(seen), counts.wanted)
}

fn ordinal(app: &App, pod: &Pod) -> Option<u32> {
    pod.name.strip_prefix(&*app.key.name)?.strip_prefix('-')?.parse().ok()
}

fn on_delete(old: u32) -> String {
    format!("{} to be deleted by someone (its strategy is OnDelete)", replicas(old, "old pod"))
}

/// What a DaemonSet's rollout waits for.
fn daemon_set(app: &App) -> Option<String> {
    let counts = app.counts;
    if counts.updated < counts.wanted {
        let lacking = counts.wanted - counts.updated;
        return Some(match app.strategy {
            Strategy::OnDelete => on_delete(lacking),
            _ => format!("{lacking} of {} to be updated", replicas(counts.wanted, "pod")),
        });
    }
    available(counts.available, counts.wanted)
}

/// The newest revision as the app itself tells: a StatefulSet's update revision, or the hash of the ReplicaSet that a
/// Deployment's Progressing condition speaks of (kubernetes/pkg/controller/deployment/progress.go: `ReplicaSet "x-7d9f" is
/// progressing.`). `None` where it does not tell, and for a DaemonSet. Right after a rollback it may still be the one before.
pub fn newest_revision(app: &App) -> Option<&str> {
    match app.key.kind {
        AppKind::StatefulSet => Some(&*app.revision).filter(|name| !name.is_empty()),
        AppKind::Deployment => named_revision(app, app.conditions.iter().find(|c| &*c.kind == "Progressing")?),
        AppKind::DaemonSet => None,
    }
}

fn named_revision<'a>(app: &App, condition: &'a Condition) -> Option<&'a str> {
    let name = condition.message.split('"').nth(1)?;
    name.strip_prefix(&*app.key.name)?.strip_prefix('-').filter(|hash| !hash.is_empty())
}

fn is_new(app: &App, pod: &Pod, old_revisions: &[Clean]) -> bool {
    if pod.ending || is_over(pod) || old_revisions.contains(&pod.revision) {
        return false;
    }
    // A name that is known as old is one that the controller has not replaced yet: it tells nothing.
    match newest_revision(app).filter(|newest| !old_revisions.iter().any(|old| &**old == *newest)) {
        Some(newest) => *newest == *pod.revision,
        None => true,
    }
}

/// Why the controller itself has given up.
fn failed_condition(app: &App, old_revisions: &[Clean]) -> Option<Clean> {
    let condition = app.conditions.iter().find(|condition| match &*condition.kind {
        // The controller keeps the verdict on the ReplicaSet before, until the new one has made progress.
        "Progressing" => {
            &*condition.reason == "ProgressDeadlineExceeded"
                && named_revision(app, condition).is_none_or(|hash| !old_revisions.iter().any(|old| **old == *hash))
        }
        "ReplicaFailure" => condition.holds == Some(true),
        _ => false,
    })?;
    Some(match (&*condition.kind, condition.message.is_empty()) {
        ("ReplicaFailure", false) => format!("{}: {}", condition.reason, condition.message).into(),
        _ => condition.reason.clone(),
    })
}

/// The worst trouble of new pods that is not judged a failure yet, with what tells more of it.
fn worst(pods: &[&Pod]) -> Option<String> {
    let troubles = pods.iter().filter_map(|pod| trouble(pod).map(|reason| (pod, reason)));
    let (pod, reason) = troubles.max_by_key(|(_, reason)| severity(reason))?;
    let detail = match &*reason {
        "CrashLoopBackOff" | "Error" => pod.containers.iter().find(|container| !is_up(container)).map(end),
        "Unschedulable" => Some(pod.unschedulable.to_string()),
        _ => None,
    };
    Some(match detail {
        Some(detail) => format!("{reason}: {detail}"),
        None => reason.to_string(),
    })
}

/// Why a pod will not come up by waiting.
fn failed_pod(pod: &Pod, max_restarts: u32) -> Option<Clean> {
    pod.containers.iter().find_map(|container| match &container.state {
        ContainerState::Waiting(reason, message) if is_final(reason) => {
            Some(if message.is_empty() { reason.clone() } else { format!("{reason}: {message}").into() })
        }
        _ if is_up(container) || container.restarts < max_restarts.max(1) => None,
        _ => Some(format!("CrashLoopBackOff: {}", end(container)).into()),
    })
}

fn is_up(container: &Container) -> bool {
    match &container.state {
        ContainerState::Terminated(_, code, _) => *code == 0,
        ContainerState::Running(_) => container.ready || (container.sidecar && container.started),
        ContainerState::Waiting(..) => false,
    }
}

/// How a container ended the last time: `exit 3`, `OOMKilled`.
fn end(container: &Container) -> String {
    let last = container.last.as_ref().map(|(reason, code, _)| (reason, *code));
    let (reason, code) = match (&container.state, last) {
        (ContainerState::Terminated(reason, code, _), _) => (reason, *code),
        (_, Some(last)) => last,
        (_, None) => return format!("{} restarts", container.restarts),
    };
    if matches!(&**reason, "" | "Error" | "Completed") {
        format!("exit {code}")
    } else {
        format!("{reason}, exit {code}")
    }
}

/// Reasons of waiting that no waiting mends: the image or the configuration must change. `ErrImagePull` is not among them: it is
/// tried again, and becomes `ImagePullBackOff` if that fails.
pub(super) fn is_final(reason: &str) -> bool {
    matches!(
        reason,
        "ImagePullBackOff"
            | "ErrImageNeverPull"
            | "InvalidImageName"
            | "CreateContainerConfigError"
            | "CreateContainerError"
            | "RunContainerError"
    )
}
