//! What a big fleet costs: time and memory. Run with `cargo test -p rolldeck-core -- --ignored --nocapture big_fleet`.
#![expect(clippy::disallowed_methods, reason = "a measurement reads the clock and the process's own memory")]

use std::{sync::Arc, time::Instant};

use super::*;
use crate::{
    model::{
        App, AppKey, AppKind, Container, Pod, PodUsage,
        samples::{app, at, container, key, pod},
    },
    query::Query,
    text::{Clean, Interner},
};

/// Bytes that this process holds in memory.
fn held() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("a Linux");
    pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("a number of pages") * 4096
}

const PODS: usize = 50_000;
const PODS_AN_APP: usize = 10;

fn source(resource: Resource) -> Arc<Source> {
    Arc::new(Source { resource, scope: None })
}

fn apps() -> Vec<Update> {
    let apps =
        (0..PODS / PODS_AN_APP).map(|n| app(AppKind::Deployment, &format!("ns-{}", n % 50), &format!("app-{n}")));
    let object = |app: App| SourceEvent::Applied(Object::App(Box::new(app)));
    apps.map(|app| Update { source: source(Resource::Deployments), event: object(app) }).collect()
}

/// The pods as a decoder gives them: what repeats is shared.
fn pods(restarts: u32) -> Vec<Update> {
    let mut texts = Interner::default();
    let source = source(Resource::Pods);
    (0..PODS)
        .map(|n| {
            let at = n / PODS_AN_APP;
            let key: AppKey = key(AppKind::Deployment, &format!("ns-{}", at % 50), &format!("app-{at}"));
            let mut pod: Pod = pod(&key, &format!("7d9f8c6b5d-{n:05}"), "7d9f8c6b5d");
            pod.uid = format!("3f9a21cd-8a0b-4c9d-9a57-{n:012}").into();
            let mut share = |text: &Clean| texts.intern(text.as_bytes());
            pod.namespace = share(&pod.namespace);
            pod.app = Some((AppKind::Deployment, share(&key.name)));
            (pod.revision, pod.node) = (share(&pod.revision), share(&pod.node));
            let sample = container("main");
            let (name, image, digest) = (share(&sample.name), share(&sample.image), share(&sample.digest));
            let labels =
                [("app.kubernetes.io/name", key.name.as_str()), ("team", "blue"), ("pod-template-hash", "7d9f8c6b5d")];
            pod.labels = texts.labels(labels.iter().map(|(key, value)| (key.as_bytes(), value.as_bytes())));
            pod.containers = [Container { name, image, digest, restarts, ..sample }].into();
            let event = SourceEvent::Applied(Object::Pod(Box::new(pod)));
            Update { source: source.clone(), event }
        })
        .collect()
}

fn usage(cpu_milli: u64) -> Vec<PodUsage> {
    let usage = |n: usize| PodUsage {
        namespace: format!("ns-{}", n / PODS_AN_APP % 50).into(),
        pod: format!("app-{}-7d9f8c6b5d-{n:05}", n / PODS_AN_APP).into(),
        cpu_milli,
        memory: 1000,
    };
    (0..PODS).map(usage).collect()
}

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let result = act();
    println!("{what}: {:?}", begun.elapsed());
    result
}

#[test]
#[ignore = "a measurement"]
fn a_big_fleet_in_time_and_memory() {
    let resources = [Resource::Deployments, Resource::Pods];
    let empty = held();
    let mut fleet = Fleet::new(resources.iter().map(|&resource| (*source(resource)).clone()).collect());
    let all_apps = apps();
    timed("5,000 apps", || fleet.apply(all_apps));
    let with_apps = held();
    let mut batches = pods(0);
    timed("50,000 pods in batches of 500", || {
        while !batches.is_empty() {
            let rest = batches.split_off(batches.len().min(500));
            fleet.apply(std::mem::replace(&mut batches, rest));
        }
    });
    drop(batches);
    let all = held();
    println!("an app: {} bytes, a pod: {} bytes", (with_apps - empty) / 5_000, (all - with_apps) / PODS);
    assert!((all - with_apps) / PODS < 1000, "hundreds of bytes a pod, not thousands");
    let listed = Update { source: source(Resource::Pods), event: SourceEvent::Listed };
    timed("listed", || fleet.apply(vec![listed]));
    let again = pods(1);
    timed("all 50,000 pods changed", || fleet.apply(again));
    let one = pods(2).swap_remove(25_000);
    timed("one pod changed", || fleet.apply(vec![one]));
    let polled = usage(50);
    timed("a poll of metrics", || fleet.usage(&None, polled));
    let (mut view, order) = (View::default(), Order::default());
    timed("a view of 5,000", || view.refresh(&fleet, &Query::default(), order, at(5000)));
    for query in ["app-49", "ap9", "degraded", "!ns-1 v1", "team=blue", "cpu>80% ns:ns-4", "age<10m"] {
        let query = Query::parse(query).expect("a filter");
        timed(&format!("a filter over 5,000, {query}"), || view.refresh(&fleet, &query, order, at(5000)));
    }
}

/// Each key of a filter over 50,000 apps: far more than the rows of a fleet of 50,000 pods.
#[test]
#[ignore = "a measurement"]
fn a_big_fleet_filtered_key_by_key() {
    let mut fleet = Fleet::new(vec![(*source(Resource::Deployments)).clone()]);
    let names = ["gateway", "orders", "billing", "cart-worker", "search-indexer"];
    let name = |n: usize| format!("{}-{n}", names[n % names.len()]);
    let mut texts = Interner::default();
    let apps = (0..PODS).map(|n| {
        let mut app = app(AppKind::Deployment, &format!("ns-{}", n % 500), &name(n));
        app.labels = texts.labels([(&b"team"[..], format!("team-{}", n % 20).as_bytes())]);
        Update { source: source(Resource::Deployments), event: SourceEvent::Applied(Object::App(Box::new(app))) }
    });
    let apps = apps.collect();
    timed("50,000 apps", || fleet.apply(apps));
    let (mut view, order) = (View::default(), Order::default());
    timed("the view of all", || view.refresh(&fleet, &Query::default(), order, at(5000)));
    for text in ["gateway-1", "gtw", "healthy", "team=team-7", "!ns-1 status:healthy replicas>1", "ns:ns-4", "zzzz"] {
        for end in (1..=text.len()).filter(|end| text.is_char_boundary(*end)) {
            let Ok(query) = Query::parse(&text[..end]) else { continue };
            timed(&format!("{query}"), || view.refresh(&fleet, &query, order, at(5000)));
        }
        println!("  {} found", view.keys.len());
    }
}
