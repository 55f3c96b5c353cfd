use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use rolldeck_core::{
    Time,
    batch::past::{Moment, Scaled, Verdict, judge},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use super::*;
use crate::replay::{Answer, Replay};

fn key(kind: AppKind, name: &str) -> AppKey {
    AppKey { namespace: "shop".into(), name: name.into(), kind }
}

fn at(time: &str) -> Time {
    format!("2026-11-22T{time}Z").parse().unwrap()
}

fn template(tag: &str) -> Value {
    json!({ "metadata": { "labels": { "app": "web", "pod-template-hash": "7d9f" } }, "spec": {
        "containers": [{ "name": "main", "image": format!("shop/web:{tag}") }],
        "initContainers": [{ "name": "init", "image": "shop/init:v1" }],
    } })
}

fn set(app: &str, number: i64, tag: &str, created: &str) -> Value {
    json!({
        "metadata": {
            "namespace": "shop", "name": format!("{app}-{tag}"), "creationTimestamp": at(created),
            "annotations": { "deployment.kubernetes.io/revision": number.to_string(), "deployment.kubernetes.io/revision-history": "" },
            "ownerReferences": [{ "kind": "Deployment", "name": app, "uid": format!("uid-{app}"), "controller": true }],
        },
        "spec": { "replicas": 2, "template": template(tag) },
        "status": { "availableReplicas": if tag == "v2" { 1 } else { 0 } },
    })
}

fn revision(number: i64, tag: &str, created: &str, written: &str) -> Value {
    json!({
        "metadata": {
            "namespace": "shop", "name": format!("db-{tag}"), "creationTimestamp": at(created),
            "managedFields": [{ "manager": "kube-controller-manager", "time": at(written) }],
            "ownerReferences": [{ "kind": "StatefulSet", "name": "db", "uid": "uid-db", "controller": true }],
        },
        "revision": number,
        "data": { "spec": { "template": template(tag) } },
    })
}

fn live(name: &str, tag: &str) -> Arc<Value> {
    let mut template = template(tag);
    template["metadata"]["labels"].as_object_mut().unwrap().remove("pod-template-hash");
    Arc::new(json!({
        "metadata": { "uid": format!("uid-{name}"), "name": name, "creationTimestamp": at("10:00:00") },
        "spec": { "template": template },
    }))
}

fn event(kind: &str, name: &str, message: &str) -> Value {
    json!({ "involvedObject": { "kind": kind, "name": name }, "message": message, "firstTimestamp": at("11:30:00"),
        "lastTimestamp": at("11:40:00"), "eventTime": null })
}

/// A namespace of two Deployments and a StatefulSet.
fn answer(path: &str) -> Answer {
    let list = |items: Vec<Value>| {
        Answer::ok("application/json", json!({ "metadata": {}, "items": items }).to_string().as_bytes())
    };
    let named = |name: &str| json!({ "metadata": { "name": name } });
    match path.split('?').next().unwrap_or_default() {
        path if path.ends_with("/replicasets") => {
            let web = [set("web", 1, "v1", "10:00:00"), set("web", 2, "v2", "11:00:00")];
            let api = [set("api", 1, "v1", "10:00:00"), set("api", 2, "v2", "11:00:00")];
            list([web, api].concat())
        }
        path if path.ends_with("/controllerrevisions") => {
            list(vec![revision(4, "v1", "10:10:00", "10:10:00"), revision(5, "v2", "11:00:00", "11:00:00")])
        }
        path if path.ends_with("/deployments") => list(vec![named("web"), named("api")]),
        path if path.ends_with("/statefulsets") => list(vec![named("db")]),
        path if path.ends_with("/daemonsets") => list(vec![]),
        path if path.ends_with("/events") => list(vec![]),
        _ => Answer::no(404, "NotFound"),
    }
}

fn apps() -> [(AppKey, Arc<Value>); 3] {
    [
        (key(AppKind::Deployment, "web"), live("web", "v2")),
        (key(AppKind::Deployment, "api"), live("api", "v2")),
        (key(AppKind::StatefulSet, "db"), live("db", "v2")),
    ]
}

fn tag_at(past: &Past, key: &AppKey, time: &str) -> String {
    match judge(&past.evidence[key], &Moment { at: at(time), before: None, note: "".into() }) {
        Verdict::Was(was) => was.template["spec"]["containers"][0]["image"].as_str().unwrap().to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn a_namespace_is_read_once_for_all_its_apps() {
    let server = Replay::new(answer).await;
    let past = evidence(&server.cluster, &apps(), &BTreeMap::new(), at("12:00:00")).await;
    assert_eq!(past.lacks, []);
    for (key, _) in apps() {
        assert_eq!(tag_at(&past, &key, "10:30:00"), "shop/web:v1", "{key}");
        assert_eq!(tag_at(&past, &key, "11:30:00"), "Same", "{key}");
    }
    assert_eq!(past.alive.unwrap().len(), 3);
    assert_eq!(server.asked("/replicasets").len() + server.asked("/controllerrevisions").len(), 2);
    assert!(server.asked("").len() <= 8, "{:?}", server.asked(""));
}

#[tokio::test]
async fn what_may_not_be_read_is_named_and_makes_its_apps_uncertain() {
    let server = Replay::new(|path| match path {
        path if path.contains("/replicasets") => Answer::no(403, "replicasets.apps is forbidden"),
        path if path.contains("/events") => Answer::no(403, "events is forbidden"),
        path => answer(path),
    })
    .await;
    let past = evidence(&server.cluster, &apps(), &BTreeMap::new(), at("12:00:00")).await;
    let [events, sets] = past.lacks.as_slice() else { panic!("{:?}", past.lacks) };
    assert!(events.starts_with("events say nothing: not allowed"), "{events}");
    assert!(sets.starts_with("replicasets are not read: not allowed"), "{sets}");
    let web = tag_at(&past, &key(AppKind::Deployment, "web"), "10:30:00");
    assert!(web.contains("Uncertain") && web.contains("replicasets are not read"), "{web}");
    assert_eq!(tag_at(&past, &key(AppKind::StatefulSet, "db"), "10:30:00"), "shop/web:v1");
}

#[tokio::test]
async fn events_tell_of_sets_that_came_up_from_nothing_and_of_apps_that_were_there() {
    let server = Replay::new(|path| match path {
        path if path.contains("/events") && path.contains("Deployment") => {
            let events = [
                event("Deployment", "web", "Scaled up replica set web-v2 to 3 from 0"),
                event("Deployment", "web", "Scaled up replica set web-v1 to 5 from 3"),
                event("Deployment", "old", "Scaled down replica set old-v1 to 0 from 3"),
            ];
            Answer::ok("application/json", json!({ "metadata": {}, "items": events }).to_string().as_bytes())
        }
        path => answer(path),
    })
    .await;
    let past = evidence(&server.cluster, &apps(), &BTreeMap::new(), at("12:00:00")).await;
    let scaled = |time| Scaled { set: "web-v2".into(), at: at(time) };
    assert_eq!(past.evidence[&key(AppKind::Deployment, "web")].events, [scaled("11:40:00"), scaled("11:30:00")]);
    let gone = rolldeck_core::batch::past::gone(&past.sightings, &past.alive.unwrap(), at("11:35:00"));
    assert_eq!(gone.iter().map(|gone| (gone.key.name.as_str(), gone.certain)).collect::<Vec<_>>(), [("old", true)]);
}

#[tokio::test]
async fn the_images_of_all_revisions_are_read_page_by_page() {
    let asked = Arc::new(Mutex::new(0));
    let server = Replay::new(move |path| {
        if !path.contains("/replicasets") {
            return answer(path);
        }
        *asked.lock().unwrap() += 1;
        let (next, items) = match path.contains("continue=more") {
            false => ("more", [set("web", 1, "v1", "10:00:00")]),
            true => ("", [set("web", 2, "v2", "11:00:00")]),
        };
        let page = json!({ "metadata": { "continue": next }, "items": items });
        Answer::ok("application/json", page.to_string().as_bytes())
    })
    .await;
    let (revisions, lacks) = seen(&server.cluster, &[Some("shop".into())]).await;
    assert_eq!(lacks, []);
    let told: Vec<_> = revisions
        .iter()
        .map(|seen| (seen.key.name.as_str(), seen.number, seen.images[1].image.as_str(), seen.pods))
        .collect();
    let expected = [
        ("web", 1, "shop/web:v1", Some((2, 0))),
        ("web", 2, "shop/web:v2", Some((2, 1))),
        ("db", 4, "shop/web:v1", None),
        ("db", 5, "shop/web:v2", None),
    ];
    assert_eq!(told, expected);
    assert!(revisions[0].images[0].init);
}
