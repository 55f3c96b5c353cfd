use std::time::Duration;

use rolldeck_core::{
    batch::{Order, Phase, StepState, journal::RecordPhase},
    model::AppKind,
};

use super::{
    faults::Fault,
    scene::{BACK, ana, ben, clock, deployments, ended, fleet, id, key, launch, release, run, someone, tags, until},
};
use crate::Finder;

#[test]
fn a_batch_whose_driver_died_is_gone_on_with_and_nothing_is_written_twice() {
    // Around every write of the driver: lease, journal, patches.
    for dies_at in 0..30 {
        run(async {
            let apps = deployments(3);
            let cluster = fleet(&apps);
            let mut plan = release(&cluster, &apps, "v2").await;
            plan.options.width = 1;
            let via = ana(&cluster, vec![], Some(dies_at));
            let (handle, died) = (launch(&via, &plan, "b1"), via.died.clone());
            tokio::select! {
                () = died.notified() => handle.kill(),
                _ = ended(&handle) => return,
            }
            tokio::time::sleep(Duration::from_secs(20)).await;
            let mut finder = Finder::new(ben(&cluster), someone("ben"));
            if cluster.world().record(&apps[0], "b1").is_none() {
                let why = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.err().unwrap();
                assert!(why.contains("there is no batch b1"), "{why}");
                return assert_eq!(cluster.world().writes, []);
            }
            // Nobody has looked yet: it is found by its name, and its lease watched.
            match finder.take_over(&id("b1"), Order::Proceed, false, clock()).await {
                Ok(taken) => assert_eq!(ended(&taken).await.phase, Phase::Done, "{dies_at}"),
                Err(why) => assert!(why.contains("it is done"), "{why}"),
            }
            assert_eq!(tags(&cluster, &apps), ["v2", "v2", "v2"]);
            assert_eq!(cluster.world().writes.len(), 3, "{dies_at}");
            let cause = cluster.object(&apps[2])["metadata"]["annotations"]["kubernetes.io/change-cause"].clone();
            assert_eq!(cause, "release v2 (rolldeck b1)");
        });
    }
}

#[test]
fn a_stopped_batch_is_gone_on_with_by_another_console_and_an_ended_one_reverted() {
    run(async {
        let apps = deployments(3);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        let handle = launch(
            &ana(&cluster, vec![Fault::None; 4].into_iter().chain([Fault::Forbidden]).collect(), None),
            &plan,
            "b1",
        );
        assert_eq!(ended(&handle).await.phase, Phase::Failed);
        handle.leave().await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let taken = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.unwrap();
        let run = ended(&taken).await;
        assert_eq!(run.phase, Phase::Failed, "what was refused waits to be tried again");
        assert_eq!(tags(&cluster, &apps), ["v1", "v2", "v2"]);
        taken.order(Order::Retry(apps[0].clone())).await;
        until(&taken, |run| run.phase == Phase::Done).await;
        taken.leave().await;
        let mut finder = Finder::new(ana(&cluster, vec![], None), someone("ana"));
        let why = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.err().unwrap();
        assert!(why.contains("it is done"), "{why}");
        let back = finder.take_over(&id("b1"), BACK, false, clock()).await.unwrap();
        assert_eq!(ended(&back).await.phase, Phase::Reverted);
        assert_eq!(tags(&cluster, &apps), ["v1", "v1", "v1"]);
        let record = cluster.world().record(&apps[0], "b1").unwrap();
        assert!(
            record.log.iter().any(|happening| &*happening.text == "taken over from ben@ben-host by ana@ana-host"),
            "{:?}",
            record.log
        );
        assert!(record.ended.is_some() && !record.unfinished);
    });
}

#[test]
fn a_lease_that_is_alive_is_taken_by_force_alone_and_its_driver_never_writes_again() {
    run(async {
        let apps = deployments(6);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        (plan.options.width, plan.options.soak) = (1, 5);
        let first = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&first, |run| run.steps[1].state == StepState::Applying).await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let why = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.err().unwrap();
        assert!(why.contains("ana@ana-host drives batch b1"), "{why}");
        let taken = finder.take_over(&id("b1"), Order::Proceed, true, clock()).await.unwrap();
        let lost = until(&first, |run| run.phase.ended()).await;
        assert_eq!(lost.phase, Phase::Interrupted);
        let before = cluster.world().writes.len();
        assert_eq!(ended(&taken).await.phase, Phase::Done);
        let world = cluster.world();
        assert_eq!(world.writes.len(), 6);
        assert!(world.writes[before..].iter().all(|(_, token)| token.ends_with("/2")), "{:?}", world.writes);
        let log = world.record(&apps[0], "b1").unwrap().log;
        let told = "taken over from ana@ana-host by ben@ben-host before its lease had expired";
        assert!(log.iter().any(|happening| &*happening.text == told), "{log:?}");
    });
}

