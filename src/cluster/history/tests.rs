//! What objects become, without a server.

use rolldeck_core::model::{AppKey, AppKind};
use serde_json::{Value, json};

use super::{
    events::{Family, newest},
    revisions::of_objects,
    selector::is_controlled_by,
};

fn template(image: &str) -> Value {
    json!({
        "metadata": { "creationTimestamp": null, "labels": { "app": "web" } },
        "spec": { "containers": [{ "name": "web", "image": image, "resources": {} }] },
    })
}

fn replica_set(number: &str, image: &str) -> Value {
    let mut template = template(image);
    template["metadata"]["labels"]["pod-template-hash"] = json!("7d9f");
    template["metadata"].as_object_mut().unwrap().remove("creationTimestamp");
    json!({
        "metadata": {
            "name": format!("web-{number}"),
            "creationTimestamp": "2026-11-22T14:05:01Z",
            "annotations": { "deployment.kubernetes.io/revision": number, "kubernetes.io/change-cause": format!("to {image}") },
        },
        "spec": { "template": template },
        "status": { "replicas": 3 },
    })
}

#[test]
fn replica_sets_become_revisions_with_the_newest_first() {
    let live = json!({ "spec": { "template": template("web:2") } });
    let sets = [replica_set("9", "web:1"), replica_set("10", "web:2"), json!({ "metadata": { "name": "young" } })];
    let revisions = of_objects(AppKind::Deployment, &live, &sets);
    let told: Vec<_> = revisions
        .iter()
        .map(|r| (r.number, r.live, r.cause.as_str(), r.images[0].image.as_str(), r.replicas))
        .collect();
    assert_eq!(told, [(10, true, "to web:2", "web:2", Some(3)), (9, false, "to web:1", "web:1", Some(3))]);
    assert_eq!(revisions[1].template["metadata"]["labels"], json!({ "app": "web" }));
}

#[test]
fn a_controller_revision_loses_its_patch_directive_and_keeps_its_template() {
    let mut data = template("db:1");
    data["$patch"] = json!("replace");
    let object = json!({ "metadata": { "name": "db-1" }, "revision": 1, "data": { "spec": { "template": data } } });
    let live = json!({
        "spec": { "template": template("db:1") },
        "status": { "updateRevision": "db-1", "currentRevision": "db-1", "updatedReplicas": 2 },
    });
    let revisions = of_objects(AppKind::StatefulSet, &live, std::slice::from_ref(&object));
    assert_eq!((revisions[0].live, revisions[0].replicas), (true, Some(2)));
    assert_eq!(*revisions[0].template, template("db:1"));
    assert_eq!(of_objects(AppKind::DaemonSet, &live, &[object])[0].number, 1);
}

#[test]
fn only_one_of_two_equal_templates_is_live() {
    let live = json!({ "spec": { "template": template("web:1") } });
    let revisions = of_objects(AppKind::Deployment, &live, &[replica_set("1", "web:1"), replica_set("3", "web:1")]);
    assert_eq!(revisions.iter().map(|r| r.live).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_namesake_created_later_does_not_own_old_revisions() {
    let object = json!({ "metadata": { "ownerReferences": [{ "controller": true, "uid": "old" }] } });
    assert!(is_controlled_by(&object, "old"));
    assert!(!is_controlled_by(&object, "new"));
}

#[test]
fn pods_of_a_neighbour_with_a_longer_name_are_not_ours() {
    let about = |name: &str| json!({ "involvedObject": { "kind": "Pod", "name": name } });
    let key = |kind| AppKey { namespace: "qa".into(), name: "web".into(), kind };
    let deployment = Family::of_deployment(&key(AppKind::Deployment), &[json!({ "metadata": { "name": "web-7d9f" } })]);
    assert!(deployment.has_pod(&about("web-7d9f-x2x4z")));
    assert!(!deployment.has_pod(&about("web-api-7d9f-x2x4z")));
    let set = Family::of_name(&key(AppKind::StatefulSet));
    assert!(set.has_pod(&about("web-11")) && !set.has_pod(&about("web-api-0")));
    let daemons = Family::of_name(&key(AppKind::DaemonSet));
    assert!(daemons.has_pod(&about("web-x2x4z")) && !daemons.has_pod(&about("web-api-x2x4z")));
}

#[test]
fn a_series_tells_how_often_and_when_last() {
    let once = json!({ "type": "Normal", "reason": "Scheduled", "eventTime": "2026-11-22T14:05:00.5Z", "count": null,
        "lastTimestamp": null, "involvedObject": { "kind": "Pod", "name": "web-1" } });
    let series = json!({ "type": "Warning", "reason": "BackOff", "message": "again\u{1b}[2J", "eventTime": "2026-11-22T14:00:00Z",
        "series": { "count": 12, "lastObservedTime": "2026-11-22T14:06:00.000001Z" }, "involvedObject": { "kind": "Pod", "name": "web-0" } });
    let events = newest(&[once, series]);
    let told: Vec<_> = events.iter().map(|e| (e.warning, e.about.as_str(), e.count, e.message.as_str())).collect();
    assert_eq!(told, [(true, "Pod/web-0", 12, "again␛[2J"), (false, "Pod/web-1", 1, "")]);
}
