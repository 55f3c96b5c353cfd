//! Watches.

use serde_json::json;

use super::client::cluster;
use crate::store::kind::POD;

const PODS: &str = "/api/v1/namespaces/prod/pods?watch=1";

fn told(what: &str, name: &str) -> (String, String) {
    (what.to_owned(), name.to_owned())
}

#[tokio::test]
async fn a_watch_tells_every_change_after_its_version() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    let mut events = cluster.watch(&format!("{PODS}&resourceVersion=1002")).await;
    assert_eq!(events.told().await, told("ADDED", "a"));
    cluster.label("a", "x", "1");
    cluster.pod("dev", "elsewhere");
    cluster.store.delete(&POD, "prod", "a").expect("deleted");
    assert_eq!(events.told().await, told("MODIFIED", "a"));
    assert_eq!(events.told().await, told("DELETED", "a"));
}

#[tokio::test]
async fn a_watch_list_ends_its_state_with_a_marked_bookmark() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    cluster.pod("prod", "b");
    let options = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let mut events = cluster.watch(&format!("{PODS}&{options}")).await;
    assert_eq!((events.told().await, events.told().await), (told("ADDED", "a"), told("ADDED", "b")));
    let end = events.next().await.expect("a bookmark");
    assert_eq!(end["type"], "BOOKMARK");
    assert_eq!(end["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"], "true");
    assert_eq!(end["object"]["metadata"]["resourceVersion"], "1004");
    cluster.pod("prod", "c");
    assert_eq!(events.told().await, told("ADDED", "c"));
    let refused = cluster.get(&format!("{PODS}&sendInitialEvents=true")).await;
    assert_eq!(refused.code, 422);
}

#[tokio::test]
async fn what_leaves_a_selection_is_deleted_for_it_and_what_enters_it_is_added() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    let mut events = cluster.watch(&format!("{PODS}&resourceVersion=1003&labelSelector=tier%3Dfront")).await;
    cluster.label("a", "tier", "front");
    cluster.label("a", "tier", "back");
    assert_eq!(events.told().await, told("ADDED", "a"));
    let left = events.next().await.expect("an event");
    assert_eq!((&left["type"], &left["object"]["metadata"]["labels"]["tier"]), (&json!("DELETED"), &json!("front")));
    assert_eq!(left["object"]["metadata"]["resourceVersion"], "1005");
}

#[tokio::test]
async fn an_expired_version_is_told_in_the_stream_and_ends_it() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    cluster.outlive_history();
    let mut events = cluster.watch(&format!("{PODS}&resourceVersion=1001")).await;
    let error = events.next().await.expect("an error");
    assert_eq!(
        (&error["type"], &error["object"]["code"], &error["object"]["reason"]),
        (&json!("ERROR"), &json!(410), &json!("Expired"))
    );
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_watch_ends_when_its_time_is_over() {
    let cluster = cluster().await;
    let mut events = cluster.watch(&format!("{PODS}&timeoutSeconds=0")).await;
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_watched_table_tells_its_columns_once() {
    let cluster = cluster().await;
    cluster.pod("prod", "a");
    cluster.pod("prod", "b");
    let accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")];
    let path = format!("{PODS}&timeoutSeconds=0");
    let text = cluster.ask("GET", &path, &accept, "").await.body;
    let events: Vec<serde_json::Value> = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("an event"))
        .collect();
    assert_eq!(events.len(), 2);
    assert!(events[0]["object"]["columnDefinitions"].is_array() && events[1]["object"]["columnDefinitions"].is_null());
}
