//! What is unhealthy, seen and acted on.

use rolldeck_core::{
    fleet::{Freshness, Object},
    health::cause::{NodeFacts, Warning},
    kept::{Item, KeptEvent, Name},
    model::{ContainerState, Pod},
    text::Clean,
};
use rstest::rstest;

use super::{Trouble, TroubleEffect, TroubleReply};
use crate::{
    Effect, Message,
    testing::{Stage, ago, app, crashing, hpa, pod, states},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn item<T>(namespace: &str, name: &str, value: T) -> KeptEvent<T> {
    KeptEvent::Applied(Item { name: Name { namespace: namespace.into(), name: name.into() }, value })
}

fn warning(pod: &Pod, reason: &str, message: &str) -> Warning {
    Warning {
        kind: "Pod".into(),
        namespace: pod.namespace.clone(),
        name: pod.name.clone(),
        reason: reason.into(),
        message: message.into(),
        count: 12,
        at: Some(ago(60)),
    }
}

fn warnings(stage: &mut Stage, all: Vec<Warning>) {
    let mut events: Vec<_> =
        all.into_iter().enumerate().map(|(n, warning)| item("qa", &format!("e{n}"), warning)).collect();
    events.insert(0, KeptEvent::Listing);
    events.push(KeptEvent::Listed);
    stage.message(Message::Trouble(TroubleReply::Warnings(None, events)));
}

fn nodes(stage: &mut Stage, bad: Vec<(Clean, Clean, Clean)>) {
    let facts = NodeFacts { bad, since: Some(ago(400)), cordoned: false };
    let events = vec![KeptEvent::Listing, item("", "node-b", facts), KeptEvent::Listed];
    stage.message(Message::Trouble(TroubleReply::Nodes(events)));
}

/// Beside the shop's: an image that is not there (its name wide, its registry hostile), a pod without a node, an HPA at its end.
fn ill(stage: &mut Stage) {
    let mut search = app("prod", "搜索-🔎", "v9", 3);
    (search.counts.ready, search.counts.available) = (0, 0);
    let mut pull = pod(&search, 0);
    (pull.ready, pull.containers[0].ready) = (false, false);
    pull.containers[0].state = ContainerState::Waiting("ImagePullBackOff".into(), "Back-off pulling".into());
    let mut heavy = app("qa", "heavy", "v1", 2);
    (heavy.counts.ready, heavy.counts.available) = (1, 1);
    let mut homeless = pod(&heavy, 0);
    (homeless.ready, homeless.node) = (false, Clean::default());
    homeless.containers[0].ready = false;
    homeless.unschedulable = "0/3 nodes are available: 3 Insufficient memory. preemption: none".into();
    let busy = app("qa", "busy", "v1", 10);
    let failed = warning(&pull, "Failed", "Failed to pull image \"x\u{1b}[2J\": not found");
    let hpa = Object::Hpa(hpa(&busy, true).into());
    let pods = [pull, homeless].map(|pod| Object::Pod(pod.into()));
    let apps = [search, heavy, busy].map(|app| Object::App(app.into()));
    stage.apply(pods.into_iter().chain(apps).chain([hpa]).collect());
    warnings(stage, vec![failed]);
    nodes(stage, vec![("Ready".into(), "NodeStatusUnknown".into(), "Kubelet stopped posting node status.".into())]);
}

fn open(stage: &mut Stage) {
    stage.open(Box::new(Trouble::default()));
}

#[rstest]
fn what_is_unhealthy_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    for (state, mut stage) in states(size) {
        open(&mut stage);
        match state {
            "normal" => ill(&mut stage),
            "empty" => {
                warnings(&mut stage, Vec::new());
                nodes(&mut stage, Vec::new());
            }
            "stale" => {
                ill(&mut stage);
                let fresh = Freshness::Stale { since: ago(20), why: "connection refused".into() };
                stage.message(Message::Trouble(TroubleReply::Warnings(None, vec![KeptEvent::Fresh(fresh)])));
            }
            "forbidden" => {
                let may_not = |what: &str| Freshness::Forbidden(what.into());
                let events = vec![KeptEvent::Fresh(may_not("list events in all namespaces"))];
                stage.message(Message::Trouble(TroubleReply::Warnings(None, events)));
                let nodes = vec![KeptEvent::Fresh(may_not("list nodes"))];
                stage.message(Message::Trouble(TroubleReply::Nodes(nodes)));
            }
            _ => _ = stage.at(0),
        }
        insta::assert_snapshot!(format!("{state}-{}x{}", size.0, size.1), stage.text());
    }
}

