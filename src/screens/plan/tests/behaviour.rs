//! Keys in, effects out.

use rolldeck_core::batch::{BatchId, Change, Intent, Plan};

use super::{cluster, hostile_apps, plan, read, shop};
use crate::{
    BatchEffect, Effect, Message, PlanEffect, PlanReply,
    plan::bench::{Bench, deploy},
};

/// What was asked to start, if anything was.
fn started(bench: &Bench) -> Option<&Plan> {
    bench.effects.iter().find_map(|effect| match effect {
        Effect::Batch(BatchEffect::Start(plan)) => Some(&**plan),
        _ => None,
    })
}

/// A release of the shop to v1.1.0, checked and ready. `billing` stays paused.
fn ready() -> Bench {
    let mut bench = read(Intent::Release, shop());
    bench.press("a");
    bench.text("v1.1.0");
    bench.press("enter g down down down down down down z z");
    bench.answer(&cluster);
    bench.press("space down space");
    bench
}

#[test]
fn a_plan_reads_its_apps_first_and_writes_nothing() {
    let bench = plan(Intent::Release, shop());
    assert_eq!(bench.effects.len(), 1);
    assert!(matches!(&bench.effects[0], Effect::Plan(PlanEffect::Read { apps, intent: Intent::Release, .. })
        if apps.iter().map(|wanted| wanted.key.clone()).collect::<Vec<_>>() == shop()));
}

#[test]
fn one_tag_for_all_reaches_every_apps_own_image() {
    let mut bench = ready();
    bench.press("ctrl-s 6 enter");
    let plan = started(&bench).expect("started");
    for step in &plan.steps {
        let Some(Change::SetImages(images)) = &step.change else { panic!("{:?}", step.change) };
        assert_eq!(images.len(), 1, "{}", step.key);
        assert_eq!(&*images["main"], format!("registry.local/shop/{}:v1.1.0", step.key.name));
    }
}

#[test]
fn keys_typed_ahead_never_confirm() {
    let mut bench = read(Intent::Release, vec![deploy("qa", "gateway")]);
    bench.press("enter enter enter enter i enter enter");
    bench.answer(&cluster);
    bench.press("ctrl-s enter enter enter enter enter ctrl-s enter space y enter ctrl-s ctrl-s enter");
    assert!(started(&bench).is_none());

    let mut bench = ready();
    bench.press("ctrl-s enter ctrl-s enter enter esc ctrl-s ctrl-s ctrl-s enter ctrl-s tab tab enter enter enter");
    assert!(started(&bench).is_none());
}

#[test]
fn a_wrong_number_stays_and_says_so() {
    let mut bench = ready();
    bench.press("ctrl-s 5 enter");
    assert!(started(&bench).is_none());
    assert!(bench.screen(80, 24).contains("That says \"5\"; this is about 6 apps: type 6."));
    bench.press("backspace 6 enter");
    assert!(started(&bench).is_some());
}

#[test]
fn one_app_starts_by_a_move_to_the_button() {
    let mut bench = read(Intent::Restart, vec![deploy("qa", "gateway")]);
    bench.press("ctrl-s tab enter");
    assert_eq!(started(&bench).map(Plan::writes), Some(1));
}

#[test]
fn what_is_missing_is_said_instead_of_a_question() {
    let mut bench = read(Intent::Release, shop());
    bench.press("ctrl-s");
    assert_eq!(bench.said, "qa/deploy/gateway: type a tag");
    bench.press("a");
    bench.text("v1.1.0");
    bench.press("enter");
    bench.press("ctrl-s");
    assert_eq!(bench.said, "qa/deploy/gateway: is still being checked");
    bench.answer(&cluster);
    bench.press("ctrl-s");
    assert_eq!(bench.said, "qa/deploy/billing: it is paused: resume it with this change, or leave it paused?");
    assert!(!bench.room.typing());
}

#[test]
fn the_preflight_is_asked_when_an_edit_is_done_and_not_at_each_key() {
    let mut bench = read(Intent::Release, shop());
    bench.press("e");
    bench.text("v1.1.0");
    assert!(bench.effects.is_empty());
    bench.press("enter");
    assert!(matches!(&bench.effects[..], [Effect::Plan(PlanEffect::Check(_, steps))] if steps.len() == 1));
}

#[test]
fn typing_replaces_what_is_offered_and_a_caret_edits_it() {
    for (keys, wanted) in [("e v 2 enter", "v2"), ("e backspace 7 enter", "v1.0.7"), ("e home x enter", "xv1.0.0")] {
        let mut bench = read(Intent::Release, vec![deploy("qa", "gateway")]);
        bench.press(keys);
        bench.answer(&cluster);
        bench.press("ctrl-s tab enter");
        let plan = started(&bench).expect(keys);
        assert_eq!(&*plan.steps[0].after(), wanted);
    }
}

