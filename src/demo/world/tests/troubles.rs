//! What goes wrong, and how it shows.

use super::super::json::{int, list, text};
use super::super::kinds::{DEPLOYMENT, EVENT, HPA, NODE, POD, RESOURCE_QUOTA};
use super::{Stage, rolling};
use crate::api::Metrics;
use serde_json::{Value, json};

fn waiting(pod: &Value) -> &str {
    text(pod, "/status/containerStatuses/0/state/waiting/reason")
}

#[test]
fn a_tag_that_crashes_loops_with_growing_patience_until_the_deadline() {
    let mut stage = Stage::new(1);
    stage.deploy("broker", 2, "1.0", rolling(json!(1), json!(0)));
    stage.pass(40);
    stage.release("broker", "2.0-crash");
    stage.pass(100);
    let pods = stage.pods();
    let bad: Vec<_> =
        pods.iter().filter(|pod| int(pod, "/status/containerStatuses/0/restartCount") > Some(1)).collect();
    assert_eq!((pods.len(), bad.len()), (3, 1), "the old ones run on");
    let last = bad[0].pointer("/status/containerStatuses/0/lastState/terminated").expect("a last state");
    assert_eq!((int(last, "/exitCode"), text(last, "/reason")), (Some(1), "Error"));
    assert_eq!(stage.condition("broker", "Progressing"), ("False".into(), "ProgressDeadlineExceeded".into()));
    let mut spans = std::collections::BTreeSet::new();
    for _ in 0..200 {
        stage.pass(2);
        for pod in stage.pods().iter().filter(|pod| waiting(pod) == "CrashLoopBackOff") {
            let message = text(pod, "/status/containerStatuses/0/state/waiting/message");
            spans.insert(message.split_whitespace().nth(1).unwrap_or("").to_owned());
        }
    }
    assert!(spans.contains("1m20s") && spans.contains("2m40s"), "{spans:?}");
}

#[test]
fn a_leak_climbs_is_killed_and_starts_again() {
    let mut stage = Stage::new(2);
    stage.deploy("cache", 1, "1.0-leak", rolling(json!(1), json!(0)));
    stage.pass(60);
    let meter = stage.world.meter();
    let memory = |stage: &Stage| {
        let pod = stage.pods().remove(0);
        let metrics = meter.pod(&pod, stage.clock.now()).expect("it runs");
        super::super::json::quantity(text(&metrics, "/containers/0/usage/memory"))
    };
    let early = memory(&stage);
    stage.jump(500);
    assert!(memory(&stage) > early * 1.5);
    stage.jump(160);
    let pod = stage.pods().remove(0);
    let status = &pod["status"]["containerStatuses"][0];
    assert_eq!(text(status, "/lastState/terminated/reason"), "OOMKilled");
    assert_eq!(int(status, "/lastState/terminated/exitCode"), Some(137));
    assert_eq!(int(status, "/restartCount"), Some(1));
}

#[test]
fn an_image_that_no_registry_has_is_pulled_in_vain() {
    let mut stage = Stage::new(3);
    stage.deploy("docs", 1, "1.0-missing", rolling(json!(1), json!(0)));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        stage.pass(1);
        seen.extend(stage.pods().iter().map(|pod| waiting(pod).to_owned()));
    }
    assert!(seen.contains("ErrImagePull") && seen.contains("ImagePullBackOff"), "{seen:?}");
    assert_eq!(text(&stage.pods()[0], "/status/phase"), "Pending");
}

#[test]
fn a_pod_that_fits_nowhere_says_which_resource_lacks_and_gets_its_place_when_there_is_one() {
    let mut stage = Stage::new(4);
    stage.deploy("solver", 1, "1.0", rolling(json!(1), json!(0)));
    stage.edit(&DEPLOYMENT, "solver", |object| {
        object["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"]["memory"] = json!("80Gi");
    });
    stage.pass(40);
    let stuck = |stage: &Stage| stage.pods().into_iter().find(|pod| text(pod, "/spec/nodeName").is_empty());
    let pod = stuck(&stage).expect("it waits");
    let scheduled = list(&pod, "/status/conditions").iter().find(|one| one["type"] == "PodScheduled").cloned();
    let message = scheduled.as_ref().map_or("", |one| text(one, "/message"));
    assert!(message.starts_with("0/3 nodes are available: 3 Insufficient memory."), "{message}");
    stage
        .store
        .create(&NODE, json!({"metadata": {"name": "n4"}, "status": {"allocatable": {"cpu": "32", "memory": "128Gi", "pods": "110"}}}))
        .expect("a bigger node");
    stage.pass(30);
    assert!(stuck(&stage).is_none());
}

