//! Causes, each by what a real cluster says.

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{
    fleet::{PodRow, Row, RowTexts, Version},
    health::{Health, judge},
    model::{
        App, AppKind, Container, ContainerState, Hpa, HpaMetric, Pod, PodUsage, Requests,
        samples::{app, at, condition, container, crashing, key, pod, unready, waiting},
    },
};

fn warning(kind: &str, name: &str, reason: &str, message: &str) -> Warning {
    let at = Some(at(30));
    Warning {
        kind: kind.into(),
        namespace: "qa".into(),
        name: name.into(),
        reason: reason.into(),
        message: message.into(),
        count: 3,
        at,
    }
}

fn row(app: App, pods: &[&Pod]) -> Row {
    let health = judge(&app, Some(pods));
    Row {
        app,
        hpa: None,
        pods: None,
        usage: None,
        version: Version::default(),
        health,
        rolled: None,
        texts: RowTexts::default(),
    }
}

fn judged(app: App, pods: &[Pod], warnings: &[Warning]) -> Option<Cause> {
    let all: Vec<&Pod> = pods.iter().collect();
    let rows: Vec<PodRow> = pods.iter().map(|pod| PodRow { pod, usage: None }).collect();
    of_app(&row(app, &all), &rows, &Warnings::new(warnings.iter()), at(1_000))
}

fn web() -> App {
    let mut app = app(AppKind::Deployment, "qa", "web");
    (app.counts.ready, app.counts.available) = (2, 2);
    app.requests = Requests { cpu_milli: Some(500), memory: Some(8 << 30) };
    app
}

fn web_pod(containers: impl Into<Box<[Container]>>) -> Pod {
    unready(&key(AppKind::Deployment, "qa", "web"), "new-a", "new", containers)
}

fn sentence(pod: Pod, warnings: &[Warning]) -> String {
    judged(web(), &[pod], warnings).expect("a cause").sentence.to_string()
}

#[test]
fn an_out_of_memory_kill_tells_the_limit_beside_the_usage() {
    let pod = web_pod([Container { memory_limit: 64 << 20, ..crashing("OOMKilled", 137, 7) }]);
    let usage = PodUsage { namespace: "qa".into(), pod: pod.name.clone(), cpu_milli: 1, memory: 61 << 20 };
    let rows = [PodRow { pod: &pod, usage: Some(&usage) }];
    let cause = of_app(&row(web(), &[&pod]), &rows, &Warnings::new([].iter()), at(100)).unwrap();
    assert_eq!(&*cause.sentence, "container main needs more memory than its limit of 64Mi");
    assert_eq!(&*cause.evidence[0], "limit 64Mi; the pod uses 61Mi now");
    assert_eq!(cause.since, Some(at(20)));
}

#[rstest]
#[case(1, "gave up with an error")]
#[case(126, "cannot be executed")]
#[case(127, "not found in the image")]
#[case(137, "not for its memory limit")]
#[case(139, "segmentation fault")]
#[case(143, "SIGTERM")]
#[case(0, "ended by itself and well")]
#[case(42, "the program's own code")]
fn exit_codes_are_explained(#[case] code: i32, #[case] said: &str) {
    let told = sentence(web_pod([crashing("Error", code, 3)]), &[]);
    assert!(told.contains(said) && told.contains(&format!("exit {code}")), "{told}");
}

#[test]
fn a_kill_after_a_failed_liveness_probe_is_the_probe_s() {
    let event =
        warning("Pod", "web-new-a", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500");
    let told = judged(web(), &[web_pod([crashing("Error", 137, 3)])], &[event]).unwrap();
    assert_eq!(&*told.sentence, "the kubelet restarts container main: its liveness probe fails");
    assert!(told.evidence[0].contains("statuscode: 500"));
}

#[rstest]
#[case("failed to resolve reference: registry:5000/x: not found", "does not have it")]
#[case("pull access denied, repository does not exist or may require authorization", "refuses access")]
#[case("dial tcp: lookup registry.invalid: no such host", "does not answer")]
#[case("x509: certificate signed by unknown authority", "certificate is not trusted")]
#[case("toomanyrequests: You have reached your pull rate limit", "limits how often")]
fn a_registry_s_answer_is_told_in_words(#[case] answer: &str, #[case] said: &str) {
    let event = warning("Pod", "web-new-a", "Failed", &format!("Failed to pull image \"x\": {answer}"));
    let told = sentence(web_pod([waiting("main", "ImagePullBackOff")]), &[event]);
    assert!(told.contains(said) && told.contains("shop/main:v1"), "{told}");
}

#[rstest]
#[case(
    "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available",
    "not enough memory is free for the 8Gi that it asks for (on every node)"
)]
#[case(
    "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: true}. preemption: x",
    "not enough CPU is free for the 500m that it asks for (on 1 of 3); it does not tolerate the taint {gpu: true} (on 2 of 3)"
)]
#[case(
    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: x",
    "a volume claim of it is not bound"
)]
fn a_pod_without_a_node_says_for_which_resource(#[case] said: &str, #[case] told: &str) {
    let mut pod = web_pod([waiting("main", "")]);
    (pod.node, pod.unschedulable) = ("".into(), said.into());
    assert_eq!(sentence(pod, &[]), format!("no node takes it: {told}"));
}

