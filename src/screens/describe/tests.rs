//! Objects in, words out.

use std::sync::Arc;

use rolldeck_core::{
    fleet::{FeedEvent, Freshness},
    kept::{Item, KeptEvent, Name},
    model::{Api, Event, ObjectRef},
};
use rstest::rstest;
use serde_json::{Value, json};

use super::Describe;
use crate::{
    Effect, Message, ObjectEffect, ObjectReply, Viewer,
    testing::{Stage, ago},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn pod() -> ObjectRef {
    ObjectRef::pod(&"qa".into(), &"orders-7d9f-00001".into())
}

fn named(group: &str, resource: &str, kind: &str, name: &str) -> ObjectRef {
    ObjectRef { api: Api::new(group, "v1", resource, kind, true), namespace: "qa".into(), name: name.into() }
}

fn crashing() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "orders-7d9f-00001", "namespace": "qa", "creationTimestamp": "2026-11-22T13:00:00Z",
            "labels": { "app": "orders", "team": "订单" }, "annotations": { "note": "evil\u{1b}[31m\u{202e}" },
            "ownerReferences": [{ "kind": "ReplicaSet", "name": "orders-7d9f", "controller": true }],
        },
        "spec": {
            "nodeName": "node-a", "serviceAccountName": "default", "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30, "nodeSelector": { "disk": "ssd" },
            "tolerations": [{ "key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300 }],
            "volumes": [{ "name": "conf", "configMap": { "name": "orders" } }, { "name": "tmp", "emptyDir": { "sizeLimit": "1Gi" } }],
            "initContainers": [{ "name": "migrate", "image": "registry.local/qa/migrate:1" }],
            "containers": [{
                "name": "main", "image": "registry.local/qa/orders:v1.2.0", "args": ["--port=8080"],
                "ports": [{ "name": "http", "containerPort": 8080 }],
                "resources": { "requests": { "cpu": "250m", "memory": "256Mi" }, "limits": { "memory": "256Mi" } },
                "readinessProbe": { "httpGet": { "path": "/ready", "port": "http" }, "periodSeconds": 5 },
                "env": [{ "name": "MODE", "value": "fast 📦" }, { "name": "PASSWORD", "valueFrom": { "secretKeyRef": { "name": "db", "key": "password" } } }],
                "volumeMounts": [{ "name": "conf", "mountPath": "/etc/orders", "readOnly": true }],
            }],
        },
        "status": {
            "phase": "Running", "podIP": "10.0.0.7", "hostIP": "10.1.0.1", "startTime": "2026-11-22T13:00:01Z", "qosClass": "Burstable",
            "conditions": [
                { "type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-22T13:00:00Z" },
                { "type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "containers with unready status: [main]", "lastTransitionTime": "2026-11-22T13:59:00Z" },
            ],
            "initContainerStatuses": [{ "name": "migrate", "state": { "terminated": { "exitCode": 0, "reason": "Completed", "finishedAt": "2026-11-22T13:00:20Z" } } }],
            "containerStatuses": [{
                "name": "main", "ready": false, "restartCount": 7, "imageID": "registry.local/qa/orders@sha256:0123abcd",
                "state": { "waiting": { "reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container=main" } },
                "lastState": { "terminated": { "exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-22T14:02:00Z" } },
            }],
        },
    })
}

fn back_off() -> KeptEvent<Event> {
    let value = Event {
        warning: true,
        reason: "BackOff".into(),
        message: "Back-off restarting failed container main".into(),
        about: "Pod/orders-7d9f-00001".into(),
        count: 12,
        at: Some(ago(130)),
    };
    FeedEvent::Applied(Item { name: Name { namespace: "qa".into(), name: "e1".into() }, value })
}

fn say(stage: &mut Stage, of: &ObjectRef, reply: ObjectReply) {
    stage.message(Message::Object(Viewer::Describe, of.clone(), reply));
}

fn open(size: (u16, u16), of: &ObjectRef) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(Box::new(Describe::new(of.clone())));
    stage
}

