//! What a batch shows, and what its keys do.

mod reverts;

use std::sync::Arc;

use rolldeck_core::{
    batch::{BatchId, Intent, Order, Phase, Run, RunStep, StepState},
    model::{AppKey, ContainerState, Counts},
    text::Clean,
};

use crate::{
    BatchEffect, Command, Effect, Message, Room,
    plan::bench::{Bench, at, deploy, looks},
    testing::Stage,
};

const ID: &str = "20261122-140501-k3x9";

/// A release of apps in these states, each for 7 s more than the one before, and 100 s after it began.
fn batch(phase: Phase, states: Vec<(AppKey, StepState)>) -> Run {
    let steps = states.into_iter().enumerate().map(|(n, (key, state))| RunStep {
        key,
        before: "v1.0.0".into(),
        after: "v1.1.0".into(),
        began: super::words::began(&state).then(|| at(-7 * (n as i64 + 1) - 100)),
        state,
        since: at(-7 * (n as i64 + 1)),
        expected: None,
        soaks: None,
        retries: false,
    });
    Run {
        id: BatchId(ID.to_owned()),
        intent: Intent::Release,
        ended: phase.ended().then(|| at(-1)),
        phase,
        steps: steps.collect(),
        started: at(-174),
        by: "kim@laptop".into(),
        claimed: "".into(),
        reason: "".into(),
        options: rolldeck_core::batch::Options::new(Intent::Release, 2),
        notes: Vec::new(),
    }
}

fn shop(phase: Phase, states: [StepState; 6]) -> Run {
    let names = ["gateway", "orders", "cart", "search", "billing", "mail"];
    batch(phase, names.into_iter().map(|name| deploy("qa", name)).zip(states).collect())
}

fn running() -> Run {
    use StepState::{Applying, Healthy, RollingOut, Waiting};
    let waits = || Clean::new("2 old replicas are ending");
    shop(Phase::Running, [Healthy, RollingOut(3, 5, waits()), RollingOut(0, 3, "".into()), Applying, Waiting, Waiting])
}

fn failed() -> Run {
    use StepState::{Drifted, Failed, Healthy, NotStarted, NothingRan};
    let why = "pod gateway-7d9f-x2x4: CrashLoopBackOff: back-off 40s restarting failed container=main pod=gateway-7d9f-x2x4_qa";
    let drift = Drifted("its image is v1.0.1 now, the plan saw v1.0.0".into());
    let idle = NothingRan("nothing ran: it is at 0 replicas".into());
    shop(Phase::Failed, [Failed(why.into()), Healthy, idle, drift, NotStarted, NotStarted])
}

fn show(run: Run) -> Bench {
    let mut bench = Bench::new(super::open(Some(BatchId(ID.to_owned()))), Vec::new());
    bench.hear(Message::Run(Arc::new(run)));
    bench
}

#[test]
fn a_batch_on_its_way() {
    looks!("running", show(running()));
    looks!("recording", show(shop(Phase::Recording, std::array::from_fn(|_| StepState::Waiting))));
    let mut run = running();
    run.phase = Phase::Held("no answer for 15 s: connection refused".into());
    run.notes = (1..7).map(|n| format!("journal write {n} got no answer, asked again").into()).collect();
    looks!("held", show(run));
}

#[test]
fn a_batch_at_its_end() {
    looks!("done", show(shop(Phase::Done, std::array::from_fn(|_| StepState::Healthy))));
    looks!("failed", show(failed()));
    use StepState::{NotStarted, RevertFailed, Reverted, Reverting, RollingBack};
    let back = [Reverted, RollingBack(1, 3, "".into()), Reverting, NotStarted, NotStarted, NotStarted];
    looks!("reverting", show(shop(Phase::Reverting, back)));
    let stuck = RevertFailed("not allowed: patch deployments in namespace qa".into());
    let half = [Reverted, stuck, Reverted, NotStarted, NotStarted, NotStarted];
    looks!("revert_failed", show(shop(Phase::RevertFailed, half)));
    let back = [Reverted, Reverted, Reverted, NotStarted, NotStarted, NotStarted];
    looks!("reverted", show(shop(Phase::Reverted, back)));
    let mut run = running();
    (run.phase, run.ended) = (Phase::Interrupted, Some(at(-3)));
    looks!("interrupted", show(run));
}