#[test]
fn a_missing_config_map_is_named() {
    let state = ContainerState::Waiting("CreateContainerConfigError".into(), "configmap \"settings\" not found".into());
    let pod = web_pod([Container { state, ..waiting("main", "") }]);
    assert_eq!(sentence(pod, &[]), "container main refers to what is not there: configmap \"settings\" not found");
}

#[test]
fn a_readiness_probe_that_fails_is_told_by_its_event_and_missing_events_are_said() {
    let pod = || web_pod([Container { ready: false, ..container("main") }]);
    let event = warning("Pod", "web-new-a", "Unhealthy", "Readiness probe failed: connection refused");
    assert_eq!(sentence(pod(), &[event]), "container main runs and is not ready: its readiness probe fails");
    let pod = pod();
    let cause =
        of_pod(&PodRow { pod: &pod, usage: None }, Requests::default(), &Warnings::default(), at(1_000)).unwrap();
    assert!(
        cause.sentence.contains("most likely")
            && cause.evidence.iter().any(|said| said.contains("no events can be read"))
    );
}

#[test]
fn a_quota_that_is_used_up_is_named_for_a_deployment_and_for_a_stateful_set() {
    let said = "pods \"web-1\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2";
    let mut app = web();
    app.counts.current = 2;
    app.conditions = [condition("ReplicaFailure", "FailedCreate", said)].into();
    let told = judged(app, &[], &[]).unwrap();
    assert!(told.sentence.starts_with("no new pod is made: quota small, requested: pods=1"), "{}", told.sentence);
    let mut db = crate::model::samples::app(AppKind::StatefulSet, "qa", "db");
    (db.counts.current, db.counts.available) = (2, 2);
    let told = judged(db, &[], &[warning("StatefulSet", "db", "FailedCreate", said)]).unwrap();
    assert!(told.sentence.contains("quota small"), "{}", told.sentence);
}

#[test]
fn alike_troubles_of_an_app_are_one_with_the_number_of_pods() {
    let key = key(AppKind::Deployment, "qa", "web");
    let pods: Vec<Pod> = (0..50).map(|n| unready(&key, &format!("n{n}"), "new", [crashing("Error", 127, 3)])).collect();
    assert_eq!(judged(web(), &pods, &[]).unwrap().pods, 50);
}

#[test]
fn an_app_without_a_pod_that_serves_is_worse_than_one_with_some() {
    let pods = [web_pod([crashing("Error", 1, 3)])];
    assert_eq!(judged(web(), &pods, &[]).unwrap().severity, Severity::Degraded);
    let mut down = web();
    (down.counts.available, down.counts.ready) = (0, 0);
    assert_eq!(judged(down, &pods, &[]).unwrap().severity, Severity::Down);
}

#[test]
fn a_stalled_rollout_says_which_revision_and_whether_one_can_go_back() {
    let mut app = web();
    app.revision = "7".into();
    app.conditions =
        [condition("Progressing", "ProgressDeadlineExceeded", "ReplicaSet \"web-new\" has timed out.")].into();
    let cause = judged(app, &[web_pod([crashing("Error", 1, 3)])], &[]).unwrap();
    assert_eq!(cause.severity, Severity::Stalled);
    assert!(
        cause.evidence.iter().any(|said| said.contains("revision 7 is stalled since") && said.contains("rollback"))
    );
}

#[test]
fn what_is_well_has_no_cause_and_a_recent_bad_end_is_unsteady() {
    let well = pod(&key(AppKind::Deployment, "qa", "web"), "new-a", "new");
    let healthy = app(AppKind::Deployment, "qa", "web");
    assert_eq!(judged(healthy.clone(), std::slice::from_ref(&well), &[]), None);
    let ended = Container { last: Some(("Error".into(), 1, Some(at(900)))), restarts: 1, ..container("main") };
    let unsteady = Pod { containers: [ended].into(), ..well };
    assert_eq!(judged(healthy, &[unsteady], &[]).unwrap().severity, Severity::Unsteady);
}

