//! kubectl's words, and what counts as trouble.

use rstest::rstest;

use super::*;
use crate::model::{
    AppKey, AppKind, Container, Pod, PodPhase,
    samples::{container, crashing, ended, key, pod, unready, waiting},
};

fn app() -> AppKey {
    key(AppKind::Deployment, "qa", "gateway")
}

fn of(containers: impl Into<Box<[Container]>>) -> Pod {
    unready(&app(), "x", "new", containers)
}

fn init(container: Container) -> Container {
    Container { init: true, ..container }
}

fn sidecar(container: Container) -> Container {
    Container { sidecar: true, ..init(container) }
}

fn pending(containers: impl Into<Box<[Container]>>) -> Pod {
    Pod { phase: PodPhase::Pending, ..of(containers) }
}

#[rstest]
#[case::running(pod(&app(), "x", "new"), "Running", None)]
#[case::not_ready(of([Container { ready: false, ..container("main") }]), "Running", None)]
#[case::no_statuses_yet(pending([init(waiting("init", "")), waiting("main", "")]), "Pending", None)]
#[case::unschedulable(Pod { unschedulable: "0/3 nodes".into(), node: "".into(), ..pending([waiting("main", "")]) }, "Pending", Some("Unschedulable"))]
#[case::creating(pending([waiting("main", "ContainerCreating")]), "ContainerCreating", None)]
#[case::crash(of([crashing("Error", 3, 4)]), "CrashLoopBackOff", Some("CrashLoopBackOff"))]
#[case::out_of_memory(of([crashing("OOMKilled", 137, 4)]), "CrashLoopBackOff", Some("OOMKilled"))]
#[case::out_of_memory_now(of([ended("main", "OOMKilled", 137, 0)]), "OOMKilled", Some("OOMKilled"))]
#[case::out_of_memory_and_up_again(
    of([Container { last: Some(("OOMKilled".into(), 137, None)), ready: false, ..container("main") }]), "Running", Some("OOMKilled"))]
#[case::out_of_memory_once(
    of([Container { last: Some(("OOMKilled".into(), 137, None)), ..container("main") }]), "Running", None)]
#[case::pull(pending([waiting("main", "ErrImagePull")]), "ErrImagePull", Some("ErrImagePull"))]
#[case::pull_again(pending([waiting("main", "ImagePullBackOff")]), "ImagePullBackOff", Some("ImagePullBackOff"))]
#[case::config(pending([waiting("main", "CreateContainerConfigError")]), "CreateContainerConfigError", Some("CreateContainerConfigError"))]
#[case::exit_without_reason(of([ended("main", "", 3, 0)]), "ExitCode:3", Some("Error"))]
#[case::signal_without_reason(of([ended("main", "", 137, 9)]), "Signal:9", Some("Error"))]
#[case::error(of([ended("main", "Error", 1, 0)]), "Error", Some("Error"))]
#[case::the_first_container_has_the_last_word(of([waiting("a", "CrashLoopBackOff"), ended("b", "Error", 1, 0)]), "CrashLoopBackOff", Some("CrashLoopBackOff"))]
#[case::completed(Pod { phase: PodPhase::Succeeded, ..of([ended("main", "Completed", 0, 0)]) }, "Completed", None)]
#[case::one_completed_one_up(Pod { ready: true, ..of([ended("a", "Completed", 0, 0), container("b")]) }, "Running", None)]
#[case::one_completed_one_up_not_ready(of([ended("a", "Completed", 0, 0), container("b")]), "NotReady", None)]
#[case::init(pending([init(container("a")), init(waiting("b", "PodInitializing")), waiting("main", "PodInitializing")]), "Init:0/2", None)]
#[case::second_init(
    pending([init(ended("a", "Completed", 0, 0)), init(container("b")), waiting("main", "PodInitializing")]), "Init:1/2", None)]
#[case::init_crash(
    pending([init(waiting("a", "CrashLoopBackOff")), waiting("main", "PodInitializing")]), "Init:CrashLoopBackOff", Some("CrashLoopBackOff"))]
#[case::init_error(pending([init(ended("a", "Error", 1, 0)), waiting("main", "PodInitializing")]), "Init:Error", Some("Error"))]
#[case::init_exit(pending([init(ended("a", "", 5, 0)), waiting("main", "PodInitializing")]), "Init:ExitCode:5", Some("Error"))]
#[case::init_signal(pending([init(ended("a", "", 137, 9)), waiting("main", "PodInitializing")]), "Init:Signal:9", Some("Error"))]
#[case::init_done(pending([init(ended("a", "Completed", 0, 0)), waiting("main", "PodInitializing")]), "PodInitializing", None)]
#[case::sidecar_up(Pod { ready: true, ..of([sidecar(container("mesh")), container("main")]) }, "Running", None)]
#[case::sidecar_starting(
    pending([sidecar(Container { started: false, ready: false, ..container("mesh") }), waiting("main", "PodInitializing")]), "Init:0/1", None)]
#[case::sidecar_crash_later(of([sidecar(waiting("mesh", "CrashLoopBackOff")), container("main")]), "Init:CrashLoopBackOff", Some("CrashLoopBackOff"))]
#[case::ending(Pod { ending: true, ..pod(&app(), "x", "new") }, "Terminating", None)]
#[case::ending_crash(Pod { ending: true, ..of([crashing("Error", 3, 4)]) }, "Terminating", Some("CrashLoopBackOff"))]
#[case::ending_but_over(Pod { ending: true, phase: PodPhase::Succeeded, ..of([ended("main", "Completed", 0, 0)]) }, "Completed", None)]
#[case::node_lost(Pod { ending: true, reason: "NodeLost".into(), ..pod(&app(), "x", "new") }, "Unknown", Some("NodeLost"))]
#[case::evicted(Pod { phase: PodPhase::Failed, reason: "Evicted".into(), ..of([waiting("main", "")]) }, "Evicted", Some("Evicted"))]
#[case::failed(Pod { phase: PodPhase::Failed, ..of([]) }, "Failed", Some("Failed"))]
#[case::gated(
    Pod { unschedulable: "Scheduling is blocked due to non-empty scheduling gates".into(), ..pending([waiting("main", "")]) },
    "SchedulingGated", None)]
fn status_and_trouble(#[case] pod: Pod, #[case] status: &str, #[case] in_trouble: Option<&str>) {
    assert_eq!(&*pod_status(&pod), status);
    assert_eq!(trouble(&pod).as_deref(), in_trouble);
}

#[rstest]
#[case(pod(&app(), "x", "new"), (1, 1))]
#[case(of([container("a"), waiting("b", "CrashLoopBackOff")]), (1, 2))]
#[case(of([init(ended("a", "Completed", 0, 0)), container("b")]), (1, 1))]
#[case(of([sidecar(container("mesh")), waiting("main", "PodInitializing")]), (1, 2))]
fn ready_containers_are_counted_as_kubectl_counts_them(#[case] pod: Pod, #[case] ready: (u32, u32)) {
    assert_eq!(ready_containers(&pod), ready);
}