#[test]
fn what_was_stopped_has_not_failed() {
    use StepState::{Failed, Healthy, NotStarted};
    let run = |first| show(shop(Phase::Failed, [first, Healthy, Healthy, Healthy, NotStarted, NotStarted]));
    assert!(run(Healthy).screen(80, 20).contains("Stopped: 4 healthy, 2 not started"));
    assert!(run(Failed("".into())).screen(80, 20).contains("Failed: 3 healthy, 1 failed, 2 not started"));
}

#[test]
fn a_batch_with_strange_names() {
    let why = "容器 main: ErrImagePull: \x1b[2J\u{202e}拉取镜像失败 registry.local/商店/订单:版本-二 not found";
    let strange = deploy("测试环境", "订单-服务-\x1b[31m非常\u{202e}长-的-名字");
    let states = vec![(strange, StepState::Failed(why.into())), (deploy("测试环境", "支付"), StepState::Healthy)];
    looks!("hostile", show(batch(Phase::Stopping, states)));
}

#[test]
fn the_question_before_a_revert() {
    let mut bench = show(failed());
    bench.press("u");
    looks!("question", bench);
}

#[test]
fn nothing_to_show() {
    looks!("none", Bench::new(super::open(None), Vec::new()));
    looks!("not_yet", Bench::new(super::open(Some(BatchId(ID.to_owned()))), Vec::new()));
}

#[test]
fn what_the_server_refused_is_not_touched_and_what_ran_nothing_is_not_healthy() {
    use StepState::{Healthy, NotStarted, NothingRan, Refused};
    let paused = NothingRan("it is paused: nothing rolls until it is resumed".into());
    let refused = || Refused("not allowed: patch deployments in namespace qa".into());
    let states = [Healthy, paused, refused(), NotStarted, NotStarted, NotStarted];
    let mut bench = show(shop(Phase::Failed, states));
    looks!("refused_and_paused", bench);
    bench.press("u 2 enter");
    assert_eq!(bench.reverts(), [ID]);
    let mut bench = show(batch(Phase::Failed, vec![(deploy("qa", "gateway"), refused())]));
    bench.press("u");
    assert!(bench.said.contains("touched no app"), "{}", bench.said);
}

#[test]
fn an_app_at_its_end_tells_how_long_it_took_and_not_how_long_ago_that_was() {
    let mut run = running();
    (run.steps[0].began, run.steps[0].since) = (Some(at(-60)), at(-18));
    let screen = show(run).screen(160, 47);
    let gateway = screen.lines().find(|line| line.contains("gateway")).expect("its row");
    assert!(gateway.ends_with("42s"), "{gateway}");
}

#[test]
fn one_leaves_and_comes_back_to_the_same_batch() {
    let mut bench = show(running());
    let before = bench.screen(80, 24);
    bench.press("esc");
    assert!(bench.left);
    bench.room = super::open(None);
    assert_eq!(bench.room.room(), Room::Batch);
    assert_eq!(bench.screen(80, 24), before);
}

#[test]
fn the_pods_and_the_page_of_an_app_are_a_key_away() {
    let mut bench = show(running());
    bench.press("down enter");
    assert_eq!(bench.room.room(), Room::Pods);
    let mut bench = show(running());
    bench.press("down d");
    assert_eq!(bench.room.room(), Room::App);
    let orders = deploy("qa", "orders");
    assert!(matches!(&bench.effects[..], [Effect::Page(crate::PageEffect::Open(key))] if *key == orders));
}

#[test]
fn another_batch_is_not_taken_for_this_one() {
    let mut bench = Bench::new(super::open(Some(BatchId("20261101-000000-aaaa".to_owned()))), Vec::new());
    bench.hear(Message::Run(Arc::new(running())));
    assert!(bench.screen(80, 24).contains("its driver has not spoken yet"));
}

