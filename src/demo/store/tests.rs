//! What the store promises to the API server and to the controllers.

use chrono::DateTime;
use serde_json::json;

use super::kind::{DEPLOYMENT, NODE, POD};
use super::*;
use crate::clock::Clock;

fn store() -> Store {
    Store::new(Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).expect("a time")))
}

fn deployment(name: &str) -> serde_json::Value {
    json!({ "metadata": { "name": name, "namespace": "prod" }, "spec": { "replicas": 1 } })
}

#[test]
fn a_new_object_gets_uid_version_time_and_generation() {
    let store = store();
    let made = store.create(&DEPLOYMENT, deployment("shop")).expect("created");
    let metadata = &made["metadata"];
    assert_eq!(metadata["creationTimestamp"], "2026-09-21T14:13:20Z");
    assert_eq!((&metadata["generation"], &metadata["resourceVersion"]), (&json!(1), &json!("1001")));
    assert_eq!((made["kind"].as_str(), made["apiVersion"].as_str()), (Some("Deployment"), Some("apps/v1")));
    assert_eq!(store.get(&DEPLOYMENT, "prod", "shop"), Some(made));
    assert_eq!(store.create(&DEPLOYMENT, deployment("shop")).expect_err("taken").code, 409);
}

#[test]
fn a_name_is_made_up_from_its_beginning_and_is_the_same_every_time() {
    let pod = || json!({ "metadata": { "generateName": "shop-", "namespace": "prod" } });
    let (one, again) = (store(), store());
    let first = one.create(&POD, pod()).expect("created");
    assert_eq!(first["metadata"], again.create(&POD, pod()).expect("created")["metadata"]);
    let second = one.create(&POD, pod()).expect("created");
    assert_ne!(first["metadata"]["name"], second["metadata"]["name"]);
    assert!(first["metadata"]["name"].as_str().is_some_and(|name| name.starts_with("shop-") && name.len() == 10));
}

#[test]
fn only_a_changed_spec_raises_the_generation_and_no_change_writes_nothing() {
    let store = store();
    store.create(&DEPLOYMENT, deployment("shop")).expect("created");
    let status = store
        .update(&DEPLOYMENT, "prod", "shop", |value| {
            value["status"]["replicas"] = 1.into();
            value["metadata"]["uid"] = "another".into();
            Ok(())
        })
        .expect("updated");
    assert_eq!(
        (&status["metadata"]["generation"], &status["metadata"]["resourceVersion"]),
        (&json!(1), &json!("1002"))
    );
    assert_ne!(status["metadata"]["uid"], "another");
    let scaled = store.update(&DEPLOYMENT, "prod", "shop", |value| {
        value["spec"]["replicas"] = 3.into();
        Ok(())
    });
    assert_eq!(scaled.expect("updated")["metadata"]["generation"], 2);
    store.update(&DEPLOYMENT, "prod", "shop", |_| Ok(())).expect("nothing to do");
    assert_eq!(store.version(), 1003);
}

#[test]
fn a_refused_change_leaves_the_object_as_it_was() {
    let store = store();
    store.create(&DEPLOYMENT, deployment("shop")).expect("created");
    let refused = store.update(&DEPLOYMENT, "prod", "shop", |value| {
        value["spec"]["replicas"] = 9.into();
        Err(Refusal::modified(&DEPLOYMENT, "shop"))
    });
    assert_eq!(refused.expect_err("refused").reason, "Conflict");
    assert_eq!(store.get(&DEPLOYMENT, "prod", "shop").expect("there")["spec"]["replicas"], 1);
}

#[test]
fn lists_are_by_namespace_and_name_and_of_one_kind() {
    let store = store();
    for (ns, name) in [("prod", "b"), ("dev", "z"), ("prod", "a")] {
        store.create(&POD, json!({ "metadata": { "name": name, "namespace": ns } })).expect("created");
    }
    store.create(&NODE, json!({ "metadata": { "name": "n1" } })).expect("created");
    let names = |ns| store.listing(&POD, ns).objects.iter().map(|pod| pod.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(None), ["z", "a", "b"]);
    assert_eq!(names(Some("prod")), ["a", "b"]);
    assert_eq!((store.count(&POD), store.count(&NODE)), (3, 1));
}

#[test]
fn history_gives_every_write_after_a_version_and_says_when_it_no_longer_can() {
    let store = store();
    store.create(&DEPLOYMENT, deployment("shop")).expect("created");
    store.delete(&DEPLOYMENT, "prod", "shop").expect("deleted");
    let changes = store.changes(1000, 100).expect("held");
    assert_eq!(changes.iter().map(|change| change.what).collect::<Vec<_>>(), [What::Added, What::Deleted]);
    assert_eq!(changes[1].object.value()["metadata"]["resourceVersion"], "1002");
    assert_eq!(store.changes(1001, 100).expect("held").len(), 1);
    assert!(store.changes(1002, 100).expect("held").is_empty());
    store.compact();
    assert_eq!(store.changes(1001, 100).expect_err("expired").code, 410);
    assert!(store.changes(1002, 100).expect("the newest is never expired").is_empty());
}

#[test]
fn old_writes_are_forgotten_when_the_history_is_full() {
    let store = store();
    store.create(&DEPLOYMENT, deployment("shop")).expect("created");
    for replicas in 0..=KEPT {
        let set = |value: &mut serde_json::Value| {
            value["spec"]["replicas"] = (replicas + 2).into();
            Ok(())
        };
        store.update(&DEPLOYMENT, "prod", "shop", set).expect("updated");
    }
    assert_eq!(store.changes(1000, 1).expect_err("expired").message, "too old resource version: 1000 (1002)");
    assert_eq!(store.changes(1002, 1).expect("held")[0].version, 1003);
}

#[tokio::test]
async fn a_subscriber_misses_no_object_and_repeats_fold() {
    let store = store();
    let mut all = store.subscribe();
    let mut nodes = store.subscribe_to(&[&NODE]);
    store.create(&DEPLOYMENT, deployment("shop")).expect("created");
    for replicas in 2..20 {
        let set = |value: &mut serde_json::Value| {
            value["spec"]["replicas"] = replicas.into();
            Ok(())
        };
        store.update(&DEPLOYMENT, "prod", "shop", set).expect("updated");
    }
    store.create(&NODE, json!({ "metadata": { "name": "n1" } })).expect("created");
    let first = all.next().await;
    assert_eq!((first.kind, &*first.name, first.what), (&DEPLOYMENT, "shop", What::Added));
    assert_eq!(all.next().await.kind, &NODE);
    assert_eq!(all.try_next(), None);
    assert_eq!((nodes.next().await.kind, nodes.try_next()), (&NODE, None));
}
