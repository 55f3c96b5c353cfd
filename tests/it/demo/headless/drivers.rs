//! Who drives a batch: takeovers, drift under way, and the end of old journals.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Demo,
    shell::{APPS, RUN, Shell, Told, release},
};
use crate::support::until;

fn hurry(demo: &Demo) {
    demo.control("POST", "clock", &json!({ "rate": 20 }));
}

fn log(batch: &Value) -> Vec<&str> {
    batch["log"].as_array().expect("a log").iter().filter_map(|happening| happening["text"].as_str()).collect()
}

#[test]
fn a_driver_that_is_alive_keeps_its_batch_unless_it_is_taken_by_force_and_that_is_recorded() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let first = shell.rolling(&APPS);
    let id = shell.batch()["id"].as_str().expect("its name").to_owned();
    let told = shell.run(&["batch", "resume", &id, "--yes"], "").ends(2);
    assert!(told.err.contains(&format!("drives batch {id}")) && told.err.contains("--take-over"), "{told:#?}");
    let told = shell.run(&["batch", "revert", &id, "--yes"], "").ends(2);
    assert!(told.err.contains(&format!("drives batch {id}")), "{told:#?}");
    assert!(demo.image(APPS[0]).ends_with(":77.0.0") && !demo.image(APPS[1]).ends_with(":77.0.0"));

    let second = shell.start(&["batch", "resume", &id, "--yes", "--take-over", "-ojson"], "");
    let lost = Told::of(first.wait_with_output().expect("it ends")).ends(1);
    assert!(lost.err.contains("interrupted"), "{lost:#?}");
    hurry(&demo);
    let done = Told::of(second.wait_with_output().expect("it ends")).ends(0);
    assert_eq!(done.json()["phase"], "done", "{done:#?}");
    let shown = shell.state(&id);
    let told = log(&shown);
    assert!(
        told.iter().any(|text| text.starts_with("taken over from ") && text.ends_with(" before its lease had expired")),
        "{told:?}"
    );
    APPS.iter().for_each(|name| assert!(demo.image(name).ends_with(":77.0.0")));
}

#[test]
fn a_live_batch_is_taken_back_by_force() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = APPS.map(|name| demo.image(name));
    let first = shell.rolling(&APPS);
    let id = shell.batch()["id"].as_str().expect("its name").to_owned();
    let second = shell.start(&["batch", "revert", &id, "--yes", "--take-over", "--incident"], "");
    Told::of(first.wait_with_output().expect("it ends")).ends(1);
    hurry(&demo);
    Told::of(second.wait_with_output().expect("it ends")).ends(0);
    assert_eq!(APPS.map(|name| demo.image(name)), before);
    assert_eq!(shell.state(&id)["phase"], "reverted");
}

#[test]
fn an_app_that_someone_changes_before_its_turn_is_not_touched_and_the_exit_code_says_so() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = demo.image(APPS[1]);
    let child = shell.rolling(&APPS);
    demo.patch(APPS[1], &json!({ "spec": { "template": { "metadata": { "annotations": { "theirs": "1" } } } } }));
    hurry(&demo);
    let told = Told::of(child.wait_with_output().expect("it ends")).ends(3);
    assert!(told.err.contains("deploy dev/crane-dispatch  drifted, not touched: "), "{told:#?}");
    assert_eq!(demo.image(APPS[1]), before);
    assert!(demo.image(APPS[0]).ends_with(":77.0.0"), "the others go on");
}

#[test]
fn journals_of_ended_batches_are_pruned_and_never_one_that_can_be_resumed() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let run = |tag: &str| {
        let told = shell.run(&RUN, &release(&APPS[1..], tag, &json!({}))).ends(0);
        told.json()["id"].as_str().expect("its name").to_owned()
    };
    let ended = [run("71.0.0"), run("72.0.0")];
    let open = shell.interrupted(&APPS[..1]);
    let prune = |more: &[&str]| {
        let args = [&["batch", "prune", "-ojson"], more].concat();
        shell.run(&args, "")
    };
    assert_eq!(prune(&["--yes"]).ends(0).json()["pruned"], json!([]), "nothing is 90 days old");
    assert!(prune(&["--days=0", "--count=0"]).ends(2).err.contains("say --yes"));
    assert!(prune(&["--days=0", "--count=0", "--yes", "--readonly"]).ends(2).err.contains("read-only"));
    assert_eq!(prune(&["--count=1", "--yes"]).ends(0).json()["pruned"], json!([ended[0]]));
    let told = prune(&["--days=0", "--yes"]).ends(0).json();
    assert_eq!((&told["pruned"], &told["failed"]), (&json!([ended[1]]), &json!([])), "{told:#}");
    let left = shell.run(&["batch", "list", "-ojson"], "").ends(0).json();
    let left: Vec<&Value> = left["items"].as_array().unwrap().iter().map(|batch| &batch["id"]).collect();
    assert_eq!(left, [&json!(open)]);
    hurry(&demo);
    shell.run(&["batch", "resume", &open, "--yes"], "").ends(0);
    until(Duration::from_secs(10), "it has ended", || match &shell.state(&open)["unfinished"] {
        Value::Bool(false) => Ok(()),
        other => Err(other.to_string()),
    });
    assert_eq!(prune(&["--days=0", "--count=0", "--yes"]).ends(0).json()["pruned"], json!([open]));
}
