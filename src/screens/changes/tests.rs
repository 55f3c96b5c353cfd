//! What changed, seen, marked and taken back.

use std::sync::Arc;

use rolldeck_core::{
    Time,
    changes::{Meta, Read, Said, Writer},
    fleet::{Freshness, Object},
    model::{AppKey, AppKind, Image},
};
use rstest::rstest;

use super::{ChangesEffect, ChangesReply};
use crate::{
    Effect, Message,
    testing::{Stage, ago, app, key, states},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn meta(kind: &str, namespace: &str, name: &str, created: i64) -> Meta {
    Meta {
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
        created: Some(ago(created)),
        revision: None,
        history: Vec::new(),
        cause: "".into(),
        batch: "".into(),
        owner: None,
        writers: Vec::new(),
        images: None,
    }
}

fn set(owner: AppKey, revision: i64, created: i64, tag: &str) -> Meta {
    let image = Image { container: "main".into(), image: format!("registry.local/x:{tag}").into(), init: false };
    let name = format!("{}-{revision}", owner.name);
    let bare = meta("ReplicaSet", &owner.namespace, &name, created);
    Meta { revision: Some(revision), images: Some([image].into()), owner: Some(owner), ..bare }
}

fn writer(manager: &str, at: i64, part: &str) -> Writer {
    Writer { manager: manager.into(), at: ago(at), subresource: "".into(), parts: vec![part.into()] }
}

fn read() -> Read {
    let (gateway, wide) = (key("qa", "gateway", AppKind::Deployment), key("prod", "订单-服务", AppKind::Deployment));
    let mut newest = set(gateway.clone(), 3, 600, "v1.2.0");
    newest.cause = "release of v1.2.0 🚀".into();
    let workload = Meta {
        writers: vec![writer("kubectl-edit", 599, "spec.template")],
        ..meta("Deployment", "qa", "gateway", 90_000)
    };
    let config =
        Meta { writers: vec![writer("evil\u{1b}[31m", 900, "data")], ..meta("ConfigMap", "qa", "settings", 90_000) };
    let scaled = Said {
        reason: "ScalingReplicaSet".into(),
        namespace: "qa".into(),
        name: "orders".into(),
        message: "Scaled up replica set orders-7d9f from 1 to 2".into(),
        at: ago(1_200),
    };
    Read {
        workloads: vec![workload],
        revisions: vec![set(gateway, 2, 90_000, "v1.1.0"), newest, set(wide, 1, 3_000, "v2.0.0")],
        config: vec![config, meta("Ingress", "qa", "front-🚪", 2_000)],
        events: vec![scaled],
        ..Read::default()
    }
}

fn open(stage: &mut Stage) {
    stage.keys(":").type_text("changes").keys("enter");
}

fn answer(stage: &mut Stage, since: Time, read: Read) {
    stage.message(Message::Changes(ChangesReply::Read(since, Arc::new(read))));
}

/// The changes of the last hour over the shop.
fn filled(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    open(&mut stage);
    answer(&mut stage, ago(3_600), read());
    stage
}

#[rstest]
fn what_changed_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    for (state, mut stage) in states(size) {
        open(&mut stage);
        match state {
            "normal" => answer(&mut stage, ago(3_600), read()),
            "empty" => answer(&mut stage, ago(3_600), Read::default()),
            "stale" => {
                answer(&mut stage, ago(3_600), read());
                stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
            }
            "forbidden" => {
                let lacks = ["replicasets", "secrets", "events"]
                    .map(|what| format!("{what} not read: not allowed: list {what}").into());
                answer(&mut stage, ago(3_600), Read { lacks: lacks.into(), ..Read::default() });
            }
            _ => _ = stage.at(0),
        }
        insta::assert_snapshot!(format!("{state}-{}x{}", size.0, size.1), stage.text());
    }
}

#[test]
fn certain_and_inferred_are_told_apart_in_words() {
    let stage = filled(WIDE);
    stage
        .shows("certain: ReplicaSet gateway-3 was created then")
        .shows("inferred: managedFields say that kubectl-edit");
    stage.shows("v1.1.0 → v1.2.0").shows("inferred configmap");
}

#[test]
fn all_apps_that_changed_are_marked_and_taken_back_as_one() {
    let mut stage = filled(WIDE);
    stage.keys("m").shows("3 apps that changed marked").shows("●");
    // One of them was scaled only: there is no release to take back.
    stage.keys("u").shows("Roll back 2 apps").shows("1 marked app left out");
    stage.keys("esc esc").shows("Fleet").shows("●");
}

#[test]
fn without_marks_a_plan_is_for_the_app_under_the_cursor() {
    let mut stage = filled(WIDE);
    stage.keys("u").shows("Roll back gateway in qa");
    let mut stage = filled(WIDE);
    stage.keys("j u").shows("this change is of no app");
}

#[test]
fn another_time_is_asked_for_and_read_anew_and_what_is_no_time_is_said() {
    let mut stage = filled(WIDE);
    stage.keys("f").type_text("tomorrow").keys("enter").shows("is no time to look back to");
    let mut stage = filled(WIDE);
    stage.keys("f").type_text("30m").keys("enter").shows("changes since 13:35:02").shows("reading revisions");
    let asked = stage.effects.iter().filter_map(|effect| match effect {
        Effect::Changes(ChangesEffect::Read(_, since)) => Some(*since),
        _ => None,
    });
    assert_eq!(asked.collect::<Vec<_>>(), [ago(3_600), ago(1_800)]);
    // An answer about another time is not taken.
    answer(&mut stage, ago(3_600), Read::default());
    stage.shows("reading revisions");
}

#[test]
fn what_is_seen_live_is_listed_at_once_with_its_exact_values() {
    let mut stage = Stage::shop(WIDE);
    let mut changed = app("qa", "gateway", "v9.9.9", 3);
    changed.generation += 1;
    changed.counts.wanted = 6;
    stage.apply(vec![Object::App(changed.into())]);
    open(&mut stage);
    answer(&mut stage, ago(3_600), Read::default());
    stage.shows("v1.2.0 → v9.9.9").shows("3 replicas → 6 replicas").shows("certain: seen live by this console");
}

#[test]
fn the_filter_finds_by_what_and_by_whom() {
    let mut stage = filled(WIDE);
    stage.keys("/").type_text("ingress").keys("enter").shows("front-").hides("gateway-3");
    stage.keys("esc").shows("gateway");
}

#[test]
fn the_apps_that_use_what_was_edited_are_marked_with_the_rest_and_planned_for() {
    let orders = key("qa", "orders", AppKind::Deployment);
    let with = || {
        let mut stage = Stage::shop(WIDE);
        open(&mut stage);
        let users = [(("qa".into(), "configmap/settings".into()), vec![orders.clone()])].into();
        let config = read().config.into_iter().filter(|meta| &*meta.name == "settings").collect();
        answer(&mut stage, ago(3_600), Read { users, config, ..Read::default() });
        stage
    };
    with().shows("used by deploy/orders: rolling them back does not take this edit back");
    let mut stage = with();
    stage.keys("m").shows("1 app that changed marked");
    stage.keys("u").shows("1 marked app left out").hides("Roll back orders");
    stage.keys("r").shows("Restart orders");
    with().keys("u").shows("Roll back orders");
    with().keys("y").shows("settings").hides("deploy/orders");
}
