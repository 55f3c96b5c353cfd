//! Complete, failed, and what a rollout waits for.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{
    model::{
        App, AppKey, AppKind, Container, ContainerState, Counts, Pod, Strategy,
        samples::{app, condition, container, crashing, key, pod, progressing, unready, waiting},
    },
    text::Clean,
};

const DEPLOY: AppKind = AppKind::Deployment;
const STS: AppKind = AppKind::StatefulSet;
const DS: AppKind = AppKind::DaemonSet;

fn key_of(kind: AppKind) -> AppKey {
    key(kind, "qa", "web")
}

/// Counts of an app of 3: current, updated, ready, and available.
fn counts(kind: AppKind, current: u32, updated: u32, ready: u32, available: u32) -> App {
    App { counts: Counts { wanted: 3, current, updated, ready, available }, ..app(kind, "qa", "web") }
}

fn judged(app: &App, pods: &[Pod]) -> Rollout {
    let pods: Vec<&Pod> = pods.iter().collect();
    rollout(app, &pods, &["old".into(), "web-old".into()], 2, 3)
}

fn waits(rollout: &Rollout) -> &str {
    match rollout {
        Rollout::Progressing { waits, .. } => waits,
        other => panic!("not progressing: {other:?}"),
    }
}

fn set(revisions: [&str; 3]) -> Vec<Pod> {
    revisions.iter().enumerate().map(|(n, revision)| pod(&key_of(STS), &n.to_string(), revision)).collect()
}

fn partition(app: App, partition: u32) -> App {
    let strategy = Strategy::Rolling { max_surge: "".into(), max_unavailable: "".into(), partition };
    App { strategy, current_revision: "web-old".into(), ..app }
}

fn on_delete(app: App) -> App {
    App { strategy: Strategy::OnDelete, ..app }
}

#[rstest]
#[case::not_seen(App { observed: 1, ..counts(DEPLOY, 3, 3, 3, 3) }, vec![], "the controller to see the change")]
#[case::watch_lags(App { generation: 1, observed: 1, ..counts(DEPLOY, 3, 3, 3, 3) }, vec![], "the controller to see the change")]
#[case::updating(counts(DEPLOY, 4, 1, 3, 3), vec![], "2 of 3 replicas to be updated")]
#[case::old_ones(counts(DEPLOY, 4, 3, 4, 4), vec![], "1 old replica to end")]
#[case::available(counts(DEPLOY, 3, 3, 3, 1), vec![], "2 of 3 updated replicas to become available")]
#[case::paused(App { paused: true, ..counts(DEPLOY, 3, 0, 3, 3) }, vec![], "someone to resume it: it is paused")]
#[case::set_unready(counts(STS, 3, 1, 2, 2), set(["web-new"; 3]), "1 replica to become ready")]
#[case::set_updating(
    App { current_revision: "web-old".into(), ..counts(STS, 3, 1, 3, 3) }, set(["web-old", "web-old", "web-new"]), "2 replicas to be updated")]
#[case::set_whose_status_lies(counts(STS, 3, 3, 3, 3), set(["web-new", "web-old", "web-new"]), "1 replica to be updated")]
#[case::set_partitioned(partition(counts(STS, 3, 1, 3, 3), 1), set(["web-old", "web-old", "web-new"]), "1 replica to be updated")]
#[case::set_pods_missing(counts(STS, 3, 3, 3, 3), vec![], "3 of 3 updated replicas to become available")]
#[case::set_on_delete(
    on_delete(App { current_revision: "web-old".into(), ..counts(STS, 3, 1, 3, 3) }), set(["web-old", "web-old", "web-new"]),
    "2 old pods to be deleted by someone (its strategy is OnDelete)")]
#[case::daemons(counts(DS, 3, 2, 3, 3), vec![], "1 of 3 pods to be updated")]
#[case::daemons_available(counts(DS, 3, 3, 2, 2), vec![], "1 of 3 updated replicas to become available")]
#[case::daemons_on_delete(on_delete(counts(DS, 3, 2, 3, 3)), vec![], "1 old pod to be deleted by someone (its strategy is OnDelete)")]
#[case::down_to_zero(App { counts: Counts { current: 2, ..Counts::default() }, ..app(DEPLOY, "qa", "web") }, vec![], "2 replicas to end")]
fn a_rollout_says_what_it_waits_for(#[case] app: App, #[case] pods: Vec<Pod>, #[case] expected: &str) {
    assert_eq!(waits(&judged(&app, &pods)), expected);
}

