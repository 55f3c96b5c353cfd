//! Releases as another context runs: its contexts, the reading of one, its namespaces, and what is taken.

use std::{collections::BTreeSet, sync::Arc};

use rolldeck_core::{
    batch::{
        Intent,
        seen::{Running, Unread},
    },
    model::{AppKey, AppKind, Image, KubeContext},
    text::Clean,
};

use super::{cluster, hostile, hostile_apps, plan, read, shop};
use crate::{
    ContextsEffect, Effect, Message, PlanEffect, PlanReply,
    plan::{
        Elsewhere,
        bench::{Bench, at, deploy, live, looks, template},
    },
};

fn context(name: &str, user: &str, namespace: &str) -> KubeContext {
    KubeContext {
        name: name.into(),
        server: format!("https://{}.example:6443", name.len()).into(),
        user: user.into(),
        namespace: namespace.into(),
        default: false,
    }
}

fn contexts() -> Vec<KubeContext> {
    vec![
        context("staging", "kim", "qa"),
        context("qa-eu", "kim", "default"),
        context("测试-集群", "订单", "默认"),
        context("evil\u{1b}[31m\u{202e}", "🚢", "default"),
    ]
}

/// Apps, each with the image of its one container.
fn running(apps: &[(AppKey, &str)]) -> Running {
    let image = |image: &str| Image { container: "main".into(), image: image.into(), init: false };
    let apps = apps.iter().map(|(key, reference)| (key.clone(), Box::from([image(reference)])));
    Running { apps: apps.collect(), ..Running::default() }
}

/// In qa five of the shop's apps at other versions, one of them of another image; in 预发 two of them; mail runs nowhere.
fn there() -> Running {
    running(&[
        (deploy("预发", "gateway"), "registry.qa/shop/gateway:v3.0.0-预"),
        (deploy("预发", "cart"), "registry.qa/shop/cart:v1.0.0"),
        (deploy("qa", "gateway"), "registry.qa/shop/gateway:v1.1.0"),
        (deploy("qa", "orders"), "registry.qa/shop/orders:v1.1.0"),
        (deploy("qa", "cart"), "registry.qa/shop/cart:v1.2.0"),
        (deploy("qa", "search"), "registry.qa/shop/finder:v9"),
        (deploy("qa", "billing"), "registry.qa/shop/billing:v1.0.0"),
    ])
}

fn elsewhere(running: Running) -> Arc<Elsewhere> {
    let server = "https://5.example:6443".into();
    Arc::new(Elsewhere { context: "qa-eu".into(), server, read: at(-190), running })
}

/// A plan on whose list of contexts one is.
fn opened(mut bench: Bench) -> Bench {
    bench.press("t enter");
    bench.hear(Message::Contexts(Ok(contexts())));
    bench
}

/// The number of the last question, and the context that it is about.
fn asked(bench: &Bench) -> (u64, &Clean) {
    let asked = bench.effects.iter().rev().find_map(|effect| match effect {
        Effect::Plan(PlanEffect::Elsewhere { asked, context, .. }) => Some((*asked, context)),
        _ => None,
    });
    asked.expect("a context was asked")
}

fn answered(mut bench: Bench, answer: Result<Arc<Elsewhere>, Clean>) -> Bench {
    let (asked, _) = asked(&bench);
    bench.hear(Message::Plan(PlanReply::Elsewhere(asked, answer)));
    bench
}

/// The namespaces of qa-eu.
fn found(running: Running) -> Bench {
    let mut bench = opened(read(Intent::Release, shop()));
    bench.press("enter");
    answered(bench, Ok(elsewhere(running)))
}

#[test]
fn every_state_of_the_list() {
    let mut bench = read(Intent::Release, shop());
    bench.press("t");
    looks!("entry", bench);
    bench.press("enter");
    looks!("contexts_unread", bench);
    bench.hear(Message::Contexts(Ok(contexts())));
    looks!("contexts", bench);
    bench.press("down enter");
    looks!("loading", bench);
    let mut bench = found(there());
    looks!("namespaces", bench);
    bench.press("a");
    looks!("namespaces_of_one", bench);
    let mut bench = found(Running::default());
    looks!("empty", bench);
}

