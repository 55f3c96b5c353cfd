//! Plans, batches and unfinished batches in the whole console: from a key in the fleet to the last frame.

use std::sync::Arc;

use insta::assert_snapshot;
use rolldeck_core::{
    batch::{BatchId, Found, FoundStep, Holder, Intent, Phase, Run, RunStep, StepState},
    fleet::Freshness,
};

use super::cluster;
use crate::{
    BatchEffect, Effect, Message, PlanEffect, PlanReply,
    plan::bench::deploy,
    testing::{Stage, ago},
};

const SMALL: (u16, u16) = (80, 24);
const LARGE: (u16, u16) = (160, 50);

/// A console with a plan for every app of the shop, opened as an operator would, and read.
fn planned(size: (u16, u16), key: &str) -> Stage {
    let mut stage = Stage::shop(size);
    stage.keys("*").keys(key);
    let reads = stage.effects.iter().find_map(|effect| match effect {
        Effect::Plan(PlanEffect::Read { apps, .. }) => Some(apps.clone()),
        _ => None,
    });
    for app in reads.expect("a plan reads its apps") {
        let read = cluster(&app.key);
        stage.message(Message::Plan(PlanReply::Read(app.key, read)));
    }
    stage
}

fn stale() -> Freshness {
    Freshness::Stale { since: ago(30), why: "connection refused".into() }
}

fn run(phase: Phase, state: StepState) -> Message {
    let step = |name| RunStep {
        key: deploy("qa", name),
        before: "v1.0.0".into(),
        after: "v1.1.0".into(),
        state: state.clone(),
        since: ago(5),
        began: Some(ago(5)),
        expected: None,
        soaks: None,
        retries: false,
    };
    Message::Run(Arc::new(Run {
        id: BatchId("20261122-140432-k3x9".into()),
        intent: Intent::Release,
        ended: phase.ended().then(|| ago(2)),
        phase,
        steps: vec![step("gateway"), step("orders")],
        started: ago(30),
        by: "dana@laptop".into(),
        claimed: "".into(),
        reason: "".into(),
        options: rolldeck_core::batch::Options::new(Intent::Release, 2),
        notes: Vec::new(),
    }))
}

fn found(holder: Holder) -> Message {
    let step = FoundStep {
        key: deploy("qa", "gateway"),
        before: "".into(),
        after: "".into(),
        since: ago(7200),
        state: StepState::Applying,
    };
    Message::Found(vec![Found {
        id: BatchId("20261122-110502-aaaa".into()),
        intent: Intent::Release,
        by: "kim@desk".into(),
        claimed: "".into(),
        reason: "".into(),
        started: ago(7200),
        ended: None,
        phase: rolldeck_core::batch::journal::RecordPhase::Running,
        unfinished: true,
        log: Vec::new(),
        steps: vec![step],
        holder,
    }])
}

#[test]
fn a_plan_stays_in_sight_while_the_cluster_does_not_answer() {
    for (name, size) in [("stale_80x24", SMALL), ("stale_160x50", LARGE)] {
        let mut stage = planned(size, "i");
        stage.all(stale());
        assert_snapshot!(name, stage.text());
    }
}

#[test]
fn a_batch_stays_in_sight_while_the_cluster_does_not_answer() {
    for (name, size) in [("stale_batch_80x24", SMALL), ("stale_batch_160x50", LARGE)] {
        let mut stage = Stage::shop(size);
        stage.message(run(Phase::Held("no answer for 15 s".into()), StepState::RollingOut(1, 2, "".into())));
        stage.keys("b").all(stale());
        assert_snapshot!(name, stage.text());
    }
}

#[test]
fn unfinished_batches_stay_in_sight_while_the_cluster_does_not_answer() {
    for (name, size) in [("stale_unfinished_80x24", SMALL), ("stale_unfinished_160x50", LARGE)] {
        let mut stage = Stage::shop(size);
        stage.message(found(Holder::Gone)).all(stale());
        assert_snapshot!(name, stage.text());
    }
}

#[test]
fn a_hurried_hand_starts_nothing() {
    let mut stage = planned(SMALL, "i");
    stage.keys("enter enter i enter enter ctrl-s enter enter ctrl-s enter a v 2 enter ctrl-s enter enter ctrl-s enter");
    let mut restart = planned(SMALL, "r");
    restart.keys("enter enter r enter ctrl-s enter enter r r enter ctrl-s y enter enter");
    for stage in [stage, restart] {
        assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Batch(BatchEffect::Start(_)))));
    }
}

#[test]
fn the_palette_plans_what_has_no_key_on_every_screen() {
    for (word, title) in [("hpa", "Set the bounds of "), ("pause", "Pause "), ("resume", "Resume ")] {
        let mut stage = Stage::shop(SMALL);
        stage.keys(":").type_text(word).keys("enter");
        let text = stage.text();
        assert!(text.contains(title), "{word}\n{text}");
    }
    let mut stage = Stage::shop(SMALL);
    stage.keys(":").type_text("events").keys("enter").keys(":").type_text("pause").keys("enter");
    stage.shows("no screen, command, app or known namespace pause");
}

#[test]
fn leaving_a_batch_and_coming_back_shows_the_same() {
    let mut stage = Stage::shop(SMALL);
    stage.message(run(Phase::Running, StepState::RollingOut(1, 2, "".into()))).keys("b");
    let before = stage.text();
    stage.keys("esc").shows("Fleet");
    stage.keys("b");
    assert_eq!(stage.text(), before);
    stage.keys("esc :").type_text("batch").keys("enter");
    assert_eq!(stage.text(), before);
}

#[test]
fn a_batch_on_its_way_wakes_each_second_and_an_ended_one_sleeps() {
    let mut stage = Stage::shop(SMALL);
    stage.message(run(Phase::Running, StepState::Applying)).keys("b");
    assert_eq!(stage.state.wake_at(), Some(ago(-1)));
    stage.state.drawn();
    stage.at(1);
    assert!(stage.state.dirty());
    stage.message(run(Phase::Done, StepState::Healthy));
    assert_eq!(stage.state.wake_at(), None);
}

#[test]
fn the_start_names_unfinished_batches_that_nobody_drives() {
    for holder in [Holder::Gone, Holder::Left, Holder::Watching(12)] {
        let mut stage = Stage::shop(SMALL);
        stage.message(found(holder)).shows("20261122-110502-aaaa");
        stage.keys("esc").shows("Fleet").shows("1 unfinished batch");
    }
}

#[test]
fn a_batch_that_someone_drives_opens_nothing_until_its_driver_is_gone() {
    let mut stage = Stage::shop(SMALL);
    stage.message(found(Holder::Alive("kim@desk".into()))).hides("20261122-110502-aaaa");
    stage.message(found(Holder::Gone)).shows("20261122-110502-aaaa");
}

#[test]
fn a_revert_from_the_list_leads_to_the_batch_and_back_to_the_fleet() {
    let mut stage = Stage::shop(SMALL);
    let same = || Message::Batch(crate::BatchReply::Drift(BatchId("20261122-110502-aaaa".into()), Ok(Vec::new())));
    stage.message(found(Holder::Gone)).keys("u").message(same()).keys("enter").shows("20261122-110502-aaaa");
    stage
        .keys("u")
        .message(same())
        .keys("tab enter")
        .shows("Batch 20261122-110502-aaaa: its driver has not spoken yet");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Batch(BatchEffect::TakeOver { .. }))));
    stage.keys("esc esc").shows("Fleet");
}
