//! The contexts in every state, and what switching asks for and keeps.

use rolldeck_core::{
    fleet::Freshness,
    model::{KubeContext, Parked},
};
use rstest::rstest;

use super::{Contexts, ContextsEffect};
use crate::{Effect, Message, testing::Stage};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn context(name: &str, user: &str, namespace: &str) -> KubeContext {
    KubeContext {
        name: name.into(),
        server: format!("https://{}.example:6443", name.len()).into(),
        user: user.into(),
        namespace: namespace.into(),
        default: name == "prod-asia",
    }
}

fn known() -> Vec<KubeContext> {
    vec![
        context("shop-eu", "dana", "qa"),
        context("prod-asia", "dana@prod", "default"),
        context("测试-集群", "订单", "默认"),
        context("evil\u{1b}[31m\u{202e}", "🚢", "default"),
    ]
}

fn room(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(Box::new(Contexts::new(None)));
    stage
}

fn filled(size: (u16, u16)) -> Stage {
    let mut stage = room(size);
    stage.message(Message::Contexts(Ok(known())));
    let holds = "3 marks, a batch in flight";
    stage.message(Message::Parked(vec![Parked {
        context: "prod-asia".into(),
        holds: holds.into(),
        batch: true,
        shells: 0,
        copies: 0,
        downloads: 0,
    }]));
    stage
}

#[rstest]
fn the_contexts_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), filled(size).text());
    insta::assert_snapshot!(name("empty"), room(size).text());
    let mut stage = room(size);
    stage.message(Message::Contexts(Err("failed to read ~/.kube/config: permission denied".into())));
    insta::assert_snapshot!(name("forbidden"), stage.text());
    let mut stage = filled(size);
    stage.all(Freshness::Stale { since: crate::testing::ago(20), why: "connection refused".into() });
    insta::assert_snapshot!(name("stale"), stage.text());
}

fn switches(stage: &Stage) -> Vec<&str> {
    let names = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Contexts(ContextsEffect::Switch(name)) => Some(&**name),
        _ => None,
    });
    names.collect()
}

#[test]
fn the_cursor_stands_on_the_present_context_and_enter_goes_to_the_one_under_it() {
    let mut stage = filled(WIDE);
    stage.keys("enter");
    assert_eq!(switches(&stage), ["shop-eu"]);
    stage.keys("j enter");
    assert_eq!(switches(&stage), ["shop-eu", "prod-asia"]);
}

#[test]
fn with_a_name_it_goes_there_at_once() {
    let mut stage = filled(WIDE);
    stage.open(Box::new(Contexts::new(Some("prod-asia".into()))));
    assert_eq!(switches(&stage), ["prod-asia"]);
}

#[test]
fn a_parked_context_is_stale_and_comes_back_with_its_marks() {
    let mut stage = Stage::shop(WIDE);
    stage.keys("space space");
    assert_eq!(&*stage.state.parked().holds, "2 marks");
    stage.state.park();
    stage.shows("STALE").shows("2 marked");
    let asked = stage.state.resume();
    assert!(asked.iter().any(|effect| matches!(effect, Effect::Scope(_))));
    stage.all(Freshness::Live);
    stage.shows("live").shows("2 marked").hides("STALE");
}

#[test]
fn what_waits_elsewhere_is_named_on_every_screen() {
    let mut stage = filled(WIDE);
    stage.keys("esc").shows("parked: prod-asia (3 marks, a batch in flight)");
}

#[test]
fn leaving_with_a_batch_in_another_context_asks_first() {
    let mut stage = filled(WIDE);
    stage.keys("ctrl-c").shows("prod-asia");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
    stage.keys("tab enter");
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
}

#[test]
fn what_ends_in_another_context_is_counted_and_named_where_one_leaves() {
    let mut stage = room(WIDE);
    let parked = |shells| Parked {
        context: "prod-asia".into(),
        holds: "".into(),
        batch: false,
        shells,
        copies: 1,
        downloads: shells - 1,
    };
    let qa = Parked { context: "qa-eu".into(), ..parked(1) };
    stage.message(Message::Parked(vec![parked(2), qa]));
    stage.keys("ctrl-c").shows("3 shells are open (parked: 2 in prod-asia, 1 in qa-eu): what runs in");
    stage.shows("2 copies of files run (parked: 1 in prod-asia, 1 in qa-eu): they stop");
    stage.shows("1 download of logs goes on (parked: 1 in prod-asia): it is cut off");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Quit)));
}
