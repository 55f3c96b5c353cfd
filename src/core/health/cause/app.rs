//! An app's trouble: that of its pods, folded, else that of its rollout.

use std::collections::BTreeMap;

use super::{
    Cause, Severity, Warnings, of_hpa,
    pod::{is_late, of_pod},
    warnings::words,
};
use crate::{
    Time,
    fleet::{PodRow, Row},
    health::Health,
    model::{App, AppKind, Condition},
    text::Clean,
};

/// Whether an app is worth asking [`of_app`]: a cheap look at its row alone.
pub fn is_unwell(row: &Row) -> bool {
    let facts = row.pods.as_ref();
    let ill =
        !row.health.reason().is_empty() || facts.is_some_and(|facts| !facts.trouble.is_empty() || facts.restarts > 0);
    let hpa = row.hpa.as_ref().is_some_and(|hpa| hpa.pinned || !hpa.broken.is_empty());
    ill || hpa || row.app.counts.available < row.app.counts.wanted
}

/// What is likely wrong with an app, if anything is: the worst trouble of its pods with how many have it, else what its conditions
/// and events say, else its autoscaler's.
pub fn of_app(row: &Row, pods: &[PodRow], warnings: &Warnings, now: Time) -> Option<Cause> {
    let app = &row.app;
    let mut found = folded(app, pods, warnings, now);
    if found.as_ref().is_none_or(|cause| cause.severity >= Severity::Unsteady) {
        found = of_conditions(row, warnings, starting(pods, now)).or(found);
    }
    let hpa = row.hpa.as_ref().and_then(|hpa| of_hpa(hpa));
    let Some(mut cause) = found else { return hpa };
    let counts = app.counts;
    if let Health::Stalled(_) = row.health {
        cause.severity = Severity::Stalled;
    }
    if counts.wanted > 0 && counts.available == 0 && cause.severity <= Severity::Degraded {
        cause.severity = Severity::Down;
    }
    cause.evidence.extend(stall(app));
    cause.evidence.extend(hpa.map(|hpa| hpa.sentence));
    Some(cause)
}

/// The worst of the pods' troubles, alike ones together.
fn folded(app: &App, pods: &[PodRow], warnings: &Warnings, now: Time) -> Option<Cause> {
    let mut alike: BTreeMap<Clean, Cause> = BTreeMap::new();
    for cause in pods.iter().filter_map(|row| of_pod(row, app.requests, warnings, now)) {
        match alike.get_mut(&cause.sentence) {
            Some(known) => {
                known.pods += 1;
                let both = known.since.into_iter().chain(cause.since);
                known.since = if known.repeats { both.max() } else { both.min() };
                known.severity = known.severity.min(cause.severity);
            }
            None => _ = alike.insert(cause.sentence.clone(), cause),
        }
    }
    let mut all: Vec<Cause> = alike.into_values().collect();
    all.sort_by_key(|cause| (cause.severity, std::cmp::Reverse(cause.pods)));
    let mut all = all.into_iter();
    let mut worst = all.next()?;
    let rest = all.map(|cause| Clean::from(format!("{} of its pods: {}", cause.pods, cause.sentence)));
    worst.evidence.extend(rest.take(3));
    Some(worst)
}

