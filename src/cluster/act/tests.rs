//! The questions before an act, against a server of the test's own.

use rolldeck_core::act::{Budget, PodId, Target};
use serde_json::json;

use super::facts;
use crate::replay::{Answer, Replay};

fn target() -> Target {
    let id = PodId { namespace: "qa".into(), name: "web-1".into(), uid: "u1".into() };
    Target { id, app: None, ready: true, ending: false }
}

fn json(value: &serde_json::Value) -> Answer {
    Answer::ok("application/json", value.to_string().as_bytes())
}

fn pod(uid: &str) -> serde_json::Value {
    json!({ "metadata": { "namespace": "qa", "name": "web-1", "uid": uid, "labels": { "app": "web" },
        "deletionTimestamp": "2026-11-22T14:05:02Z" } })
}

fn budgets() -> serde_json::Value {
    let budget = |name: &str, app: &str| {
        json!({ "metadata": { "namespace": "qa", "name": name }, "spec": { "selector": { "matchLabels": { "app": app } } },
        "status": { "disruptionsAllowed": 0, "currentHealthy": 3, "desiredHealthy": 3 } })
    };
    json!({ "items": [budget("web", "web"), budget("api", "api")] })
}

#[tokio::test]
async fn the_budget_that_covers_the_pod_is_found_and_when_the_pod_should_have_ended() {
    let server = Replay::new(|path| match path.split('?').next().unwrap_or_default() {
        "/api/v1/namespaces/qa/pods/web-1" => json(&pod("u1")),
        "/apis/policy/v1/namespaces/qa/poddisruptionbudgets" => json(&budgets()),
        _ => json(&json!({ "status": { "allowed": true } })),
    })
    .await;
    let facts = facts(&server.cluster, &[target()]).await;
    let web = Budget { namespace: "qa".into(), name: "web".into(), allowed: 0, healthy: 3, desired: 3, covers: 1 };
    assert_eq!(facts.budgets, Ok(vec![web]));
    assert_eq!(facts.ends, [Some("2026-11-22T14:05:02Z".parse().unwrap())]);
    assert!(facts.no_eviction.is_empty() && facts.no_deletion.is_empty());
}

#[tokio::test]
async fn what_may_not_be_done_is_said_by_verb_and_place_and_a_namesake_is_no_fact() {
    let server = Replay::new(|path| match path.split('?').next().unwrap_or_default() {
        "/api/v1/namespaces/qa/pods/web-1" => json(&pod("another")),
        "/apis/policy/v1/namespaces/qa/poddisruptionbudgets" => Answer::no(403, "Forbidden"),
        _ => json(&json!({ "status": { "allowed": false, "reason": "no role" } })),
    })
    .await;
    let facts = facts(&server.cluster, &[target()]).await;
    assert_eq!(facts.no_eviction, ["you may not create pods/eviction in namespace qa: no role".into()]);
    assert_eq!(facts.no_deletion, ["you may not delete pods in namespace qa: no role".into()]);
    assert!(facts.budgets.is_err());
    assert_eq!(facts.ends, [None]);
}
