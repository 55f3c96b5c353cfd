//! Tags that may have been pushed again: how the plan tells of them, and what its key pins.

use std::sync::Arc;

use rolldeck_core::batch::{Change, Intent, Plan, ProblemKind};

use super::{cluster, known::pushed_again, plan, read, shop};
use crate::{
    BatchEffect, Command, Effect, Message, PlanReply,
    plan::bench::{Bench, deploy, looks},
};

/// A plan of the first three apps of the shop, where tags were pushed again.
fn told(intent: Intent) -> Bench {
    let mut bench = plan(intent, shop()[..3].to_vec());
    bench.hear(Message::Plan(PlanReply::Evidence(Arc::new(pushed_again()))));
    bench.answer(&cluster);
    bench
}

/// The release of all three to v1.1.0, checked.
fn release() -> Bench {
    let mut bench = told(Intent::Release);
    bench.press("a");
    bench.text("v1.1.0");
    bench.press("enter");
    bench.answer(&cluster);
    bench
}

/// Presses the key, lets the checks answer, and returns what was said before them.
fn pin(bench: &mut Bench, keys: &str) -> String {
    bench.press(keys);
    let said = bench.said.clone();
    bench.answer(&cluster);
    said
}

/// The plan that starts once all is acknowledged.
fn started(bench: &mut Bench) -> Plan {
    bench.press("G space ctrl-s 3 enter");
    let found = bench.effects.iter().find_map(|effect| match effect {
        Effect::Batch(BatchEffect::Start(plan)) => Some((**plan).clone()),
        _ => None,
    });
    found.expect("started")
}

fn images(plan: &Plan, step: usize) -> Vec<String> {
    let version = |image: &str| image.rsplit('/').next().unwrap_or_default().replace(&"a".repeat(64), "A");
    plan.steps[step].images_after().iter().map(|image| version(&image.image)).collect()
}

#[test]
fn the_key_pins_the_app_under_the_cursor_to_what_ran_here_and_no_other() {
    let mut bench = release();
    assert!(bench.hints().iter().any(|(command, _)| *command == Command::Pin));
    assert_eq!(pin(&mut bench, "#"), "pinned in qa/deploy/gateway: main to v1.1.0@aaaaaaaaaaaa, as it ran here");
    assert!(bench.screen(80, 24).contains("tag may have moved · 2 apps: orders, cart"));
    let plan = started(&mut bench);
    assert_eq!(images(&plan, 0), ["gateway:v1.1.0@sha256:A"]);
    assert_eq!(images(&plan, 1), ["orders:v1.1.0", "proxy:v0.9"]);
    assert_eq!(images(&plan, 2), ["cart:v1.1.0"]);
}

#[test]
fn what_a_change_leaves_as_it_is_can_be_pinned_too_by_its_own_line() {
    let mut bench = release();
    assert!(pin(&mut bench, "down down #").starts_with("Nothing to pin in qa/deploy/orders"));
    assert_eq!(pin(&mut bench, "down #"), "pinned in qa/deploy/orders: sidecar to v0.9@aaaaaaaaaaaa, as it ran here");
    assert_eq!(images(&started(&mut bench), 1), ["orders:v1.1.0", "proxy:v0.9@sha256:A"]);
}

#[test]
fn on_the_kind_of_the_warning_it_pins_every_app_whose_digest_is_certain() {
    let mut bench = release();
    let said = pin(&mut bench, "G #");
    let wanted =
        "pinned 2 images of 2 apps, each as it ran there; of 1 app it is not certain what ran: pin it on its own line";
    assert_eq!(said, wanted);
    assert!(bench.screen(80, 24).contains("tag may have moved · 1 app: cart"));
    assert!(pin(&mut bench, "G #").starts_with("nothing was pinned; of 1 app it is not certain"));
    let plan = started(&mut bench);
    assert_eq!([images(&plan, 0), images(&plan, 2)].concat(), ["gateway:v1.1.0@sha256:A", "cart:v1.1.0"]);
}

#[test]
fn where_it_is_not_certain_what_ran_here_it_asks_and_esc_leaves_the_tag() {
    let mut bench = release();
    bench.press("down down down down #");
    assert!(bench.room.typing() && bench.screen(80, 24).contains("Which digest is main of qa/deploy/cart to have?"));
    bench.press("esc");
    assert!(!bench.room.typing() && bench.effects.is_empty());
    assert_eq!(pin(&mut bench, "# down enter"), "pinned in qa/deploy/cart: main to @cccccccccccc");
    let plan = started(&mut bench);
    assert_eq!(images(&plan, 2), [format!("cart:v1.1.0@sha256:{}", "c".repeat(64))]);
}

#[test]
fn a_rollback_is_pinned_and_stays_so_when_its_apps_are_read_again() {
    let mut bench = told(Intent::Rollback);
    assert_eq!(pin(&mut bench, "#"), "pinned in qa/deploy/gateway: main to v0.9.4@aaaaaaaaaaaa, as it ran here");
    bench.press("o");
    bench.answer(&cluster);
    let shown = bench.screen(160, 50);
    assert!(!shown.contains("not taken") && shown.contains("rev 7 v0.9.4@aaaaaaaaaaaa"), "{shown}");
    let plan = started(&mut bench);
    assert!(plan.steps[0].problems.iter().all(|problem| problem.kind != ProblemKind::Repushed));
    let Some(Change::Template { revision: 7, .. }) = plan.steps[0].change else { panic!("{:?}", plan.steps[0].change) };
    assert_eq!(images(&plan, 0), ["gateway:v0.9.4@sha256:A"]);
}

#[test]
fn where_nothing_can_be_pinned_it_says_why() {
    let mut bench = told(Intent::Release);
    bench.press("#");
    assert_eq!(bench.said, "qa/deploy/gateway: what it becomes is not decided yet.");
    bench.press("e");
    bench.text("v1.1.0");
    bench.press("enter #");
    assert!(bench.said.contains("is still being checked"), "{}", bench.said);
    let mut bench = read(Intent::Restart, vec![deploy("qa", "gateway")]);
    bench.press("#");
    assert_eq!(bench.said, "Only a release or a rollback pins digests.");
    let mut bench = read(Intent::Rollback, vec![deploy("qa", "mail")]);
    bench.press("#");
    assert!(bench.said.starts_with("Nothing to pin in qa/deploy/mail"), "{}", bench.said);
}

#[test]
fn looks() {
    let mut bench = release();
    looks!("pin_warned", bench);
    bench.press("down down down");
    pin(&mut bench, "#");
    looks!("pin_pinned", bench);
    bench.press("down #");
    looks!("pin_choice", bench);
    bench.press("esc w");
    looks!("pin_details", bench);
    let mut bench = told(Intent::Rollback);
    pin(&mut bench, "#");
    looks!("pin_rollback", bench);
}
