//! StatefulSets and DaemonSets, Services and budgets.

use super::super::json::{int, list, text};
use super::super::kinds::{
    CONTROLLER_REVISION, DAEMON_SET, ENDPOINT_SLICE, NODE, PDB, POD, PVC, SERVICE, STATEFUL_SET,
};
use super::{Stage, image, rolling, template};
use serde_json::json;

fn stateful(stage: &mut Stage, replicas: i64, update: serde_json::Value) {
    let object = json!({
        "metadata": {"name": "orders", "namespace": "test"},
        "spec": {
            "replicas": replicas, "serviceName": "orders", "selector": {"matchLabels": {"app": "orders"}},
            "updateStrategy": update, "template": template("orders", "1.0"),
            "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {
                "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}},
            }}],
        },
    });
    stage.store.create(&STATEFUL_SET, object).expect("a StatefulSet");
}

fn names(stage: &Stage) -> Vec<String> {
    stage.pods().iter().map(|pod| text(pod, "/metadata/name").to_owned()).collect()
}

fn tags(stage: &Stage) -> Vec<String> {
    stage
        .pods()
        .iter()
        .map(|pod| text(pod, "/spec/containers/0/image").rsplit(':').next().unwrap_or("").into())
        .collect()
}

#[test]
fn pods_of_a_stateful_set_start_one_after_the_other_with_a_claim_each() {
    let mut stage = Stage::new(1);
    stateful(&mut stage, 3, json!({"type": "RollingUpdate"}));
    let mut seen = Vec::new();
    for _ in 0..160 {
        stage.pass(1);
        let now = names(&stage);
        if seen.last() != Some(&now) {
            seen.push(now);
        }
    }
    let expected: [&[&str]; 3] = [&["orders-0"], &["orders-0", "orders-1"], &["orders-0", "orders-1", "orders-2"]];
    assert_eq!(seen.iter().filter(|names| !names.is_empty()).collect::<Vec<_>>(), expected);
    let (claims, _) = stage.store.list(&PVC, Some("test"));
    assert!(claims.len() == 3 && claims.iter().all(|claim| text(claim, "/status/phase") == "Bound"));
}

#[test]
fn a_stateful_set_rolls_from_the_highest_ordinal_and_stops_at_its_partition() {
    let mut stage = Stage::new(2);
    stateful(&mut stage, 3, json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}));
    stage.pass(120);
    stage.edit(&STATEFUL_SET, "orders", |set| {
        set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image("orders", "2.0"));
    });
    let mut order = Vec::new();
    for _ in 0..160 {
        stage.pass(1);
        for pod in stage.pods().iter().filter(|pod| text(pod, "/spec/containers/0/image").ends_with("2.0")) {
            let name = text(pod, "/metadata/name").to_owned();
            if !order.contains(&name) {
                order.push(name);
            }
        }
    }
    assert_eq!(order, ["orders-2", "orders-1"]);
    let set = stage.get(&STATEFUL_SET, "orders");
    assert_eq!((int(&set, "/status/updatedReplicas"), int(&set, "/status/currentReplicas")), (Some(2), Some(1)));
    assert_ne!(text(&set, "/status/currentRevision"), text(&set, "/status/updateRevision"));
    stage.edit(&STATEFUL_SET, "orders", |set| set["spec"]["updateStrategy"]["rollingUpdate"]["partition"] = json!(0));
    stage.pass(60);
    let set = stage.get(&STATEFUL_SET, "orders");
    assert_eq!(text(&set, "/status/currentRevision"), text(&set, "/status/updateRevision"));
    assert_eq!(stage.store.count(&CONTROLLER_REVISION), 2);
}

#[test]
fn with_on_delete_a_stateful_set_waits_for_somebody_to_delete_its_pods() {
    let mut stage = Stage::new(3);
    stateful(&mut stage, 2, json!({"type": "OnDelete"}));
    stage.pass(90);
    stage.edit(&STATEFUL_SET, "orders", |set| {
        set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image("orders", "2.0"));
    });
    stage.pass(60);
    assert_eq!(tags(&stage), ["1.0", "1.0"]);
    stage.edit(&POD, "orders-0", |pod| pod["metadata"]["deletionTimestamp"] = json!("2026-11-23T02:03:00Z"));
    stage.pass(60);
    assert_eq!(tags(&stage), ["2.0", "1.0"]);
}

#[test]
fn a_stateful_set_shrinks_from_the_top() {
    let mut stage = Stage::new(4);
    stateful(&mut stage, 3, json!({"type": "RollingUpdate"}));
    stage.pass(120);
    stage.edit(&STATEFUL_SET, "orders", |set| set["spec"]["replicas"] = json!(1));
    stage.pass(60);
    assert_eq!(names(&stage), ["orders-0"]);
}

#[test]
fn a_daemon_set_has_a_pod_on_each_node_and_replaces_one_at_a_time() {
    let mut stage = Stage::new(5);
    let object = json!({
        "metadata": {"name": "shipper", "namespace": "test"},
        "spec": {
            "selector": {"matchLabels": {"app": "shipper"}}, "template": template("shipper", "1.0"),
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
        },
    });
    stage.store.create(&DAEMON_SET, object).expect("a DaemonSet");
    stage.pass(60);
    assert_eq!(int(&stage.daemon("shipper"), "/status/numberReady"), Some(3));
    stage.edit(&DAEMON_SET, "shipper", |set| {
        set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image("shipper", "2.0"));
    });
    for _ in 0..200 {
        stage.pass(1);
        assert!(int(&stage.daemon("shipper"), "/status/numberUnavailable").unwrap_or(0) <= 1);
    }
    assert_eq!(int(&stage.daemon("shipper"), "/status/updatedNumberScheduled"), Some(3));
    assert_eq!(tags(&stage), ["2.0"; 3]);
    stage.store.create(&NODE, json!({"metadata": {"name": "n4"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}}})).expect("a node");
    stage.pass(60);
    assert_eq!(int(&stage.daemon("shipper"), "/status/numberAvailable"), Some(4));
}

#[test]
fn a_slice_and_a_budget_follow_readiness() {
    let mut stage = Stage::new(6);
    let service = json!({
        "metadata": {"name": "berth", "namespace": "test"},
        "spec": {"selector": {"app": "berth"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]},
    });
    stage.store.create(&SERVICE, service).expect("a Service");
    let budget = json!({
        "metadata": {"name": "berth", "namespace": "test"},
        "spec": {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "berth"}}},
    });
    stage.store.create(&PDB, budget).expect("a budget");
    stage.deploy("berth", 3, "1.0", rolling(json!(1), json!(0)));
    stage.pass(60);
    let ready = |stage: &Stage| {
        let slice = stage.store.list(&ENDPOINT_SLICE, Some("test")).0.remove(0);
        list(&slice, "/endpoints").iter().filter(|endpoint| endpoint["conditions"]["ready"] == true).count()
    };
    assert_eq!(ready(&stage), 3);
    assert_eq!(int(&stage.get(&PDB, "berth"), "/status/disruptionsAllowed"), Some(1));
    let name = names(&stage)[0].clone();
    stage.edit(&POD, &name, |pod| pod["metadata"]["deletionTimestamp"] = json!("2026-11-23T02:01:40Z"));
    assert_eq!(ready(&stage), 2);
    assert_eq!(int(&stage.get(&PDB, "berth"), "/status/disruptionsAllowed"), Some(0));
}
