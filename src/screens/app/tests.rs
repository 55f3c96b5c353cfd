//! Keys and answers in, page out.

use std::sync::Arc;

use rolldeck_core::{
    fleet::{Freshness, Object, Resource},
    model::{AppKey, AppKind, Event, Image, Revision},
};
use rstest::rstest;

use crate::{
    Effect, Message, PageEffect, PageReply,
    testing::{Stage, ago, app, key},
};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

fn gateway() -> AppKey {
    key("qa", "gateway", AppKind::Deployment)
}

/// The page of `gateway`, asked for by its key.
fn page(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.keys("/").type_text("gateway").keys("enter d");
    stage
}

fn answer(stage: &mut Stage, reply: PageReply) {
    stage.message(Message::Page(gateway(), reply));
}

fn revision(number: i64, tag: &str, cause: &str, live: bool) -> Revision {
    let image = format!("registry.local/qa/gateway:{tag}");
    Revision {
        number,
        name: format!("gateway-{number}").into(),
        created: Some(ago(number * 3_600)),
        cause: cause.into(),
        images: [Image { container: "main".into(), image: image.into(), init: false }].into(),
        live,
        replicas: live.then_some(3),
        template: Arc::default(),
    }
}

fn filled(size: (u16, u16)) -> Stage {
    let mut stage = page(size);
    let revisions = [revision(3, "v1.2.0", "发布 v1.2.0", true), revision(2, "v1.1.0", "evil\u{1b}[31m", false)];
    answer(&mut stage, PageReply::App(Ok(Box::new(app("qa", "gateway", "v1.2.0", 3)))));
    answer(&mut stage, PageReply::Revisions(Ok(Arc::new(revisions))));
    let event = Event {
        warning: true,
        reason: "BackOff".into(),
        message: "Back-off restarting failed container\nmain".into(),
        about: "Pod/gateway-7d9f-00001".into(),
        count: 12,
        at: Some(ago(130)),
    };
    answer(&mut stage, PageReply::Events(Ok(Arc::new([event]))));
    stage
}

#[rstest]
fn the_page_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    insta::assert_snapshot!(name(size, "normal"), filled(size).text());
    insta::assert_snapshot!(name(size, "loading"), page(size).text());

    let mut stage = page(size);
    answer(&mut stage, PageReply::Revisions(Ok(Arc::new([]))));
    answer(&mut stage, PageReply::Events(Ok(Arc::new([]))));
    stage.keys("G");
    insta::assert_snapshot!(name(size, "empty"), stage.text());

    let mut stage = page(size);
    answer(&mut stage, PageReply::Revisions(Err("not allowed: list replicasets in namespace qa".into())));
    answer(&mut stage, PageReply::Events(Err("not allowed: list events in namespace qa".into())));
    stage.keys("G");
    insta::assert_snapshot!(name(size, "forbidden"), stage.text());

    let mut stage = filled(size);
    stage.all(Freshness::Stale { since: ago(20), why: "connection refused".into() });
    insta::assert_snapshot!(name(size, "stale"), stage.text());
}

fn reads(stage: &Stage) -> usize {
    stage
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::Page(PageEffect::Read(key)) if *key == gateway()))
        .count()
}

#[test]
fn the_page_is_read_when_it_opens_and_again_once_for_each_change_of_the_app() {
    let mut stage = filled(WIDE);
    assert_eq!(reads(&stage), 1);
    let mut changed = app("qa", "gateway", "v1.3.0", 3);
    changed.generation = 4;
    stage.apply(vec![Object::App(changed.clone().into())]);
    assert_eq!(reads(&stage), 2);
    changed.counts.ready = 2;
    stage.apply(vec![Object::App(changed.into())]);
    assert_eq!(reads(&stage), 2);
    stage.shows("registry.local/qa/gateway:v1.3.0").shows("2 ready");
}

#[test]
fn an_answer_about_another_app_is_not_taken() {
    let mut stage = page(WIDE);
    stage.message(Message::Page(key("qa", "orders", AppKind::Deployment), PageReply::Events(Ok(Arc::new([])))));
    stage.hides("none in the last hour");
}

#[test]
fn the_page_scrolls_to_its_end_at_80_by_24() {
    let mut stage = filled(SMALL);
    stage.shows("more below").hides("BackOff");
    stage.keys("G").shows("BackOff").hides("more below");
    stage.keys("g").shows("strategy");
}

#[test]
fn a_page_of_an_app_out_of_view_shows_what_was_read() {
    let mut stage = Stage::new(WIDE, &["prod"]);
    stage.fresh(Resource::Deployments, Freshness::Live);
    stage.open(Box::new(super::AppPage::new(gateway())));
    answer(&mut stage, PageReply::App(Ok(Box::new(app("qa", "gateway", "v1.2.0", 3)))));
    stage.shows("shown as it was read").shows("registry.local/qa/gateway:v1.2.0");
}