#[rstest]
#[case(counts(DEPLOY, 3, 3, 3, 3), vec![])]
#[case(counts(STS, 3, 3, 3, 3), set(["web-new"; 3]))]
#[case(partition(counts(STS, 3, 1, 3, 3), 2), set(["web-old", "web-old", "web-new"]))]
#[case(on_delete(counts(STS, 3, 3, 3, 3)), set(["web-new"; 3]))]
#[case(counts(DS, 3, 3, 3, 3), vec![])]
#[case(on_delete(counts(DS, 3, 3, 3, 3)), vec![])]
fn a_rollout_is_complete_when_all_run_the_new_revision(#[case] app: App, #[case] pods: Vec<Pod>) {
    assert_eq!(judged(&app, &pods), Rollout::Complete);
}

#[test]
fn at_no_replicas_nothing_ran() {
    let app = App { counts: Counts::default(), ..app(DEPLOY, "qa", "web") };
    assert_eq!(judged(&app, &[]), Rollout::NothingRan);
}

fn broken(container: Container) -> Rollout {
    let pods = [pod(&key_of(DEPLOY), "a", "old"), unready(&key_of(DEPLOY), "b", "new", [container])];
    judged(&counts(DEPLOY, 4, 1, 3, 3), &pods)
}

#[rstest]
#[case::crash(crashing("Error", 3, 3), "CrashLoopBackOff: exit 3")]
#[case::memory(crashing("OOMKilled", 137, 9), "CrashLoopBackOff: OOMKilled, exit 137")]
#[case::up_again_for_a_moment(Container { state: ContainerState::Running(None), ..crashing("Error", 3, 3) }, "CrashLoopBackOff: exit 3")]
#[case::pull(waiting("main", "ImagePullBackOff"), "ImagePullBackOff")]
#[case::never_pull(waiting("main", "ErrImageNeverPull"), "ErrImageNeverPull")]
#[case::name(waiting("main", "InvalidImageName"), "InvalidImageName")]
#[case::config(
    Container { state: ContainerState::Waiting("CreateContainerConfigError".into(), "no secret db".into()), ..waiting("main", "") },
    "CreateContainerConfigError: no secret db")]
#[case::run(waiting("main", "RunContainerError"), "RunContainerError")]
fn a_new_pod_that_will_not_come_up_fails_the_rollout(#[case] container: Container, #[case] reason: &str) {
    assert_eq!(broken(container), Rollout::Failed(reason.into()));
}

#[rstest]
#[case::tried_again(waiting("main", "ErrImagePull"), "; ErrImagePull")]
#[case::few_restarts(crashing("Error", 3, 2), "; CrashLoopBackOff: exit 3")]
#[case::just_ended(
    Container { state: ContainerState::Terminated("Error".into(), 3, 0), ready: false, ..container("main") }, "; Error: exit 3")]
#[case::memory(crashing("OOMKilled", 137, 2), "; OOMKilled")]
#[case::restarted_and_ready(Container { restarts: 7, ..container("main") }, "")]
#[case::creating(waiting("main", "ContainerCreating"), "")]
fn what_may_mend_itself_does_not_fail_it_and_is_named(#[case] container: Container, #[case] trouble: &str) {
    assert_eq!(waits(&broken(container)), format!("2 of 3 replicas to be updated{trouble}"));
}

#[test]
fn a_new_pod_that_finds_no_node_is_named() {
    let no_room = "0/1 nodes are available: 1 Insufficient cpu.";
    let new = Pod { node: "".into(), unschedulable: no_room.into(), ..unready(&key_of(DEPLOY), "b", "new", []) };
    let expected = format!("2 of 3 replicas to be updated; Unschedulable: {no_room}");
    assert_eq!(waits(&judged(&counts(DEPLOY, 4, 1, 3, 3), &[new])), expected);
}

