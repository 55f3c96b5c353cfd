//! Keys and answers in, page out.

use std::sync::Arc;

use rolldeck_core::{
    Time,
    around::{Autoscaler, Budget, Claim, ConfigKind, Known, Route, RouteKind, Service, Slice},
    fleet::{FeedEvent, Freshness, Object, Resource},
    kept::{Item, KeptEvent, Name},
    model::{AppKey, AppKind, Event, Image, Revision},
};
use rstest::rstest;
use serde_json::{Value, json};

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
        template: Arc::new(
            json!({ "spec": { "containers": [{ "name": "main", "image": format!("gateway:{tag}") }] } }),
        ),
    }
}

fn raw() -> Value {
    json!({
        "metadata": {
            "labels": { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/part-of": "订单", "helm.sh/chart": "gateway-1.4.0", "app.kubernetes.io/managed-by": "Helm" },
            "annotations": { "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "qa", "argocd.argoproj.io/tracking-id": "store:apps/Deployment:qa/gateway" },
        },
        "spec": { "selector": { "matchLabels": { "app": "gateway" } }, "template": {
            "metadata": { "labels": { "app": "gateway" } },
            "spec": {
                "volumes": [{ "name": "files", "configMap": { "name": "gateway-files" } }, { "name": "data", "persistentVolumeClaim": { "claimName": "uploads" } }],
                "containers": [{
                    "name": "main", "image": "registry.local/qa/gateway:v1.2.0", "ports": [{ "containerPort": 8080 }],
                    "resources": { "requests": { "cpu": "250m" }, "limits": { "memory": "256Mi" } },
                    "readinessProbe": { "httpGet": { "path": "/ready", "port": 8080 } },
                    "envFrom": [{ "secretRef": { "name": "gateway-keys" } }, { "configMapRef": { "name": "gone", "optional": true } }],
                    "volumeMounts": [{ "name": "files", "mountPath": "/etc/gateway" }, { "name": "data", "mountPath": "/data" }],
                }],
            },
        } },
    })
}

fn read() -> PageReply {
    PageReply::App(Ok((Box::new(app("qa", "gateway", "v1.2.0", 3)), Arc::new(raw()))))
}

/// A stream whose list is complete.
fn listed<T>(values: impl IntoIterator<Item = Option<T>>) -> Vec<KeptEvent<T>> {
    let one = |(n, value): (usize, Option<T>)| {
        let name = Name { namespace: "qa".into(), name: n.to_string().into() };
        FeedEvent::Applied(Item { name, value: value.expect("an object") })
    };
    let items = values.into_iter().enumerate().map(one);
    let mut events = vec![FeedEvent::Listing];
    events.extend(items);
    events.extend([FeedEvent::Listed, FeedEvent::Fresh(Freshness::Live)]);
    events
}

fn autoscaler() -> Option<Autoscaler> {
    Autoscaler::of(&json!({
        "metadata": { "name": "gateway", "namespace": "qa" },
        "spec": { "scaleTargetRef": { "kind": "Deployment", "name": "gateway" }, "minReplicas": 2, "maxReplicas": 3, "metrics": [
            { "type": "Resource", "resource": { "name": "cpu", "target": { "averageUtilization": 60 } } },
            { "type": "Pods", "pods": { "metric": { "name": "requests" }, "target": { "averageValue": "100" } } },
        ] },
        "status": { "currentReplicas": 3, "desiredReplicas": 3, "lastScaleTime": ago(600).to_rfc3339(),
            "currentMetrics": [{ "type": "Resource", "resource": { "name": "cpu", "current": { "averageUtilization": 93 } } }],
            "conditions": [
                { "type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale", "lastTransitionTime": ago(900).to_rfc3339() },
                { "type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas", "message": "the desired replica count is more than the maximum", "lastTransitionTime": ago(900).to_rfc3339() },
            ] },
    }))
}

fn event(about: &str, reason: &str, message: &str) -> Event {
    Event {
        warning: true,
        reason: reason.into(),
        message: message.into(),
        about: about.into(),
        count: 12,
        at: Some(ago(130)),
    }
}

fn slices() -> Option<Slice> {
    let endpoint = |pod: &str, ready: bool| json!({ "targetRef": { "kind": "Pod", "name": pod }, "conditions": { "ready": ready } });
    Slice::of(&json!({
        "metadata": { "name": "gateway-x", "labels": { "kubernetes.io/service-name": "gateway" } },
        "endpoints": [endpoint("gateway-7d9f-00000", true), endpoint("gateway-7d9f-00001", false)],
    }))
}

/// Everything that stands around `gateway`.
fn around(stage: &mut Stage) {
    answer(stage, PageReply::Autoscalers(listed([autoscaler()])));
    let rescale = event("HorizontalPodAutoscaler/gateway", "FailedGetPodsMetric", "no metrics for requests");
    answer(
        stage,
        PageReply::Scaling(listed([
            Some(rescale),
            Some(event("HorizontalPodAutoscaler/other", "Other", "of another")),
        ])),
    );
    let service = |name: &str, app: &str| {
        Service::of(
            &json!({ "metadata": { "name": name }, "spec": { "type": "ClusterIP", "selector": { "app": app }, "ports": [{ "name": "http", "port": 80, "targetPort": 8080 }] } }),
        )
    };
    answer(stage, PageReply::Services(listed([service("gateway", "gateway"), service("orders", "orders")])));
    answer(stage, PageReply::Slices(listed([slices()])));
    let ingress = Route::of_ingress(&json!({
        "metadata": { "name": "shop", "namespace": "qa" },
        "spec": { "ingressClassName": "nginx", "rules": [{ "host": "shop.example.com", "http": { "paths": [
            { "path": "/", "pathType": "Prefix", "backend": { "service": { "name": "gateway", "port": { "number": 80 } } } } ] } }] },
    }));
    let route = Route::of_traefik(&json!({
        "metadata": { "name": "edge", "namespace": "qa" },
        "spec": { "entryPoints": ["web"], "routes": [{ "match": "Host(`shop.local`) \u{1b}[31m", "services": [{ "name": "gateway", "port": "http" }] }] },
    }));
    answer(stage, PageReply::Routes(RouteKind::Ingress, listed([ingress])));
    answer(stage, PageReply::Routes(RouteKind::Traefik, listed([route])));
    answer(stage, PageReply::Routes(RouteKind::OldTraefik, vec![FeedEvent::Fresh(Freshness::Absent)]));
    let there = |seconds: i64, by: &str| Known::There(Some(ago(seconds)), by.into());
    answer(stage, PageReply::Config(ConfigKind::ConfigMap, "gateway-files".into(), there(600, "kubectl-edit")));
    answer(stage, PageReply::Config(ConfigKind::Secret, "gateway-keys".into(), there(300, "vault")));
    answer(stage, PageReply::Config(ConfigKind::ConfigMap, "gone".into(), Known::Missing));
    let claim = Claim::of(
        &json!({ "metadata": { "name": "uploads" }, "spec": { "resources": { "requests": { "storage": "10Gi" } }, "accessModes": ["ReadWriteMany"] }, "status": { "phase": "Bound", "capacity": { "storage": "10Gi" } } }),
    );
    answer(stage, PageReply::Claims(listed([claim])));
    let budget = Budget::of(
        &json!({ "metadata": { "name": "gateway" }, "spec": { "minAvailable": 3, "selector": { "matchLabels": { "app": "gateway" } } }, "status": { "currentHealthy": 3, "expectedPods": 3, "desiredHealthy": 3 } }),
    );
    answer(stage, PageReply::Budgets(listed([budget])));
}

fn filled(size: (u16, u16)) -> Stage {
    let mut stage = page(size);
    let revisions = [
        revision(3, "v1.2.0", "发布 v1.2.0", true),
        revision(2, "v1.1.0", "evil\u{1b}[31m", false),
        revision(1, "v1.0.0", "", false),
    ];
    answer(&mut stage, read());
    answer(&mut stage, PageReply::Revisions(Ok(Arc::new(revisions))));
    let event = event("Pod/gateway-7d9f-00001", "BackOff", "Back-off restarting failed container\nmain");
    answer(&mut stage, PageReply::Events(Ok(Arc::new([event]))));
    around(&mut stage);
    for (n, cpu) in [120, 180, 240, 90].into_iter().enumerate() {
        stage.at(30 * (n as i64 + 1));
        stage.usage(&[("qa", "gateway-7d9f-00000", cpu, (100 + n as u64) << 20)]);
    }
    stage
}

/// Every stream is refused, or loads, or is stale.
fn streams(stage: &mut Stage, fresh: &Freshness) {
    fn one<T>(fresh: &Freshness) -> Vec<KeptEvent<T>> {
        vec![FeedEvent::Fresh(fresh.clone())]
    }
    answer(stage, PageReply::Autoscalers(one(fresh)));
    answer(stage, PageReply::Services(one(fresh)));
    answer(stage, PageReply::Slices(one(fresh)));
    answer(stage, PageReply::Claims(one(fresh)));
    answer(stage, PageReply::Budgets(one(fresh)));
}

/// The page without the header.
fn whole(stage: Stage) -> String {
    let text = stage.text();
    text.lines().skip(2).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[rstest]
fn the_page_at_every_state(#[values(SMALL, WIDE)] size: (u16, u16)) {
    insta::assert_snapshot!(name(size, "normal"), filled(size).text());
    insta::assert_snapshot!(name(size, "loading"), page(size).text());

    let mut stage = page(size);
    let bare = json!({ "spec": { "template": { "metadata": { "labels": { "app": "gateway" } }, "spec": { "containers": [] } } } });
    answer(&mut stage, PageReply::App(Ok((Box::new(app("qa", "gateway", "v1.2.0", 3)), Arc::new(bare)))));
    answer(&mut stage, PageReply::Revisions(Ok(Arc::new([]))));
    answer(&mut stage, PageReply::Events(Ok(Arc::new([]))));
    answer(&mut stage, PageReply::Autoscalers(listed([])));
    answer(&mut stage, PageReply::Services(listed([])));
    answer(&mut stage, PageReply::Claims(listed([])));
    answer(&mut stage, PageReply::Budgets(listed([])));
    stage.keys("tab tab");
    insta::assert_snapshot!(name(size, "empty"), stage.text());

    let mut stage = page(size);
    answer(&mut stage, PageReply::App(Err("not allowed: get deployments in namespace qa".into())));
    answer(&mut stage, PageReply::Revisions(Err("not allowed: list replicasets in namespace qa".into())));
    answer(&mut stage, PageReply::Events(Err("not allowed: list events in namespace qa".into())));
    streams(&mut stage, &Freshness::Forbidden("list services in namespace qa".into()));
    stage.keys("tab tab");
    insta::assert_snapshot!(name(size, "forbidden"), stage.text());

    let mut stage = filled(size);
    let stale = Freshness::Stale { since: ago(20), why: "connection refused".into() };
    stage.all(stale.clone());
    streams(&mut stage, &stale);
    insta::assert_snapshot!(name(size, "stale"), stage.text());
}

#[test]
fn the_whole_page_tells_what_stands_around_the_app() {
    insta::assert_snapshot!("whole", whole(filled((100, 130))));
}

#[test]
fn a_pod_that_began_before_its_secret_changed_is_told() {
    let stage = filled((100, 130));
    stage.shows("Secret gateway-keys  changed 6m ago by vault").shows("! 3 pods run with an older one until restarted");
    assert_eq!(stage.text().matches("older one").count(), 1, "the files of a volume follow");
}

#[test]
fn a_pod_without_traffic_is_named_and_those_with_it_are_counted() {
    let stage = filled((120, 130));
    stage
        .shows("1 of 3 pods take traffic")
        .shows("gateway-7d9f-00001  not ready: no traffic")
        .shows("gateway-7d9f-00002  not in its endpoints");
    stage
        .shows("shop.example.com/ → :80  Ingress shop (nginx)")
        .shows("Host(`shop.local`) ␛[31m → :http  IngressRoute edge (web)");
    stage.hides("Service orders");
}

#[test]
fn two_marked_revisions_are_compared_and_one_with_what_is_live() {
    let mut stage = filled(SMALL);
    stage.keys("/").type_text("▸ 3").keys("enter esc").shows("▸ 3 (live)");
    stage
        .keys("enter")
        .shows("revision 2 → 3 (live)")
        .shows("-  - image: gateway:v1.1.0")
        .shows("+  - image: gateway:v1.2.0");
    stage.keys("esc");
    stage.keys("/").type_text("2  first").keys("enter esc space").shows("●  2").shows("1 marked: enter on another");
    stage
        .keys("/")
        .type_text("1  first")
        .keys("enter esc enter")
        .shows("revision 1 → 2")
        .shows("+  - image: gateway:v1.1.0");
    stage.keys("esc");
    stage.keys("space").shows("2 marked");
    stage.keys("d").shows("revision 1 → 2");
    stage.keys("esc");
    stage.keys("space").shows("1 marked");
}

#[test]
fn what_is_under_the_cursor_opens() {
    let mut stage = filled(SMALL);
    stage.keys("/").type_text("Service gateway").keys("enter esc d").shows("Service qa/gateway");
    stage.keys("esc");
    stage.keys("y").shows("YAML of service qa/gateway");
    stage.keys("esc");
    stage.keys("g enter").shows("Pods of qa/deploy/gateway");
    stage.keys("esc d").shows("Deployment qa/gateway");
}

#[test]
fn sections_are_jumped_to_and_folded() {
    let mut stage = filled(SMALL);
    stage.keys("tab").keys("space").shows("▸ Pods").hides("gateway-7d9f-00000");
    stage.keys("z").shows("gateway-7d9f-00000");
    stage.keys("z").shows("▸ Status").shows("▸ What it is");
    stage.keys("shift-tab").shows("▸ Status");
}

#[test]
fn what_was_sampled_is_drawn_with_its_bounds_and_span() {
    filled(WIDE).shows("90m–240m").shows("in 2m").shows("pods ready");
}

fn asked(stage: &Stage, effect: fn(&PageEffect) -> bool) -> usize {
    stage.effects.iter().filter(|of| matches!(of, Effect::Page(page) if effect(page))).count()
}

#[test]
fn the_page_is_opened_once_read_again_for_each_change_of_the_app_and_closed() {
    let mut stage = filled(WIDE);
    let reads = |stage: &Stage| asked(stage, |effect| matches!(effect, PageEffect::Read(key) if *key == gateway()));
    assert_eq!((asked(&stage, |effect| matches!(effect, PageEffect::Open(_))), reads(&stage)), (1, 0));
    let mut changed = app("qa", "gateway", "v1.3.0", 3);
    changed.generation = 4;
    stage.apply(vec![Object::App(changed.clone().into())]);
    assert_eq!(reads(&stage), 1);
    changed.requests.cpu_milli = Some(300);
    stage.apply(vec![Object::App(changed.into())]);
    assert_eq!(reads(&stage), 1);
    stage.keys("o");
    assert_eq!(reads(&stage), 2);
    stage.keys("esc");
    assert_eq!(asked(&stage, |effect| matches!(effect, PageEffect::Close(key) if *key == gateway())), 1);
}

#[test]
fn an_answer_about_another_app_is_not_taken() {
    let mut stage = page((100, 130));
    stage.message(Message::Page(key("qa", "orders", AppKind::Deployment), PageReply::Events(Ok(Arc::new([])))));
    stage.hides("none in the last hour");
}

#[test]
fn the_page_scrolls_to_its_end_at_80_by_24() {
    let mut stage = filled(SMALL);
    stage.shows(" more").hides("ready when");
    stage.keys("G").shows("ready when").hides(" more");
    stage.keys("g").shows("strategy");
}

#[test]
fn a_page_of_an_app_out_of_view_shows_what_was_read() {
    let mut stage = Stage::new((100, 130), &["prod"]);
    stage.fresh(Resource::Deployments, Freshness::Live);
    stage.open(Box::new(super::AppPage::new(gateway())));
    answer(&mut stage, read());
    stage.shows("shown as it was read").shows("registry.local/qa/gateway:v1.2.0");
}

#[test]
fn ages_are_told_anew_when_they_change() {
    let mut stage = filled((100, 130));
    let due: Option<Time> = stage.state.wake_at();
    assert!(due.is_some_and(|at| at > ago(-120) && at <= ago(-180)), "{due:?}");
    stage.shows("BackOff ×12  Pod/gateway-7d9f-00001").shows("4m");
    stage.at(240).shows("6m");
}

#[test]
fn an_autoscaler_that_never_computed_anything_is_not_said_to_go_to_0() {
    let mut stage = filled((100, 130));
    let mut blind = autoscaler().expect("one");
    blind.desired = 0;
    answer(&mut stage, PageReply::Autoscalers(listed([Some(blind)])));
    stage.shows("3, 2 to 3").hides("going to").hides("at the least");
}

#[rstest]
fn a_reading_that_is_asked_for_is_said_where_nothing_new_comes_of_it(#[values("o", "f5")] key: &str) {
    filled((160, 50)).keys(key).shows("everything is read once more");
}
