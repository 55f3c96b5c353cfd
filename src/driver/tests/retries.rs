//! Another try of what crashed, and what another driver knows of it.

use std::{collections::BTreeSet, time::Duration};

use rolldeck_core::{
    batch::{Order, StepState},
    model::{AppKey, AppKind},
};

use super::{
    cluster::Cluster,
    scene::{ana, ben, clock, deployments, ended, fleet, id, key, launch, release, run, someone, until},
};
use crate::Finder;

/// Restarts of a crashing pod of the toy cluster as it is made.
const CRASHED: u32 = 9;

/// Has the pods that crash restarted so many times.
fn restarted(cluster: &Cluster, app: &AppKey, times: u32) {
    let mut world = cluster.world();
    for pod in world.apps.get_mut(app).unwrap().pods.iter_mut().filter(|pod| !pod.ready) {
        pod.containers.iter_mut().for_each(|container| container.restarts = times);
    }
    world.touch(app);
}

fn rolls(state: &StepState) -> bool {
    matches!(state, StepState::RollingOut(..))
}

#[test]
fn what_crashed_and_is_tried_again_may_restart_as_often_as_before_and_another_driver_knows() {
    for taken_over in [false, true] {
        run(async {
            let app = key("shop", AppKind::Deployment, "a");
            let cluster = fleet(std::slice::from_ref(&app));
            cluster.world().crashing.insert("shop/a:v2".to_owned());
            let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
            let allowed = plan.options.max_restarts;
            assert!(allowed > 1 && allowed < CRASHED);
            let mut handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
            let failed = ended(&handle).await;
            assert!(matches!(&failed.steps[0].state, StepState::Failed(why) if why.contains("CrashLoopBackOff")));
            handle.order(Order::Retry(app.clone())).await;
            until(&handle, |run| rolls(&run.steps[0].state)).await;
            if taken_over {
                handle.leave().await;
                let mut finder = Finder::new(ben(&cluster), someone("ben"));
                finder.look(&BTreeSet::new()).await.unwrap();
                handle = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.unwrap();
                until(&handle, |run| rolls(&run.steps[0].state)).await;
            }
            restarted(&cluster, &app, CRASHED + allowed - 1);
            tokio::time::sleep(Duration::from_secs(60)).await;
            let state = handle.runs().borrow().steps[0].state.clone();
            assert!(rolls(&state), "{state:?}");
            restarted(&cluster, &app, CRASHED + allowed);
            let failed = ended(&handle).await;
            assert!(matches!(failed.steps[0].state, StepState::Failed(_)), "{failed:?}");
        });
    }
}

#[test]
fn what_failed_under_another_driver_is_tried_again_although_its_pods_were_not_seen_yet() {
    run(async {
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        cluster.world().crashing.insert("shop/a:v2".to_owned());
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        let first = launch(&ana(&cluster, vec![], None), &plan, "b1");
        ended(&first).await;
        first.leave().await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let taken = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.unwrap();
        taken.order(Order::Retry(app.clone())).await;
        until(&taken, |run| rolls(&run.steps[0].state)).await;
        tokio::time::sleep(Duration::from_secs(60)).await;
        let state = taken.runs().borrow().steps[0].state.clone();
        assert!(rolls(&state), "{state:?}");
        let note = cluster.world().record(&app, "b1").unwrap().steps[0].clone();
        assert_eq!(note.forgiven.into_values().collect::<Vec<_>>(), [CRASHED]);
    });
}

#[test]
fn how_long_an_app_is_expected_to_take_and_since_when_it_does_is_known_after_a_takeover() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        cluster.world().crashing.insert("shop/a0:v2".to_owned());
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.max_restarts = 100;
        plan.steps[0].expected = Some(47);
        let first = launch(&ana(&cluster, vec![], None), &plan, "b1");
        let rolling = until(&first, |run| rolls(&run.steps[0].state)).await;
        tokio::time::sleep(Duration::from_secs(20)).await;
        first.leave().await;
        let mut finder = Finder::new(ben(&cluster), someone("ben"));
        let taken = finder.take_over(&id("b1"), Order::Proceed, false, clock()).await.unwrap();
        let run = until(&taken, |run| rolls(&run.steps[0].state)).await;
        assert_eq!((run.steps[0].expected, run.steps[1].expected), (Some(47), None));
        assert!(run.steps[0].began.unwrap() - rolling.steps[0].began.unwrap() < chrono::Duration::seconds(10));
    });
}
