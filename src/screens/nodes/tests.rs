//! Keys and replies in, nodes out.

use rolldeck_core::{
    fleet::{Freshness, Object},
    kept::{Item, KeptEvent, Name},
    model::{Figures, Node, NodeUsage, PodFigures},
    text::Clean,
};
use rstest::rstest;

use super::{NodesEffect, NodesOf, NodesReply, open};
use crate::{
    Effect, Message,
    testing::{Stage, ago, app, pod},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

fn node(name: &str) -> Item<Node> {
    let value = Node {
        ready: Some(true),
        kubelet: "v1.36.3".into(),
        kernel: "6.12.1".into(),
        os: "Debian 13".into(),
        runtime: "containerd://2.1".into(),
        arch: "amd64".into(),
        cpu_milli: 4000,
        memory: 16 << 30,
        pods: 110,
        created: Some(ago(40 * 86_400)),
        ..Node::default()
    };
    Item { name: Name { namespace: Clean::default(), name: name.into() }, value }
}

fn sick() -> Vec<Item<Node>> {
    let mut hostile = node("no\u{1b}[2Jde-\u{202e}x");
    hostile.value.ready = Some(false);
    hostile.value.why = "KubeletNotReady: container runtime is \u{1b}[31mdown".into();
    let mut wide = node("节点-🚀");
    wide.value.taints = ["dedicated=batch:NoSchedule".into()].into();
    wide.value.cordoned = true;
    let mut full = node("node-b");
    full.value.troubles = ["disk pressure: KubeletHasDiskPressure: kubelet has disk pressure".into()].into();
    vec![node("node-a"), full, wide, hostile]
}

fn say(stage: &mut Stage, of: NodesOf, events: Vec<KeptEvent<Node>>) {
    stage.message(Message::Nodes(NodesReply::Nodes(of, events)));
}

fn listed(stage: &mut Stage, of: &NodesOf, nodes: Vec<Item<Node>>) {
    let events = std::iter::once(KeptEvent::Listing).chain(nodes.into_iter().map(KeptEvent::Applied));
    say(stage, of.clone(), events.chain([KeptEvent::Listed, KeptEvent::Fresh(Freshness::Live)]).collect());
}

fn usage(node: &str, cpu_milli: u64, memory: u64) -> NodeUsage {
    NodeUsage { node: node.into(), cpu_milli, memory }
}

fn figures(rx: u64) -> Figures {
    let pod = |name: &str, rx: u64| PodFigures {
        namespace: "qa".into(),
        name: name.into(),
        rx: Some(rx),
        tx: Some(1000),
        disk: Some(5 << 20),
    };
    Figures {
        rx: Some(rx),
        tx: Some(2000),
        disk_used: Some(90 << 30),
        disk_size: Some(100 << 30),
        pods: vec![pod("gateway-7d9f-00000", 100), pod("orders-7d9f-00000", 9 << 20)],
    }
}

/// Four nodes, one of them well.
fn nodes(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(open());
    listed(&mut stage, &None, sick());
    let usages = vec![usage("node-a", 3800, 4 << 30), usage("node-b", 100, 15 << 30)];
    stage.message(Message::Nodes(NodesReply::Usage(None, usages)));
    stage.message(Message::Nodes(NodesReply::Figures("node-a".into(), Ok(figures(3 << 20)))));
    stage
}

#[rstest]
fn the_nodes_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    insta::assert_snapshot!(name(size, "normal"), nodes(size).text());

    let mut stage = Stage::shop(size);
    stage.open(open()).at(0);
    insta::assert_snapshot!(name(size, "loading"), stage.text());
    say(&mut stage, None, vec![KeptEvent::Fresh(Freshness::Forbidden("list nodes".into()))]);
    stage.message(Message::Nodes(NodesReply::NoUsage(None, Freshness::Absent)));
    insta::assert_snapshot!(name(size, "forbidden"), stage.text());

    let mut stage = Stage::shop(size);
    stage.open(open());
    listed(&mut stage, &None, Vec::new());
    insta::assert_snapshot!(name(size, "empty"), stage.text());

    let mut stage = nodes(size);
    let stale = Freshness::Stale { since: ago(20), why: "no answer".into() };
    say(&mut stage, None, vec![KeptEvent::Fresh(stale)]);
    insta::assert_snapshot!(name(size, "stale"), stage.text());
}

/// The pods of node-a, of which the kubelet tells.
fn pods(size: (u16, u16)) -> Stage {
    let mut stage = nodes(size);
    stage.keys("enter");
    let of = Some(Clean::new("node-a"));
    listed(&mut stage, &of, vec![node("node-a")]);
    stage.message(Message::Nodes(NodesReply::Usage(of, vec![usage("node-a", 3800, 4 << 30)])));
    stage.message(Message::Nodes(NodesReply::Figures("node-a".into(), Ok(figures(3 << 20)))));
    stage
}

#[rstest]
fn the_pods_of_a_node_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    insta::assert_snapshot!(name(size, "pods-normal"), pods(size).text());

    let mut stage = nodes(size);
    stage.keys("j enter");
    insta::assert_snapshot!(name(size, "pods-loading"), stage.text());
    let of = Some(Clean::new("node-b"));
    listed(&mut stage, &of, vec![node("node-b")]);
    insta::assert_snapshot!(name(size, "pods-empty"), stage.text());

    let mut stage = nodes(size);
    stage.keys("enter");
    let of = Some(Clean::new("node-a"));
    say(&mut stage, of.clone(), vec![KeptEvent::Fresh(Freshness::Forbidden("list nodes".into()))]);
    stage.message(Message::Nodes(NodesReply::NoUsage(of, Freshness::Absent)));
    let refused = Err("not allowed: get nodes/proxy".into());
    stage.message(Message::Nodes(NodesReply::Figures("node-a".into(), refused)));
    insta::assert_snapshot!(name(size, "pods-forbidden"), stage.text());

    let mut stage = pods(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    insta::assert_snapshot!(name(size, "pods-stale"), stage.text());
}