#[test]
fn the_worst_stands_first_and_fifty_pods_of_one_app_are_one_line() {
    let mut stage = Stage::shop(WIDE);
    open(&mut stage);
    let mut loops = app("qa", "loops", "v1", 50);
    (loops.counts.ready, loops.counts.available) = (0, 0);
    let pods = (0..50).map(|n| Object::Pod(crashing(&loops, n, 3).into())).collect();
    stage.apply(pods);
    stage.apply(vec![Object::App(loops.into())]);
    let text = stage.text();
    assert_eq!(text.matches(" loops ").count(), 1, "{text}");
    stage.shows("50/50").shows("▸ ✗ Down     loops");
}

#[test]
fn the_keys_act_on_the_app_under_the_cursor() {
    let with = || {
        let mut stage = Stage::shop(WIDE);
        open(&mut stage);
        stage
    };
    with().keys("enter").shows("Pods of qa/deploy/orders");
    with().keys("d").shows("App qa/deploy/orders");
    with().keys("ctrl-k").shows("Evict or delete pod orders-7d9f-00001?");
    with().keys("u").shows("Roll back orders");
}

#[test]
fn the_streams_are_followed_while_the_room_is_open_and_no_longer() {
    let mut stage = Stage::shop(WIDE);
    open(&mut stage);
    let asked = |stage: &Stage, leave: bool| {
        let of = |effect: &&Effect| match effect {
            Effect::Trouble(TroubleEffect::Follow(_)) => !leave,
            Effect::Trouble(TroubleEffect::Leave) => leave,
            _ => false,
        };
        stage.effects.iter().filter(of).count()
    };
    assert_eq!((asked(&stage, false), asked(&stage, true)), (1, 0));
    stage.keys("esc");
    assert_eq!(asked(&stage, true), 1);
}

#[test]
fn the_filter_finds_by_cause() {
    let mut stage = Stage::shop(WIDE);
    open(&mut stage);
    ill(&mut stage);
    stage.keys("/").type_text("memory").keys("enter").shows("heavy").hides("搜索");
    stage.keys("esc").shows("搜索");
}

#[test]
fn a_change_that_shows_nothing_draws_nothing() {
    let mut stage = Stage::shop(WIDE);
    open(&mut stage);
    ill(&mut stage);
    stage.state.drawn();
    warnings(&mut stage, vec![warning(&pod(&app("prod", "idle", "v0.9", 0), 0), "Odd", "nothing to see")]);
    let other = stage.state.dirty();
    stage.state.drawn();
    warnings(&mut stage, vec![warning(&pod(&app("prod", "idle", "v0.9", 0), 0), "Odd", "nothing to see")]);
    assert!(other && !stage.state.dirty());
}

#[test]
fn a_pod_of_no_app_is_told_of_and_opens_its_containers() {
    let mut stage = Stage::shop(WIDE);
    open(&mut stage);
    let mut bare = crashing(&app("qa", "import-job", "v1", 1), 0, 3);
    (bare.app, bare.name) = (None, "import-2fx9k".into());
    stage.apply(vec![Object::Pod(bare.into())]);
    stage.keys("/").type_text("import-2fx9k").keys("enter");
    stage.shows("import-2fx9k").shows("pod qa/import-2fx9k, of no app").shows("1 pod of no app");
    stage.keys("ctrl-k").shows("pod import-2fx9k?");
    stage.keys("esc enter").hides("of no app");
}

#[test]
fn a_node_opens_its_pods_and_is_described() {
    let with = || {
        let mut stage = Stage::shop(WIDE);
        open(&mut stage);
        nodes(&mut stage, vec![("Ready".into(), "NodeStatusUnknown".into(), "Kubelet stopped posting.".into())]);
        stage
    };
    with().shows("enter its pods");
    with().keys("enter").shows("Pods on ");
    with().keys("d").hides("LIKELY CAUSE");
}
