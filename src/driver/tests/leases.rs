use std::{collections::BTreeSet, time::Duration};

use rolldeck_core::{
    batch::{Holder, Phase, StepState},
    model::AppKind,
};

use super::scene::{ana, ben, clock, ended, fleet, key, launch, release, run, someone, take_over, template, until};
use crate::Finder;

#[test]
fn a_driver_that_is_alive_is_not_taken_over() {
    run(async {
        let apps: Vec<_> = (0..9).map(|n| key("shop", AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.width = 1;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| run.steps[0].state == StepState::Applying).await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert!(matches!(found[0].holder, Holder::Watching(1..=15)), "{:?}", found[0].holder);
        assert!(finder.take_over(&found[0].id, true, clock()).await.is_err());
        tokio::time::sleep(Duration::from_secs(5)).await;
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert_eq!(found[0].holder, Holder::Alive("ana@ana-host".into()));
        assert!(finder.take_over(&found[0].id, true, clock()).await.is_err());
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
        plan.width = 1;
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
        plan.width = 1;
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
        let taken = finder.take_over(&found[0].id, true, clock()).await.unwrap();
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