#[test]
fn a_record_that_cannot_be_read_leaves_its_apps_and_no_others() {
    run(async {
        let apps = [key("qa", AppKind::Deployment, "a"), key("shop", AppKind::Deployment, "b")];
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        ended(&handle).await;
        handle.leave().await;
        for map in cluster.world().maps.values_mut().filter(|map| map.namespace == "qa" && !map.data.is_empty()) {
            map.data.insert("state.json".into(), "{".into());
        }
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let taken = finder.take_over(&id("b1"), BACK, false, clock()).await.unwrap();
        let run = ended(&taken).await;
        assert_eq!(run.phase, Phase::RevertFailed);
        assert!(
            run.notes.iter().any(|note| note.contains("qa/rolldeck-b1-state") && note.contains("stay as they are"))
        );
        assert_eq!(tags(&cluster, &apps), ["v2", "v1"]);
        let names = cluster.world().record(&apps[1], "b1").unwrap().namespaces;
        assert_eq!(names, ["qa", "shop"], "that it has a part in qa is not forgotten");
    });
}

#[test]
fn an_ended_batch_is_not_reverted_under_another_that_has_its_app() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        let first = launch(&ana(&cluster, vec![], None), &release(&cluster, &apps, "v2").await, "b1");
        ended(&first).await;
        let plan = release(&cluster, &apps[..1], "v3").await;
        let second = launch(&ana(&cluster, vec![], None), &plan, "b2");
        until(&second, |run| run.steps[0].state == StepState::Applying).await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let why = finder.take_over(&id("b1"), BACK, false, clock()).await.err().unwrap();
        assert!(why.contains("is in the unfinished batch b2"), "{why}");
        first.revert(false).await;
        until(&first, |run| run.notes.iter().any(|note| note.contains("is in the unfinished batch b2"))).await;
        assert_eq!(ended(&second).await.phase, Phase::Done);
        let record = cluster.world().record(&apps[1], "b1").unwrap();
        assert!(!record.unfinished && record.phase == RecordPhase::Done, "it says what it had said before: {record:?}");
        first.revert(false).await;
        let run = until(&first, |run| run.phase == Phase::RevertFailed).await;
        assert_eq!(run.steps[1].state, StepState::Reverted);
        assert_eq!(tags(&cluster, &apps), ["v3", "v1"]);
    });
}

#[test]
fn a_batch_that_another_console_has_had_since_is_not_driven_from_where_it_ended() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        let first = launch(&ana(&cluster, vec![], None), &release(&cluster, &apps, "v2").await, "b1");
        assert_eq!(ended(&first).await.phase, Phase::Done);
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let taken = finder.take_over(&id("b1"), BACK, false, clock()).await.unwrap();
        assert_eq!(ended(&taken).await.phase, Phase::Reverted);
        taken.leave().await;
        let writes = cluster.world().writes.len();
        first.revert(false).await;
        until(&first, |run| run.notes.iter().any(|note| note.contains("another rolldeck has had this batch since")))
            .await;
        assert_eq!(cluster.world().writes.len(), writes);
        assert!(!cluster.world().record(&apps[0], "b1").unwrap().unfinished);
    });
}

#[test]
fn an_app_that_waits_for_one_whose_record_cannot_be_read_does_not_start() {
    run(async {
        let apps = [
            key("qa", AppKind::Deployment, "a"),
            key("shop", AppKind::Deployment, "b"),
            key("shop", AppKind::Deployment, "c"),
        ];
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 1;
        plan.steps[2].after = vec![apps[0].clone()];
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.leave().await;
        for map in cluster.world().maps.values_mut().filter(|map| map.namespace == "qa" && !map.data.is_empty()) {
            map.data.insert("state.json".into(), "{".into());
        }
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let taken = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.unwrap();
        let run = ended(&taken).await;
        assert_eq!((run.phase, tags(&cluster, &apps)), (Phase::Failed, ["v2", "v2", "v1"].map(str::to_owned).to_vec()));
    });
}
