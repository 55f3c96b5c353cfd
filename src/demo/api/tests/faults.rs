//! Faults and rights, over the wire.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use super::client::cluster;
use crate::api::access::Denial;
use crate::api::faults::{Fault, Wrong};

const PODS: &str = "/api/v1/namespaces/prod/pods";

#[tokio::test]
async fn each_fault_is_met_and_is_over_when_it_is_taken_away() {
    let cluster = cluster().await;
    let faults = &cluster.server.faults;
    for (wrong, code) in [(Wrong::Gone, 410), (Wrong::TooManyRequests(7), 429), (Wrong::InternalError, 500)] {
        faults.add(Fault { times: Some(1), ..Fault::everywhere(wrong) });
        let answer = cluster.get(PODS).await;
        assert_eq!(answer.code, code);
        let after = answer.headers.get("retry-after").and_then(|after| after.to_str().ok());
        assert_eq!(after, (code == 429).then_some("7"));
        assert_eq!(cluster.get(PODS).await.code, 200);
    }
    faults.add(Fault::everywhere(Wrong::Reset));
    assert!(cluster.open("GET", PODS, &[], "").await.is_err());
    faults.clear();
    assert_eq!(cluster.get(PODS).await.code, 200);
}

#[tokio::test]
async fn a_running_watch_is_held_and_cut_on_request() {
    let cluster = cluster().await;
    let mut events = cluster.watch(&format!("{PODS}?watch=1&resourceVersion=1002")).await;
    let faults = &cluster.server.faults;
    faults.add(Fault::everywhere(Wrong::HalfOpen));
    cluster.pod("prod", "a");
    let silent = tokio::time::timeout(Duration::from_millis(50), events.next()).await;
    assert!(silent.is_err(), "nothing comes over a half-open connection");
    faults.clear();
    assert_eq!(events.told().await.1, "a");
    faults.add(Fault { path: Some("/pods".into()), ..Fault::everywhere(Wrong::Reset) });
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_right_that_was_taken_away_is_refused_and_its_review_says_so() {
    let cluster = cluster().await;
    cluster.server.access.deny(Denial {
        verbs: vec!["list".into()],
        resources: vec!["pods".into()],
        namespaces: vec!["prod".into()],
        ..Denial::default()
    });
    let refused = cluster.get(PODS).await;
    assert_eq!(
        (refused.code, refused.json()["message"].as_str()),
        (
            403,
            Some(
                "pods is forbidden: User \"demo\" cannot list resource \"pods\" in API group \"\" in the namespace \"prod\""
            )
        )
    );
    assert_eq!(cluster.get("/api/v1/namespaces/dev/pods").await.code, 200);
    let asked =
        json!({ "spec": { "resourceAttributes": { "verb": "list", "resource": "pods", "namespace": "prod" } } });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let review = cluster.send("POST", path, "application/json", &asked).await;
    assert_eq!((review.code, &review.json()["status"]["allowed"]), (201, &json!(false)));
}

#[tokio::test]
async fn the_servers_clock_can_be_wrong() {
    let cluster = cluster().await;
    cluster.server.faults.set_skew(TimeDelta::hours(2));
    assert_eq!(cluster.get("/version").await.headers["date"], "Mon, 21 Sep 2026 16:13:20 GMT");
}
