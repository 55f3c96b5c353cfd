//! Histories, ledgers, drift, and the end of old journals.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{
        Change, Holder, Intent, Phase, Plan, Port, StepState,
        journal::{RecordPhase, lease_name, of_batch},
        past::Entry,
    },
    model::{AppKey, AppKind},
    text::Clean,
};
use serde_json::json;

use super::{
    cluster::Cluster,
    scene::{ana, ben, clock, ended, fleet, id, key, launch, planned, release, run, template, until},
};
use crate::{Keep, drift, history, ledger, prune, recorded};

fn two() -> [AppKey; 2] {
    [key("pay", AppKind::StatefulSet, "ledger"), key("shop", AppKind::Deployment, "orders")]
}

/// Releases this tag to the apps as a batch of this name, to its end.
async fn released(cluster: &Cluster, apps: &[AppKey], tag: &str, name: &str) {
    let plan = release(cluster, apps, tag).await;
    ended(&launch(&ana(cluster, Vec::new(), None), &plan, name)).await;
}

fn all() -> BTreeSet<Clean> {
    BTreeSet::new()
}

fn only(namespaces: &[&str]) -> BTreeSet<Clean> {
    namespaces.iter().map(|&namespace| namespace.into()).collect()
}

/// An unfinished batch of this name: its driver died before its second write of an app.
async fn abandoned(cluster: &Cluster, apps: &[AppKey], name: &str) {
    let plan = release(cluster, apps, "v9").await;
    let via = ana(cluster, Vec::new(), Some(14));
    let handle = launch(&via, &plan, name);
    via.died.notified().await;
    drop(handle);
}

#[test]
fn the_history_joins_the_records_of_a_batch_and_tells_the_newest_first() {
    run(async {
        let cluster = fleet(&two());
        released(&cluster, &two(), "v2", "b1").await;
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        released(&cluster, &two()[1..], "v3", "b2").await;
        let (found, unread) = history(&*ben(&cluster), &all()).await.unwrap();
        assert_eq!(unread, []);
        let told: Vec<_> = found.iter().map(|batch| (batch.id.0.as_str(), batch.phase, batch.steps.len())).collect();
        assert_eq!(told, [("b2", RecordPhase::Done, 1), ("b1", RecordPhase::Done, 2)]);
        assert_eq!(found[1].steps[0].state, StepState::Healthy);
        // Seen from one namespace, the batch is whole all the same.
        let (found, unread) = history(&*ben(&cluster), &only(&["pay"])).await.unwrap();
        assert_eq!((unread.len(), found.len(), found[0].steps.len()), (0, 1, 2));
    });
}

#[test]
fn what_cannot_be_seen_or_read_is_told_and_ends_nothing() {
    run(async {
        let cluster = fleet(&two());
        released(&cluster, &two(), "v2", "b1").await;
        let via = ben(&cluster);
        via.hidden.lock().unwrap().push("shop".to_owned());
        let (found, unread) = history(&*via, &only(&["pay"])).await.unwrap();
        assert_eq!(found[0].steps.len(), 1);
        assert!(unread[0].starts_with("what batches did in shop is not seen: not allowed"), "{unread:?}");
        let (found, unread) = history(&*via, &only(&["pay", "shop"])).await.unwrap();
        assert_eq!((found.len(), unread.len()), (1, 2), "{unread:?}");
        assert!(history(&*via, &only(&["shop"])).await.is_err());
        let mut map = cluster.maps(Some("pay"), &of_batch(&id("b1"), "state")).remove(0);
        map.data.insert("state.json".to_owned(), "{".to_owned());
        cluster.put_map(&map, false, false).unwrap();
        let (found, unread) = history(&*via, &only(&["pay"])).await.unwrap();
        assert_eq!(found, []);
        assert!(unread[0].contains("pay/rolldeck-b1-state cannot be read"), "{unread:?}");
    });
}

#[test]
fn an_unfinished_batch_of_the_history_is_told_as_such() {
    run(async {
        let apps = two();
        let cluster = fleet(&apps);
        abandoned(&cluster, &apps, "b1").await;
        let (found, _) = history(&*ben(&cluster), &all()).await.unwrap();
        assert!(found[0].unfinished, "{found:?}");
        assert!(matches!(found[0].holder, Holder::Watching(_)), "{:?}", found[0].holder);
        let book = ledger(&*ben(&cluster), &all(), &id("b1")).await.unwrap();
        assert!(matches!(book.found.holder, Holder::Watching(_)), "{:?}", book.found.holder);
    });
}

