//! What is made of events and nodes, and how they are asked for.

use rolldeck_core::kept::Kept;
use serde_json::json;
use tokio::sync::mpsc;

use super::*;
use crate::replay::{Answer, Replay};

#[test]
fn an_event_keeps_what_a_cause_is_judged_by_and_no_more() {
    let event = json!({
        "metadata": { "namespace": "qa", "name": "web.1", "creationTimestamp": "2026-11-22T14:00:00Z" },
        "involvedObject": { "kind": "Pod", "namespace": "qa", "name": "web-1" }, "reason": "Unhealthy",
        "message": "x".repeat(5_000), "count": 7, "lastTimestamp": "2026-11-22T14:05:02Z",
    });
    let warning = warning(&event).unwrap();
    assert_eq!((&*warning.kind, &*warning.name, warning.count), ("Pod", "web-1", 7));
    assert_eq!(warning.message.chars().count(), LONGEST + 1);
    assert_eq!(warning.at, Some("2026-11-22T14:05:02Z".parse().unwrap()));
}

#[test]
fn a_node_tells_what_is_wrong_with_it_with_readiness_first() {
    let condition = |kind: &str, status: &str| {
        json!({ "type": kind, "status": status, "reason": "Why",
        "message": "m", "lastTransitionTime": "2026-11-22T14:05:02Z" })
    };
    let conditions =
        json!([condition("MemoryPressure", "True"), condition("DiskPressure", "False"), condition("Ready", "Unknown")]);
    let facts = node(&json!({ "spec": { "unschedulable": true }, "status": { "conditions": conditions } })).unwrap();
    assert_eq!(facts.bad.iter().map(|(kind, ..)| &**kind).collect::<Vec<_>>(), ["Ready", "MemoryPressure"]);
    assert!(facts.cordoned && facts.since.is_some());
    assert!(node(&json!({ "status": { "conditions": [condition("Ready", "True")] } })).unwrap().bad.is_empty());
}

#[tokio::test]
async fn only_warnings_of_the_scope_are_asked_for() {
    let event = json!({ "metadata": { "namespace": "qa", "name": "web.1" }, "involvedObject": { "kind": "Pod" } });
    let list = json!({ "metadata": { "resourceVersion": "5" }, "items": [event] }).to_string();
    let server = Replay::new(move |path| match path.contains("watch=true") {
        true => Answer::ok("application/json", b"").then_silence(),
        false => Answer::ok("application/json", list.as_bytes()),
    })
    .await;
    let (to, mut from) = mpsc::channel(4);
    let _following = warnings(&server.cluster, &Some("qa".into()), to);
    let mut kept = Kept::default();
    while !kept.listed() {
        kept.take_all(from.recv().await.expect("the stream goes on"));
    }
    assert_eq!(kept.len(), 1);
    let asked = server.asked("/api/v1/namespaces/qa/events");
    assert!(asked[0].contains("fieldSelector=type%3DWarning"), "{asked:?}");
}