#[test]
fn what_may_not_be_read_there_is_named() {
    let why = "not allowed: deployments.apps is forbidden: User \"kim\" cannot list resource \"deployments\" in API group \
               \"apps\" in the namespace \"测试环境\"\u{1b}[2J";
    let mut bench = opened(read(Intent::Release, shop()));
    bench.press("enter");
    let mut bench = answered(bench, Err(why.into()));
    looks!("forbidden", bench);
    let cluster_wide = "not allowed: statefulsets.apps is forbidden: User \"kim\" cannot list resource \"statefulsets\" at the \
                        cluster scope";
    let unread = |kind, namespace: Option<&str>, why: &str| Unread {
        kind,
        namespace: namespace.map(Clean::new),
        why: why.into(),
    };
    let only = BTreeSet::from(["qa".into(), "默认".into()]);
    let mut bench = found(Running {
        only: Some(only),
        unread: vec![
            unread(AppKind::StatefulSet, None, cluster_wide),
            unread(AppKind::StatefulSet, Some("默认"), why),
            unread(AppKind::DaemonSet, Some("qa"), why),
        ],
        ..there()
    });
    looks!("partly_forbidden", bench);
    let mut bench = read(Intent::Release, shop());
    bench.press("t enter");
    bench.hear(Message::Contexts(Err("failed to read ~/.kube/config: permission denied".into())));
    looks!("contexts_forbidden", bench);
    let mut bench = read(Intent::Release, shop());
    bench.press("t enter");
    bench.hear(Message::Contexts(Ok(contexts()[..1].to_vec())));
    looks!("contexts_none", bench);
}

#[test]
fn hostile_names_from_there_do_nothing_to_the_screen() {
    let strange = &hostile_apps()[0];
    let mut bench = plan(Intent::Release, vec![strange.clone()]);
    bench.answer(&hostile);
    let mut bench = opened(bench);
    bench.press("down enter");
    let same = (strange.clone(), "registry.qa/商店/订单-服务-非常-长-的-名字:版本-二\u{1b}]0;x\u{7}");
    let other = AppKey { namespace: "别的\u{1b}[2J".into(), ..strange.clone() };
    let apps = running(&[same, (other, "registry.qa/商店/别的:版本-二")]);
    let mut bench = answered(bench, Ok(elsewhere(apps)));
    looks!("hostile", bench);
}

#[test]
fn the_namespace_of_the_same_name_is_taken_by_default_and_what_has_no_namesake_keeps_its_edit() {
    let mut bench = read(Intent::Release, shop());
    bench.press("G e");
    bench.text("v7");
    bench.press("enter");
    bench.answer(&cluster);
    bench.press("g");
    let mut bench = opened(bench);
    bench.press("enter");
    let mut bench = answered(bench, Ok(elsewhere(there())));
    bench.press("enter");
    bench.answer(&cluster);
    looks!("taken", bench);
    let text = bench.screen(160, 47);
    assert!(text.contains("qa of context qa-eu has no Deployment mail"), "{text}");
    assert!(text.contains("search of qa of context qa-eu has no container of the same name and image"), "{text}");
    assert!(text.contains("v7") && text.contains("v1.2.0"), "{text}");
    bench.press("d");
    let diff = bench.screen(160, 47);
    assert!(diff.contains("registry.local/shop/gateway:v1.1.0"), "its own registry stays\n{diff}");
}

#[test]
fn apps_of_several_namespaces_can_each_be_as_in_the_namespace_of_its_name() {
    let apps = vec![deploy("qa", "gateway"), deploy("pay", "gateway"), deploy("pay", "cart")];
    let mut bench = opened(read(Intent::Release, apps));
    bench.press("enter");
    let there = running(&[
        (deploy("qa", "gateway"), "r/gateway:v2"),
        (deploy("pay", "gateway"), "r/gateway:v3"),
        (deploy("all", "gateway"), "r/gateway:v4"),
        (deploy("all", "cart"), "r/cart:v4"),
    ]);
    let mut bench = answered(bench, Ok(elsewhere(there)));
    looks!("each_its_own", bench);
    bench.press("enter");
    bench.answer(&cluster);
    let text = bench.screen(160, 47);
    assert!(text.contains("v2") && text.contains("v3") && !text.contains("v4"), "{text}");
    assert!(text.contains("pay of context qa-eu has no Deployment cart"), "{text}");
}