#[test]
fn a_refusal_of_the_driver_stays_in_sight() {
    let mut bench = show(failed());
    bench.press("u 3 enter");
    bench.hear(Message::RunRefused("the lease is held by someone else".into()));
    assert!(bench.screen(80, 24).contains("The driver refused: the lease is held by someone else"));
}

fn orders(bench: &Bench) -> Vec<&Order> {
    let orders = bench.effects.iter().filter_map(|effect| match effect {
        Effect::Batch(BatchEffect::Order(_, order)) => Some(order),
        _ => None,
    });
    orders.collect()
}

/// The answer of its driver: it stands in this phase now.
fn stands(bench: &mut Bench, phase: Phase) {
    let run = Run { phase, ..running() };
    bench.hear(Message::Run(Arc::new(run)));
}

#[test]
fn a_pause_needs_no_question_and_a_second_press_does_not_undo_it() {
    let mut bench = show(running());
    bench.press("ctrl-z ctrl-z");
    assert_eq!(orders(&bench), [&Order::Pause]);
    assert!(bench.said.contains("has not answered yet"), "{}", bench.said);
    stands(&mut bench, Phase::Paused);
    bench.press("ctrl-z ctrl-z enter ctrl-z enter");
    assert_eq!(orders(&bench), [&Order::Pause], "to go on is a question, whose focus is on Cancel");
    bench.press("ctrl-z 2 enter");
    assert_eq!(orders(&bench), [&Order::Pause, &Order::Proceed]);
}

#[test]
fn a_gate_is_opened_by_a_question_that_counts_the_next_wave() {
    let mut run = running();
    (run.phase, run.options.width, run.options.gate) = (Phase::Gated(1, 3), 2, true);
    let mut bench = show(run);
    looks!("gated", bench);
    bench.press("ctrl-z");
    looks!("question_gate", bench);
    bench.press("2 enter");
    assert_eq!(orders(&bench), [&Order::Proceed]);
}

#[test]
fn only_an_app_that_waits_is_skipped_and_only_one_that_may_is_tried_again() {
    let mut run = running();
    (run.steps[1].state, run.steps[1].retries) = (StepState::Failed("CrashLoopBackOff".into()), true);
    let mut bench = show(run);
    bench.press("ctrl-n");
    assert!(bench.said.contains("does not wait to be started: it is healthy"), "{}", bench.said);
    bench.press("ctrl-t");
    assert!(bench.said.contains("cannot be tried again now: it is healthy"), "{}", bench.said);
    bench.press("down ctrl-t tab enter");
    assert_eq!(orders(&bench), [&Order::Retry(deploy("qa", "orders"))]);
    stands(&mut bench, Phase::Running);
    bench.press("G ctrl-n tab enter");
    assert_eq!(orders(&bench)[1..], [&Order::Skip(deploy("qa", "mail"))]);
}

#[test]
fn a_stop_asks_and_what_has_ended_says_so() {
    let mut bench = show(running());
    bench.press("ctrl-x enter ctrl-x");
    looks!("question_stop", bench);
    bench.press("tab enter");
    assert_eq!(orders(&bench), [&Order::Stop]);
    let mut bench = show(failed());
    bench.press("ctrl-z");
    assert!(bench.room.typing(), "what was not started can be gone on with");
    bench.press("esc");
    for (keys, why) in [("ctrl-x", "has ended"), ("ctrl-n", "has ended")] {
        bench.press(keys);
        assert!(bench.said.contains(why) && !bench.room.typing(), "{keys}: {}", bench.said);
    }
    bench.session.readonly = true;
    bench.press("ctrl-z");
    assert!(bench.said.contains("read-only"), "{}", bench.said);
}

