//! The looks of a preflight, against a server of the test's own.

use rolldeck_core::{
    around::{ConfigKind, Known},
    batch::{Look, PortError},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use crate::{
    connect::{
        Home, Options,
        replay::{Replay, Reply, Seen, kubernetes},
    },
    writer::Writer,
};

async fn writer(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> (Writer, Replay) {
    let server = Replay::start(None, move |seen| match seen.path() {
        "/version" | "/apis/authentication.k8s.io/v1/selfsubjectreviews" => kubernetes(seen),
        _ => answer(seen),
    })
    .await;
    let home = Home::for_server(server.address, json!({}));
    let (_, writer) = home.connect(&Options { readonly: true, ..Options::default() }).await.unwrap();
    (writer, server)
}

fn pod(node: &str, cpu: &str, phase: &str) -> Value {
    json!({"metadata": {"name": "p", "namespace": "qa"}, "status": {"phase": phase}, "spec": {"nodeName": node,
        "containers": [{"name": "main", "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}}}]}})
}

#[tokio::test]
async fn what_runs_on_a_node_is_taken_from_what_it_may_give_page_by_page() {
    let (writer, server) = writer(|seen| match (seen.path(), seen.target.ends_with("continue=")) {
        ("/api/v1/nodes", _) => Reply::Json(
            200,
            json!({"items": [{"metadata": {"name": "n1"}, "status": {
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True"}]}}]}),
        ),
        (_, true) => Reply::Json(
            200,
            json!({"kind": "PodList", "metadata": {"continue": "a/b"},
            "items": [pod("n1", "1", "Running"), pod("elsewhere", "1", "Running")]}),
        ),
        (_, false) => Reply::Json(
            200,
            json!({"kind": "PodList", "metadata": {},
            "items": [pod("n1", "500m", "Pending"), pod("n1", "1", "Succeeded")]}),
        ),
    })
    .await;
    let room = writer.room().await.unwrap();
    let node = &room.nodes[0];
    assert_eq!((node.cpu_milli, node.memory, node.pods), (2500, 6 << 30, 108));
    assert!(server.seen().last().unwrap().target.ends_with("continue=a%2Fb"));
}

#[tokio::test]
async fn where_nodes_may_not_be_listed_the_refusal_is_the_answer() {
    let no = "nodes is forbidden: User \"ana\" cannot list resource \"nodes\"";
    let (writer, _server) = writer(move |_| Reply::Json(403, json!({ "message": no }))).await;
    assert_eq!(writer.room().await, Err(PortError::Forbidden(no.into())));
    assert_eq!(writer.quotas("qa").await, Err(PortError::Forbidden(no.into())));
}

#[tokio::test]
async fn of_a_secret_and_of_a_revision_only_metadata_are_asked_for() {
    let (writer, server) = writer(|seen| match seen.path().rsplit('/').next() {
        Some("db" | "web-5d4") => {
            Reply::Json(200, json!({"metadata": {"name": "db", "creationTimestamp": "2026-11-22T10:00:00Z"}}))
        }
        _ => Reply::Json(404, json!({"message": "not found"})),
    })
    .await;
    let there = Known::There("2026-11-22T10:00:00Z".parse().ok(), "".into());
    assert_eq!(writer.config(ConfigKind::Secret, "qa", "db").await, there);
    assert_eq!(writer.config(ConfigKind::ConfigMap, "qa", "gone").await, Known::Missing);
    let web = AppKey { namespace: "qa".into(), name: "web".into(), kind: AppKind::Deployment };
    assert_eq!(writer.has_revision(&web, "web-5d4").await, Ok(true));
    assert_eq!(writer.has_revision(&web, "web-6e5").await, Ok(false));
    for seen in server.seen().split_off(2) {
        assert!(seen.header("accept").is_some_and(|accept| accept.contains("as=PartialObjectMetadata")), "{seen:?}");
    }
}
