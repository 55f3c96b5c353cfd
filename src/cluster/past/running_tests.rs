//! What runs in a cluster, and what is said where it may not be listed.

use std::collections::BTreeSet;

use rolldeck_core::{batch::PortError, model::AppKind};
use serde_json::{Value, json};

use super::running;
use crate::replay::{Answer, Replay};

fn app(namespace: &str, name: &str, tag: &str) -> Value {
    json!({
        "metadata": { "namespace": namespace, "name": name, "managedFields": [{ "manager": "kubectl" }] },
        "spec": { "replicas": 2, "template": { "spec": {
            "initContainers": [{ "name": "init", "image": "shop/init:v1" }],
            "containers": [{ "name": "main", "image": format!("shop/{name}:{tag}"), "env": [{ "name": "A", "value": "b" }] }],
        } } },
    })
}

fn list(next: &str, items: &[Value]) -> Answer {
    let page = json!({ "metadata": { "continue": next }, "items": items });
    Answer::ok("application/json", page.to_string().as_bytes())
}

fn places(names: &[&str]) -> BTreeSet<rolldeck_core::text::Clean> {
    names.iter().map(|name| (*name).into()).collect()
}

#[tokio::test]
async fn every_kind_of_all_namespaces_is_listed_page_by_page() {
    let server = Replay::new(|path| match path {
        path if path.contains("continue=more") => list("", &[app("qa", "orders", "v2")]),
        path if path.starts_with("/apis/apps/v1/deployments") => list("more", &[app("测试", "web", "v1")]),
        path if path.starts_with("/apis/apps/v1/statefulsets") => list("", &[app("qa", "db", "v3")]),
        _ => list("", &[]),
    })
    .await;
    let found = running(&server.cluster, &places(&["shop"])).await.unwrap();
    let told: Vec<_> = found.apps.iter().map(|(key, images)| format!("{key} {}", images[1].image)).collect();
    assert_eq!(told, ["测试/deploy/web shop/web:v1", "qa/deploy/orders shop/orders:v2", "qa/sts/db shop/db:v3"]);
    assert!(found.only.is_none() && found.unread.is_empty());
    assert!(found.apps[0].1[0].init);
    assert_eq!(server.asked("").len(), 4, "{:?}", server.asked(""));
}

#[tokio::test]
async fn who_may_not_list_all_namespaces_sees_those_of_the_plan() {
    let server = Replay::new(|path| match path {
        path if path.starts_with("/apis/apps/v1/daemonsets") => list("", &[app("kube", "agent", "v1")]),
        path if !path.contains("/namespaces/") => Answer::no(403, "Forbidden"),
        path if path.contains("/namespaces/pay/") => Answer::no(403, "Forbidden"),
        path if path.contains("/deployments") => list("", &[app("shop", "web", "v1")]),
        _ => list("", &[]),
    })
    .await;
    let found = running(&server.cluster, &places(&["shop", "pay"])).await.unwrap();
    let told: Vec<_> = found.apps.iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(told, ["kube/ds/agent", "shop/deploy/web"]);
    assert_eq!(found.only, Some(places(&["shop", "pay"])));
    assert!(found.unknown(AppKind::Deployment, &"shop".into()).is_none());
    assert!(found.unknown(AppKind::Deployment, &"pay".into()).unwrap().contains("Forbidden indeed"));
    assert!(found.unknown(AppKind::StatefulSet, &"elsewhere".into()).is_some());
    assert!(found.unknown(AppKind::DaemonSet, &"elsewhere".into()).is_none());
}

#[tokio::test]
async fn where_nothing_may_be_listed_that_is_an_error_and_not_an_empty_cluster() {
    let server = Replay::new(|_| Answer::no(403, "Forbidden")).await;
    let error = running(&server.cluster, &places(&["shop"])).await.unwrap_err();
    assert!(matches!(error, PortError::Forbidden(_)), "{error}");
    let server = Replay::new(|_| Answer::no(401, "Unauthorized")).await;
    let error = running(&server.cluster, &places(&["shop"])).await.unwrap_err();
    assert!(matches!(error, PortError::Unauthorized(_)), "{error}");
}
