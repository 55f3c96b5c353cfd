//! Keys and replies in, events out.

use rolldeck_core::{
    events::{About, Happened},
    fleet::Freshness,
    kept::{Item, KeptEvent, Name},
    model::{AppKind, ObjectRef},
};
use rstest::rstest;

use super::{EventsEffect, EventsOf, EventsReply, about, open};
use crate::{
    Effect, Message, Screen,
    testing::{Stage, ago, key},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn event(n: usize, kind: &str, name: &str, reason: &str, warning: bool, last: i64, count: u32) -> KeptEvent<Happened> {
    let value = Happened {
        about: About { api_version: "v1".into(), kind: kind.into(), namespace: "qa".into(), name: name.into() },
        warning,
        reason: reason.into(),
        message: format!("{reason} of {name}, 详细 🚀").into(),
        count,
        first: Some(ago(last + 600)),
        last: Some(ago(last)),
        source: "kubelet".into(),
    };
    KeptEvent::Applied(Item { name: Name { namespace: "qa".into(), name: format!("e-{n}").into() }, value })
}

fn sample() -> Vec<KeptEvent<Happened>> {
    vec![
        event(0, "Pod", "orders-7d9f8-x2x4z", "BackOff", true, 30, 12),
        event(1, "Pod", "orders-7d9f8-x2x4z", "Pulled", false, 300, 1),
        event(2, "Deployment", "gateway", "ScalingReplicaSet", false, 120, 1),
        event(3, "Pod", "gateway-5d9f8-gkz42", "Killing", false, 90, 1),
        event(4, "Pod", "e\u{1b}[2Jvil", "F\u{7}ailed", true, 4000, 1),
        event(5, "Pod", "orders-7d9f8-x2x4z", "BackOff", true, 200, 3),
    ]
}

fn say(stage: &mut Stage, of: &EventsOf, events: Vec<KeptEvent<Happened>>) {
    stage.message(Message::Events(EventsReply { of: of.clone(), events }));
}

fn list(stage: &mut Stage, of: &EventsOf, events: Vec<KeptEvent<Happened>>) {
    let begin = std::iter::once(KeptEvent::Listing).chain(events);
    say(stage, of, begin.chain([KeptEvent::Listed, KeptEvent::Fresh(Freshness::Live)]).collect());
}

fn room(size: (u16, u16), room: Box<dyn Screen>, of: &EventsOf) -> Stage {
    let mut stage = Stage::shop(size);
    stage.open(room);
    list(&mut stage, of, sample());
    stage
}

fn all() -> EventsOf {
    EventsOf::default()
}

fn within(namespace: &str) -> EventsOf {
    EventsOf { namespace: namespace.into(), about: None }
}

#[rstest]
fn the_events_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    let name = |what: &str| format!("{what}-{}x{}", size.0, size.1);
    insta::assert_snapshot!(name("normal"), room(size, open(), &all()).text());

    let mut stage = Stage::shop(size);
    stage.open(open()).at(0);
    insta::assert_snapshot!(name("loading"), stage.text());
    let refused = Freshness::Forbidden("list events in all namespaces".into());
    say(&mut stage, &all(), vec![KeptEvent::Fresh(refused)]);
    insta::assert_snapshot!(name("forbidden"), stage.text());
    list(&mut stage, &all(), Vec::new());
    insta::assert_snapshot!(name("empty"), stage.text());

    let mut stage = room(size, open(), &all());
    let stale = Freshness::Stale { since: ago(20), why: "no answer".into() };
    say(&mut stage, &all(), vec![KeptEvent::Fresh(stale)]);
    insta::assert_snapshot!(name("stale"), stage.text());
}

#[test]
fn what_repeats_is_one_line_and_the_newest_is_first() {
    let stage = room(WIDE, open(), &all());
    let text = stage.shows("×15").text();
    let line = |what: &str| text.lines().position(|line| line.contains(what)).unwrap();
    assert_eq!(text.matches("BackOff of").count(), 1);
    assert!(line("BackOff") < line("Killing") && line("Killing") < line("ScalingReplicaSet"));
}

#[test]
fn an_apps_events_are_those_of_its_pods_too_also_of_those_that_are_gone() {
    let gateway = ObjectRef::app(&key("qa", "gateway", AppKind::Deployment));
    let mut stage = Stage::shop(WIDE);
    let about = about(gateway);
    stage.open(about);
    assert!(matches!(stage.effects.last(), Some(Effect::Events(EventsEffect::Follow(of))) if *of == within("qa")));
    list(&mut stage, &within("qa"), sample());
    stage.shows("ScalingReplicaSet").shows("gateway-5d9f8-gkz42").hides("orders-");
}

#[test]
fn an_objects_events_are_picked_by_the_server_and_the_stream_ends_with_the_room() {
    let pod = ObjectRef::pod(&"qa".into(), &"orders-7d9f8-x2x4z".into());
    let mut stage = Stage::shop(WIDE);
    let about = about(pod.clone());
    stage.open(about);
    let of = EventsOf { namespace: "qa".into(), about: Some(pod) };
    assert!(matches!(stage.effects.last(), Some(Effect::Events(EventsEffect::Follow(asked))) if *asked == of));
    list(&mut stage, &of, sample());
    stage.shows("Events about pod qa/orders-7d9f8-x2x4z").shows("BackOff").hides("gateway");
    stage.keys("esc");
    assert!(stage.effects.iter().any(|e| matches!(e, Effect::Events(EventsEffect::End(asked)) if *asked == of)));
}

#[test]
fn v_anywhere_shows_the_events_about_what_is_under_the_cursor() {
    let mut stage = Stage::shop(WIDE);
    stage.keys("/").type_text("gateway").keys("enter v").shows("Events about deployment qa/gateway");
}

#[test]
fn enter_goes_to_what_an_event_is_about() {
    let mut stage = room(WIDE, open(), &all());
    stage.keys("enter").shows("Pod qa/orders-7d9f8-x2x4z");
    stage.keys("esc");
    stage.keys("/").type_text("ScalingReplicaSet").keys("enter enter").shows("gateway").hides("Events:");
}

#[test]
fn warnings_come_first_where_that_is_asked_and_the_cursor_stays_on_its_line() {
    let mut stage = room(WIDE, open(), &all());
    stage.keys("j").shows("▸ pod/gateway-5d9f8-gkz42");
    stage.keys("H").shows("▸ pod/gateway-5d9f8-gkz42");
    let text = stage.text();
    let line = |what: &str| text.lines().position(|line| line.contains(what)).unwrap();
    assert!(line("vil") < line("Killing"));
}

#[test]
fn each_namespace_in_view_has_a_stream_of_its_own() {
    let mut stage = Stage::new(WIDE, &["qa", "prod"]);
    stage.all(Freshness::Live).open(open());
    list(&mut stage, &within("qa"), sample());
    say(
        &mut stage,
        &within("prod"),
        vec![KeptEvent::Fresh(Freshness::Forbidden("list events in namespace prod".into()))],
    );
    stage.shows("may not list events in namespace prod").shows("BackOff");
}
