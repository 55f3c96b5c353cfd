//! What the store does with what its sources say.

use std::{collections::BTreeSet, sync::Arc};

use proptest::prelude::*;

use super::*;
use crate::{
    Time,
    model::{
        App, AppKey, AppKind, Asks, Container, Hpa, Image, Pod, PodPhase, PodUsage,
        samples::{app, at, container, crashing, image, key, pod, unready},
    },
    text::Clean,
};

const DEPLOY: AppKind = AppKind::Deployment;

fn source(resource: Resource, scope: Option<&str>) -> Source {
    Source { resource, scope: scope.map(Clean::from) }
}

fn everything() -> Vec<Source> {
    Resource::WATCHED.into_iter().map(|resource| source(resource, None)).collect()
}

/// A fleet of all namespaces and what its sources said.
fn fleet(events: Vec<(Resource, SourceEvent)>) -> Fleet {
    let mut fleet = Fleet::new(everything());
    say(&mut fleet, events);
    fleet
}

fn say(fleet: &mut Fleet, events: Vec<(Resource, SourceEvent)>) -> Touched {
    fleet.apply(events.into_iter().map(|(resource, event)| update(&source(resource, None), event)).collect())
}

fn update(source: &Source, event: SourceEvent) -> Update {
    Update { source: Arc::new(source.clone()), event }
}

fn of_pod(pod: Pod) -> (Resource, SourceEvent) {
    (Resource::Pods, SourceEvent::Applied(Object::Pod(Box::new(pod))))
}

fn of_app(app: App) -> (Resource, SourceEvent) {
    let resource = match app.key.kind {
        AppKind::Deployment => Resource::Deployments,
        AppKind::StatefulSet => Resource::StatefulSets,
        AppKind::DaemonSet => Resource::DaemonSets,
    };
    (resource, SourceEvent::Applied(Object::App(Box::new(app))))
}

fn of_hpa(name: &str, max: u32) -> (Resource, SourceEvent) {
    let hpa = Hpa {
        namespace: "qa".into(),
        name: name.into(),
        target: Some((DEPLOY, "web".into())),
        min: 1,
        max,
        current: 1,
        desired: 1,
        metrics: [].into(),
        pinned: false,
        broken: Clean::default(),
        managed_by: Clean::default(),
    };
    (Resource::Hpas, SourceEvent::Applied(Object::Hpa(Box::new(hpa))))
}

fn gone(resource: Resource, name: &str) -> (Resource, SourceEvent) {
    (resource, SourceEvent::Deleted { namespace: "qa".into(), name: name.into() })
}

fn web() -> AppKey {
    key(DEPLOY, "qa", "web")
}

fn listed(resource: Resource) -> (Resource, SourceEvent) {
    (resource, SourceEvent::Listed)
}

fn listing(resource: Resource) -> (Resource, SourceEvent) {
    (resource, SourceEvent::Listing)
}

fn used(pod: &str, cpu_milli: u64) -> PodUsage {
    PodUsage { namespace: "qa".into(), pod: pod.into(), cpu_milli, memory: 500 }
}

#[test]
fn a_pod_of_no_app_is_listed_by_itself_until_it_is_gone_or_taken_over() {
    let bare = Pod { app: None, ..pod(&web(), "bare", "x") };
    let mut fleet = fleet(vec![of_pod(bare.clone()), of_pod(pod(&web(), "a", "new"))]);
    let names = |fleet: &Fleet| fleet.stray_pods().map(|row| row.pod.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&fleet), ["web-bare"]);
    say(&mut fleet, vec![of_pod(pod(&web(), "bare", "x"))]);
    assert_eq!(names(&fleet), [""; 0]);
    say(&mut fleet, vec![of_pod(bare.clone())]);
    let gone = SourceEvent::Deleted { namespace: "qa".into(), name: bare.name };
    say(&mut fleet, vec![(Resource::Pods, gone)]);
    assert_eq!(names(&fleet), [""; 0]);
}

