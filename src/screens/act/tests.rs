//! The question before a pod ends, and what becomes of it.

use rolldeck_core::{
    act::{Budget, Facts, How, Outcome},
    batch::guard::{Glob, Guard, GuardRule, Guards},
    fleet::Object,
    model::{AppKind, Strategy},
    text::Clean,
};
use rstest::rstest;

use crate::{
    ActEffect, ActReply, Effect, Message,
    testing::{Stage, ago, app, key, pod},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

/// The question about the second pod of `gateway`.
fn asked(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("gateway").keys("enter enter j ctrl-k");
    stage
}

fn facts() -> Facts {
    Facts { no_eviction: Vec::new(), no_deletion: Vec::new(), budgets: Ok(Vec::new()), ends: vec![None] }
}

fn told(stage: &mut Stage, facts: Facts) {
    stage.message(Message::Act(ActReply::Facts(facts)));
}

fn done(stage: &Stage) -> Vec<(How, Vec<Clean>)> {
    let acts = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Act(ActEffect::Do(act)) => Some((act.how, act.pods.iter().map(|pod| pod.uid.clone()).collect())),
        _ => None,
    });
    acts.collect()
}

#[rstest]
fn the_question_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let mut stage = asked(size);
    insta::assert_snapshot!(name("loading"), stage.text());
    let budget =
        Budget { namespace: "qa".into(), name: "订单-budget".into(), allowed: 0, healthy: 3, desired: 3, covers: 1 };
    told(&mut stage, Facts { budgets: Ok(vec![budget]), ..facts() });
    insta::assert_snapshot!(name("normal"), stage.text());

    let no = |verb: &str| vec![Clean::from(format!("you may not {verb} in namespace qa: no\u{1b}[31m role"))];
    let mut stage = asked(size);
    told(&mut stage, Facts { no_eviction: no("create pods/eviction"), no_deletion: no("delete pods"), ..facts() });
    insta::assert_snapshot!(name("forbidden"), stage.text());

    let mut stage = asked(size);
    told(&mut stage, Facts { ends: vec![Some(ago(120))], ..facts() });
    insta::assert_snapshot!(name("stuck"), stage.text());

    let mut stage = asked(size);
    told(&mut stage, facts());
    stage.keys("tab enter");
    let pod = stage.effects.iter().find_map(|effect| match effect {
        Effect::Act(ActEffect::Do(act)) => act.pods.first().cloned(),
        _ => None,
    });
    let why = "a PodDisruptionBudget holds it back: the disruption budget web needs 3 healthy pods and has 3 currently";
    stage.message(Message::Act(ActReply::Ended(pod.unwrap(), Outcome::Refused(why.into()))));
    insta::assert_snapshot!(name("refused"), stage.text());
}

#[test]
fn enter_alone_ends_nothing_and_neither_does_a_key_before_the_rights_are_known() {
    let mut stage = asked(WIDE);
    stage.keys("tab tab enter").hides("Evict or delete");
    let mut stage = asked(WIDE);
    told(&mut stage, facts());
    stage.keys("ctrl-k ctrl-k enter").hides("Evict or delete");
    assert!(done(&stage).is_empty());
}

#[test]
fn the_pod_under_the_cursor_is_evicted_or_deleted_by_its_uid() {
    for (keys, how) in [("tab enter", How::Evict), ("tab tab enter", How::Delete)] {
        let mut stage = asked(WIDE);
        stage.shows("gateway-7d9f-00001").shows("context shop-eu").shows("2 of its 3 ready pods stay");
        told(&mut stage, facts());
        stage.keys(keys);
        assert_eq!(done(&stage), [(how, vec!["uid-qa-gateway-1".into()])]);
    }
}

#[test]
fn what_may_not_be_done_is_not_offered() {
    let mut stage = asked(WIDE);
    told(&mut stage, Facts { no_eviction: vec!["you may not create pods/eviction in namespace qa".into()], ..facts() });
    stage.hides("respects budgets").shows("you may not create pods/eviction");
    stage.keys("tab enter");
    assert_eq!(done(&stage)[0].0, How::Delete);
}

#[test]
fn force_is_offered_only_for_what_should_have_ended_long_ago() {
    let mut stage = asked(WIDE);
    told(&mut stage, Facts { ends: vec![Some(ago(-20))], ..facts() });
    stage.hides("by force");
    stage.at(31).shows("Delete by force").shows("WARNING");
    stage.keys("tab enter");
    assert_eq!(done(&stage)[0].0, How::Force);
}

/// The question about the second pod of `gateway`, where this guards namespace qa.
fn guarded(guard: Guard, size: (u16, u16)) -> Stage {
    let rule = GuardRule { namespace: Glob::new("qa"), ..GuardRule::new(guard, "config.toml, line 7") };
    let mut stage = Stage::guarded(size, Guards::new([rule]));
    stage.keys("/").type_text("gateway").keys("enter enter j ctrl-k");
    stage
}

#[test]
fn a_guarded_place_has_its_name_typed_and_shows_the_rule_before_anything_is_tried() {
    let mut stage = guarded(Guard::Type, SMALL);
    stage.shows("guarded: ").shows("config.toml, line 7");
    told(&mut stage, facts());
    insta::assert_snapshot!("guarded-80x24", stage.text());
    stage.type_text("1").keys("tab enter");
    assert!(done(&stage).is_empty(), "the name is asked for, not the number");
    stage.keys("backspace").type_text("qa").keys("enter");
    assert_eq!(done(&stage).len(), 1);
}