fn described(size: (u16, u16), of: &ObjectRef, object: Value) -> Stage {
    let mut stage = open(size, of);
    say(&mut stage, of, ObjectReply::Read(Arc::new(object)));
    say(&mut stage, of, ObjectReply::Events(vec![FeedEvent::Listing, FeedEvent::Listed]));
    stage
}

fn filled(size: (u16, u16)) -> Stage {
    let mut stage = described(size, &pod(), crashing());
    say(&mut stage, &pod(), ObjectReply::Events(vec![back_off()]));
    stage
}

#[rstest]
fn a_pod_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), filled(size).text());
    insta::assert_snapshot!(name("loading"), open(size, &pod()).text());
    let mut stage = open(size, &pod());
    say(&mut stage, &pod(), ObjectReply::Gone);
    insta::assert_snapshot!(name("empty"), stage.text());
    let mut stage = open(size, &pod());
    say(&mut stage, &pod(), ObjectReply::Failed("not allowed: get pods in namespace qa".into()));
    insta::assert_snapshot!(name("forbidden"), stage.text());
    let mut stage = filled(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    say(&mut stage, &pod(), ObjectReply::Fresh(Freshness::Stale { since: ago(20), why: "connection refused".into() }));
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn the_rest_of_a_pod_is_a_few_keys_down() {
    let mut stage = filled(SMALL);
    stage.keys("tab tab").shows("Conditions").shows("containers with unready status");
    stage.keys("G").shows("Annotations (1)").hides("evil");
    stage.keys("space").shows("evil␛[31m");
}

#[test]
fn events_are_forbidden_by_themselves() {
    let mut stage = described(SMALL, &pod(), crashing());
    say(
        &mut stage,
        &pod(),
        ObjectReply::Events(vec![FeedEvent::Fresh(Freshness::Forbidden("list events in namespace qa".into()))]),
    );
    stage.keys("/").type_text("not allowed").keys("enter").shows("✗ not allowed: list events in namespace qa");
}

#[test]
fn the_events_about_it_are_followed_while_the_room_is_open() {
    let mut stage = open(SMALL, &pod());
    let follow = ObjectEffect::Follow(Viewer::Describe, pod());
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Object(of) if *of == follow)));
    stage.keys("d y").shows("YAML of pod");
    stage.keys("esc esc");
    let leave = ObjectEffect::Leave(Viewer::Describe, pod());
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Object(of) if *of == leave)));
}

/// The whole description, as it would be copied.
fn text(of: &ObjectRef, object: Value) -> String {
    let mut stage = described((100, 120), of, object);
    stage.keys("g").text()
}

#[rstest]
#[case("service", named("", "services", "Service", "orders"), json!({
    "spec": { "type": "LoadBalancer", "clusterIPs": ["10.2.0.1"], "selector": { "app": "orders" },
              "ports": [{ "name": "http", "port": 80, "targetPort": "http", "protocol": "TCP", "nodePort": 30080 }] },
    "status": { "loadBalancer": {} } }))]
#[case("ingress", named("networking.k8s.io", "ingresses", "Ingress", "orders"), json!({
    "spec": { "ingressClassName": "nginx", "tls": [{ "hosts": ["shop.example.com"], "secretName": "cert" }], "rules": [{ "host": "shop.example.com",
              "http": { "paths": [{ "path": "/orders", "pathType": "Exact", "backend": { "service": { "name": "orders", "port": { "number": 80 } } } }] } }] },
    "status": { "loadBalancer": { "ingress": [{ "ip": "192.0.2.7" }] } } }))]
#[case("hpa", named("autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "orders"), json!({
    "metadata": { "name": "orders", "namespace": "qa" },
    "spec": { "scaleTargetRef": { "kind": "Deployment", "name": "orders" }, "minReplicas": 2, "maxReplicas": 4, "metrics": [
        { "type": "Resource", "resource": { "name": "cpu", "target": { "averageUtilization": 60 } } }] },
    "status": { "currentReplicas": 4, "desiredReplicas": 4, "lastScaleTime": "2026-11-22T14:00:00Z",
        "currentMetrics": [{ "type": "Resource", "resource": { "name": "cpu", "current": { "averageUtilization": 93 } } }],
        "conditions": [{ "type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas", "message": "the desired replica count is more than the maximum" }] } }))]