#[rstest]
#[case::of_an_old_revision(crash("old"), &["old"])]
#[case::that_is_ending(Pod { ending: true, ..crash("new") }, &["old"])]
#[case::of_another_revision_than_the_controller_names(crash("older"), &["old"])]
fn only_pods_of_the_new_revision_fail_it(#[case] crashing: Pod, #[case] old: &[&str]) {
    let old: Vec<Clean> = old.iter().map(|&old| old.into()).collect();
    let judged = rollout(&counts(DEPLOY, 4, 1, 3, 3), &[&crashing], &old, 2, 3);
    assert_eq!(waits(&judged), "2 of 3 replicas to be updated");
}

fn crash(revision: &str) -> Pod {
    unready(&key_of(DEPLOY), revision, revision, [crashing("Error", 3, 9)])
}

#[test]
fn a_revert_is_not_failed_by_the_revision_that_it_abandons() {
    let mut app = counts(DEPLOY, 4, 2, 3, 3);
    app.conditions = [progressing("web", "bad", "ProgressDeadlineExceeded", "has timed out progressing")].into();
    let judged = rollout(&app, &[&crash("bad"), &pod(&key_of(DEPLOY), "x", "good")], &["bad".into()], 2, 3);
    assert_eq!(waits(&judged), "1 of 3 replicas to be updated");
}

#[test]
fn the_controllers_own_verdict_fails_it() {
    let mut app = counts(DEPLOY, 4, 1, 3, 3);
    app.conditions = [progressing("web", "new", "ProgressDeadlineExceeded", "has timed out progressing")].into();
    assert_eq!(judged(&app, &[]), Rollout::Failed("ProgressDeadlineExceeded".into()));
    app.conditions = [condition("ReplicaFailure", "FailedCreate", "exceeded quota: small")].into();
    assert_eq!(judged(&app, &[]), Rollout::Failed("FailedCreate: exceeded quota: small".into()));
}

#[test]
fn a_verdict_on_an_older_spec_is_not_believed() {
    let mut app = App { generation: 3, ..counts(DEPLOY, 3, 3, 3, 3) };
    app.conditions = [progressing("web", "new", "ProgressDeadlineExceeded", "has timed out progressing")].into();
    assert_eq!(waits(&judged(&app, &[])), "the controller to see the change");
}

#[test]
fn a_stateful_set_and_a_daemon_set_fail_by_their_new_pods() {
    let bad = unready(&key_of(STS), "2", "web-new", [crashing("Error", 3, 3)]);
    assert_eq!(judged(&counts(STS, 3, 1, 2, 2), &[bad]), Rollout::Failed("CrashLoopBackOff: exit 3".into()));
    let bad = unready(&key_of(DS), "x", "fresh", [waiting("main", "ImagePullBackOff")]);
    assert_eq!(judged(&counts(DS, 3, 1, 2, 2), &[bad]), Rollout::Failed("ImagePullBackOff".into()));
}

#[test]
fn new_pods_that_are_ready_are_counted_as_done() {
    let pods = [pod(&key_of(DEPLOY), "a", "old"), pod(&key_of(DEPLOY), "b", "new"), pod(&key_of(DEPLOY), "c", "new")];
    let Rollout::Progressing { done, wanted, .. } = judged(&counts(DEPLOY, 4, 2, 3, 3), &pods) else {
        panic!("not progressing")
    };
    assert_eq!((done, wanted), (2, 3));
}

proptest! {
    #[test]
    fn no_deployment_is_complete_with_fewer_than_wanted(wanted in 0u32..6, current in 0u32..6, updated in 0u32..6, available in 0u32..6) {
        let counts = Counts { wanted, current, updated, ready: available, available };
        let app = App { counts, ..app(DEPLOY, "qa", "web") };
        match judged(&app, &[]) {
            Rollout::Complete => prop_assert!(wanted > 0 && updated >= wanted && available >= wanted && current <= updated),
            Rollout::NothingRan => prop_assert!(wanted == 0 && current == 0),
            Rollout::Progressing { done, wanted: of, .. } => prop_assert!(done <= of),
            Rollout::Failed(reason) => prop_assert!(false, "failed: {}", reason),
        }
    }
}
