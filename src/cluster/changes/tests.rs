//! The reads against a server of the test's own.

use serde_json::{Value, json};

use super::{decode::meta, read};
use crate::replay::{Answer, Replay};

fn since() -> rolldeck_core::Time {
    "2026-11-22T14:00:00Z".parse().unwrap()
}

fn set(name: &str, revision: &str, created: &str) -> Value {
    json!({
        "metadata": { "namespace": "qa", "name": name, "creationTimestamp": created,
            "annotations": { "deployment.kubernetes.io/revision": revision },
            "ownerReferences": [{ "kind": "Deployment", "name": "web", "controller": true }] },
        "spec": { "template": { "spec": { "containers": [{ "name": "main", "image": format!("web:{revision}") }] } } },
    })
}

fn items(items: &[Value], next: &str) -> Answer {
    let list = json!({ "metadata": { "continue": next }, "items": items });
    Answer::ok("application/json", list.to_string().as_bytes())
}

#[test]
fn managed_fields_tell_who_wrote_which_parts_and_when() {
    let object = json!({ "metadata": { "name": "web", "namespace": "qa", "managedFields": [
        { "manager": "kubectl-edit", "operation": "Update", "time": "2026-11-22T14:02:00Z",
          "fieldsV1": { "f:spec": { "f:template": { "f:spec": {} }, "f:replicas": {} }, "f:metadata": { "f:labels": {} } } },
        { "manager": "hpa", "subresource": "scale", "time": "2026-11-22T14:03:00Z", "fieldsV1": { "f:spec": { "f:replicas": {} } } },
        { "manager": "timeless", "fieldsV1": { "f:data": {} } },
    ] } });
    let meta = meta("Deployment", &object);
    assert_eq!(meta.writers.len(), 2);
    let edit = &meta.writers[0];
    assert!(edit.owns("spec.template") && edit.owns("metadata.labels") && !edit.owns("data"), "{edit:?}");
    assert_eq!(&*meta.writers[1].subresource, "scale");
}

#[tokio::test]
async fn metadata_is_listed_and_only_the_images_that_are_told_are_read() {
    let sets = [
        set("web-1", "1", "2026-11-20T14:00:00Z"),
        set("web-2", "2", "2026-11-21T14:00:00Z"),
        set("web-3", "3", "2026-11-22T14:02:00Z"),
    ];
    let server = Replay::new(move |path| match path.split('?').next().unwrap_or_default() {
        "/apis/apps/v1/replicasets" if path.contains("continue=more") => items(&sets[2..], ""),
        "/apis/apps/v1/replicasets" => items(&sets[..2], "more"),
        path if path.contains("/namespaces/qa/replicasets/") => {
            let set = sets.iter().find(|set| path.ends_with(set["metadata"]["name"].as_str().unwrap()));
            Answer::ok("application/json", set.unwrap().to_string().as_bytes())
        }
        _ => items(&[], ""),
    })
    .await;
    let read = read(&server.cluster, &[None], since()).await;
    let told: Vec<_> = read.revisions.iter().map(|meta| (meta.revision, meta.images.is_some())).collect();
    assert_eq!(told, [(Some(1), false), (Some(2), true), (Some(3), true)]);
    assert!(read.lacks.is_empty(), "{:?}", read.lacks);
    assert_eq!(server.asked("fieldSelector=reason%3DSuccessfulRescale").len(), 1);
}

#[tokio::test]
async fn what_may_not_be_read_is_named_and_a_kind_that_is_absent_is_not_missed() {
    let server = Replay::new(|path| match path.split('?').next().unwrap_or_default() {
        "/api/v1/namespaces/qa/secrets" => Answer::no(403, "Forbidden"),
        path if path.contains("ingressroutes") => Answer::no(404, "NotFound"),
        _ => items(&[], ""),
    })
    .await;
    let read = read(&server.cluster, &[Some("qa".into())], since()).await;
    assert_eq!(read.lacks.len(), 1);
    assert!(read.lacks[0].starts_with("secrets not read: not allowed"), "{:?}", read.lacks);
}

/// An app of a namespace whose settings and way in were edited at 14:02, and one that has to do with neither.
fn edited(path: &str) -> Answer {
    let object = |kind: &str, name: &str| {
        json!({ "kind": kind, "metadata": { "namespace": "qa", "name": name,
            "creationTimestamp": "2026-11-01T00:00:00Z",
            "managedFields": [{ "manager": "kubectl-edit", "time": "2026-11-22T14:02:00Z", "fieldsV1": { "f:data": {} } }] } })
    };
    let app = |name: &str, config: &str| {
        json!({ "metadata": { "namespace": "qa", "name": name }, "spec": { "template": {
            "metadata": { "labels": { "app": name } },
            "spec": { "containers": [{ "name": "main", "envFrom": [{ "configMapRef": { "name": config } }] }] } } } })
    };
    let service = json!({ "metadata": { "name": "front" }, "spec": { "selector": { "app": "web" } } });
    let route = json!({ "metadata": { "namespace": "qa", "name": "way-in" }, "spec": {
        "rules": [{ "http": { "paths": [{ "path": "/", "backend": { "service": { "name": "front" } } }] } }] } });
    match path.split('?').next().unwrap_or_default() {
        "/api/v1/configmaps" if path.contains("journal") => items(&[], ""),
        "/api/v1/configmaps" => items(&[object("ConfigMap", "settings")], ""),
        "/apis/networking.k8s.io/v1/ingresses" => items(&[object("Ingress", "way-in")], ""),
        "/apis/networking.k8s.io/v1/namespaces/qa/ingresses/way-in" => {
            Answer::ok("application/json", route.to_string().as_bytes())
        }
        "/apis/apps/v1/namespaces/qa/deployments" => items(&[app("web", "settings"), app("other", "elsewhere")], ""),
        "/api/v1/namespaces/qa/services" => items(&[service], ""),
        _ => items(&[], ""),
    }
}

#[tokio::test]
async fn the_apps_that_use_what_changed_are_found_by_their_templates_and_services() {
    let server = Replay::new(edited).await;
    let read = read(&server.cluster, &[None], since()).await;
    let users: Vec<_> = read.users.iter().map(|((_, object), apps)| (object.as_str(), apps.len())).collect();
    assert_eq!(users, [("configmap/settings", 1), ("ingress/way-in", 1)]);
    assert!(read.users.values().flatten().all(|app| &*app.name == "web"), "{:?}", read.users);
    assert!(read.lacks.is_empty(), "{:?}", read.lacks);
}

#[tokio::test]
async fn where_nothing_changed_no_workload_is_read_whole() {
    let server = Replay::new(edited).await;
    read(&server.cluster, &[None], "2026-11-23T00:00:00Z".parse().unwrap()).await;
    assert!(server.asked("/namespaces/qa/deployments").is_empty());
}

#[tokio::test]
async fn journals_are_read_page_by_page() {
    let server = Replay::new(|path| match path.contains("journal") {
        true if path.ends_with("continue=") => items(&[], "more"),
        _ => items(&[], ""),
    })
    .await;
    read(&server.cluster, &[None], since()).await;
    assert_eq!(server.asked("continue=more").len(), 1);
}