#[test]
fn a_place_that_asks_to_confirm_has_the_number_typed_of_a_single_pod_too() {
    let mut stage = guarded(Guard::Confirm, WIDE);
    told(&mut stage, facts());
    stage.keys("tab enter");
    assert!(done(&stage).is_empty());
    stage.type_text("1").keys("enter");
    assert_eq!(done(&stage).len(), 1);
}

#[test]
fn where_nothing_may_be_written_nothing_is_asked_and_the_rule_is_named() {
    let stage = guarded(Guard::ReadOnly, WIDE);
    stage.shows("Nothing is written here: ").shows("config.toml, line 7").hides("Evict or delete");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Act(_))));
}

#[test]
fn a_guard_that_comes_to_hold_while_the_question_stands_takes_its_buttons_away() {
    let label = ("tier".into(), Glob::new("live").unwrap());
    let rule = GuardRule { label: Some(label), ..GuardRule::new(Guard::ReadOnly, "config.toml, line 7") };
    let mut stage = Stage::guarded(WIDE, Guards::new([rule]));
    let is = |tier: &str| Message::Labels([("qa".into(), [("tier".into(), tier.into())].into_iter().collect())].into());
    stage.message(is("dev"));
    stage.keys("/").type_text("gateway").keys("enter enter j ctrl-k");
    told(&mut stage, facts());
    stage.shows("respects budgets").hides("Nothing is written here");
    stage.message(is("live"));
    stage.shows("Nothing is written here: ").hides("respects budgets");
    stage.keys("tab enter");
    assert!(done(&stage).is_empty());
}

#[test]
fn a_read_only_session_asks_nothing() {
    let mut stage = Stage::read_only(WIDE);
    stage.keys("/").type_text("gateway").keys("enter enter ctrl-k");
    stage.shows("read-only: no pod is evicted").hides("Evict or delete");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Act(_))));
}

#[test]
fn when_all_went_well_the_question_closes_and_says_so() {
    let mut stage = asked(WIDE);
    told(&mut stage, facts());
    stage.keys("tab enter").shows("asked to evict");
    let id = rolldeck_core::act::Target::of(&pod(&app("qa", "gateway", "v1.2.0", 3), 1)).id;
    stage.message(Message::Act(ActReply::Ended(id, Outcome::Done)));
    stage.shows("evicted: it ends within its grace period").shows("Pods of qa/deploy/gateway");
}

#[test]
fn an_on_delete_rollout_is_helped_from_the_fleet_by_name() {
    let mut stage = Stage::shop(WIDE);
    let mut db = app("qa", "db", "16.5", 2);
    (db.key, db.strategy) = (key("qa", "db", AppKind::StatefulSet), Strategy::OnDelete);
    (db.revision, db.current_revision, db.counts.updated) = ("db-new".into(), "db-old".into(), 1);
    let pods = [(0, "db-old"), (1, "db-new")].map(|(n, revision)| {
        let mut pod = pod(&db, n);
        (pod.name, pod.revision) = (format!("db-{n}").into(), revision.into());
        Object::Pod(pod.into())
    });
    stage.apply(pods.into_iter().chain([Object::App(db.into())]).collect());
    stage.keys("/").type_text("db").keys("enter ctrl-k").shows("Evict or delete pod db-0?");
    let mut stage = Stage::shop(WIDE);
    stage.keys("/").type_text("gateway").keys("enter ctrl-k").shows("waits for no pod to be deleted");
}

#[test]
fn a_batch_names_the_pods_that_it_waits_for_and_the_key_asks_about_the_next() {
    use rolldeck_core::batch::{BatchId, Intent, Phase, Run, RunStep, StepState};
    let mut stage = Stage::shop(WIDE);
    let mut db = app("qa", "db", "16.5", 2);
    (db.key, db.strategy) = (key("qa", "db", AppKind::StatefulSet), Strategy::OnDelete);
    (db.revision, db.current_revision, db.counts.updated) = ("db-new".into(), "db-old".into(), 0);
    let pods = (0..2).map(|n| {
        let mut pod = pod(&db, n);
        (pod.name, pod.revision) = (format!("db-{n}").into(), "db-old".into());
        Object::Pod(pod.into())
    });
    stage.apply(pods.collect());
    let step = RunStep {
        key: db.key.clone(),
        before: "16.4".into(),
        after: "16.5".into(),
        state: StepState::RollingOut(0, 2, "2 old pods to be deleted by someone".into()),
        since: ago(60),
        began: Some(ago(60)),
        expected: None,
        soaks: None,
        retries: false,
    };
    stage.apply(vec![Object::App(db.into())]);
    let run = Run {
        id: BatchId("20261122-140501-k3x9".into()),
        intent: Intent::Release,
        phase: Phase::Running,
        steps: vec![step],
        started: ago(60),
        ended: None,
        by: "dana".into(),
        claimed: "".into(),
        reason: "".into(),
        options: rolldeck_core::batch::Options::new(Intent::Release, 2),
        notes: Vec::new(),
    };
    stage.message(Message::Run(std::sync::Arc::new(run)));
    stage.keys("b").shows("waits for these to be deleted: db-1, db-0").shows("ctrl-k asks about db-1");
    stage.keys("ctrl-k").shows("Evict or delete pod db-1?");
}
