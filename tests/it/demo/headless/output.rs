//! What is written for programs can be read by them.

use serde_json::{Value, json};

use super::{
    Demo,
    shell::{APPS, RUN, Shell, release},
};

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn lists_and_batches_are_the_same_document_in_json_and_yaml() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let reason = "the fix: of 船期表 #7, \"quoted\"\u{202e} and 'so'";
    let told = shell.run(&RUN, &release(&APPS, "77.0.0", &json!({ "reason": reason }))).ends(0).json();
    let id = told["id"].as_str().expect("its name");
    for args in [&["batch", "list"][..], &["batch", "show", id]] {
        let as_json = shell.run(&[args, &["-o", "json"]].concat(), "").ends(0);
        let as_yaml = shell.run(&[args, &["-o", "yaml"]].concat(), "").ends(0);
        assert_eq!(as_json.json(), yaml(&as_yaml.out), "{args:?}\n{}", as_yaml.out);
        assert_eq!((as_json.err.as_str(), as_yaml.err.as_str()), ("", ""), "results are on standard output alone");
        assert_eq!(as_json.json()["apiVersion"], "rolldeck.dev/v1");
    }
    let shown = shell.state(id);
    assert_eq!(shown["kind"], "Batch");
    assert!(shown["reason"].as_str().unwrap().starts_with("the fix: of 船期表 #7, \"quoted\""), "{shown:#}");
    assert!(!shown["reason"].as_str().unwrap().contains('\u{202e}'), "{shown:#}");
    let apps: Vec<&Value> = shown["apps"].as_array().unwrap().iter().map(|app| &app["name"]).collect();
    assert_eq!(apps, [&json!(APPS[0]), &json!(APPS[1])]);
    assert!(
        shown["apps"].as_array().unwrap().iter().all(|app| app["kind"] == "Deployment" && app["state"] == "healthy")
    );
}

#[test]
fn the_plan_and_the_outcome_are_documents_in_yaml_too() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let file = release(&APPS[..1], "77.0.0", &json!({}));
    let plan = shell.run(&["batch", "run", "-", "--dry-run", "--acknowledge=all", "-oyaml"], &file).ends(0);
    assert_eq!(yaml(&plan.out)["kind"], "Plan", "{plan:#?}");
    let run = shell.run(&["batch", "run", "-", "--yes", "--acknowledge=all", "-oyaml"], &file).ends(0);
    assert_eq!((&yaml(&run.out)["kind"], &yaml(&run.out)["phase"]), (&json!("Batch"), &json!("done")), "{run:#?}");
    assert_eq!(shell.run(&["batch", "list", "-oyaml", "-n", "qa", "--help"], "").code, Some(0));
}

#[test]
fn a_place_without_batches_is_an_empty_list_and_says_so_to_people() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    assert_eq!(shell.run(&["batch", "list", "-ojson"], "").ends(0).json()["items"], json!([]));
    let told = shell.run(&["batch", "list"], "").ends(0);
    assert!(told.out.is_empty() && told.err.contains("no batches in dev"), "{told:#?}");
    let told = shell.run(&["batch", "show", "20260101-0000"], "").ends(2);
    assert!(told.err.contains("20260101-0000"), "{told:#?}");
}