#[test]
fn pods_join_the_app_that_they_name_whichever_comes_first() {
    let mut fleet =
        fleet(vec![of_pod(pod(&web(), "a", "new")), of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "b", "new"))]);
    say(&mut fleet, vec![of_pod(pod(&key(AppKind::StatefulSet, "qa", "web"), "0", "x")), listed(Resource::Pods)]);
    let names: Vec<_> = fleet.pods(&web()).iter().map(|row| row.pod.name.to_string()).collect();
    assert_eq!(names, ["web-a", "web-b"]);
    assert_eq!(fleet.app(&web()).unwrap().pods.as_ref().unwrap().count, 2);
    assert_eq!((fleet.len(), fleet.pod_count()), (1, 3));
}

#[test]
fn until_pods_are_listed_an_app_does_not_pretend_to_know_them() {
    let mut fleet = fleet(vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "a", "new"))]);
    assert_eq!(fleet.app(&web()).unwrap().pods, None);
    assert!(say(&mut fleet, vec![listed(Resource::Pods)]).rows);
    assert_eq!(fleet.app(&web()).unwrap().pods.as_ref().unwrap().count, 1);
}

#[test]
fn a_crashing_pod_changes_its_apps_row_and_its_end_changes_it_back() {
    let mut fleet =
        fleet(vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "a", "new")), listed(Resource::Pods)]);
    let before = fleet.app(&web()).unwrap().clone();
    say(&mut fleet, vec![of_pod(unready(&web(), "b", "new", [crashing("Error", 3, 4)]))]);
    let row = fleet.app(&web()).unwrap();
    assert_eq!(row.health.to_string(), "Degraded: CrashLoopBackOff");
    let facts = row.pods.clone().unwrap();
    assert_eq!((facts.restarts, &*facts.last_reason, &*facts.trouble), (4, "Error 3", "CrashLoopBackOff"));
    say(&mut fleet, vec![gone(Resource::Pods, "web-b")]);
    assert_eq!(*fleet.app(&web()).unwrap(), before);
}

#[test]
fn what_says_nothing_new_touches_nothing() {
    let mut fleet =
        fleet(vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "a", "new")), listed(Resource::Pods)]);
    let version = fleet.version();
    let again =
        vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "a", "new")), gone(Resource::Pods, "unknown")];
    assert_eq!(say(&mut fleet, again), Touched::default());
    assert_eq!(fleet.version(), version);
    assert!(say(&mut fleet, vec![gone(Resource::Deployments, "web")]).rows);
    assert!(fleet.version() > version);
}

#[test]
fn a_relist_keeps_all_until_it_is_complete_and_then_only_what_it_named() {
    let pods = Resource::Pods;
    let mut fleet = fleet(vec![
        of_app(app(DEPLOY, "qa", "web")),
        listing(pods),
        of_pod(pod(&web(), "a", "new")),
        of_pod(pod(&web(), "b", "new")),
        listed(pods),
    ]);
    assert_eq!(say(&mut fleet, vec![listing(pods), of_pod(pod(&web(), "b", "new"))]), Touched::default());
    assert_eq!(fleet.pods(&web()).len(), 2);
    // The list breaks off, and is begun once more.
    say(&mut fleet, vec![listing(pods), of_pod(pod(&web(), "c", "new"))]);
    assert!(say(&mut fleet, vec![listed(pods)]).rows);
    let names: Vec<_> = fleet.pods(&web()).iter().map(|row| row.pod.name.to_string()).collect();
    assert_eq!(names, ["web-c"]);
    assert_eq!(fleet.app(&web()).unwrap().pods.as_ref().unwrap().count, 1);
}