#[case("claim", named("", "persistentvolumeclaims", "PersistentVolumeClaim", "data"), json!({
    "spec": { "resources": { "requests": { "storage": "1Gi" } }, "storageClassName": "fast", "accessModes": ["ReadWriteOnce"], "volumeName": "pv-7" },
    "status": { "phase": "Bound", "capacity": { "storage": "2Gi" } } }))]
#[case("budget", named("policy", "poddisruptionbudgets", "PodDisruptionBudget", "orders"), json!({
    "spec": { "minAvailable": "50%", "selector": { "matchLabels": { "app": "orders" } } },
    "status": { "disruptionsAllowed": 0, "currentHealthy": 1, "expectedPods": 2, "desiredHealthy": 1 } }))]
#[case("config-map", named("", "configmaps", "ConfigMap", "orders"), json!({
    "data": { "app.conf": "mode = fast\n\tdeep = 📦\n", "one": "1" }, "binaryData": { "logo.png": "AAECAwQF" } }))]
#[case("secret", named("", "secrets", "Secret", "db"), json!({
    "type": "Opaque", "data": { "password": "aHVudGVyMg==" } }))]
#[case("node", ObjectRef::node(&"node-a".into()), json!({
    "metadata": { "labels": { "node-role.kubernetes.io/worker": "" } },
    "spec": { "unschedulable": true, "taints": [{ "key": "gpu", "value": "yes", "effect": "NoSchedule" }] },
    "status": { "conditions": [{ "type": "MemoryPressure", "status": "True", "reason": "KubeletHasInsufficientMemory" }, { "type": "Ready", "status": "True", "reason": "KubeletReady" }],
        "capacity": { "cpu": "8", "memory": "32Gi" }, "allocatable": { "cpu": "7900m", "memory": "30Gi" },
        "nodeInfo": { "kubeletVersion": "v1.36.3", "osImage": "Debian 13" } } }))]
#[case("namespace", ObjectRef::namespace(&"qa".into()), json!({
    "metadata": { "deletionTimestamp": "2026-11-22T13:00:00Z" }, "spec": { "finalizers": ["kubernetes"] }, "status": { "phase": "Terminating" } }))]
#[case("replica-set", named("apps", "replicasets", "ReplicaSet", "orders-7d9f"), json!({
    "metadata": { "annotations": { "deployment.kubernetes.io/revision": "7" } },
    "spec": { "replicas": 3, "minReadySeconds": 5, "selector": { "matchLabels": { "app": "orders" } }, "template": { "metadata": { "labels": { "app": "orders" } },
        "spec": { "containers": [{ "name": "main", "image": "registry.local/qa/orders:v1" }] } } },
    "status": { "readyReplicas": 2 } }))]
#[case("generic", named("example.com", "widgets", "Widget", "订单"), json!({
    "spec": { "size": 3, "parts": [{ "name": "a", "deep": { "x": [1, 2] } }, "b"], "text": "two\nlines", "none": null, "empty": {} },
    "status": { "state": "odd\u{1b}[2J" }, "extra": { "more": true } }))]
fn each_kind_says_what_matters_first(#[case] kind: &str, #[case] of: ObjectRef, #[case] object: Value) {
    let shown = text(&of, object);
    let body: Vec<&str> = shown.lines().skip(2).take(80).collect();
    insta::assert_snapshot!(format!("kind-{kind}"), body.join("\n").trim_end());
}

#[test]
fn no_value_of_a_secret_is_described() {
    let shown = text(&named("", "secrets", "Secret", "db"), json!({ "data": { "password": "aHVudGVyMg==" } }));
    assert!(shown.contains("password  7 bytes") && !shown.contains("aHVudGVyMg"), "{shown}");
}
