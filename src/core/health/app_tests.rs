//! The status column.

use rstest::rstest;

use super::*;
use crate::model::{
    App, AppKey, AppKind, Counts, Pod, PodPhase, Strategy,
    samples::{app, condition, crashing, key, pod, progressing, unready, waiting},
};

const DEPLOY: AppKind = AppKind::Deployment;
const STS: AppKind = AppKind::StatefulSet;
const DS: AppKind = AppKind::DaemonSet;

/// Counts of an app of 5: current, updated, ready.
fn counts(kind: AppKind, current: u32, updated: u32, ready: u32) -> App {
    let counts = Counts { wanted: 5, current, updated, ready, available: ready };
    App { counts, ..app(kind, "qa", "gateway") }
}

fn rolling(mut app: App) -> App {
    app.conditions = [progressing("gateway", "new", "ReplicaSetUpdated", "is progressing")].into();
    app
}

fn revising(app: App) -> App {
    App { current_revision: "gateway-old".into(), ..app }
}

fn with(mut app: App, kind: &str, reason: &str) -> App {
    app.conditions = [condition(kind, reason, "")].into();
    app
}

fn on_delete(app: App) -> App {
    App { strategy: Strategy::OnDelete, ..app }
}

fn gateway() -> AppKey {
    key(DEPLOY, "qa", "gateway")
}

fn up(revision: &str) -> Pod {
    pod(&gateway(), "up", revision)
}

fn crash(revision: &str) -> Pod {
    unready(&gateway(), "crash", revision, [crashing("Error", 3, 4)])
}

fn starting() -> Pod {
    Pod { phase: PodPhase::Pending, ..unready(&gateway(), "y", "new", [waiting("main", "ContainerCreating")]) }
}

#[rstest]
#[case::all_up(counts(DEPLOY, 5, 5, 5), vec![up("new")], "Healthy")]
#[case::unseen(App { observed: 1, ..counts(DEPLOY, 5, 2, 5) }, vec![], "Rolling out 2/5")]
#[case::updating(rolling(counts(DEPLOY, 6, 2, 5)), vec![up("old"), up("new")], "Rolling out 2/5")]
#[case::updated_not_available(rolling(counts(DEPLOY, 5, 5, 3)), vec![starting()], "Rolling out 3/5")]
#[case::old_ones_end(rolling(counts(DEPLOY, 6, 5, 5)), vec![up("new")], "Rolling out 5/5")]
#[case::bad_release_while_the_old_serve(rolling(counts(DEPLOY, 6, 2, 4)), vec![up("old"), crash("new")], "Degraded: CrashLoopBackOff")]
#[case::the_release_that_mends(rolling(counts(DEPLOY, 6, 2, 4)), vec![up("new"), crash("old")], "Rolling out 2/5")]
#[case::crash_without_rollout(counts(DEPLOY, 5, 5, 4), vec![up("new"), crash("new")], "Degraded: CrashLoopBackOff")]
#[case::what_leaves_does_not_count(counts(DEPLOY, 5, 5, 5), vec![Pod { ending: true, ..crash("new") }], "Healthy")]
#[case::what_was_evicted_does_not_count(
    counts(DEPLOY, 5, 5, 5), vec![Pod { phase: PodPhase::Failed, reason: "Evicted".into(), ..up("new") }], "Healthy")]
#[case::not_ready(counts(DEPLOY, 5, 5, 4), vec![unready(&gateway(), "x", "new", [])], "Degraded: not ready")]
#[case::one_starts(counts(DEPLOY, 5, 5, 4), vec![starting()], "Rolling out 4/5")]
#[case::deadline(with(counts(DEPLOY, 6, 2, 4), "Progressing", "ProgressDeadlineExceeded"), vec![crash("new")], "Stalled: ProgressDeadlineExceeded, CrashLoopBackOff")]
#[case::deadline_alone(with(counts(DEPLOY, 6, 2, 4), "Progressing", "ProgressDeadlineExceeded"), vec![], "Stalled: ProgressDeadlineExceeded")]
#[case::quota(with(counts(DEPLOY, 4, 4, 4), "ReplicaFailure", "FailedCreate"), vec![], "Stalled: FailedCreate")]
#[case::paused(App { paused: true, ..counts(DEPLOY, 5, 5, 5) }, vec![], "Paused")]
#[case::paused_and_crashing(App { paused: true, ..counts(DEPLOY, 5, 5, 5) }, vec![crash("new")], "Degraded: CrashLoopBackOff")]
#[case::nobody_wants_it(App { counts: Counts::default(), ..counts(DEPLOY, 0, 0, 0) }, vec![], "Scaled to 0")]
#[case::set_updating(revising(counts(STS, 5, 2, 5)), vec![], "Rolling out 2/5")]
#[case::set_partitioned(
    revising(App {
        strategy: Strategy::Rolling { max_surge: "".into(), max_unavailable: "".into(), partition: 3 }, ..counts(STS, 5, 2, 5)
    }), vec![], "Healthy")]
#[case::set_blocked_by_what_it_replaces(revising(counts(STS, 5, 0, 4)), vec![crash("gateway-old")], "Degraded: CrashLoopBackOff")]
#[case::set_on_delete(on_delete(revising(counts(STS, 5, 2, 5))), vec![], "Stalled: waits for pods to be deleted")]
#[case::set_growing(counts(STS, 3, 3, 3), vec![], "Rolling out 3/5")]
#[case::daemons_updating(counts(DS, 5, 2, 5), vec![], "Rolling out 2/5")]
#[case::daemons_on_delete(on_delete(counts(DS, 5, 2, 5)), vec![], "Stalled: waits for pods to be deleted")]
#[case::daemons_up(counts(DS, 5, 5, 5), vec![], "Healthy")]
fn the_status_column(#[case] app: App, #[case] pods: Vec<Pod>, #[case] status: &str) {
    let pods: Vec<&Pod> = pods.iter().collect();
    assert_eq!(judge(&app, Some(&pods)).to_string(), status);
}

#[rstest]
#[case(counts(DEPLOY, 5, 5, 5), "Healthy")]
#[case(counts(DEPLOY, 5, 5, 4), "Loading")]
#[case(rolling(counts(DEPLOY, 6, 2, 5)), "Loading")]
#[case(App { paused: true, ..counts(DEPLOY, 5, 5, 5) }, "Paused")]
fn before_the_pods_are_listed_only_what_the_counts_prove_is_said(#[case] app: App, #[case] status: &str) {
    assert_eq!(judge(&app, None).to_string(), status);
}

#[test]
fn of_several_troubles_the_one_that_tells_most_is_shown() {
    let oom = unready(&gateway(), "a", "new", [crashing("OOMKilled", 137, 2)]);
    let pods = [&starting(), &crash("new"), &oom];
    assert_eq!(judge(&counts(DEPLOY, 5, 5, 2), Some(&pods)).reason(), "OOMKilled");
}