#[test]
fn a_relist_of_one_namespace_leaves_the_others_alone() {
    let scopes = ["a", "b"].map(|scope| (source(Resource::Deployments, Some(scope)), app(DEPLOY, scope, "web")));
    let mut fleet = Fleet::new(scopes.iter().map(|(source, _)| source.clone()).collect());
    for (source, app) in &scopes {
        fleet.apply(vec![update(source, SourceEvent::Applied(Object::App(Box::new(app.clone()))))]);
    }
    fleet.apply(vec![update(&scopes[0].0, SourceEvent::Listing), update(&scopes[0].0, SourceEvent::Listed)]);
    assert_eq!(fleet.rows().map(|row| row.app.key.clone()).collect::<Vec<_>>(), [key(DEPLOY, "b", "web")]);
    assert_eq!(fleet.namespaces(), [Clean::from("b")]);
}

#[test]
fn sources_that_are_not_expected_are_ignored() {
    let mut fleet = Fleet::new(vec![source(Resource::Pods, Some("qa"))]);
    assert_eq!(say(&mut fleet, vec![of_app(app(DEPLOY, "qa", "web"))]), Touched::default());
    assert!(fleet.is_empty());
}

#[test]
fn an_autoscaler_belongs_to_its_target_for_as_long_as_it_aims_there() {
    let mut fleet = fleet(vec![of_hpa("web", 5), of_app(app(DEPLOY, "qa", "web"))]);
    assert_eq!(fleet.app(&web()).unwrap().hpa.as_ref().unwrap().max, 5);
    assert!(say(&mut fleet, vec![of_hpa("web", 9)]).rows);
    assert_eq!(fleet.app(&web()).unwrap().hpa.as_ref().unwrap().max, 9);
    say(&mut fleet, vec![gone(Resource::Hpas, "web")]);
    assert_eq!(fleet.app(&web()).unwrap().hpa, None);
}

#[test]
fn shares_are_of_the_requests_of_the_pods_that_are_metered() {
    let mut fleet =
        fleet(vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "a", "new")), of_pod(pod(&web(), "b", "new"))]);
    assert!(fleet.usage(&None, vec![used("web-a", 50), used("web-late", 30)]).rows);
    let usage = fleet.app(&web()).unwrap().usage.unwrap();
    assert_eq!((usage.cpu_milli, usage.cpu_percent, usage.memory_percent), (50, Some(50), Some(50)));
    assert!(!fleet.usage(&None, vec![used("web-a", 50), used("web-late", 30)]).rows);
    say(&mut fleet, vec![of_pod(pod(&web(), "late", "new"))]);
    assert_eq!(fleet.app(&web()).unwrap().usage.unwrap().cpu_percent, Some(40));
    fleet.usage(&Some("other".into()), vec![]);
    assert_eq!(fleet.app(&web()).unwrap().usage.unwrap().cpu_milli, 80);
    fleet.usage(&None, vec![]);
    assert_eq!(fleet.app(&web()).unwrap().usage, None);
}

#[test]
fn a_namesake_does_not_inherit_what_its_predecessor_used() {
    let mut fleet = fleet(vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "0", "new"))]);
    fleet.usage(&None, vec![used("web-0", 50)]);
    say(&mut fleet, vec![of_pod(Pod { uid: "another".into(), ..pod(&web(), "0", "new") })]);
    assert_eq!(fleet.app(&web()).unwrap().usage, None);
}

#[test]
fn a_pod_may_change_its_app() {
    let mut fleet =
        fleet(vec![of_app(app(DEPLOY, "qa", "web")), of_pod(pod(&web(), "a", "new")), listed(Resource::Pods)]);
    say(&mut fleet, vec![of_pod(Pod { app: None, ..pod(&web(), "a", "new") })]);
    assert_eq!((fleet.pods(&web()).len(), fleet.pod_count()), (0, 1));
    assert_eq!(fleet.app(&web()).unwrap().pods.as_ref().unwrap().count, 0);
}

#[test]
fn without_a_right_to_pods_an_app_is_judged_by_its_counts() {
    let mut unfinished = app(DEPLOY, "qa", "web");
    unfinished.counts.available = 2;
    let mut fleet = fleet(vec![of_app(unfinished)]);
    assert_eq!(fleet.app(&web()).unwrap().health.to_string(), "Loading");
    say(&mut fleet, vec![(Resource::Pods, SourceEvent::Fresh(Freshness::Forbidden("list pods".into())))]);
    assert_eq!(fleet.app(&web()).unwrap().health.to_string(), "Degraded: not ready");
}