#[test]
fn a_batch_that_was_taken_back_tells_when_its_templates_were_live() {
    run(async {
        let cluster = fleet(&two());
        let handle = launch(&ana(&cluster, Vec::new(), None), &release(&cluster, &two(), "v2").await, "b1");
        ended(&handle).await;
        handle.revert(true).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        let book = ledger(&*ben(&cluster), &all(), &id("b1")).await.unwrap();
        for record in book.records.values() {
            let note = &record.steps[0];
            let (left, back) = note.returned.unwrap();
            assert!(note.accepted.unwrap() < left && left <= back && back <= note.since, "{note:?}");
        }
    });
}

#[test]
fn a_ledger_holds_a_batch_whole_and_repeats_it() {
    run(async {
        let cluster = fleet(&two());
        released(&cluster, &two(), "v2", "b1").await;
        let via = ben(&cluster);
        let book = ledger(&*via, &only(&["pay"]), &id("b1")).await.unwrap();
        assert_eq!((book.lacks.len(), book.apps().len(), book.records.len()), (0, 2, 2));
        assert!(book.apps().iter().all(|(_, _, step)| step.is_some()));
        for app in two() {
            cluster.edit(&app, |object| object["spec"]["template"] = template(&app.name, "v1"));
        }
        let mut plan = Plan::repeat(&book.repeat());
        for app in two() {
            plan.read(&app, cluster.object(&app).into(), [].into(), clock().now());
        }
        let after: Vec<_> = plan.steps.iter().map(|step| step.after().to_string()).collect();
        assert_eq!((plan.intent, after), (Intent::Release, vec!["v2".to_owned(), "v2".to_owned()]));
        assert!(matches!(plan.steps[0].change, Some(Change::SetImages(_))));
        let none = ledger(&*via, &all(), &id("b7")).await.unwrap_err();
        assert!(none.contains("there is no batch b7"), "{none}");
        let odd = ledger(&*via, &all(), &id("b7,x=y")).await.unwrap_err();
        assert!(odd.contains("is no name of a batch"), "{odd}");
    });
}

#[test]
fn what_others_changed_since_a_batch_is_told_app_by_app() {
    run(async {
        let apps: Vec<AppKey> =
            ["same", "edited", "batched", "gone", "anew"].map(|name| key("shop", AppKind::Deployment, name)).into();
        let cluster = fleet(&apps);
        released(&cluster, &apps, "v2", "b1").await;
        let via = ben(&cluster);
        let book = ledger(&*via, &all(), &id("b1")).await.unwrap();
        assert_eq!(drift(&*via, &book).await, []);
        cluster.edit(&apps[1], |object| object["spec"]["template"] = template("edited", "v5"));
        released(&cluster, &apps[2..3], "v3", "b2").await;
        cluster.world().apps.remove(&apps[3]);
        cluster.edit(&apps[4], |object| object["metadata"]["uid"] = json!("other"));
        let told = drift(&*via, &book).await;
        let told: Vec<_> = told.iter().map(|(key, why)| (key.name.as_str(), why.as_str())).collect();
        assert_eq!(
            told,
            [
                ("edited", "changed by someone else since: main is shop/edited:v5 now"),
                ("batched", "batch b2 changed it since: main is shop/batched:v3 now"),
                ("gone", "it was deleted since"),
                ("anew", "it was deleted and created anew since"),
            ]
        );
    });
}

#[test]
fn a_scale_that_an_autoscaler_changed_since_is_drift() {
    run(async {
        let apps = &two()[1..];
        let cluster = fleet(apps);
        let plan = planned(&cluster, Intent::Scale, apps, |plan| plan.set_replicas(0, 5).unwrap());
        let plan = super::scene::checked(&cluster, plan).await;
        ended(&launch(&ana(&cluster, Vec::new(), None), &plan, "b1")).await;
        let via = ben(&cluster);
        let book = ledger(&*via, &all(), &id("b1")).await.unwrap();
        cluster.edit(&apps[0], |object| object["spec"]["replicas"] = json!(8));
        let told = drift(&*via, &book).await;
        assert_eq!(&*told[0].1, "changed by someone else since: 8 replicas now, the batch left 5");
    });
}