/// A batch one of whose apps crashes, in a console that sees its pods.
fn crashing(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    let mut gateway = crate::testing::app("qa", "gateway", "v1.1.0", 3);
    gateway.counts = Counts { wanted: 3, current: 4, updated: 1, ready: 3, available: 3 };
    gateway.conditions = [crate::testing::condition(
        "Progressing",
        true,
        "ReplicaSetUpdated",
        "ReplicaSet \"gateway-9c1f\" is progressing.",
    )]
    .into();
    let mut new = crate::testing::pod(&gateway, 7);
    new.name = "gateway-9c1f-x2x4z".into();
    (new.revision, new.ready, new.created) = ("9c1f".into(), false, Some(at(-90)));
    new.containers[0].ready = false;
    new.containers[0].restarts = 2;
    new.containers[0].state = ContainerState::Waiting("CrashLoopBackOff".into(), "back-off 20s".into());
    new.containers[0].last = Some(("Error".into(), 3, Some(at(-20))));
    stage.apply(vec![rolldeck_core::fleet::Object::App(gateway.into()), rolldeck_core::fleet::Object::Pod(new.into())]);
    let waits = "2 of 3 replicas to be updated; CrashLoopBackOff: exit 3";
    let mut run = batch(
        Phase::Running,
        vec![
            (deploy("qa", "gateway"), StepState::RollingOut(0, 3, waits.into())),
            (deploy("qa", "orders"), StepState::Healthy),
            (deploy("qa", "cart"), StepState::Waiting),
        ],
    );
    (run.by, run.claimed, run.reason) = ("jane".into(), "ana@jump".into(), "v1.1 发布".into());
    (run.options.soak, run.options.gate, run.options.width) = (30, true, 2);
    run.steps[0].expected = Some(70);
    run.steps[1].soaks = Some(at(12));
    stage.message(Message::Run(Arc::new(run))).keys("b");
    stage
}

fn tails(stage: &Stage) -> Vec<&super::TailOf> {
    let tails = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Batch(BatchEffect::Tail(of)) => Some(of),
        _ => None,
    });
    tails.collect()
}

#[test]
fn a_pod_that_does_not_come_up_tells_why_with_its_last_lines() {
    for size in [(80, 24), (160, 50)] {
        let mut stage = crashing(size);
        let of = tails(&stage).last().copied().cloned().expect("its log is asked for");
        stage.keys("down up");
        assert_eq!(tails(&stage).len(), 1, "an app that is healthy has no log to tell of, and the first is known");
        assert_eq!((&*of.pod, &*of.container, of.before, of.now), ("gateway-9c1f-x2x4z", "main", true, false));
        let lines = ["INFO listening on :8080", "ERROR 数据库 \x1b[2J\u{202e} connection refused", "exit 3"];
        let tail = super::Tail { before: Some(Ok(lines.map(Clean::from).to_vec())), now: None };
        stage.message(Message::Batch(crate::BatchReply::Tail(of, tail)));
        insta::assert_snapshot!(format!("crashing_{}x{}", size.0, size.1), stage.text());
    }
}

#[test]
fn a_log_that_may_not_be_read_says_so_and_is_asked_for_again_after_a_while() {
    let mut stage = crashing((80, 24));
    let of = tails(&stage)[0].clone();
    let before = tails(&stage).len();
    let why = "you may not read it (pods \"gateway\" is forbidden)";
    let tail = super::Tail { before: Some(Err(why.into())), now: None };
    stage.message(Message::Batch(crate::BatchReply::Tail(of, tail))).shows("you may not read it");
    stage.at(3);
    assert_eq!(tails(&stage).len(), before);
    stage.at(6).shows("you may not read it");
    assert_eq!(tails(&stage).len(), before + 1);
}

#[test]
fn a_batch_tells_how_long_it_will_take_as_far_as_that_is_known() {
    let mut run = running();
    run.steps.iter_mut().for_each(|step| step.expected = Some(300));
    run.options.width = 2;
    let screen = show(run).screen(160, 47);
    // In flight 186, 179 and 172 s are left; two more apps of 300 s come after the first two that end.
    assert!(screen.contains("2m 54s of about 11m 00s"), "{screen}");
    let mut late = running();
    late.steps.iter_mut().for_each(|step| step.expected = Some(1));
    late.steps.iter_mut().filter(|step| step.state == StepState::Waiting).for_each(|s| s.state = StepState::Skipped);
    assert!(show(late).screen(160, 47).contains("2m 54s, longer than expected"));
    let mut unknown = running();
    unknown.steps.iter_mut().for_each(|step| step.began = None);
    assert!(!show(unknown).screen(160, 47).contains("of about"));
}
