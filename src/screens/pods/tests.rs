//! Keys in, pods out.

use rolldeck_core::{
    fleet::{Freshness, Object, Resource},
    model::AppKind,
};
use rstest::rstest;

use crate::{
    Effect, LogsEffect,
    testing::{Stage, ago, app, key, pod},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

/// The pods of `orders`, one of which crashes.
fn orders(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("orders").keys("enter enter");
    stage
}

#[rstest]
fn the_pods_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    insta::assert_snapshot!(name(size, "normal"), orders(size).text());

    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("idle").keys("enter enter");
    insta::assert_snapshot!(name(size, "empty"), stage.text());

    let mut stage = Stage::new(size, &["qa"]);
    stage.apply(vec![Object::App(app("qa", "gateway", "v1.2.0", 3).into())]);
    stage.fresh(Resource::Deployments, Freshness::Live);
    stage.fresh(Resource::Pods, Freshness::Loading { seen: 500, of: Some(1500) }).keys("enter");
    insta::assert_snapshot!(name(size, "loading"), stage.text());
    stage.fresh(Resource::Pods, Freshness::Forbidden("list pods in namespace qa".into()));
    insta::assert_snapshot!(name(size, "forbidden"), stage.text());

    let mut stage = orders(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    insta::assert_snapshot!(name(size, "stale"), stage.text());
}

#[test]
fn a_pod_that_comes_is_shown_and_one_of_another_app_draws_nothing() {
    let mut stage = orders(WIDE);
    stage.state.drawn();
    stage.apply(vec![Object::Pod(pod(&app("qa", "gateway", "v1.2.0", 3), 7).into())]);
    assert!(!stage.state.dirty());
    stage.apply(vec![Object::Pod(pod(&app("qa", "orders", "v1.3.0", 3), 7).into())]);
    assert!(stage.state.dirty());
    stage.shows("orders-7d9f-00007").shows("Pods of qa/deploy/orders: 3");
}

#[test]
fn restarts_tell_why_and_when() {
    orders(WIDE).shows("✗ CrashLoopBackOff").shows("7 OOMKilled (3m)");
}

#[test]
fn the_filter_finds_pods_by_their_status() {
    let mut stage = orders(SMALL);
    stage.keys("/").type_text("crash").shows("1 of 2 match").shows("orders-7d9f-00001").hides("orders-7d9f-00000");
    stage.keys("esc").shows("orders-7d9f-00000");
    stage.keys("esc").shows("Fleet:");
}

#[test]
fn an_app_that_goes_while_its_pods_are_looked_at_is_said_to_be_gone() {
    let mut stage = orders(SMALL);
    stage.delete(&key("qa", "orders", AppKind::Deployment)).shows("This app is gone.");
}

#[test]
fn a_pod_that_finds_no_node_says_why_where_its_node_would_stand() {
    let mut stage = orders(WIDE);
    let mut stuck = pod(&app("qa", "orders", "v1.3.0", 3), 7);
    (stuck.node, stuck.unschedulable) = ("".into(), "0/1 nodes are available".into());
    stage.apply(vec![Object::Pod(stuck.into())]).shows("0/1 nodes are available");
}

/// Of what the logs were opened last.
fn read(stage: &Stage) -> Vec<String> {
    let opened = stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Logs(LogsEffect::Open { of, .. }) => Some(of.iter().map(ToString::to_string).collect()),
        _ => None,
    });
    opened.unwrap_or_default()
}

#[test]
fn the_logs_of_marked_pods_are_one_view_and_without_marks_of_the_pod_under_the_cursor() {
    let mut stage = orders(WIDE);
    stage.keys("j l");
    assert_eq!(read(&stage), ["pod qa/orders-7d9f-00001"]);
    stage.keys("esc g space space").shows("2 marked").shows("●");
    stage.keys("l");
    assert_eq!(read(&stage), ["pod qa/orders-7d9f-00000", "pod qa/orders-7d9f-00001"]);
    stage.keys("esc ctrl-\\").hides("2 marked").hides("●");
}

#[test]
fn hidden_marks_are_counted_and_nothing_is_done_to_their_pods() {
    let mut stage = orders(WIDE);
    stage.keys("*").shows("2 marked");
    stage.keys("/").type_text("crash").keys("enter").shows("2 marked, 1 of them hidden by the filter");
    stage.keys("ctrl-k").shows("1 of 2 marked pods hidden by the filter: clear the filter, or the marks");
    assert!(!stage.effects.iter().any(|effect| matches!(effect, Effect::Act(crate::ActEffect::Ask(_)))));
    stage.keys("l");
    assert_eq!(read(&stage), ["pod qa/orders-7d9f-00001"]);
    stage.keys("esc esc ctrl-k").shows("orders-7d9f-00000").shows("orders-7d9f-00001").shows("Cancel");
}

#[test]
fn pods_are_marked_from_the_last_mark_to_the_cursor_and_marks_go_with_their_pods() {
    let mut stage = orders(WIDE);
    stage.keys("space ctrl-space").shows("2 marked");
    let first = pod(&app("qa", "orders", "v1.2.0", 3), 0);
    stage.gone(Resource::Pods, &first.namespace, &first.name);
    stage.shows("1 marked").shows("its mark is dropped");
}
