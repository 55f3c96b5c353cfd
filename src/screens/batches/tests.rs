//! Answers and keys in, the list, the look at one batch and the questions out.

use std::sync::Arc;

use rolldeck_core::{
    batch::{
        BatchId, Found, FoundStep, Holder, Intent, Options, Order, Phase, Run, RunStep, StepState,
        journal::{Happening, RecordPhase},
    },
    model::AppKind,
    text::Clean,
};
use rstest::rstest;

use crate::{
    BatchEffect, BatchReply, Effect, Message,
    testing::{Stage, ago, key},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

const LEFT: &str = "20261122-110502-aaaa";
const ALIVE: &str = "20261122-120000-bbbb";
const DONE: &str = "20261121-090000-cccc";
const FAILED: &str = "20261020-090000-dddd";

fn step(name: &str, state: StepState) -> FoundStep {
    FoundStep {
        key: key("qa", name, AppKind::Deployment),
        before: "v1.0.0".into(),
        after: "v1.1.0".into(),
        since: ago(3600),
        state,
    }
}

fn batch(id: &str, seconds: i64, phase: RecordPhase, steps: Vec<FoundStep>) -> Found {
    let unfinished = matches!(phase, RecordPhase::Running | RecordPhase::Interrupted);
    Found {
        id: BatchId(id.into()),
        intent: Intent::Release,
        by: "jane".into(),
        claimed: "ana@jump".into(),
        reason: "rollout of v1.1 发布 🚀".into(),
        started: ago(seconds),
        ended: (!unfinished).then(|| ago(seconds - 200)),
        phase,
        unfinished,
        log: vec![
            Happening { at: ago(seconds - 20), text: "paused".into() },
            Happening { at: ago(seconds - 60), text: "goes on, by eva@laptop".into() },
        ],
        steps,
        holder: Holder::Gone,
    }
}

fn left() -> Found {
    let steps = vec![
        step("gateway", StepState::Healthy),
        step("orders", StepState::RollingOut(0, 0, "".into())),
        step("cart", StepState::Waiting),
    ];
    Found { holder: Holder::Left, ..batch(LEFT, 10_800, RecordPhase::Interrupted, steps) }
}

fn alive() -> Found {
    let steps = vec![step("billing", StepState::Healthy), step("mail", StepState::Applying)];
    Found { holder: Holder::Alive("kim@laptop".into()), ..batch(ALIVE, 300, RecordPhase::Running, steps) }
}

fn done() -> Found {
    let steps = vec![step("gateway", StepState::Healthy), step("cart", StepState::Skipped)];
    batch(DONE, 104_702, RecordPhase::Done, steps)
}

fn failed() -> Found {
    let why = "容器 main: ErrImagePull: \u{1b}[2J\u{202e}拉取镜像失败 registry.local/商店/订单:版本-二 not found";
    let steps = vec![
        step("订单-服务-\u{1b}[31m非常\u{202e}长-的-名字", StepState::Failed(why.into())),
        step("gateway", StepState::NotStarted),
    ];
    let strange = batch(FAILED, 2_869_502, RecordPhase::Failed, steps);
    Found {
        by: "张\u{1b}[5m三".into(), claimed: "张三@电脑".into(), reason: "\u{1b}]0;x\u{7}事故".into(), ..strange
    }
}

fn history(list: Vec<Found>) -> Message {
    Message::Batch(BatchReply::History(Ok((list, Vec::new()))))
}

/// The room over the fleet, opened by its key, with what others left and drive, and the list read.
fn room(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.keys("alt-b").message(Message::Found(vec![alive(), left()]));
    stage.message(history(vec![alive(), left(), done(), failed()]));
    stage
}

fn asked(stage: &Stage) -> Vec<&BatchEffect> {
    let effects = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Batch(effect) => Some(effect),
        _ => None,
    });
    effects.collect()
}

fn taken_over(stage: &Stage) -> Vec<(&str, &Order, bool)> {
    let taken = asked(stage).into_iter().filter_map(|effect| match effect {
        BatchEffect::TakeOver { id, order, force } => Some((id.0.as_str(), order, *force)),
        _ => None,
    });
    taken.collect()
}

fn drift(id: &str, drift: Result<Vec<(rolldeck_core::model::AppKey, Clean)>, Clean>) -> Message {
    Message::Batch(BatchReply::Drift(BatchId(id.into()), drift))
}

