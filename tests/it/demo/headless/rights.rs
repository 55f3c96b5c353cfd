//! Rights that lack are named before anything is written.

use serde_json::{Value, json};

use super::{
    Demo,
    shell::{APPS, RUN, Shell, Told, release},
};

fn take_away(demo: &Demo, verb: &str, group: &str, resource: &str) {
    let right = json!({ "verbs": [verb], "groups": [group], "resources": [resource], "namespaces": ["dev"] });
    demo.control("POST", "rights", &right);
}

fn give_back(demo: &Demo) {
    demo.control("DELETE", "rights", &json!({}));
}

/// What was written since this was asked last; questions and dry runs write nothing.
fn written(demo: &Demo) -> Vec<String> {
    let (_, told) = demo.send("GET", "/demo/writes", "");
    demo.send("DELETE", "/demo/writes", "");
    let real =
        |write: &&Value| write["dryRun"] == false && !write["path"].as_str().unwrap().contains(".k8s.io/v1/self");
    let writes = told["writes"].as_array().expect("writes").iter().filter(real);
    writes.map(|write| format!("{} {} {}", write["verb"], write["path"], write["code"])).collect()
}

#[track_caller]
fn refused(demo: &Demo, told: Told, wanted: &str) {
    let told = told.ends(2);
    assert!(told.err.contains(&format!("you may not {wanted} in namespace dev")), "{wanted}: {told:#?}");
    assert_eq!(written(demo), Vec::<String>::new(), "{wanted}");
}

#[test]
fn a_right_that_lacks_is_named_with_its_verb_resource_and_namespace_before_anything_is_written() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let id = shell.run(&RUN, &release(&APPS, "77.0.0", &json!({}))).ends(0).json()["id"].as_str().unwrap().to_owned();
    written(&demo);
    let file = release(&APPS[..1], "78.0.0", &json!({}));
    let cases = [
        ("patch", "apps", "deployments", "patch deployments.apps"),
        ("create", "", "configmaps", "create configmaps"),
        ("update", "coordination.k8s.io", "leases", "update leases.coordination.k8s.io"),
        ("watch", "", "pods", "watch pods"),
    ];
    for (verb, group, resource, wanted) in cases {
        take_away(&demo, verb, group, resource);
        refused(&demo, shell.run(&RUN, &file), wanted);
        if verb != "create" {
            refused(&demo, shell.run(&["batch", "revert", &id, "--yes"], ""), wanted);
        }
        give_back(&demo);
    }
    take_away(&demo, "patch", "apps", "deployments");
    refused(&demo, shell.run(&["undo", APPS[0], "--yes", "--acknowledge=all"], ""), "patch deployments.apps");
    assert!(demo.image(APPS[0]).ends_with(":77.0.0"));
    // What is in the journal already needs no right to make another.
    give_back(&demo);
    take_away(&demo, "create", "", "configmaps");
    shell.run(&["batch", "revert", &id, "--yes"], "").ends(0);
    assert!(!demo.image(APPS[0]).ends_with(":77.0.0"));
}

#[test]
fn a_batch_cannot_be_gone_on_with_without_the_right_to_change_its_apps() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let id = shell.interrupted(&APPS);
    written(&demo);
    take_away(&demo, "patch", "apps", "deployments");
    refused(&demo, shell.run(&["batch", "resume", &id, "--yes"], ""), "patch deployments.apps");
    let list = shell.batch();
    assert_eq!((&list["id"], &list["unfinished"]), (&json!(id), &json!(true)), "it is as it was left");
}

#[test]
fn a_namespace_that_may_not_be_read_is_no_empty_one() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    take_away(&demo, "list", "apps", "deployments");
    let told = shell.run(&["undo", "--to", "20 minutes ago", "--yes"], "").ends(2);
    assert!(told.err.contains("cannot list resource \"deployments\""), "{told:#?}");
    take_away(&demo, "list", "", "configmaps");
    let told = shell.run(&["batch", "list"], "");
    assert_ne!(told.code, Some(0), "{told:#?}");
    assert!(told.err.contains("cannot list resource \"configmaps\""), "{told:#?}");
}
