//! Keys and answers in, a document out.

use std::sync::Arc;

use rolldeck_core::{
    fleet::Freshness,
    model::{Api, ObjectRef},
};
use rstest::rstest;
use serde_json::{Value, json};

use super::{ObjectEffect, ObjectReply, Saved, Viewer, Yaml, save::name};
use crate::{
    Effect, Message,
    testing::{Stage, ago},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn pod() -> ObjectRef {
    ObjectRef::pod(&"qa".into(), &"gateway-7d9f-00000".into())
}

fn secret() -> ObjectRef {
    ObjectRef { api: Api::new("", "v1", "secrets", "Secret", true), namespace: "qa".into(), name: "db".into() }
}

fn object() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "gateway-7d9f-00000", "namespace": "qa", "resourceVersion": "71",
            "labels": { "app": "gateway", "owner": "订单-团队" },
            "annotations": { "note": "evil\u{1b}[31m \u{202e}", "script": "#!/bin/sh\n\techo 📦\nexit 0\n" },
            "managedFields": [{ "manager": "kubelet", "operation": "Update", "fieldsV1": { "f:status": {} } }],
        },
        "spec": {
            "containers": [
                { "name": "main", "image": "registry.local/qa/gateway:v1.2.0", "args": ["--port=8080", "on"],
                  "env": [{ "name": "LONG", "value": "x".repeat(300) }], "resources": { "limits": { "memory": "256Mi" } } },
                { "name": "sidecar", "image": "registry.local/proxy:2" },
            ],
            "nodeName": "node-a",
        },
        "status": { "phase": "Running", "podIP": "10.0.0.7", "conditions": [{ "type": "Ready", "status": "True" }] },
    })
}

fn say(stage: &mut Stage, object: &ObjectRef, reply: ObjectReply) {
    stage.message(Message::Object(Viewer::Yaml, object.clone(), reply));
}

fn open(size: (u16, u16), object: &ObjectRef) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(Box::new(Yaml::new(object.clone())));
    stage
}

fn filled(size: (u16, u16)) -> Stage {
    let mut stage = open(size, &pod());
    say(&mut stage, &pod(), ObjectReply::Read(Arc::new(object())));
    say(&mut stage, &pod(), ObjectReply::Fresh(Freshness::Live));
    stage
}

#[rstest]
fn the_document_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), filled(size).text());
    insta::assert_snapshot!(name("loading"), open(size, &pod()).text());
    let mut stage = open(size, &pod());
    say(&mut stage, &pod(), ObjectReply::Gone);
    insta::assert_snapshot!(name("empty"), stage.text());
    let mut stage = open(size, &pod());
    say(&mut stage, &pod(), ObjectReply::Failed("not allowed: get pods in namespace qa".into()));
    say(&mut stage, &pod(), ObjectReply::Fresh(Freshness::Forbidden("list pods in namespace qa".into())));
    insta::assert_snapshot!(name("forbidden"), stage.text());
    let mut stage = filled(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    say(&mut stage, &pod(), ObjectReply::Fresh(Freshness::Stale { since: ago(20), why: "connection refused".into() }));
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn a_key_shows_what_is_under_the_cursor_and_the_stream_ends_with_the_room() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("/").type_text("gateway").keys("enter enter y");
    let follow = ObjectEffect::Follow(Viewer::Yaml, pod());
    assert!(
        stage.effects.iter().any(|effect| matches!(effect, Effect::Object(of) if *of == follow)),
        "{:?}",
        stage.effects
    );
    stage.keys("y").shows("YAML of pod qa/gateway-7d9f-00000");
    stage.effects.clear();
    stage.keys("esc").shows("Pods of qa/deploy/gateway");
    let leave = ObjectEffect::Leave(Viewer::Yaml, pod());
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Object(of) if *of == leave)));
}

#[test]
fn managed_fields_are_shown_when_they_are_asked_for() {
    let mut stage = filled(WIDE);
    stage.hides("f:status");
    stage.keys("m").shows("f:status").shows("with managedFields");
    stage.keys("m").hides("f:status");
}

#[test]
fn a_search_counts_and_goes_through_its_matches_and_opens_folds() {
    let mut stage = filled(SMALL);
    stage.keys("z").shows("metadata: … 1").hides("registry.local");
    stage
        .keys("/")
        .type_text("registry")
        .keys("enter")
        .shows("1 of 2 lines match")
        .shows("registry.local/qa/gateway:v1.2.0");
    stage.keys("n").shows("2 of 2 lines match");
    stage.keys("N").shows("1 of 2 lines match");
    stage.keys("esc").hides("lines match").shows("YAML of pod");
}

