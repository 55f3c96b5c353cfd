//! With a terminal: questions, gates and the bar.

use serde_json::json;

use super::{
    Demo,
    shell::{APPS, Shell, release},
};
use crate::support::console::{Console, Ended};

const RUN: [&str; 3] = ["batch", "run", "--acknowledge=all"];

fn start(shell: &Shell, file: &str, more: &[&str]) -> Console {
    let path = shell.file(file);
    shell.in_terminal(&[&RUN[..], more, &[&path]].concat())
}

#[track_caller]
fn ends(console: Console, code: u32) -> Ended {
    let ended = console.wait_end();
    assert_eq!(ended.status.exit_code(), code, "{}", ended.screen);
    ended
}

#[test]
fn a_gate_without_a_terminal_is_refused_before_anything_is_written() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let before = demo.image(APPS[0]);
    let file = release(&APPS, "77.0.0", &json!({ "gate": true, "width": 1 }));
    let told = shell.run(&["batch", "run", "-", "--yes", "--acknowledge=all"], &file).ends(2);
    assert!(told.err.contains("gate: ") && told.err.contains("no terminal"), "{told:#?}");
    assert_eq!(demo.image(APPS[0]), before);
    assert_eq!(shell.run(&["batch", "list", "-ojson"], "").ends(0).json()["items"], json!([]));
}

#[test]
fn a_gate_is_opened_with_enter() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let mut console = start(&shell, &release(&APPS, "77.0.0", &json!({ "gate": true, "width": 1 })), &["--yes"]);
    console.wait_text("wave 1 of 2 is through: Enter goes on, q leaves");
    assert!(demo.image(APPS[0]).ends_with(":77.0.0") && !demo.image(APPS[1]).ends_with(":77.0.0"));
    console.key("enter");
    let ended = ends(console, 0);
    assert!(ended.screen.says("the gate of wave 2 of 2 was opened"), "{}", ended.screen);
    assert!(demo.image(APPS[1]).ends_with(":77.0.0"));
}

#[test]
fn a_batch_is_left_at_its_gate_with_q_and_gone_on_with_later() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let mut console = start(&shell, &release(&APPS, "77.0.0", &json!({ "gate": true, "width": 1 })), &["--yes"]);
    console.wait_text("Enter goes on, q leaves");
    console.keys("q");
    console.key("enter");
    let ended = ends(console, 1);
    assert!(ended.screen.says("on with `rolldeck batch resume"), "{}", ended.screen);
    let batch = shell.batch();
    assert_eq!((&batch["phase"], &batch["unfinished"]), (&json!("interrupted"), &json!(true)), "{batch:#}");
    assert!(!demo.image(APPS[1]).ends_with(":77.0.0"), "what is behind the gate has not started");
    let id = batch["id"].as_str().expect("its name");
    let told = shell.run(&["batch", "resume", id, "--yes"], "").ends(2);
    assert!(told.err.contains("gate: ") && told.err.contains("no terminal"), "{told:#?}");
    let mut console = shell.in_terminal(&["batch", "resume", id]);
    console.wait_text("go on with batch");
    console.wait_text("Type 2 to go on:");
    console.keys("2");
    console.key("enter");
    console.wait_text("Enter goes on, q leaves");
    console.key("enter");
    ends(console, 0);
    assert!(demo.image(APPS[1]).ends_with(":77.0.0"));
}

#[test]
fn a_terminal_has_a_bar_that_grows_and_is_gone_at_the_end() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let mut console = start(&shell, &release(&APPS, "77.0.0", &json!({ "width": 1 })), &["--yes"]);
    let bar = |done: usize| format!("[{}{}] {done}/2", "#".repeat(12 * done), "-".repeat(24 - 12 * done));
    console.wait_text(&bar(0));
    let screen = console.wait_text(&bar(1));
    assert!(screen.row(&["[####", "1/2", "0m"]).is_some(), "{screen}");
    let ended = ends(console, 0);
    assert_eq!(ended.screen.count(&["[#"]), 0, "no bar is left behind\n{}", ended.screen);
    assert_eq!(ended.screen.count(&["healthy"]), 2, "a line an app\n{}", ended.screen);
    assert!(ended.screen.says("done after"), "{}", ended.screen);
}

#[test]
fn more_than_one_app_asks_for_their_number() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    let before = demo.image(APPS[0]);
    let file = release(&APPS, "77.0.0", &json!({}));
    let mut console = start(&shell, &file, &[]);
    console.wait_text("release 2 apps in dev of");
    console.wait_text("Type 2 to go on:");
    console.keys("yes");
    console.key("enter");
    assert!(ends(console, 2).screen.says("not confirmed: nothing was written"));
    assert_eq!(demo.image(APPS[0]), before);
    let mut console = start(&shell, &file, &[]);
    console.wait_text("Type 2 to go on:");
    console.keys("2");
    console.key("enter");
    ends(console, 0);
    assert!(demo.image(APPS[0]).ends_with(":77.0.0"));
}

#[test]
fn a_guarded_place_has_its_name_typed_and_yes_does_not_answer_for_it() {
    let demo = Demo::fast();
    let shell = Shell::new(&demo);
    shell.config("[[guard]]\nnamespace = 'dev'\nwhat = 'type'\n");
    let before = demo.image(APPS[0]);
    let file = release(&APPS[..1], "77.0.0", &json!({}));
    let ask = |more: &[&str], typed: &str| {
        let mut console = start(&shell, &file, more);
        console.wait_text("Type dev to go on:");
        console.wait_text("config.toml, line 1");
        console.keys(typed);
        console.key("enter");
        console
    };
    for wrong in ["yes", "1", "DEV", ""] {
        assert!(ends(ask(&["--yes"], wrong), 2).screen.says("not confirmed: nothing was written"), "{wrong}");
    }
    let told = shell.run(&["batch", "run", "-", "--acknowledge=all", "--confirm", "prod"], &file).ends(2);
    assert!(told.err.contains("--confirm prod: the name of the place is dev"), "{told:#?}");
    let told = shell.run(&["undo", APPS[0], "--yes", "--acknowledge=all"], "").ends(2);
    assert!(told.err.contains("say --confirm dev"), "{told:#?}");
    assert_eq!(demo.image(APPS[0]), before);
    ends(ask(&[], "dev"), 0);
    assert!(demo.image(APPS[0]).ends_with(":77.0.0"));
    let id = shell.batch()["id"].as_str().expect("its name").to_owned();
    let told = shell.run(&["batch", "revert", &id, "--yes"], "").ends(2);
    assert!(told.err.contains("say --confirm dev"), "{told:#?}");
    shell.run(&["batch", "revert", &id, "--confirm", "dev"], "").ends(0);
    assert_eq!(demo.image(APPS[0]), before);
}
