//! What a request to a control changes.

use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    api::faults::{Fault, Wrong},
    clock::Clock,
};

fn controls() -> Controls {
    let clock = Clock::manual(chrono::DateTime::from_timestamp(1_790_000_000, 0).unwrap());
    Controls::of(&Server::new(Store::new(clock)))
}

async fn send(controls: &Controls, method: &str, path: &str, body: &str) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path).body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    let (parts, body) = controls.answer(request).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn time_moves_and_runs_as_it_is_told() {
    let controls = controls();
    let before = controls.store.clock().now();
    let (_, state) = send(&controls, "POST", "/demo/clock", r#"{"advance": 90}"#).await;
    assert_eq!(controls.store.clock().now(), before + TimeDelta::seconds(90));
    assert_eq!(state["rate"], 0.0);
    let (_, state) = send(&controls, "POST", "/demo/clock", r#"{"rate": 60}"#).await;
    assert_eq!(state["rate"], 60.0);
    let (_, state) = send(&controls, "POST", "/demo/clock", r#"{"rate": 0}"#).await;
    assert_eq!(state["rate"], 0.0);
}

#[tokio::test]
async fn faults_and_rights_come_and_go() {
    let controls = controls();
    send(&controls, "POST", "/demo/faults", r#"{"kind": "latency", "milliseconds": 250, "verb": "list", "times": 2}"#)
        .await;
    let wanted = Fault {
        wrong: Wrong::Latency(Duration::from_millis(250)),
        verb: Some("list".into()),
        path: None,
        times: Some(2),
    };
    assert_eq!(controls.faults.list(), [wanted]);
    send(&controls, "POST", "/demo/rights", r#"{"verbs": ["list"], "resources": ["pods"]}"#).await;
    let (_, state) = send(&controls, "GET", "/demo/state", "").await;
    assert_eq!(state["denied"][0]["resources"], json!(["pods"]));
    assert_eq!(state["faults"][0]["kind"], "latency");
    send(&controls, "DELETE", "/demo/faults", "").await;
    send(&controls, "DELETE", "/demo/rights", "").await;
    assert!(controls.faults.list().is_empty() && controls.access.denials().is_empty());
    send(&controls, "POST", "/demo/skew", r#"{"seconds": -30}"#).await;
    assert_eq!(controls.faults.skew(), TimeDelta::seconds(-30));
}

#[rstest]
#[case("POST", "/demo/clock", r#"{"advance": -1}"#, 400)]
#[case("POST", "/demo/clock", r#"{"speed": 1}"#, 400)]
#[case("POST", "/demo/faults", r#"{"kind": "flood"}"#, 400)]
#[case("POST", "/demo/faults", r#"{"kind": "latency"}"#, 400)]
#[case("DELETE", "/demo/clock", "", 405)]
#[case("GET", "/demo/nothing", "", 404)]
#[tokio::test]
async fn what_is_not_understood_is_refused_with_a_reason(
    #[case] method: &str,
    #[case] path: &str,
    #[case] body: &str,
    #[case] code: u16,
) {
    let (status, answer) = send(&controls(), method, path, body).await;
    assert_eq!(status, code);
    assert!(answer["error"].as_str().is_some_and(|why| !why.is_empty()));
}
