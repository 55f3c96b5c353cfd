//! The seed fleet: believable, at rest, and the same for the same seed.

use super::super::json::{int, list, name, text};
use super::super::kinds::{DEPLOYMENT, EVENT, HPA, NODE, POD, REPLICA_SET, STATEFUL_SET};
use super::super::{Options, World, seed};
use super::{everything, start};
use crate::clock::Clock;
use crate::store::{KEPT, Store};
use std::collections::BTreeMap;
use std::time::Duration;

fn fleet(options: &Options) -> (Store, Clock, World) {
    let clock = Clock::manual(start());
    let store = Store::seeded(clock.clone(), options.seed);
    seed(&store, options);
    let world = World::new(store.clone(), options.clone());
    (store, clock, world)
}

#[test]
fn the_company_has_about_a_hundred_apps_and_a_few_hundred_pods_with_history() {
    let (store, ..) = fleet(&Options::default());
    let apps = store.count(&DEPLOYMENT) + store.count(&STATEFUL_SET) + store.count(&super::DAEMON_SET);
    assert!((85..=110).contains(&apps), "{apps}");
    assert!((200..=400).contains(&store.count(&POD)), "{}", store.count(&POD));
    assert!(store.count(&REPLICA_SET) >= store.count(&DEPLOYMENT) * 3);
    assert!(store.count(&HPA) > 20 && store.count(&EVENT) > 20);
    for node in store.list(&NODE, None).0 {
        let pods = store.list(&POD, None).0.iter().filter(|pod| text(pod, "/spec/nodeName") == name(&node)).count();
        assert!(pods <= 110, "{pods} on {}", name(&node));
    }
    for reason in ["CrashLoopBackOff", "ImagePullBackOff"] {
        let found = store
            .list(&POD, None)
            .0
            .iter()
            .any(|pod| text(pod, "/status/containerStatuses/0/state/waiting/reason") == reason);
        assert!(found, "no pod waits for {reason}");
    }
    let restarted = store
        .list(&POD, None)
        .0
        .iter()
        .any(|pod| text(pod, "/status/containerStatuses/0/lastState/terminated/reason") == "OOMKilled");
    assert!(restarted);
}

#[test]
fn the_fleet_is_at_rest_when_it_is_first_seen() {
    let (store, clock, mut world) = fleet(&Options::default());
    let before = store.version();
    world.turn(clock.now());
    let changed: Vec<String> = store
        .changes(before, usize::MAX)
        .expect("held")
        .iter()
        .filter(|change| {
            ["pods", "replicasets", "deployments", "statefulsets", "daemonsets"].contains(&change.object.kind.resource)
        })
        .map(|change| {
            format!(
                "{:?} {}/{}/{}\n{:#}\n{:#}",
                change.what,
                change.object.kind.resource,
                change.object.namespace,
                change.object.name,
                change.prior.as_ref().map(|prior| prior.value()["status"].clone()).unwrap_or_default(),
                change.object.value()["status"]
            )
        })
        .collect();
    assert!(changed.is_empty(), "{} writes: {}", changed.len(), changed.join("\n"));
}

#[test]
fn every_autoscaler_tells_what_it_measured_when_the_fleet_is_first_seen() {
    let (store, ..) = fleet(&Options::default());
    for hpa in store.list(&HPA, None).0 {
        let (wanted, told) = (list(&hpa, "/spec/metrics").len(), list(&hpa, "/status/currentMetrics").len());
        assert_eq!(told, wanted, "{}", name(&hpa));
        let target = int(&hpa, "/spec/metrics/0/resource/target/averageUtilization").unwrap_or(0);
        let current = int(&hpa, "/status/currentMetrics/0/resource/current/averageUtilization").unwrap_or(0);
        assert!(current > target / 3 && current < target * 2, "{}: {current}% of {target}%", name(&hpa));
        assert!(list(&hpa, "/status/conditions").iter().all(|condition| text(condition, "/status") == "True"));
    }
}

#[test]
fn the_same_seed_and_the_same_steps_give_the_same_world() {
    let run = |seed| {
        let (store, clock, mut world) = fleet(&Options { seed, ..Options::default() });
        for _ in 0..12 {
            clock.advance(Duration::from_secs(10));
            world.turn(clock.now());
        }
        everything(&store)
    };
    let (first, second) = (run(7), run(7));
    assert_eq!(first.len(), second.len());
    let differing = first.iter().zip(&second).find(|(first, second)| first != second);
    assert_eq!(differing, None);
    assert_ne!(first, run(8));
}

#[test]
fn what_is_healthy_stays_so() {
    let (store, clock, mut world) = fleet(&Options::default());
    for _ in 0..8 {
        clock.advance(Duration::from_secs(150));
        world.turn(clock.now());
    }
    let mut unready: BTreeMap<String, usize> = BTreeMap::new();
    for deployment in store.list(&DEPLOYMENT, None).0 {
        let of = |field: &str| int(&deployment, field).unwrap_or(0);
        if of("/status/availableReplicas") < of("/spec/replicas") || of("/status/unavailableReplicas") > 0 {
            let key = format!("{}/{}", text(&deployment, "/metadata/namespace"), name(&deployment));
            unready.insert(key, 1);
        }
    }
    let expected = [
        "dev/customs-broker",
        "dev/customs-docs",
        "prod/stacking-optimizer",
        "prod/tracking-cache",
        "qa/eta-predictor",
        "qa/manifest-reprint",
    ];
    let odd: Vec<_> = unready.keys().filter(|key| !expected.contains(&key.as_str())).collect();
    assert!(odd.is_empty(), "{odd:?}");
    assert!(unready.contains_key("dev/customs-broker") && unready.contains_key("qa/manifest-reprint"));
}

#[test]
fn a_fleet_of_a_given_size_has_that_size_and_is_quiet() {
    let (store, clock, mut world) = fleet(&Options { apps: Some(60), pods: Some(1001), ..Options::default() });
    assert_eq!((store.count(&DEPLOYMENT), store.count(&POD)), (60, 1001));
    let size: usize = store.listing(&POD, None).objects.iter().map(|pod| pod.json().len()).sum::<usize>() / 1001;
    assert!((2800..=4800).contains(&size), "{size}");
    world.turn(clock.now());
    let before = store.version();
    for _ in 0..60 {
        clock.advance(Duration::from_secs(1));
        world.turn(clock.now());
    }
    let writes = store.version() - before;
    assert!(writes < 60 && (writes as usize) < KEPT, "{writes} writes in a minute");
    for node in store.list(&NODE, None).0 {
        let room = list(&node, "/status/conditions").len();
        assert_eq!(room, 4);
    }
}

#[test]
fn autoscalers_leave_a_fleet_alone_that_was_scaled_for_this_hour() {
    let (store, clock, mut world) = fleet(&Options::default());
    let sizes = || -> Vec<i64> {
        store.list(&DEPLOYMENT, None).0.iter().map(|one| int(one, "/spec/replicas").unwrap_or(0)).collect()
    };
    let before = sizes();
    for _ in 0..12 {
        clock.advance(Duration::from_secs(15));
        world.turn(clock.now());
    }
    let moved: i64 = before.iter().zip(sizes()).map(|(before, after)| (before - after).abs()).sum();
    assert!(moved <= 6, "{moved} replicas of {}", before.iter().sum::<i64>());
}
