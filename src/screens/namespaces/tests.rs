//! Keys and replies in, namespaces out.

use std::collections::BTreeSet;

use rolldeck_core::{
    fleet::Freshness,
    kept::{Item, KeptEvent, Name},
    model::NamespaceFacts,
    text::Clean,
};
use rstest::rstest;

use super::{NamespacesEffect, open};
use crate::{
    Effect, Message,
    testing::{Stage, ago},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn named(name: &str, phase: &str) -> KeptEvent<NamespaceFacts> {
    let value = NamespaceFacts { phase: phase.into(), created: Some(ago(90 * 86_400)) };
    KeptEvent::Applied(Item { name: Name { namespace: Clean::default(), name: name.into() }, value })
}

fn say(stage: &mut Stage, events: Vec<KeptEvent<NamespaceFacts>>) {
    stage.message(Message::NamespacesRoom(events));
}

fn list(stage: &mut Stage, names: &[(&str, &str)]) {
    let named = names.iter().map(|(name, phase)| named(name, phase));
    let events = std::iter::once(KeptEvent::Listing).chain(named);
    say(stage, events.chain([KeptEvent::Listed, KeptEvent::Fresh(Freshness::Live)]).collect());
}

const ALL: [(&str, &str); 5] = [
    ("qa", "Active"),
    ("prod", "Active"),
    ("old", "Terminating"),
    ("货运-🚚", "Active"),
    ("e\u{1b}[2Jvil", "Act\u{7}ive"),
];

fn room(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(open());
    list(&mut stage, &ALL);
    stage
}

fn scoped(stage: &Stage) -> Option<BTreeSet<Clean>> {
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Scope(names) => Some(names.clone()),
        _ => None,
    })
}

#[rstest]
fn the_namespaces_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), room(size).text());

    let mut stage = Stage::new(size, &[]);
    stage.open(open()).at(0);
    insta::assert_snapshot!(name("loading"), stage.text());
    stage.all(Freshness::Live);
    list(&mut stage, &[]);
    insta::assert_snapshot!(name("empty"), stage.text());

    let mut stage = Stage::shop(size);
    stage.open(open());
    say(&mut stage, vec![KeptEvent::Fresh(Freshness::Forbidden("list namespaces".into()))]);
    insta::assert_snapshot!(name("forbidden"), stage.text());

    let mut stage = room(size);
    say(&mut stage, vec![KeptEvent::Fresh(Freshness::Stale { since: ago(20), why: "no answer".into() })]);
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn enter_goes_to_the_namespace_under_the_cursor_and_leaves_the_room() {
    let mut stage = room(WIDE);
    stage.keys("/").type_text("qa").keys("enter enter");
    assert_eq!(scoped(&stage), Some([Clean::new("qa")].into()));
    assert!(stage.effects.iter().any(|effect| matches!(effect, Effect::NamespacesRoom(NamespacesEffect::End))));
    stage.shows("Fleet");
}

#[test]
fn enter_goes_to_all_that_are_marked() {
    let mut stage = room(WIDE);
    stage.keys("/").type_text("ns:prod").keys("enter space esc");
    stage.keys("/").type_text("ns:qa").keys("enter space esc").shows("2 marked");
    stage.keys("enter");
    assert_eq!(scoped(&stage), Some([Clean::new("prod"), Clean::new("qa")].into()));
}

#[test]
fn what_is_not_in_view_is_named_and_said_not_to_be() {
    let mut stage = Stage::new(WIDE, &["qa"]);
    stage.all(Freshness::Live).open(open());
    list(&mut stage, &ALL);
    let text = stage.text();
    let line = |name: &str| text.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(line("prod").contains("not in view") && !line(" qa ").contains("not in view"), "{text}");
}

#[test]
fn sums_are_of_the_apps_and_pods_in_view() {
    let stage = room(WIDE);
    let text = stage.text();
    let line = text.lines().find(|line| line.contains(" qa ")).unwrap();
    let cells: Vec<&str> = line.split_whitespace().collect();
    assert!(cells.windows(5).any(|cells| cells == ["3", "6", "!", "1", "130m"]), "{line}");
}

#[test]
fn marks_of_what_is_gone_are_gone() {
    let mut stage = room(WIDE);
    stage.keys("*").shows("5 marked");
    list(&mut stage, &[("qa", "Active")]);
    stage.shows("1 namespace, 1 marked");
    stage.keys("esc").hides("marked").shows("1 namespace");
}
