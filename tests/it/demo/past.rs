//! What was done before the demo cluster is first seen: batches that ended, in a journal that the program reads as its own.

use std::{io::Read, process::Command};

use base64::Engine;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::Demo;
use crate::support::Home;

/// Runs the program to its end, which is to be a good one; its answer.
fn ask(demo: &Demo, args: &[&str]) -> Value {
    let home = Home::new();
    let output = Command::new(env!("CARGO_BIN_EXE_rolldeck"))
        .args(args)
        .args(["-o", "json", "--kubeconfig"])
        .arg(&demo.kubeconfig)
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env_remove("KUBECONFIG")
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&told).expect("JSON")
}

/// The ids of the batches, newest first.
fn batches(demo: &Demo) -> Vec<String> {
    let list = ask(demo, &["batch", "list", "-A"]);
    assert_eq!(list["unread"], json!([]), "{list:#}");
    list["items"].as_array().unwrap().iter().map(|batch| batch["id"].as_str().unwrap().to_owned()).collect()
}

fn get(demo: &Demo, path: &str) -> Value {
    let (status, object) = demo.send("GET", path, "");
    assert_eq!(status, 200, "{object}");
    object
}

#[test]
fn the_batches_before_the_first_look_all_ended_and_are_as_they_were_left() {
    let demo = Demo::start();
    let mut told = Vec::new();
    for id in batches(&demo) {
        let batch = ask(&demo, &["batch", "show", &id, "-A"]);
        assert_eq!((&batch["unread"], &batch["changedSince"]), (&json!([]), &json!([])), "{batch:#}");
        assert_eq!(batch["unfinished"], false, "{batch:#}");
        let apps = batch["apps"].as_array().unwrap();
        assert!(apps.iter().all(|app| app["before"] != app["after"]), "{batch:#}");
        told.push(json!([batch["intent"], batch["phase"], batch["by"], apps[0]["namespace"], apps.len()]));
    }
    let expected = json!([
        ["Rollback", "done", "mara", "qa", 2],
        ["Release", "reverted", "jonas", "prod", 2],
        ["Release", "done", "mara", "prod", 6],
    ]);
    assert_eq!(json!(told), expected);
}

/// A template without the label that its ReplicaSet adds.
fn bare(set: &Value) -> Value {
    let mut template = set["spec"]["template"].clone();
    let labels = template["metadata"]["labels"].as_object_mut().expect("labels");
    assert!(labels.remove("pod-template-hash").is_some());
    template
}

#[test]
fn the_templates_in_their_journals_are_those_of_revisions_that_are_there() {
    let demo = Demo::start();
    let mut seen = 0;
    for namespace in ["prod", "qa"] {
        let maps = get(
            &demo,
            &format!("/api/v1/namespaces/{namespace}/configmaps?labelSelector=rolldeck.dev%2Fjournal%3Dsteps"),
        );
        for packed in maps["items"].as_array().unwrap().iter().flat_map(|map| map["binaryData"].as_object().unwrap()) {
            let bytes = base64::engine::general_purpose::STANDARD.decode(packed.1.as_str().unwrap()).unwrap();
            let mut text = String::new();
            GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
            let step: Value = serde_json::from_str(&text).unwrap();
            let app = step["app"].as_str().unwrap().trim_start_matches("deploy/");
            let own = format!("labelSelector=app.kubernetes.io%2Fname%3D{app}");
            let sets = get(&demo, &format!("/apis/apps/v1/namespaces/{namespace}/replicasets?{own}"));
            for side in ["before", "after"] {
                let side = &step[side];
                let set = sets["items"].as_array().unwrap().iter().find(|set| {
                    set["metadata"]["ownerReferences"][0]["uid"] == side["uid"] && bare(set) == side["template"]
                });
                let set = set.unwrap_or_else(|| panic!("{app} has no such revision: {side:#}"));
                assert_eq!(set["metadata"]["annotations"]["kubernetes.io/change-cause"], side["cause"]);
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 20);
}

#[test]
fn apps_may_go_back_to_before_them_or_to_a_time() {
    let demo = Demo::start();
    let back = |namespace: &str, to: &str, app: &str| {
        let args = ["undo", "--to", to, "-n", namespace, "--dry-run", "--acknowledge=all", app];
        let plan = ask(&demo, &args);
        let app = &plan["apps"][0];
        let versions = ["before", "after"].map(|side| app[side].as_str().unwrap().to_owned());
        assert_ne!(versions[0], versions[1], "{plan:#}");
        versions
    };
    let ids = batches(&demo);
    let before = back("prod", &format!("before {}", ids[2]), "yard-inventory");
    assert_eq!(back("prod", "3 days ago", "yard-inventory"), before);
    // What the rollback left behind is what was live an hour before it.
    let shown = ask(&demo, &["batch", "show", &ids[0], "-n", "qa"]);
    let left = shown["apps"][0]["before"].as_str().unwrap().to_owned();
    assert_eq!(back("qa", "6 hours ago", "gate-pass")[1], left);
}
