//! A batch from its file to its end, and what is told of it.

use std::{io::Write, process::Command, time::Duration};

use serde_json::{Value, json};

use super::{
    Demo,
    shell::{APPS, RUN, Shell, Told, release},
};
use crate::support::until;

#[test]
fn a_file_is_released_listed_and_taken_back() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let before = APPS.map(|name| demo.image(name));
    let told = shell.run(&RUN, &release(&APPS, "77.0.0", &json!({ "reason": "the fix" }))).ends(0);
    let batch = told.json();
    assert_eq!((&batch["phase"], &batch["reason"]), (&json!("done"), &json!("the fix")), "{told:#?}");
    assert!(batch["apps"].as_array().unwrap().iter().all(|app| app["state"] == "healthy"), "{batch:#}");
    assert!(told.err.contains("deploy dev/berth-planner  healthy"), "{told:#?}");
    APPS.iter().for_each(|name| assert!(demo.image(name).ends_with(":77.0.0")));

    let id = batch["id"].as_str().unwrap();
    let list = shell.run(&["batch", "list", "-ojson"], "").ends(0).json();
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["phase"]), (&json!(id), &json!("done")));
    assert!(shell.run(&["batch", "list"], "").ends(0).out.contains("the fix"));

    let end = &id[id.len() - 4..];
    let one = shell.run(&["batch", "revert", end, "--yes", "--app", APPS[0]], "").ends(0);
    assert_eq!(demo.image(APPS[0]), before[0], "{one:#?}");
    assert!(demo.image(APPS[1]).ends_with(":77.0.0"), "the other stays");
    shell.run(&["batch", "revert", id, "--yes"], "").ends(0);
    assert_eq!(APPS.map(|name| demo.image(name)), before, "exactly what was there before");
}

#[test]
fn a_bad_tag_fails_and_is_reverted_where_the_file_says_so() {
    let demo = Demo::fast();
    let before = demo.image(APPS[0]);
    let file = release(&APPS[..1], "77.0.0-crash", &json!({ "onFailure": "revert" }));
    let told = Shell::new(&demo).run(&RUN, &file).ends(1);
    assert_eq!(told.json()["phase"], "reverted", "{told:#?}");
    assert_eq!(demo.image(APPS[0]), before);
}

#[test]
fn a_dry_run_prints_the_plan_and_writes_nothing() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = demo.deployment(APPS[0]);
    let file = release(&APPS[..1], "77.0.0", &json!({}));
    let plan = shell.run(&["batch", "run", "-", "--dry-run", "--acknowledge=all", "-ojson"], &file).ends(0).json();
    assert_eq!((&plan["kind"], &plan["ready"]), (&json!("Plan"), &json!(true)), "{plan:#}");
    assert_eq!(plan["apps"][0]["after"], "77.0.0");
    let text = shell.run(&["batch", "run", "-", "--dry-run", "--acknowledge=all"], &file).ends(0).out;
    assert!(text.contains("deploy dev/berth-planner") && text.contains("→ 77.0.0"), "{text}");
    let after = demo.deployment(APPS[0]);
    assert_eq!(after["spec"]["template"], before["spec"]["template"]);
    assert_eq!(shell.run(&["batch", "list", "-ojson"], "").ends(0).json()["items"], json!([]));
}

#[test]
fn a_release_to_a_tag_that_was_never_seen_warns_and_says_what_is_nearest() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let plan = |tag: &str| {
        let file = release(&APPS[..1], tag, &json!({}));
        shell.run(&["batch", "run", "-", "--dry-run", "--acknowledge=all", "-ojson"], &file).ends(0).json()
    };
    let warnings = |plan: &Value| {
        let problems = plan["apps"][0]["problems"].as_array().cloned().unwrap_or_default();
        problems.into_iter().filter(|problem| problem["kind"] == "unknown-tag").collect::<Vec<_>>()
    };
    let unseen = plan("9.9.9");
    let told = warnings(&unseen);
    assert_eq!(told.len(), 1, "{unseen:#}");
    assert!(told[0]["text"].as_str().unwrap().contains("has had, 9.9.9 of"), "{unseen:#}");
    assert!(told[0]["text"].as_str().unwrap().contains("that was seen is "), "{unseen:#}");
    let nearest = told[0]["text"].as_str().unwrap().rsplit(' ').next().unwrap().to_owned();
    let known = plan(&nearest);
    assert_eq!(warnings(&known), Vec::<Value>::new(), "{known:#}");
}

#[test]
fn what_is_refused_is_refused_before_anything_is_written() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = demo.image(APPS[0]);
    let file = release(&APPS[..1], "77.0.0", &json!({}));
    let cases: [(&[&str], &str, &str); 5] = [
        (&["batch", "run", "-", "--acknowledge=all"], &file, "say --yes"),
        (&["batch", "run", "-", "--yes", "--readonly", "--acknowledge=all"], &file, "read-only"),
        (&["batch", "run", "-", "--yes", "--acknowledge=mangled"], &file, "did you mean managed?"),
        (
            &["batch", "run", "-", "--yes"],
            "kind: Release\nspec: {}\n",
            "standard input, line 1: apiVersion: it is missing",
        ),
        (&["batch", "revert", "nope", "--yes"], "", "nope"),
    ];
    for (args, input, wanted) in cases {
        let told = shell.run(args, input).ends(2);
        assert!(told.err.contains(wanted), "{wanted}: {told:#?}");
    }
    shell.config("[[guard]]\nnamespace = 'd*'\nwhat = 'type'\n");
    let told = shell.run(&RUN, &file).ends(2);
    assert!(told.err.contains("config.toml, line 1 (namespace d*)") && told.err.contains("--confirm dev"), "{told:#?}");
    shell.config("[[guard]]\nnamespace = 'd*'\nwhat = 'read-only'\n");
    let told = shell.run(&["batch", "run", "-", "--confirm", "dev", "--acknowledge=all"], &file).ends(2);
    assert!(told.err.contains("read-only, by the rule at config.toml, line 1"), "{told:#?}");
    shell.config("reason-required = true\n");
    assert!(shell.run(&RUN, &file).ends(2).err.contains("say --reason"));
    assert_eq!(demo.image(APPS[0]), before);
}