#[test]
fn what_cannot_be_read_is_counted_once_until_it_can() {
    let unreadable = |name: &str| (Resource::Pods, SourceEvent::Unreadable(name.into()));
    let mut fleet = fleet(vec![unreadable("qa/web-a"), unreadable("qa/web-a"), unreadable("web-b"), unreadable("")]);
    assert_eq!(fleet.unreadable(), 3);
    assert!(say(&mut fleet, vec![of_pod(pod(&web(), "a", "new"))]).freshness);
    assert!(say(&mut fleet, vec![gone(Resource::Pods, "web-b")]).freshness);
    assert_eq!(fleet.unreadable(), 1);
    say(&mut fleet, vec![listing(Resource::Pods), listed(Resource::Pods)]);
    assert_eq!(fleet.unreadable(), 0);
}

fn stale(seconds: i64) -> Freshness {
    Freshness::Stale { since: at(seconds), why: "refused".into() }
}

fn loading(seen: usize, of: Option<usize>) -> Freshness {
    Freshness::Loading { seen, of }
}

#[rstest::rstest]
#[case(vec![Freshness::Live, Freshness::Live], Freshness::Live)]
#[case(vec![Freshness::Live, Freshness::Forbidden("x".into())], Freshness::Live)]
#[case(vec![Freshness::Absent, Freshness::Forbidden("x".into())], Freshness::Forbidden("x".into()))]
#[case(vec![Freshness::Absent, Freshness::Absent], Freshness::Absent)]
#[case(vec![Freshness::Live, loading(3, Some(9))], loading(3, Some(9)))]
#[case(vec![loading(3, Some(9)), loading(4, Some(4))], loading(7, Some(13)))]
#[case(vec![loading(3, Some(9)), loading(4, None)], loading(7, None))]
#[case(vec![stale(9), stale(5), loading(4, None)], stale(5))]
#[case(vec![stale(9), Freshness::Unauthorized("x".into())], Freshness::Unauthorized("x".into()))]
fn the_freshness_of_a_resource_is_its_worst(#[case] each: Vec<Freshness>, #[case] all: Freshness) {
    let scopes: Vec<_> = (0..each.len()).map(|n| source(Resource::Pods, Some(&format!("ns-{n}")))).collect();
    let mut fleet = Fleet::new(scopes.clone());
    for (source, fresh) in scopes.iter().zip(each) {
        fleet.apply(vec![update(source, SourceEvent::Fresh(fresh))]);
    }
    assert_eq!(fleet.freshness(Resource::Pods), Some(all));
    assert_eq!(fleet.freshness(Resource::Hpas), None);
}

#[test]
fn a_polled_source_has_its_freshness_set() {
    let metrics = source(Resource::PodMetrics, None);
    let mut fleet = Fleet::new(vec![metrics.clone()]);
    let now: Time = at(0);
    assert!(fleet.set_freshness(&metrics, Freshness::Absent, now).freshness);
    assert!(!fleet.set_freshness(&metrics, Freshness::Absent, now).freshness);
    assert_eq!(fleet.freshness(Resource::PodMetrics), Some(Freshness::Absent));
}