#[test]
fn a_tag_that_is_none_stays_in_the_field_and_says_why() {
    let mut bench = read(Intent::Release, vec![deploy("qa", "gateway")]);
    bench.press("e");
    bench.text("not/a tag!");
    bench.press("enter");
    assert!(bench.room.typing());
    assert!(bench.screen(80, 24).contains("not taken: "));
    bench.press("esc");
    assert!(!bench.room.typing() && !bench.left);
}

#[test]
fn one_container_is_edited_alone() {
    let mut bench = read(Intent::Release, vec![deploy("qa", "orders")]);
    bench.press("down down e");
    bench.text("v0.10");
    bench.press("enter");
    bench.answer(&cluster);
    bench.press("ctrl-s tab enter");
    let plan = started(&bench).expect("started");
    let Some(Change::SetImages(images)) = &plan.steps[0].change else { panic!("no images") };
    assert_eq!(
        images.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
        ["sidecar=registry.local/mesh/proxy:v0.10"]
    );
}

#[test]
fn a_rollback_goes_past_restarts_unless_the_operator_picks() {
    let revision = |keys: &str| {
        let mut bench = read(Intent::Rollback, vec![deploy("qa", "gateway")]);
        bench.press(keys);
        bench.answer(&cluster);
        bench.press("ctrl-s tab enter");
        match &started(&bench).expect(keys).steps[0].change {
            Some(Change::Template { revision, .. }) => *revision,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(revision(""), 7);
    assert_eq!(revision("p"), 8);
    assert_eq!(revision("h down enter"), 6);
    assert_eq!(revision("h down esc"), 7);
}

#[test]
fn a_scale_of_all_sets_every_number() {
    let mut bench = read(Intent::Scale, shop());
    bench.press("a 5 enter");
    bench.answer(&cluster);
    bench.press("G space ctrl-s 6 enter");
    let plan = started(&bench).expect("started");
    assert!(plan.steps.iter().all(|step| step.change == Some(Change::Scale(5))));
}

#[test]
fn read_only_looks_and_never_starts() {
    let mut bench = ready();
    bench.session.readonly = true;
    bench.press("ctrl-s");
    assert!(bench.said.contains("read-only") && !bench.room.typing());
}

#[test]
fn a_start_clears_the_marks_and_shows_the_batch() {
    let mut bench = ready();
    bench.press("ctrl-s 6 enter");
    assert!(!bench.cleared);
    bench.hear(Message::Plan(PlanReply::Started(BatchId("20261122-140502-k3x9".into()))));
    assert!(bench.cleared);
    assert_eq!(bench.room.room(), crate::Room::Batch);
}

#[test]
fn a_refused_start_loses_nothing_and_reading_again_keeps_the_edits() {
    let mut bench = ready();
    bench.press("ctrl-s 6 enter");
    bench.effects.clear();
    bench.hear(Message::RunRefused("qa/deploy/orders was changed since the plan".into()));
    assert!(bench.screen(80, 24).contains("Not started, and nothing was written: qa/deploy/orders was changed"));
    assert!(!bench.cleared);
    bench.press("o");
    bench.answer(&cluster);
    bench.press("ctrl-s 6 enter");
    let plan = started(&bench).expect("started again");
    assert!(plan.steps.iter().all(|step| &*step.after() == "v1.1.0"), "{:?}", plan.steps[0].after());
}

#[test]
fn reading_again_keeps_the_revision_that_was_picked() {
    let mut bench = read(Intent::Rollback, vec![deploy("qa", "gateway")]);
    bench.press("h down enter");
    bench.answer(&cluster);
    bench.press("o");
    bench.answer(&cluster);
    bench.press("ctrl-s tab enter");
    let plan = started(&bench).expect("started");
    assert!(matches!(&plan.steps[0].change, Some(Change::Template { revision: 6, .. })));
}

#[test]
fn steps_are_taken_out_down_to_none() {
    let mut bench = ready();
    bench.press("g x down down down x");
    bench.press("ctrl-s 4 enter");
    assert_eq!(started(&bench).map(|plan| plan.steps.len()), Some(4));
    let mut bench = read(Intent::Release, hostile_apps());
    bench.press("x x x enter e a h d z + - ctrl-s o");
    assert!(bench.screen(80, 24).contains("No app is left in this plan."));
}

#[test]
fn the_number_at_once_stays_between_one_and_all() {
    let mut bench = ready();
    let shows = |bench: &mut Bench, text: &str| assert!(bench.screen(80, 24).contains(text), "{text}");
    shows(&mut bench, "3 at once");
    bench.press("+ + + + + +");
    shows(&mut bench, "all at once");
    bench.press("- - - - - - - - -");
    shows(&mut bench, "one after the other");
}

#[test]
fn an_answer_about_another_app_changes_nothing() {
    let mut bench = ready();
    let stranger = deploy("prod", "gateway");
    assert!(!bench.hear(Message::Plan(PlanReply::Read(stranger.clone(), cluster(&stranger)))));
}