#[test]
fn what_is_folded_stays_so_when_the_object_changes() {
    let mut stage = filled(SMALL);
    stage.keys("j j enter").shows("metadata: …");
    let mut changed = object();
    changed["metadata"]["labels"]["more"] = json!("x");
    changed["status"]["phase"] = json!("Failed");
    say(&mut stage, &pod(), ObjectReply::Read(Arc::new(changed)));
    stage.shows("metadata: …");
    stage.keys("G").shows("phase: Failed");
}

#[test]
fn an_object_that_goes_stays_to_be_read_and_one_that_may_not_be_followed_says_so() {
    let mut stage = filled(SMALL);
    say(&mut stage, &pod(), ObjectReply::Gone);
    stage.shows("It is gone: this is how it was.").shows("kind: Pod");
    say(&mut stage, &pod(), ObjectReply::Read(Arc::new(object())));
    stage.hides("It is gone");
    say(&mut stage, &pod(), ObjectReply::Fresh(Freshness::Forbidden("list pods in namespace qa".into())));
    stage.shows("not followed, shown as it was read: not allowed: list pods in namespace qa");
}

fn a_secret() -> Stage {
    let mut stage = open(SMALL, &secret());
    let last = json!({ "data": { "password": "aHVudGVyMg==" } }).to_string();
    let object = json!({
        "apiVersion": "v1", "kind": "Secret", "data": { "password": "aHVudGVyMg==" },
        "metadata": { "name": "db", "annotations": { "kubectl.kubernetes.io/last-applied-configuration": last } },
    });
    say(&mut stage, &secret(), ObjectReply::Read(Arc::new(object)));
    stage
}

#[test]
fn a_secrets_values_are_hidden_until_they_are_asked_for() {
    let mut stage = a_secret();
    stage.hides("aHVudGVyMg").shows("‹hidden: 7 bytes›").shows("values hidden");
    stage.keys("w").shows("the values of this Secret are hidden");
    stage.keys("x").shows("password: aHVudGVyMg==").hides("hidden");
    stage.keys("x").hides("aHVudGVyMg");
}

fn sent(stage: &Stage) -> Vec<(String, String, bool)> {
    let one = |effect: &Effect| match effect {
        Effect::Object(ObjectEffect::Save { path, text, over, .. }) => Some((path.clone(), text.to_string(), *over)),
        _ => None,
    };
    stage.effects.iter().filter_map(one).collect()
}

#[test]
fn a_file_is_named_sent_whole_and_replaced_only_after_a_question() {
    let mut stage = filled(SMALL);
    stage.keys("w").shows("Save to: pod-qa-gateway-7d9f-00000.yaml");
    stage.keys("ctrl-u").type_text("a.yaml").keys("enter");
    let (path, text, over) = sent(&stage).remove(0);
    assert_eq!((path.as_str(), over), ("a.yaml", false));
    assert!(text.contains("\\x1b[31m \\u202e") && text.contains("      \techo 📦\n"), "{text}");
    say(&mut stage, &pod(), ObjectReply::Saved(Saved::Exists));
    stage.shows("The file a.yaml exists.");
    stage.keys("enter");
    assert_eq!(sent(&stage).len(), 1, "enter alone replaces nothing");
    stage.keys("w ctrl-u").type_text("a.yaml").keys("enter");
    say(&mut stage, &pod(), ObjectReply::Saved(Saved::Exists));
    stage.keys("tab enter");
    assert_eq!(sent(&stage).last().map(|(path, _, over)| (path.as_str(), *over)), Some(("a.yaml", true)));
    say(&mut stage, &pod(), ObjectReply::Saved(Saved::Done("/home/dana/a.yaml".into())));
    stage.shows("saved to /home/dana/a.yaml");
}

#[test]
fn a_failure_to_save_is_said() {
    let mut stage = filled(SMALL);
    stage.keys("w enter");
    say(&mut stage, &pod(), ObjectReply::Saved(Saved::Failed("failed to save x: no such directory".into())));
    stage.shows("✗ failed to save x");
}

#[test]
fn a_files_name_leads_nowhere_else() {
    let mut role = secret();
    role.api.kind = "ClusterRole".into();
    (role.namespace, role.name) = ("".into(), "../system:node\u{1b}/订".into());
    assert_eq!(name(&role), "clusterrole-.._system_node___.yaml");
    role.name = "a".repeat(300).into();
    assert!(name(&role).len() <= 255);
}

#[test]
fn a_long_line_is_panned() {
    let mut stage = filled(SMALL);
    stage.keys("/").type_text("xxxx").keys("enter esc");
    stage.shows("value: xxxx");
    stage.keys("right right right").hides("value: xxxx");
    stage.keys("left left left").shows("value: xxxx");
}