/// One thing of few that a source may say.
fn event() -> impl Strategy<Value = (Resource, SourceEvent)> {
    let kinds = prop::sample::select(AppKind::ALL.to_vec());
    let resources = prop::sample::select(Resource::WATCHED.to_vec());
    let names = prop::sample::select(vec!["web", "api"]);
    let pods = (kinds.clone(), names.clone(), 0..4u32, 0..3u32, any::<bool>());
    prop_oneof![
        4 => pods.prop_map(|(kind, name, n, restarts, ready)| {
            let sick = Container { restarts, ready, ..container("main") };
            let node = if restarts == 2 { String::new() } else { format!("node-{restarts}") };
            let phase = if ready { PodPhase::Running } else { PodPhase::Failed };
            let (node, asks) = (node.into(), Asks::new(u64::from(n) + 1, u64::from(restarts) << 20));
            let (name, base) = (format!("pod-{n}").into(), pod(&key(kind, "qa", name), "", "new"));
            of_pod(Pod { name, containers: [sick].into(), ready, node, asks, phase, ..base })
        }),
        2 => (kinds, names.clone(), 1..3i64).prop_map(|(kind, name, generation)| {
            of_app(App { generation, images: image_list(generation), ..app(kind, "qa", name) })
        }),
        1 => (names, 1..4u32).prop_map(|(name, max)| of_hpa(name, max)),
        2 => (resources.clone(), prop::sample::select(vec!["web", "api", "pod-0", "pod-1", "pod-2"])).prop_map(|(r, name)| gone(r, name)),
        1 => resources.clone().prop_map(listing),
        1 => resources.prop_map(listed),
    ]
}

fn image_list(version: i64) -> Box<[Image]> {
    [image("main", &format!("main:v{version}"))].into()
}

proptest! {
    #[test]
    fn however_updates_are_cut_rows_are_those_computed_from_scratch(
        events in prop::collection::vec(event(), 0..80), cut in 1usize..20, cpu in prop::collection::vec(0u64..3, 4)
    ) {
        let mut fleet = Fleet::new(everything());
        for (n, batch) in events.chunks(cut).enumerate() {
            say(&mut fleet, batch.to_vec());
            if n % 3 == 0 {
                fleet.usage(&None, cpu.iter().enumerate().map(|(n, cpu)| used(&format!("pod-{n}"), *cpu)).collect());
            }
        }
        let mut once = Fleet::new(everything());
        let listed_pods = events.iter().any(|(r, e)| *r == Resource::Pods && *e == SourceEvent::Listed);
        let apps = fleet.rows().map(|row| of_app(row.app.clone()));
        let pods = fleet.all_pods().map(|pod| of_pod(pod.clone()));
        let hpas = fleet.all_hpas().map(|hpa| (Resource::Hpas, SourceEvent::Applied(Object::Hpa(Box::new(hpa.clone())))));
        let all: Vec<_> = hpas.chain(pods).chain(apps).chain(listed_pods.then(|| listed(Resource::Pods))).collect();
        say(&mut once, all);
        let usage = fleet.all_usage().cloned().collect();
        once.usage(&None, usage);
        prop_assert_eq!(fleet.rows().collect::<Vec<_>>(), once.rows().collect::<Vec<_>>());
        prop_assert_eq!(fleet.namespaces(), once.namespaces());
        prop_assert_eq!(fleet.pod_count(), once.pod_count());
        prop_assert_eq!(fleet.pods_within(&"qa".into()), fleet.pod_count());
        for node in ["", "node-0", "node-1"].map(Clean::new) {
            let names = |pods: Vec<&Pod>| pods.iter().map(|pod| pod.name.clone()).collect::<BTreeSet<_>>();
            let there: Vec<&Pod> = fleet.all_pods().filter(|pod| !node.is_empty() && pod.node == node).collect();
            let mut load = NodeLoad::default();
            there.iter().filter(|pod| pod.phase == PodPhase::Running).for_each(|pod| load.change(pod.asks, true));
            prop_assert_eq!(fleet.load(&node), load);
            prop_assert_eq!(names(fleet.pods_on(&node).map(|row| row.pod).collect()), names(there));
        }
        let stray: BTreeSet<_> = fleet.stray_pods().map(|row| row.pod.name.clone()).collect();
        let bare: BTreeSet<_> = fleet.all_pods().filter(|pod| pod.app.is_none()).map(|pod| pod.name.clone()).collect();
        prop_assert_eq!(stray, bare);
        for row in fleet.rows() {
            let names = |fleet: &Fleet| fleet.pods(&row.app.key).iter().map(|row| row.pod.name.clone()).collect::<Vec<_>>();
            prop_assert_eq!(names(&fleet), names(&once));
        }
    }
}