#[rstest]
fn the_batches_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), room(size).text());

    let mut stage = Stage::shop(size);
    stage.keys("alt-b");
    insta::assert_snapshot!(name("loading"), stage.text());
    let why: Clean = "you may not list configmaps cluster-wide: name namespaces with -n".into();
    stage.message(Message::Batch(BatchReply::History(Err(why.clone()))));
    insta::assert_snapshot!(name("forbidden"), stage.text());
    stage.message(history(Vec::new()));
    insta::assert_snapshot!(name("empty"), stage.text());

    let mut stage = room(size);
    stage.message(Message::Batch(BatchReply::History(Err("no answer for 15 s".into()))));
    insta::assert_snapshot!(name("stale"), stage.text());
    let lacks = vec![Clean::from("batches in 测试环境 are not seen: you may not list configmaps there")];
    stage.message(Message::Batch(BatchReply::History(Ok((vec![done(), failed()], lacks)))));
    insta::assert_snapshot!(name("lacks"), stage.text());
}

#[rstest]
fn one_batch_looked_at(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let mut stage = room(size);
    stage.keys("enter");
    insta::assert_snapshot!(name("look-alive"), stage.text());
    stage.keys("esc G enter");
    insta::assert_snapshot!(name("look-hostile"), stage.text());
}

#[rstest]
fn the_questions_about_a_batch(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    let mut stage = room(size);
    stage.keys("down ctrl-g");
    insta::assert_snapshot!(name("question-resume"), stage.text());
    let changed = vec![(key("qa", "orders", AppKind::Deployment), "its image is v2 now, the batch left v1.1.0".into())];
    stage.keys("esc u").message(drift(LEFT, Ok(changed)));
    insta::assert_snapshot!(name("question-revert"), stage.text());
    stage.keys("esc up ctrl-g tab enter");
    insta::assert_snapshot!(name("question-again"), stage.text());
}

#[test]
fn the_unfinished_stand_on_top_and_then_the_newest() {
    let stage = room(WIDE);
    let text = stage.text();
    let at = |id: &str| text.lines().position(|line| line.contains(id)).unwrap();
    assert!(at(ALIVE) < at(LEFT) && at(LEFT) < at(DONE) && at(DONE) < at(FAILED), "{text}");
    stage.shows("4 batches, 2 unfinished").shows("jane (claims ana@jump)");
}

#[test]
fn a_word_finds_batches_by_app_reason_and_outcome() {
    let mut stage = room(WIDE);
    stage.keys("/").type_text("billing").keys("enter").shows(ALIVE).hides(DONE);
    stage.keys("esc /").type_text("status:done").keys("enter").shows(DONE).hides(ALIVE);
}

#[test]
fn a_batch_that_was_left_is_gone_on_with_after_its_number_is_typed() {
    let mut stage = room(SMALL);
    stage.keys("down ctrl-g enter").keys("ctrl-g tab tab enter esc");
    assert!(taken_over(&stage).is_empty(), "nothing was typed");
    stage.keys("ctrl-g 2 enter");
    assert_eq!(taken_over(&stage), [(LEFT, &Order::Proceed, false)]);
    stage.shows("its driver has not spoken yet");
}

#[test]
fn a_driver_that_lives_takes_a_second_typed_answer() {
    let mut stage = room(SMALL);
    stage.keys("ctrl-g tab enter").shows("Take it from a driver that lives?");
    stage.keys("tab enter enter").type_text("yes").keys("enter");
    assert!(taken_over(&stage).is_empty());
    stage.keys("backspace backspace backspace").type_text("take over").keys("enter");
    assert_eq!(taken_over(&stage), [(ALIVE, &Order::Proceed, true)]);
}

#[test]
fn a_revert_asks_first_what_others_have_changed_and_names_that_first() {
    let mut stage = room(WIDE);
    stage.keys("G up u");
    assert!(matches!(asked(&stage).last(), Some(BatchEffect::Drift(id)) if id.0 == DONE));
    stage.hides("[ Cancel ]");
    let changed = vec![(key("qa", "gateway", AppKind::Deployment), "its image is v2 now".into())];
    stage
        .message(drift(DONE, Ok(changed)))
        .shows("1 app was changed since by someone else")
        .shows("its image is v2 now");
    stage.keys("tab enter");
    assert_eq!(taken_over(&stage), [(DONE, &Order::Revert { at_once: false, only: Vec::new() }, false)]);
}

#[test]
fn a_revert_whose_drift_cannot_be_read_says_so_and_can_be_an_incident() {
    let mut stage = room(WIDE);
    stage.keys("down u").message(drift(LEFT, Err("no answer for 15 s".into())));
    stage.shows("is not known: no answer for 15 s").shows("(•) in reverse order");
    stage.keys("space").shows("(•) all at once");
    stage.keys("2 enter");
    assert_eq!(taken_over(&stage), [(LEFT, &Order::Revert { at_once: true, only: Vec::new() }, false)]);
}