/// What the controller says, where the pods say nothing.
fn of_conditions(row: &Row, warnings: &Warnings, starting: usize) -> Option<Cause> {
    let app = &row.app;
    let (namespace, name) = (&app.key.namespace, &app.key.name);
    let sets = if app.key.kind == AppKind::Deployment { warnings.about_sets(namespace, name) } else { &[] };
    let own = warnings.about(app.key.kind.name(), namespace, name);
    let lacks = app.counts.current < app.counts.wanted;
    let event = sets.iter().chain(own).find(|warning| &*warning.reason == "FailedCreate").filter(|_| lacks);
    let failure = condition(app, "ReplicaFailure").filter(|condition| condition.holds == Some(true));
    let missing = app.counts.wanted.saturating_sub(app.counts.current).max(1) as usize;
    let made = |sentence: String, evidence: Vec<Clean>, since, pods| {
        Some(Cause { sentence: sentence.into(), evidence, severity: Severity::Degraded, repeats: false, since, pods })
    };
    if let Some(said) = failure.map(|condition| &condition.message).or(event.map(|event| &event.message)) {
        let mut evidence = vec![said.clone()];
        evidence.extend(event.map(|event| words(event)));
        let since = failure.and_then(|condition| condition.at).or(event.and_then(|event| event.at));
        return made(refused(said), evidence, since, missing);
    }
    match &row.health {
        Health::Stalled(reason) if reason.contains("to be deleted") => {
            let left = app.counts.wanted.saturating_sub(app.counts.updated) as usize;
            made(
                "its strategy is OnDelete: the rollout waits for someone to delete its old pods".to_owned(),
                Vec::new(),
                None,
                left,
            )
        }
        Health::Stalled(reason) => {
            let at = condition(app, "Progressing").and_then(|condition| condition.at);
            made(format!("its rollout made no progress in time ({reason}), and no pod says why"), Vec::new(), at, 0)
        }
        Health::Degraded(_) => {
            let lacks = app.counts.wanted.saturating_sub(app.counts.available);
            let evidence = condition(app, "Available").map(|condition| condition.message.clone()).into_iter().collect();
            let why = match (starting >= lacks as usize, lacks) {
                (false, _) => ", and no pod says why",
                (true, 1) => ": it is still starting",
                (true, _) => ": they are still starting",
            };
            let are = if lacks == 1 { "is" } else { "are" };
            made(
                format!("{lacks} of {} pods {are} not available{why}", app.counts.wanted),
                evidence,
                None,
                lacks as usize,
            )
        }
        // A rollout that leaves some pods up is no trouble.
        Health::RollingOut(..) if app.counts.wanted > 0 && app.counts.available == 0 => made(
            "none of its pods is available while its rollout is under way".to_owned(),
            condition(app, "Available").map(|condition| condition.message.clone()).into_iter().collect(),
            condition(app, "Available").and_then(|condition| condition.at),
            app.counts.wanted as usize,
        ),
        _ => None,
    }
}

/// How many pods are young enough to be still starting.
fn starting(pods: &[PodRow], now: Time) -> usize {
    let starts =
        |row: &&PodRow| !row.pod.ready && !row.pod.ending && row.pod.created.is_some_and(|at| !is_late(at, now));
    pods.iter().filter(starts).count()
}

/// Why the server made no pod.
fn refused(said: &str) -> String {
    if let Some((_, quota)) = said.split_once("exceeded quota: ") {
        return format!("no new pod is made: quota {quota}");
    }
    let why = match () {
        () if said.contains("LimitRange")
            || said.contains("maximum memory usage")
            || said.contains("minimum memory") =>
        {
            "a LimitRange forbids it"
        }
        () if said.contains("admission webhook") => "an admission webhook denies it",
        () if said.contains("PodSecurity") => "the namespace's pod security forbids it",
        () if said.contains("serviceaccount") => "its service account is not there",
        () => "the server refuses it",
    };
    format!("no new pod is made: {why}")
}

/// How a rollout that stalls stands: since when, which revision, and whether there is one to go back to.
fn stall(app: &App) -> Option<Clean> {
    let stalled = condition(app, "Progressing").filter(|condition| &*condition.reason == "ProgressDeadlineExceeded")?;
    let since = stalled.at.map(|at| format!(" since {}", at.format("%H:%M:%S UTC"))).unwrap_or_default();
    let back = match app.revision.parse::<u64>() {
        Ok(0 | 1) => "it is the first revision, there is none to go back to",
        Ok(_) => "an earlier revision was there: a rollback can be planned",
        Err(_) => "whether an earlier revision is there is not known",
    };
    Some(format!("the rollout of revision {} is stalled{since}; {back}", app.revision).into())
}

fn condition<'a>(app: &'a App, kind: &str) -> Option<&'a Condition> {
    app.conditions.iter().find(|condition| &*condition.kind == kind)
}
