use std::{collections::BTreeMap, sync::Arc};

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::text::Clean;

fn token() -> Token {
    Token { batch: "b1".into(), step: 0, epoch: 1 }
}

fn live() -> Value {
    json!({
        "metadata": {"uid": "u1", "name": "orders", "annotations": {"kubernetes.io/change-cause": "by hand"}},
        "spec": {"replicas": 3, "template": {
            "metadata": {"creationTimestamp": null, "labels": {"app": "orders"}},
            "spec": {
                "initContainers": [{"name": "migrate", "image": "shop/orders:v1"}],
                "containers": [{"name": "log", "image": "log:v3"}, {"name": "orders", "image": "shop/orders:v1"}]
            }
        }}
    })
}

fn images(pairs: &[(&str, &str)]) -> Change {
    Change::SetImages(pairs.iter().map(|(c, i)| (Clean::new(c), Clean::new(i))).collect::<BTreeMap<_, _>>())
}

/// Applies a patch as the API server does: a `test` of null passes where the field is absent.
fn apply(object: &Value, patch: &Value) -> Result<Value, String> {
    let mut object = object.clone();
    for operation in patch.as_array().unwrap() {
        if operation["op"] == "test" {
            let path = operation["path"].as_str().unwrap();
            if object.pointer(path).unwrap_or(&Value::Null) != &operation["value"] {
                return Err(format!("test {path}"));
            }
            continue;
        }
        let one: json_patch::Patch = serde_json::from_value(json!([operation])).unwrap();
        json_patch::patch(&mut object, &one).map_err(|e| e.to_string())?;
    }
    Ok(object)
}

#[test]
fn a_release_sets_images_and_nothing_else_of_the_spec() {
    let change = images(&[("orders", "shop/orders:v2"), ("migrate", "shop/orders:v2")]);
    let after = apply(&live(), &forward(&live(), &change, None, &token()).unwrap()).unwrap();
    let mut wanted = live();
    wanted["spec"]["template"]["spec"]["initContainers"][0]["image"] = json!("shop/orders:v2");
    wanted["spec"]["template"]["spec"]["containers"][1]["image"] = json!("shop/orders:v2");
    assert_eq!(after["spec"], wanted["spec"]);
    assert_eq!(after["metadata"]["annotations"]["rolldeck.dev/batch"], "b1/0/1");
    assert_eq!(after["metadata"]["annotations"]["kubernetes.io/change-cause"], "release v2 (rolldeck b1)");
}

#[rstest]
#[case("/metadata/uid", json!("u2"))]
#[case("/metadata/annotations/rolldeck.dev~1batch", json!("other/0/1"))]
#[case("/metadata/annotations/kubernetes.io~1change-cause", json!("someone"))]
#[case("/spec/template/spec/containers/1/image", json!("shop/orders:hotfix"))]
#[case("/spec/template/spec/containers/0/env", json!([{"name": "A"}]))]
fn an_edit_of_what_is_written_fails_the_test(#[case] path: &str, #[case] value: Value) {
    let patch = forward(&live(), &images(&[("orders", "shop/orders:v2")]), None, &token()).unwrap();
    let edit: json_patch::Patch = serde_json::from_value(json!([{"op": "add", "path": path, "value": value}])).unwrap();
    let mut edited = live();
    json_patch::patch(&mut edited, &edit).unwrap();
    assert!(apply(&edited, &patch).unwrap_err().starts_with("test "));
}

#[test]
fn replicas_that_an_autoscaler_writes_meanwhile_are_kept() {
    let mut scaled = live();
    scaled["spec"]["replicas"] = json!(9);
    for change in [images(&[("orders", "x:v2")]), Change::Restart("2026-11-22T00:00:00Z".into())] {
        let after = apply(&scaled, &forward(&live(), &change, None, &token()).unwrap()).unwrap();
        assert_eq!(after["spec"]["replicas"], 9);
        let back = back(&after, &Snapshot::take(&live(), crate::batch::Intent::Release), &token()).unwrap();
        let again = apply(&after, &back).unwrap();
        assert_eq!((&again["spec"]["replicas"], &again["spec"]["template"]), (&json!(9), &live()["spec"]["template"]));
    }
}