#[test]
fn an_autoscaler_that_cannot_act_or_is_at_its_end_is_told() {
    let metric = HpaMetric { name: "cpu".into(), now: None, target: "60%".into() };
    let mut hpa = Hpa {
        namespace: "qa".into(),
        name: "web".into(),
        target: None,
        min: 1,
        max: 5,
        current: 5,
        desired: 5,
        metrics: [metric].into(),
        pinned: true,
        broken: "FailedGetResourceMetric".into(),
        managed_by: "".into(),
    };
    let told = of_hpa(&hpa).unwrap();
    assert_eq!(&*told.sentence, "its HPA web cannot act (FailedGetResourceMetric): it cannot read cpu");
    hpa.broken = "".into();
    assert!(of_hpa(&hpa).unwrap().sentence.contains("maximum of 5"));
    hpa.pinned = false;
    assert_eq!(of_hpa(&hpa), None);
}

#[test]
fn a_node_that_is_silent_is_down() {
    let bad = vec![("Ready".into(), "NodeStatusUnknown".into(), "Kubelet stopped posting node status.".into())];
    let cause = of_node("n1", &NodeFacts { bad, ..NodeFacts::default() }, 12, &Warnings::default()).unwrap();
    assert_eq!((cause.severity, cause.pods), (Severity::Down, 12));
    assert_eq!(of_node("n1", &NodeFacts { cordoned: true, ..NodeFacts::default() }, 0, &Warnings::default()), None);
}

fn any_container() -> impl Strategy<Value = Container> {
    let text = || {
        prop_oneof![
            Just("CrashLoopBackOff".to_owned()),
            Just("ImagePullBackOff".to_owned()),
            Just(String::new()),
            ".{0,12}"
        ]
    };
    (text(), ".{0,30}", -2i32..300, 0u32..9, any::<bool>(), 0u8..3).prop_map(
        |(reason, message, code, restarts, ready, which)| {
            let state = match which {
                0 => ContainerState::Waiting(reason.as_str().into(), message.as_str().into()),
                1 => ContainerState::Running(Some(at(5))),
                _ => ContainerState::Terminated(reason.as_str().into(), code, 0),
            };
            let last = (restarts > 0).then(|| (reason.as_str().into(), code, Some(at(i64::from(code)))));
            Container { state, ready, restarts, last, memory_limit: restarts.into(), ..container("main") }
        },
    )
}

proptest! {
    #[test]
    fn no_pod_and_no_event_breaks_the_judgement(
        containers in proptest::collection::vec(any_container(), 0..4), unschedulable in ".{0,60}|[0-9]/3 nodes are available: .{0,40}",
        ready in any::<bool>(), message in ".{0,60}", reason in "Failed|Unhealthy|FailedCreate|.{0,9}",
    ) {
        let mut pod = web_pod(containers);
        (pod.unschedulable, pod.ready) = (unschedulable.as_str().into(), ready);
        let events = [warning("Pod", "web-new-a", &reason, &message), warning("ReplicaSet", "web-new", &reason, &message)];
        if let Some(cause) = judged(web(), &[pod], &events) {
            prop_assert!(!cause.sentence.is_empty());
        }
        prop_assert!(!matches!(row(web(), &[]).health, Health::Loading));
    }
}

#[rstest]
#[case(30, "1 of 3 pods is not available, and no pod says why")]
#[case(950, "1 of 3 pods is not available: it is still starting")]
fn a_pod_that_just_came_is_told_from_one_that_says_nothing(#[case] created: i64, #[case] said: &str) {
    let mut young = web_pod([Container { ready: false, ..container("main") }]);
    (young.created, young.ending) = (Some(at(created)), created < 900);
    let mut app = web();
    app.counts.wanted = 3;
    let row = Row { health: Health::Degraded("not ready".into()), ..row(app, &[&young]) };
    let told = of_app(&row, &[PodRow { pod: &young, usage: None }], &Warnings::new([].iter()), at(1_000)).unwrap();
    assert_eq!(&*told.sentence, said);
}

#[test]
fn an_app_that_is_down_while_its_rollout_is_under_way_is_told_of_at_once() {
    let told = |available| {
        let mut app = web();
        (app.counts.wanted, app.counts.ready, app.counts.available) = (3, available, available);
        let row = Row { health: Health::RollingOut(0, 3), ..row(app, &[]) };
        of_app(&row, &[], &Warnings::new([].iter()), at(1_000))
    };
    assert_eq!(told(0).map(|cause| cause.severity), Some(Severity::Down));
    assert_eq!(told(1), None);
}
