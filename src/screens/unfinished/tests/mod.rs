//! What unfinished batches look like, and who may be taken back.

use rolldeck_core::batch::{BatchId, Found, FoundStep, Holder, Intent, StepState};

use crate::{
    BatchEffect, Effect, Message, Room,
    plan::bench::{Bench, at, deploy, looks},
};

fn found(id: &str, holder: Holder, states: Vec<(&str, StepState)>) -> Found {
    let steps = states.into_iter().map(|(name, state)| FoundStep {
        key: deploy("qa", name),
        before: "".into(),
        after: "".into(),
        since: at(-3 * 3600),
        state,
    });
    Found {
        id: BatchId(id.to_owned()),
        intent: Intent::Release,
        by: "kim@laptop".into(),
        claimed: "".into(),
        reason: "".into(),
        started: at(-3 * 3600),
        ended: None,
        phase: rolldeck_core::batch::journal::RecordPhase::Running,
        unfinished: true,
        log: Vec::new(),
        steps: steps.collect(),
        holder,
    }
}

fn half(id: &str, holder: Holder) -> Found {
    use StepState::{Applying, Healthy, RollingOut, Waiting};
    let states = vec![
        ("gateway", Healthy),
        ("orders", RollingOut(1, 3, "1 pod is not available".into())),
        ("cart", Applying),
        ("search", Waiting),
    ];
    found(id, holder, states)
}

fn list(found: Vec<Found>) -> Bench {
    let mut bench = Bench::new(super::open(), Vec::new());
    bench.hear(Message::Found(found));
    bench
}

#[test]
fn every_holder_is_told_apart() {
    let mut bench = list(vec![
        half("20261122-110502-aaaa", Holder::Gone),
        half("20261122-110503-bbbb", Holder::Left),
        half("20261122-110504-cccc", Holder::Alive("ann@desk".into())),
        half("20261122-110505-dddd", Holder::Watching(12)),
    ]);
    looks!("list", bench);
    bench.press("down down");
    looks!("list_scrolled", bench);
}

#[test]
fn none_and_looking() {
    let mut bench = list(Vec::new());
    looks!("none", bench);
    bench.press("o");
    looks!("looking", bench);
    assert!(matches!(&bench.effects[..], [Effect::Batch(BatchEffect::Find)]));
}

#[test]
fn strange_names() {
    let why = "容器 main: ErrImagePull: \x1b[2J\u{202e}拉取镜像失败 registry.local/商店/订单:版本-二 not found";
    let states = vec![("订单-服务-\x1b[31m非常\u{202e}长-的-名字", StepState::Failed(why.into()))];
    let mut strange = found("20261122-110502-aaaa", Holder::Alive("张\x1b[5m三".into()), states);
    strange.by = "张\x1b[5m三@电脑".into();
    looks!("hostile", list(vec![strange]));
}

#[test]
fn the_question_before_a_revert() {
    let mut bench = list(vec![half("20261122-110502-aaaa", Holder::Gone)]);
    bench.press("u");
    looks!("question", bench);
}

#[test]
fn a_revert_takes_the_number_and_leads_to_the_batch() {
    let mut bench = list(vec![half("20261122-110502-aaaa", Holder::Gone), half("20261122-110503-bbbb", Holder::Left)]);
    bench.press("down u enter u enter u 4 enter esc");
    assert!(bench.reverts().is_empty());
    bench.press("u 3 enter");
    assert_eq!(bench.reverts(), ["20261122-110503-bbbb"]);
    assert_eq!(bench.room.room(), Room::Batch);
}

#[test]
fn a_batch_that_may_be_alive_is_not_touched() {
    for (holder, why) in [
        (Holder::Alive("ann@desk".into()), "ann@desk drives it elsewhere"),
        (Holder::Watching(12), "watched for 12 more seconds"),
    ] {
        let mut bench = list(vec![half("20261122-110502-aaaa", holder)]);
        bench.press("u");
        assert!(bench.said.contains(why) && !bench.room.typing(), "{}", bench.said);
    }
    let mut bench = list(vec![half("20261122-110502-aaaa", Holder::Left)]);
    bench.session.readonly = true;
    bench.press("u");
    assert!(bench.said.contains("read-only") && !bench.room.typing());
}

#[test]
fn a_question_goes_when_its_driver_turns_out_to_live() {
    let mut bench = list(vec![half("20261122-110502-aaaa", Holder::Gone)]);
    bench.press("u");
    assert!(bench.room.typing());
    bench.hear(Message::Found(vec![half("20261122-110502-aaaa", Holder::Alive("ann@desk".into()))]));
    assert!(!bench.room.typing());
}

#[test]
fn a_batch_that_touched_nothing_is_closed() {
    let mut bench = list(vec![found("20261122-110502-aaaa", Holder::Left, vec![("gateway", StepState::Waiting)])]);
    bench.press("u");
    assert!(bench.screen(80, 24).contains("Close the record"));
    bench.press("enter u tab enter");
    assert_eq!(bench.reverts(), ["20261122-110502-aaaa"]);
}

#[test]
fn a_batch_that_this_console_does_not_drive_says_what_can_be_done_with_it() {
    let mut bench = list(vec![half("20261122-110502-aaaa", Holder::Left)]);
    bench.press("enter");
    assert_eq!(bench.said, "This console does not drive 20261122-110502-aaaa: u takes it back");
}