#[test]
fn a_name_that_a_guard_asks_for_is_confirmed() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    shell.config("[[guard]]\nnamespace = 'dev'\nwhat = 'type'\n");
    let file = release(&APPS[..1], "77.0.0", &json!({}));
    shell.run(&["batch", "run", "-", "--confirm", "dev", "--acknowledge=all"], &file).ends(0);
    assert!(demo.image(APPS[0]).ends_with(":77.0.0"));
}

#[test]
fn an_app_that_someone_changed_since_is_drift_and_left_alone() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let before = demo.image(APPS[1]);
    let batch = shell.run(&RUN, &release(&APPS, "77.0.0", &json!({}))).ends(0).json();
    let theirs = json!({ "spec": { "template": { "metadata": { "annotations": { "theirs": "1" } } } } });
    demo.patch(APPS[0], &theirs);
    let told = shell.run(&["batch", "revert", batch["id"].as_str().unwrap(), "--yes"], "").ends(3);
    assert!(told.err.contains("changed since, and left alone: deploy dev/berth-planner"), "{told:#?}");
    assert!(demo.image(APPS[0]).ends_with(":77.0.0"), "nobody's work is undone");
    assert_eq!(demo.image(APPS[1]), before);
}

#[test]
fn a_batch_whose_process_was_killed_is_gone_on_with() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let mut child = shell.command(&RUN).spawn().expect("the program starts");
    let file = release(&APPS, "77.0.0", &json!({ "width": 1, "soak": 2 }));
    child.stdin.take().expect("a pipe").write_all(file.as_bytes()).expect("it reads");
    demo.wait(APPS[0], "the first app is released", |object| {
        object["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap().ends_with(":77.0.0")
    });
    child.kill().expect("SIGKILL");
    child.wait().expect("it ends");
    let list = shell.run(&["batch", "list", "-ojson"], "").ends(0).json();
    assert_eq!(list["items"][0]["unfinished"], true, "{list:#}");
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let told = shell.run(&["batch", "resume", &id, "--yes", "-ojson"], "").ends(0);
    assert_eq!(told.json()["phase"], "done", "{told:#?}");
    APPS.iter().for_each(|name| assert!(demo.image(name).ends_with(":77.0.0")));
    assert_eq!(shell.state(&id)["unfinished"], false);
}

#[test]
fn a_signal_leaves_in_good_order_and_says_how_to_go_on() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let mut child = shell.command(&RUN).spawn().expect("the program starts");
    let file = release(&APPS, "77.0.0", &json!({ "width": 1, "soak": 600 }));
    child.stdin.take().expect("a pipe").write_all(file.as_bytes()).expect("it reads");
    demo.wait(APPS[0], "the first app is released", |object| {
        object["spec"]["template"]["spec"]["containers"][0]["image"].as_str().unwrap().ends_with(":77.0.0")
    });
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    let told = Told::of(child.wait_with_output().expect("it ends")).ends(1);
    assert!(told.err.contains("SIGTERM") && told.err.contains("rolldeck batch resume"), "{told:#?}");
    let id = told.json()["id"].as_str().unwrap().to_owned();
    until(Duration::from_secs(10), "the record says so", || match shell.state(&id)["phase"].as_str() {
        Some("interrupted") => Ok(()),
        other => Err(format!("{other:?}")),
    });
    shell.run(&["batch", "revert", &id, "--yes", "--incident"], "").ends(0);
}

#[test]
fn one_app_goes_back_to_its_earlier_revision_with_undo() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let before = demo.image(APPS[0]);
    shell.run(&RUN, &release(&APPS[..1], "77.0.0", &json!({}))).ends(0);
    shell.run(&["undo", APPS[0], "--yes", "--acknowledge=all"], "").ends(0);
    assert_eq!(demo.image(APPS[0]), before);
    let told = shell.run(&["undo", "berth-planer", "--yes"], "").ends(2);
    assert!(told.err.contains("did you mean berth-planner?"), "{told:#?}");
}

#[test]
fn apps_go_back_to_how_they_were_at_a_point_in_time() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let before = APPS.map(|name| demo.image(name));
    shell.run(&RUN, &release(&APPS, "77.0.0", &json!({}))).ends(0);
    let args = ["undo", "--to", "before the last batch", "--yes", "--acknowledge=all", "-ojson", APPS[0], APPS[1]];
    let told = shell.run(&args, "").ends(0);
    assert_eq!((&told.json()["intent"], &told.json()["phase"]), (&json!("Rollback"), &json!("done")), "{told:#?}");
    assert_eq!(APPS.map(|name| demo.image(name)), before);
    let told = shell.run(&["undo", "--to", "tomorrow", "--yes"], "").ends(2);
    assert!(told.err.contains("tomorrow"), "{told:#?}");
}
