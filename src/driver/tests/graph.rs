use std::time::Duration;

use rolldeck_core::batch::{Order, Phase, StepState};

use super::scene::{ana, clock, deployments, ended, fleet, id, launch, release, run, someone, tags, until};
use crate::start;

/// The apps in the order in which they were written.
fn written(cluster: &super::cluster::Cluster) -> Vec<String> {
    cluster.world().writes.iter().map(|(app, _)| app.name.to_string()).collect()
}

#[test]
fn an_app_starts_behind_those_that_it_waits_for_and_goes_back_before_them() {
    run(async {
        let apps = deployments(3);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 3;
        plan.steps[0].after = vec![apps[2].clone()];
        plan.steps[2].after = vec![apps[1].clone()];
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        assert_eq!(written(&cluster), ["a1", "a2", "a0"]);
        assert_eq!(cluster.world().record(&apps[0], "b1").unwrap().steps[0].after_steps, [2]);
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(written(&cluster)[3..], ["a0", "a2", "a1"]);
        handle.leave().await;
    });
}

#[test]
fn apps_that_wait_for_each_other_are_refused_by_name() {
    run(async {
        let apps = deployments(3);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.steps[0].after = vec![apps[2].clone()];
        plan.steps[2].after = vec![apps[0].clone()];
        let author = rolldeck_core::batch::Author::new("ana", "ana@host");
        let started = start(ana(&cluster, vec![], None), &plan, id("b1"), author, &someone("ana"), clock());
        let why = started.err().expect("a ring is refused");
        assert!(why.contains("a0") && why.contains("a2") && !why.contains("a1"), "{why}");
        assert!(cluster.world().maps.is_empty());
    });
}

#[test]
fn an_app_soaks_before_the_next_one_starts() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        (plan.options.width, plan.options.soak) = (1, 60);
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        let run = until(&handle, |run| run.steps[0].soaks.is_some()).await;
        assert_eq!((run.steps[0].state.clone(), run.steps[1].state.clone()), (StepState::Healthy, StepState::Waiting));
        tokio::time::sleep(Duration::from_secs(50)).await;
        assert_eq!(tags(&cluster, &apps), ["v2", "v1"]);
        let run = ended(&handle).await;
        assert_eq!(run.phase, Phase::Done);
        let second = run.steps[1].began.unwrap() - run.steps[0].since;
        assert!(second.num_seconds() >= 60, "{second}");
    });
}

#[test]
fn an_app_that_breaks_while_it_soaks_fails() {
    run(async {
        let apps = deployments(2);
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        (plan.options.width, plan.options.soak) = (1, 60);
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| run.steps[0].soaks.is_some()).await;
        {
            let mut world = cluster.world();
            let pod = world.apps.get_mut(&apps[0]).unwrap().pods.first_mut().unwrap();
            let mut container = pod.containers[0].clone();
            (container.ready, container.restarts) = (false, 9);
            container.state = rolldeck_core::model::ContainerState::Waiting("CrashLoopBackOff".into(), "".into());
            (pod.ready, pod.containers) = (false, [container].into());
            world.touch(&apps[0]);
        }
        let run = ended(&handle).await;
        assert!(matches!(run.steps[0].state, StepState::Failed(_)), "{run:?}");
        assert_eq!(run.steps[1].state, StepState::NotStarted);
        handle.order(Order::Interrupt).await;
    });
}