/// Names in the order of the screen, among these.
fn order(stage: &Stage, among: &[&str]) -> Vec<String> {
    let text = stage.text();
    let lines = text.lines().filter_map(|line| among.iter().find(|name| line.contains(**name)));
    lines.map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_greediest_pod_is_first_by_whatever_is_asked() {
    let (gateway, orders) = ("gateway-7d9f-00000", "orders-7d9f-00000");
    let mut stage = pods(WIDE);
    assert_eq!(order(&stage, &[gateway, orders]), [gateway, orders], "by CPU: 120m and 10m");
    stage.keys("M");
    assert_eq!(order(&stage, &[gateway, orders]), [orders, gateway], "by memory: 100Mi and 250Mi");
    stage.keys("C T");
    assert_eq!(order(&stage, &[gateway, orders]), [orders, gateway], "by network: 100 and 9Mi a second");
    stage.keys("N");
    assert_eq!(order(&stage, &[gateway, orders]), [gateway, orders]);
}

#[test]
fn shares_are_of_what_the_node_can_give() {
    // 120m of 4 cores, 250m requested; 8 pods of 250m each on the node.
    pods(WIDE).shows("120m  3%").shows("250m  6%").shows("3.8 95% used, 2 50% requested of 4");
}

#[test]
fn what_is_on_a_node_is_counted_as_pods_come_and_go() {
    let mut stage = nodes(WIDE);
    stage.shows("8/110");
    stage.apply(vec![Object::Pod(pod(&app("qa", "gateway", "v1.2.0", 3), 7).into())]).shows("9/110");
}

#[test]
fn requests_of_a_few_namespaces_are_said_to_be_theirs_only() {
    let mut stage = Stage::new(WIDE, &["qa"]);
    stage.all(Freshness::Live).open(open());
    listed(&mut stage, &None, vec![node("node-a")]);
    stage.shows("pods and requests are of the namespaces in view only: qa");
}

#[test]
fn network_and_disk_have_columns_where_they_are_known_and_a_word_where_not() {
    nodes(WIDE).shows("NETWORK").shows("↓3Mi/s ↑2Ki/s").shows("90Gi 90%");
    let mut stage = Stage::shop(WIDE);
    stage.open(open());
    listed(&mut stage, &None, sick());
    let refused = Err("not allowed: get nodes/proxy".into());
    stage.message(Message::Nodes(NodesReply::Figures("node-a".into(), refused)));
    stage.hides("NETWORK").shows("network and disk n/a: not allowed: get nodes/proxy");
}

#[test]
fn only_kubelets_of_nodes_in_sight_are_asked_and_none_once_the_room_is_left() {
    let mut stage = Stage::shop(SMALL);
    stage.open(open());
    listed(&mut stage, &None, (0..100).map(|n| node(&format!("node-{n:03}"))).collect());
    let looked = |stage: &Stage| {
        let effects = stage.effects.iter().rev();
        effects
            .filter_map(|effect| match effect {
                Effect::Nodes(NodesEffect::Look(None, names)) => Some(names.clone()),
                _ => None,
            })
            .next()
            .unwrap_or_default()
    };
    let first = looked(&stage);
    assert!((10..24).contains(&first.len()) && &*first[0] == "node-000", "{first:?}");
    stage.keys("G");
    assert!(looked(&stage).iter().any(|name| &**name == "node-099"));
    stage.keys("esc");
    assert!(matches!(stage.effects.last(), Some(Effect::Nodes(NodesEffect::End(None)))));
}

#[test]
fn a_filter_asks_nodes_for_their_figures() {
    let mut stage = nodes(WIDE);
    stage.keys("/").type_text("cpu>80%").keys("enter").shows("node-a").hides("节点");
    stage.keys("esc /").type_text("status:notready").keys("enter").hides("node-a").shows("✗ NotReady");
}

#[test]
fn what_a_refused_release_would_need_is_said_on_a_pod_of_no_app() {
    let mut stage = pods(WIDE);
    let mut bare = pod(&app("qa", "bare", "v1", 1), 0);
    (bare.app, bare.name) = (None, "bare".into());
    stage.apply(vec![Object::Pod(bare.into())]).keys("/").type_text("bare").keys("enter r");
    stage.shows("This pod belongs to no app in view.");
}

#[test]
fn a_key_for_pods_says_on_a_node_where_its_pods_are() {
    for key in ["o", "a", "i", "u", "s", "alt-s", "r", "ctrl-k"] {
        nodes(WIDE).keys(key).shows("That key is for a pod: enter lists those of node-a");
    }
}

#[test]
fn nothing_is_drawn_where_a_reply_changes_nothing_in_sight() {
    let mut stage = nodes(WIDE);
    stage.state.drawn();
    stage.message(Message::Nodes(NodesReply::Usage(Some("other".into()), Vec::new())));
    let same = vec![usage("node-a", 3800, 4 << 30), usage("node-b", 100, 15 << 30)];
    stage.message(Message::Nodes(NodesReply::Usage(None, same)));
    assert!(!stage.state.dirty());
}

#[test]
fn kubelets_are_asked_again_after_a_stay_in_another_context() {
    let mut stage = Stage::shop(SMALL);
    stage.open(open());
    listed(&mut stage, &None, vec![node("node-a")]);
    stage.state.park();
    let effects = stage.state.resume();
    let asked = |effect: &Effect| matches!(effect, Effect::Nodes(NodesEffect::Look(None, names)) if names.len() == 1);
    assert!(effects.iter().any(asked), "{effects:?}");
}
