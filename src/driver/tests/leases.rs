use std::{collections::BTreeSet, time::Duration};

use rolldeck_core::{
    batch::{Author, Holder, Phase, StepState},
    model::AppKind,
};

use super::{
    faults::{Fault, Via},
    scene::{BACK, ana, ben, clock, ended, fleet, id, key, launch, release, run, someone, take_over, template, until},
};
use crate::{Finder, Identity, start};

#[test]
fn a_driver_that_is_alive_is_not_taken_over() {
    run(async {
        let apps: Vec<_> = (0..9).map(|n| key("shop", AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| run.steps[0].state == StepState::Applying).await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert!(matches!(found[0].holder, Holder::Watching(1..=15)), "{:?}", found[0].holder);
        assert!(finder.take_over(&found[0].id, BACK, false, clock()).await.is_err());
        tokio::time::sleep(Duration::from_secs(5)).await;
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert_eq!(found[0].holder, Holder::Alive("ana@ana-host".into()));
        assert!(finder.take_over(&found[0].id, BACK, false, clock()).await.is_err());
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        assert_eq!(finder.look(&BTreeSet::new()).await.unwrap(), []);
    });
}

#[test]
fn a_crashed_driver_is_gone_after_its_lease_stood_still_and_its_batch_is_reverted() {
    run(async {
        let apps: Vec<_> = (0..4).map(|n| key("shop", AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[1].state, StepState::RollingOut(..))).await;
        handle.kill();
        let taken = take_over(&cluster).await.unwrap();
        let run = ended(&taken).await;
        assert_eq!(run.phase, Phase::Reverted);
        for app in &apps {
            assert_eq!(cluster.template(app), template(&app.name, "v1"));
        }
        assert_eq!(cluster.world().record(&apps[0], "b1").unwrap().epoch, 2);
    });
}

#[test]
fn leaving_records_where_the_batch_stands_and_releases_the_lease() {
    run(async {
        let apps: Vec<_> = (0..4).map(|n| key("shop", AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| run.steps[1].state == StepState::Applying).await;
        let runs = handle.runs();
        handle.leave().await;
        assert_eq!(runs.borrow().phase, Phase::Interrupted);
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert_eq!(found[0].holder, Holder::Left);
        assert_eq!(found[0].steps[0].state, StepState::Healthy);
        assert_eq!(found[0].steps[3].state, StepState::Waiting);
        let taken = finder.take_over(&found[0].id, BACK, false, clock()).await.unwrap();
        assert_eq!(ended(&taken).await.phase, Phase::Reverted);
        assert_eq!(cluster.template(&apps[0]), template("a0", "v1"));
    });
}

#[test]
fn an_app_is_in_one_unfinished_batch_at_most() {
    run(async {
        let apps: Vec<_> = (0..2).map(|n| key("shop", AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let first = launch(&ana(&cluster, vec![], None), &plan, "b1");
        let second = launch(&ana(&cluster, vec![], None), &plan, "b2");
        let (first, second) = (ended(&first).await, ended(&second).await);
        let refused = [&first, &second].into_iter().filter(|run| run.phase == Phase::Failed).count();
        assert!(refused >= 1, "{first:?} {second:?}");
        for run in [&first, &second].into_iter().filter(|run| run.phase == Phase::Failed) {
            assert!(run.notes[0].contains("unfinished batch"), "{:?}", run.notes);
        }
    });
}

#[test]
fn a_driver_that_was_taken_over_writes_no_more() {
    run(async {
        let apps = [key("shop", AppKind::Deployment, "a")];
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        cluster.edit(&apps[0], |object| object["spec"]["paused"] = serde_json::json!(true));
        let mut lease = cluster.world().leases.values().next().unwrap().clone();
        lease.holder = someone("eve").to_string();
        cluster.put_lease(&lease).unwrap();
        let run = ended(&handle).await;
        assert_eq!(run.phase, Phase::Interrupted);
        assert!(run.notes.iter().any(|note| note.contains("taken over")), "{:?}", run.notes);
        handle.revert(true).await;
        until(&handle, |run| run.notes.iter().any(|note| note.contains("another rolldeck has this batch"))).await;
        assert_eq!(cluster.world().writes.len(), 1);
        assert_eq!(cluster.world().leases.values().next().unwrap().holder, lease.holder, "it is left to its holder");
    });
}

#[test]
fn a_batch_is_found_whole_where_only_one_of_its_namespaces_is_in_view() {
    run(async {
        let apps = [key("qa", AppKind::Deployment, "a"), key("shop", AppKind::Deployment, "b")];
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[1].state, StepState::RollingOut(..))).await;
        handle.kill();
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let found = finder.look(&BTreeSet::from(["shop".into()])).await.unwrap();
        let keys: Vec<_> = found[0].steps.iter().map(|step| step.key.clone()).collect();
        assert_eq!(keys, apps, "a revert takes both back");
    });
}

#[test]
fn a_batch_that_this_very_process_let_go_of_is_judged_by_its_lease() {
    run(async {
        let (app, me) = (key("shop", AppKind::Deployment, "a"), Identity::here());
        let cluster = fleet(std::slice::from_ref(&app));
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        let via = Via::new(&cluster, &me.to_string(), vec![], None);
        let handle = start(via.clone(), &plan, id("b1"), Author::new("me", "me@here"), &me, clock()).unwrap();
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.kill();
        let mut finder = Finder::new(via, me);
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert!(matches!(found[0].holder, Holder::Watching(_)), "{:?}", found[0].holder);
        tokio::time::sleep(Duration::from_secs(16)).await;
        assert_eq!(finder.look(&BTreeSet::new()).await.unwrap()[0].holder, Holder::Gone);
        let taken = finder.take_over(&id("b1"), BACK, false, clock()).await.unwrap();
        assert_eq!(ended(&taken).await.phase, Phase::Reverted);
    });
}

#[test]
fn a_record_that_arrives_after_the_start_was_given_up_holds_nothing_up() {
    run(async {
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        // The lease, the templates, and then the record.
        let handle = launch(&ana(&cluster, vec![Fault::None, Fault::None, Fault::Late], None), &plan, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Failed);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(handle.has_left());
        assert!(!cluster.world().record(&app, "b1").unwrap().unfinished);
        assert_eq!(Finder::new(ben(&cluster), someone("ben")).look(&BTreeSet::new()).await.unwrap(), []);
    });
}
