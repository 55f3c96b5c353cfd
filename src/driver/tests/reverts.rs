use rolldeck_core::{
    batch::{Phase, StepState},
    model::{AppKey, AppKind},
};
use serde_json::json;

use super::scene::{ana, ended, fleet, key, launch, release, run, states, template, until};

fn pair() -> Vec<AppKey> {
    vec![key("shop", AppKind::Deployment, "a"), key("qa", AppKind::DaemonSet, "b")]
}

#[test]
fn a_revert_restores_every_touched_app_and_a_second_one_changes_nothing() {
    run(async {
        let apps = pair();
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        ended(&handle).await;
        handle.revert(true).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        let writes = cluster.world().writes.len();
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverting || run.notes.len() > 9).await;
        let run = until(&handle, |run| run.phase == Phase::Reverted).await;
        assert!(states(&run).iter().all(|state| *state == StepState::Reverted));
        assert_eq!(cluster.world().writes.len(), writes);
        for app in &apps {
            assert_eq!(cluster.template(app), template(&app.name, "v1"));
        }
    });
}

#[test]
fn a_revert_in_mid_flight_takes_back_what_was_written_and_starts_nothing() {
    run(async {
        let apps: Vec<_> = (0..6).map(|n| key("shop", AppKind::Deployment, &format!("a{n}"))).collect();
        let cluster = fleet(&apps);
        let mut plan = release(&cluster, &apps, "v2").await;
        plan.options.width = 2;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| run.steps[2].state == StepState::Applying).await;
        handle.revert(false).await;
        let run = until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(run.steps[5].state, StepState::NotStarted);
        assert_eq!(run.steps[0].state, StepState::Reverted);
        for app in &apps {
            assert_eq!(cluster.template(app), template(&app.name, "v1"));
        }
    });
}

#[test]
fn what_someone_else_changed_since_is_left_alone() {
    run(async {
        let apps = pair();
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        ended(&handle).await;
        cluster.edit(&apps[0], |object| {
            object["spec"]["template"]["spec"]["containers"][0]["image"] = json!("shop/a:hotfix")
        });
        handle.revert(false).await;
        let run = until(&handle, |run| run.phase == Phase::RevertFailed).await;
        assert!(matches!(&run.steps[0].state, StepState::RevertFailed(why) if why.contains("someone else")));
        assert_eq!(run.steps[1].state, StepState::Reverted);
        assert_eq!(cluster.template(&apps[0])["spec"]["containers"][0]["image"], "shop/a:hotfix");
        assert!(!cluster.world().record(&apps[0], "b1").unwrap().unfinished, "it is theirs now");
    });
}

#[test]
fn a_stateful_set_whose_new_image_crashes_is_reverted_unaided() {
    run(async {
        let app = key("shop", AppKind::StatefulSet, "db");
        let cluster = fleet(std::slice::from_ref(&app));
        cluster.world().crashing.insert("shop/db:v2".into());
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Failed);
        assert!(cluster.world().apps[&app].pods.iter().any(|pod| !pod.ready), "a pod is stuck");
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(cluster.template(&app), template("db", "v1"));
        assert!(cluster.world().apps[&app].pods.iter().all(|pod| pod.ready));
    });
}

#[test]
fn a_scale_that_an_autoscaler_changed_since_is_not_taken_back() {
    run(async {
        use super::scene::{checked, planned};
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        let plan = planned(&cluster, rolldeck_core::batch::Intent::Scale, std::slice::from_ref(&app), |plan| {
            plan.set_replicas(0, 5).unwrap();
        });
        let handle = launch(&ana(&cluster, vec![], None), &checked(&cluster, plan).await, "b1");
        ended(&handle).await;
        cluster.edit(&app, |object| object["spec"]["replicas"] = json!(9));
        handle.revert(false).await;
        let run = until(&handle, |run| run.phase == Phase::RevertFailed).await;
        let told = |why: &str| why.contains("9 replicas now, not the 5");
        assert!(matches!(&run.steps[0].state, StepState::RevertFailed(why) if told(why.as_str())), "{:?}", run.steps);
        assert_eq!(cluster.object(&app)["spec"]["replicas"], 9);
    });
}

#[test]
fn a_pod_of_the_change_that_comes_up_after_the_revert_blocks_it_no_longer() {
    run(async {
        let app = key("shop", AppKind::StatefulSet, "db");
        let cluster = fleet(std::slice::from_ref(&app));
        let plan = release(&cluster, std::slice::from_ref(&app), "v2").await;
        let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.revert(false).await;
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingBack(..))).await;
        {
            let mut world = cluster.world();
            let last = world.apps.get_mut(&app).unwrap().pods.last_mut().unwrap();
            (last.revision, last.uid, last.ready) = ("db-late".into(), "late".into(), false);
            world.touch(&app);
        }
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert!(cluster.world().apps[&app].pods.iter().all(|pod| pod.ready && &*pod.uid != "late"));
    });
}

#[test]
fn what_was_paused_at_0_replicas_is_paused_again() {
    run(async {
        use super::scene::{checked, planned};
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = super::cluster::Cluster::default();
        cluster.add(&app, template("a", "v1"), 0, &json!({"paused": true}));
        let plan = planned(&cluster, rolldeck_core::batch::Intent::Release, std::slice::from_ref(&app), |plan| {
            plan.set_tag(0, None, "v2").unwrap();
            plan.set_resume(0, true);
        });
        let handle = launch(&ana(&cluster, vec![], None), &checked(&cluster, plan).await, "b1");
        assert!(matches!(ended(&handle).await.steps[0].state, StepState::NothingRan(_)));
        assert_ne!(cluster.object(&app)["spec"]["paused"], true);
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(cluster.object(&app)["spec"]["paused"], true);
        assert_eq!(cluster.template(&app), template("a", "v1"));
    });
}