#[test]
fn a_quota_that_forbids_is_told_by_the_deployment() {
    let mut stage = Stage::new(5);
    let quota = json!({
        "metadata": {"name": "small", "namespace": "test"}, "spec": {"hard": {"requests.memory": "128Mi"}},
    });
    stage.store.create(&RESOURCE_QUOTA, quota).expect("a quota");
    stage.deploy("reprint", 3, "1.0", rolling(json!(1), json!(0)));
    stage.pass(30);
    assert_eq!(stage.pods().len(), 2);
    assert_eq!(stage.condition("reprint", "ReplicaFailure"), ("True".into(), "FailedCreate".into()));
    let object = stage.get(&DEPLOYMENT, "reprint");
    let failure = super::super::json::condition(&object["status"], "ReplicaFailure").expect("a failure");
    let message = text(failure, "/message");
    assert!(
        message.ends_with(
            "is forbidden: exceeded quota: small, requested: requests.memory=64Mi, used: requests.memory=128Mi, \
             limited: requests.memory=128Mi"
        ),
        "{message}"
    );
}

fn autoscaler(stage: &Stage, target: i64, most: i64) {
    let hpa = json!({
        "metadata": {"name": "berth", "namespace": "test"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "berth"}, "minReplicas": 1,
            "maxReplicas": most, "metrics": [{"type": "Resource", "resource": {
                "name": "cpu", "target": {"type": "Utilization", "averageUtilization": target},
            }}],
        },
    });
    stage.store.create(&HPA, hpa).expect("an autoscaler");
}

#[test]
fn an_autoscaler_grows_its_app_under_load_up_to_its_most_and_says_that_it_is_limited() {
    let mut stage = Stage::new(6);
    stage.deploy("berth", 2, "1.0", rolling(json!(1), json!(0)));
    stage.pass(60);
    autoscaler(&stage, 10, 5);
    stage.pass(150);
    let hpa = stage.get(&HPA, "berth");
    assert_eq!(int(&stage.get(&DEPLOYMENT, "berth"), "/spec/replicas"), Some(5), "{:#}", hpa["status"]);
    let limited = super::super::json::condition(&hpa["status"], "ScalingLimited").cloned().unwrap_or_default();
    assert_eq!((text(&limited, "/status"), text(&limited, "/reason")), ("True", "TooManyReplicas"));
    assert!(int(&hpa, "/status/currentMetrics/0/resource/current/averageUtilization") > Some(10));
    let (events, _) = stage.store.list(&EVENT, Some("test"));
    let rescales = events.iter().filter(|event| text(event, "/reason") == "SuccessfulRescale").count();
    assert!((1..=3).contains(&rescales), "{rescales}");
}

#[test]
fn an_autoscaler_waits_for_five_minutes_before_it_takes_pods_away() {
    let mut stage = Stage::new(7);
    stage.deploy("berth", 4, "1.0", rolling(json!(1), json!(0)));
    stage.pass(60);
    autoscaler(&stage, 50, 6);
    stage.pass(30);
    stage.edit(&HPA, "berth", |hpa| {
        hpa["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] = json!(300);
    });
    stage.pass(60);
    assert!(int(&stage.get(&DEPLOYMENT, "berth"), "/spec/replicas") >= Some(4));
    stage.pass(330);
    assert!(int(&stage.get(&DEPLOYMENT, "berth"), "/spec/replicas") <= Some(2));
}

#[test]
fn churn_writes_about_as_many_times_a_second_as_asked_for() {
    let mut stage = Stage::new(8);
    stage.deploy("berth", 20, "1.0", rolling(json!(1), json!(0)));
    stage.pass(60);
    let options = super::Options { seed: 8, churn: 20.0, ..super::Options::default() };
    stage.world = super::World::new(stage.store.clone(), options);
    stage.pass(2);
    let before = stage.store.version();
    stage.pass(10);
    let pods = stage
        .store
        .changes(before, usize::MAX)
        .expect("held")
        .iter()
        .filter(|change| change.object.kind == &POD)
        .count();
    assert!((150..=260).contains(&pods), "{pods}");
}