#[test]
fn old_journals_go_and_what_can_be_resumed_stays() {
    run(async {
        let apps = two();
        let cluster = fleet(&apps);
        released(&cluster, &apps, "v2", "b1").await;
        released(&cluster, &apps, "v3", "b2").await;
        released(&cluster, &apps, "v4", "b3").await;
        abandoned(&cluster, &apps, "b4").await;
        let via = ben(&cluster);
        let soon = clock().now() + chrono::TimeDelta::hours(1);
        let kept = prune(&*via, &all(), Keep { days: 1, count: 10 }, soon).await.unwrap();
        assert_eq!((kept.batches, kept.failed), (vec![], vec![]));
        let pruned = prune(&*via, &all(), Keep { days: 1, count: 2 }, soon).await.unwrap();
        assert_eq!((pruned.batches, pruned.failed), (vec![id("b1")], vec![]));
        let later = soon + chrono::TimeDelta::days(30);
        let pruned = prune(&*via, &all(), Keep { days: 1, count: 10 }, later).await.unwrap();
        assert_eq!((pruned.batches, pruned.failed), (vec![id("b2"), id("b3")], vec![]));
        let world = cluster.world();
        assert!(world.maps.keys().all(|(_, name)| name.contains("b4")), "{:?}", world.maps.keys());
        assert_eq!(world.leases.keys().map(|(_, name)| name.clone()).collect::<Vec<_>>(), [lease_name(&id("b4"))]);
    });
}

#[test]
fn a_journal_that_someone_holds_or_that_is_not_seen_whole_stays() {
    run(async {
        let apps = two();
        let cluster = fleet(&apps);
        released(&cluster, &apps, "v2", "b1").await;
        let via = ben(&cluster);
        let later = clock().now() + chrono::TimeDelta::days(300);
        let lease = via.lease("pay", &lease_name(&id("b1"))).await.unwrap();
        let held = rolldeck_core::batch::Lease { holder: "eva".into(), ..lease };
        let version = cluster.put_lease(&held).unwrap();
        let pruned = prune(&*via, &all(), Keep::default(), later).await.unwrap();
        assert_eq!(pruned.batches, []);
        cluster
            .put_lease(&rolldeck_core::batch::Lease { holder: String::new(), resource_version: version, ..held })
            .unwrap();
        via.hidden.lock().unwrap().push("shop".to_owned());
        let pruned = prune(&*via, &only(&["pay"]), Keep::default(), later).await.unwrap();
        assert_eq!((pruned.batches.len(), pruned.failed.len()), (0, 1));
        via.hidden.lock().unwrap().clear();
        let pruned = prune(&*via, &only(&["pay"]), Keep::default(), later).await.unwrap();
        assert_eq!(pruned.batches, [id("b1")]);
        assert_eq!(cluster.maps(None, ""), []);
    });
}

#[test]
fn the_journals_tell_what_batches_wrote_to_an_app_in_two_requests_a_namespace() {
    run(async {
        let cluster = fleet(&two());
        released(&cluster, &two(), "v2", "b1").await;
        released(&cluster, &two()[1..], "v3", "b2").await;
        let told = recorded(&*ben(&cluster), &two()[1..], clock().now()).await.unwrap();
        assert_eq!(told.lacks, []);
        let of = |entry: &Entry| {
            let tag =
                |template: &serde_json::Value| template["spec"]["containers"][0]["image"].as_str().unwrap().to_owned();
            (entry.batch.0.clone(), tag(&entry.before), entry.after.as_deref().map(tag), entry.healthy)
        };
        let mut entries: Vec<_> = told.entries[&two()[1]].iter().map(of).collect();
        entries.sort();
        let image = |tag: &str| format!("shop/orders:{tag}");
        assert_eq!(
            entries,
            [
                ("b1".to_owned(), image("v1"), Some(image("v2")), Some(true)),
                ("b2".to_owned(), image("v2"), Some(image("v3")), Some(true)),
            ]
        );
        assert!(told.expected[&two()[1]] < 60, "{:?}", told.expected);
        assert_eq!(told.sightings.len(), 2);
    });
}