#[test]
fn the_one_app_under_the_cursor_can_be_taken_alone() {
    let mut bench = found(there());
    bench.press("a enter");
    bench.answer(&cluster);
    let text = bench.screen(160, 47);
    assert!(text.contains("v1.1.0") && !text.contains("v1.2.0") && !text.contains("has no Deployment"), "{text}");
}

#[test]
fn escape_goes_one_back_and_ends_the_wait() {
    let enough = |bench: &Bench| bench.effects.iter().any(|effect| matches!(effect, Effect::Plan(PlanEffect::Enough)));
    let mut bench = opened(read(Intent::Release, shop()));
    assert!(bench.effects.iter().any(|effect| matches!(effect, Effect::Contexts(ContextsEffect::Read))));
    bench.press("down enter");
    assert_eq!(asked(&bench).1.as_str(), "测试-集群");
    assert!(bench.screen(80, 21).contains("connecting to 测试-集群") && !enough(&bench));
    bench.press("esc");
    assert!(enough(&bench) && bench.screen(80, 21).contains("CONTEXT"));
    bench.press("esc");
    let text = bench.screen(80, 21);
    assert!(text.contains("▸ as another context…"), "{text}");
    bench.press("esc");
    assert!(bench.screen(80, 21).contains("6 apps") && !bench.room.typing());
    let mut bench = found(there());
    bench.press("esc");
    assert!(bench.screen(80, 21).contains("CONTEXT"));
}

#[test]
fn an_answer_that_comes_late_is_dropped() {
    let mut bench = opened(read(Intent::Release, shop()));
    bench.press("enter");
    let (first, _) = asked(&bench);
    let late = || Message::Plan(PlanReply::Elsewhere(first, Ok(elsewhere(there()))));
    bench.press("esc");
    assert!(!bench.hear(late()) && bench.screen(80, 21).contains("CONTEXT"));
    bench.press("down enter");
    assert!(!bench.hear(late()) && bench.screen(80, 21).contains("connecting to 测试-集群"));
    bench.press("esc esc esc");
    let (second, _) = asked(&bench);
    assert_ne!(first, second);
    assert!(!bench.hear(Message::Plan(PlanReply::Elsewhere(second, Ok(elsewhere(there()))))));
    assert!(bench.effects.iter().all(|effect| !matches!(effect, Effect::Contexts(ContextsEffect::Switch(_)))));
}

#[test]
fn a_failed_look_can_be_tried_again_and_an_old_one_repeated() {
    let mut bench = opened(read(Intent::Release, shop()));
    bench.press("enter");
    let (first, _) = asked(&bench);
    let mut bench = answered(bench, Err("connection refused".into()));
    bench.press("o");
    let (second, context) = asked(&bench);
    assert_eq!((context.as_str(), second), ("qa-eu", first + 1));
    let mut bench = answered(bench, Ok(elsewhere(there())));
    assert!(bench.screen(80, 21).contains("read 3m ago"));
    bench.press("o");
    assert_eq!(asked(&bench).0, first + 2);
}

#[test]
fn an_app_whose_kind_may_not_be_listed_there_is_unknown_and_not_missing() {
    let agent = AppKey { kind: AppKind::DaemonSet, ..deploy("qa", "agent") };
    let mut bench = plan(Intent::Release, vec![agent.clone(), deploy("qa", "gateway")]);
    let image = "registry.local/shop/agent:v1.0.0";
    bench.answer(&|key| match key == &agent {
        true => cluster(key).map(|read| crate::PlanRead { live: live(key, 1, template(&[("main", image)])), ..read }),
        false => cluster(key),
    });
    let mut bench = opened(bench);
    bench.press("enter");
    let why = "not allowed: cannot list daemonsets".into();
    let unread = vec![Unread { kind: AppKind::DaemonSet, namespace: Some("qa".into()), why }];
    let mut bench = answered(bench, Ok(elsewhere(Running { unread, ..there() })));
    assert!(bench.screen(160, 47).contains("not known: agent"));
    bench.press("enter");
    let text = bench.screen(160, 47);
    assert!(text.contains("whether qa of context qa-eu has agent is not known: not allowed"), "{text}");
}