#[test]
fn a_question_goes_when_the_batch_is_not_as_it_was_asked_about() {
    let mut stage = room(SMALL);
    stage.keys("down ctrl-g").shows("[ Cancel ]");
    let taken = Found { holder: Holder::Alive("eva@desk".into()), ..left() };
    stage.message(Message::Found(vec![alive(), taken])).hides("[ Cancel ]");
}

#[test]
fn a_batch_that_ended_cannot_be_gone_on_with_and_one_that_is_watched_waits() {
    let mut stage = room(SMALL);
    stage.keys("G up ctrl-g").shows("It is done: there is nothing to go on with");
    stage.keys("G ctrl-g").shows("Go on with the release of 2 apps?").shows("(not started)");
    stage.keys("esc");
    let watched = Found { holder: Holder::Watching(12), ..left() };
    stage.message(Message::Found(vec![alive(), watched])).keys("g down ctrl-g").shows("watched for 12 more seconds");
}

#[test]
fn in_a_read_only_session_nothing_is_asked() {
    let mut stage = Stage::read_only(SMALL);
    stage.keys("alt-b").message(history(vec![done()]));
    for key in ["u", "ctrl-y", "ctrl-g"] {
        stage.keys("down").hides("read-only:");
        stage.keys(key).shows("This session is read-only");
    }
    assert!(!asked(&stage).iter().any(|effect| matches!(effect, BatchEffect::Drift(_) | BatchEffect::Repeat(_))));
}

#[test]
fn a_journal_is_exported_and_the_file_is_named() {
    let mut stage = room(SMALL);
    stage.keys("G w");
    assert!(matches!(asked(&stage).last(), Some(BatchEffect::Export(id)) if id.0 == FAILED));
    let file = Ok("/home/ana/rolldeck-20261020-090000-dddd.yaml".into());
    stage.message(Message::Batch(BatchReply::Exported(BatchId(FAILED.into()), file)));
    stage.shows("is written to /home/ana/rolldeck-20261020-090000-dddd.yaml");
}

#[test]
fn the_batch_of_this_console_opens_as_itself_and_the_list_is_read_again_when_one_is_new() {
    let mut stage = room(WIDE);
    let reads = |stage: &Stage| asked(stage).iter().filter(|effect| matches!(effect, BatchEffect::History)).count();
    let before = reads(&stage);
    let id = BatchId("20261122-140500-eeee".into());
    let run = Run {
        id: id.clone(),
        intent: Intent::Restart,
        phase: Phase::Running,
        steps: vec![RunStep {
            key: key("qa", "mail", AppKind::Deployment),
            before: "v1".into(),
            after: "v1 restarted".into(),
            state: StepState::Applying,
            since: ago(1),
            began: Some(ago(2)),
            expected: None,
            soaks: None,
            retries: false,
        }],
        started: ago(3),
        ended: None,
        by: "dana".into(),
        claimed: "".into(),
        reason: "".into(),
        options: Options::new(Intent::Restart, 1),
        notes: Vec::new(),
    };
    stage.message(Message::Run(Arc::new(run)));
    assert_eq!(reads(&stage), before + 1);
    let own = Found {
        holder: Holder::Gone,
        ..batch(&id.0, 3, RecordPhase::Running, vec![step("mail", StepState::Applying)])
    };
    stage.message(history(vec![own, done()])).shows("(here)");
    stage.keys("g enter").shows("Batch: restart of 1 app");
}

#[test]
fn the_batches_are_a_key_and_a_word_away_from_anywhere() {
    let mut stage = Stage::shop(SMALL);
    stage.keys("alt-b").shows("Reading the journals of batches");
    assert!(matches!(asked(&stage).last(), Some(BatchEffect::History)));
    stage.keys("esc :").type_text("batches").keys("enter").shows("Reading the journals of batches");
    stage.keys("esc").shows("Fleet");
    stage.keys("b").shows("alt-b lists every batch");
}

#[test]
fn a_guarded_place_asks_for_its_name_or_lets_nothing_be_done() {
    use rolldeck_core::batch::guard::{Glob, Guard, GuardRule, Guards};
    for (guard, says) in [(Guard::Type, "guarded: "), (Guard::ReadOnly, "Nothing is written here")] {
        let mut rule = GuardRule::new(guard, "config.toml:1");
        rule.namespace = Glob::new("qa");
        let mut stage = Stage::guarded(SMALL, Guards::new([rule]));
        stage.keys("alt-b").message(Message::Found(vec![left()])).message(history(vec![left(), done()]));
        stage.keys("g ctrl-g").shows(says);
        if guard == Guard::Type {
            stage.keys("2 enter esc ctrl-g").type_text("qa").keys("enter");
            assert_eq!(taken_over(&stage).len(), 1);
        } else {
            stage.hides("[ Cancel ]");
        }
    }
}