#[rstest]
#[case(json!({"uid": "u1"}))]
#[case(json!({"uid": "u1", "annotations": null}))]
#[case(json!({"uid": "u1", "annotations": {}}))]
fn absent_annotations_are_tested_as_null_and_created(#[case] metadata: Value) {
    let mut live = live();
    live["metadata"] = metadata;
    let change = Change::Restart("2026-11-22T00:00:00Z".into());
    let patch = forward(&live, &change, None, &token()).unwrap();
    let after = apply(&live, &patch).unwrap();
    assert_eq!(after["metadata"]["annotations"]["rolldeck.dev/batch"], "b1/0/1");
    let at = &after["spec"]["template"]["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"];
    assert_eq!(at, "2026-11-22T00:00:00Z");
    assert_eq!(after["spec"]["template"], template_after(&live, &change).unwrap());
}

#[test]
fn a_rollback_takes_the_template_whole_and_its_cause() {
    let to = json!({"metadata": {"labels": {"app": "orders", "pod-template-hash": "5d4f"}}, "spec": {"containers": [{"name": "orders", "image": "shop/orders:v0"}]}});
    let change = Change::Template { to: Arc::new(to.clone()), revision: 3, cause: "release v0".into() };
    let after = apply(&live(), &forward(&live(), &change, None, &token()).unwrap()).unwrap();
    assert_eq!(after["spec"]["template"]["metadata"], json!({"labels": {"app": "orders"}}));
    assert_eq!(after["spec"]["template"]["spec"], to["spec"]);
    assert_eq!(after["metadata"]["annotations"]["kubernetes.io/change-cause"], "release v0");
    let causeless = Change::Template { to: Arc::new(to), revision: 3, cause: Clean::default() };
    let after = apply(&live(), &forward(&live(), &causeless, None, &token()).unwrap()).unwrap();
    assert_eq!(after["metadata"]["annotations"].get("kubernetes.io/change-cause"), None);
}

#[test]
fn a_revert_restores_template_and_cause_exactly() {
    let change = images(&[("orders", "shop/orders:v2")]);
    let after = apply(&live(), &forward(&live(), &change, None, &token()).unwrap()).unwrap();
    let before = Snapshot::take(&live(), crate::batch::Intent::Release);
    let reverted = apply(&after, &back(&after, &before, &Token { epoch: 2, ..token() }).unwrap()).unwrap();
    assert_eq!(reverted["spec"], live()["spec"]);
    assert_eq!(reverted["metadata"]["annotations"]["kubernetes.io/change-cause"], "by hand");
    assert_eq!(reverted["metadata"]["annotations"]["rolldeck.dev/batch"], "b1/0/2");
}

#[test]
fn a_late_write_does_nothing_behind_a_fence() {
    let late = forward(&live(), &images(&[("orders", "shop/orders:v2")]), None, &token()).unwrap();
    let fenced = apply(&live(), &fence(&live(), &Token { epoch: 2, ..token() }).unwrap()).unwrap();
    assert_eq!(fenced["spec"], live()["spec"]);
    assert!(apply(&fenced, &late).is_err());
}

#[test]
fn a_paused_deployment_resumes_only_where_that_was_chosen() {
    let mut live = live();
    live["spec"]["paused"] = json!(true);
    let change = images(&[("orders", "shop/orders:v2")]);
    let left = apply(&live, &forward(&live, &change, Some(false), &token()).unwrap()).unwrap();
    assert_eq!(left["spec"]["paused"], true);
    let resumed = apply(&live, &forward(&live, &change, Some(true), &token()).unwrap()).unwrap();
    assert_eq!(resumed["spec"]["paused"], false);
    let paused = apply(&resumed, &pause(&resumed, &token()).unwrap()).unwrap();
    assert_eq!(paused["spec"]["paused"], true);
}

#[test]
fn a_scale_writes_the_count_and_no_template() {
    let patch = forward(&live(), &Change::Scale(5), None, &token()).unwrap();
    let after = apply(&live(), &patch).unwrap();
    assert_eq!((&after["spec"]["replicas"], &after["spec"]["template"]), (&json!(5), &live()["spec"]["template"]));
    assert!(!patch.to_string().contains("change-cause") && !patch.to_string().contains("/spec/template"));
}

#[test]
fn a_container_that_is_gone_is_named() {
    let error = forward(&live(), &images(&[("gone", "x:v2")]), None, &token()).unwrap_err();
    assert_eq!(error, PatchError::NoContainer("gone".into()));
}
