//! Changes of an autoscaler's bounds, and of a Deployment's pause.

use std::sync::Arc;

use rolldeck_core::{
    batch::{Bounds, Intent, Phase, Plan, StepState},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};

use super::{
    autoscaler,
    cluster::Cluster,
    scene::{ana, checked, ended, fleet, key, launch, planned, run, take_over, template, until},
};

async fn bounded(cluster: &Cluster, app: &AppKey, min: u32, max: u32) -> Plan {
    let plan = planned(cluster, Intent::Bounds, std::slice::from_ref(app), |plan| {
        plan.steps[0].hpa = app.name.clone();
        plan.steps[0].autoscaler = Some(Arc::new(cluster.read(&autoscaler::of(app)).unwrap()));
        plan.set_bounds(0, Bounds { min, max }).unwrap();
    });
    checked(cluster, plan).await
}

fn spec(cluster: &Cluster, app: &AppKey) -> Value {
    cluster.read(&autoscaler::of(app)).unwrap()["spec"].clone()
}

#[test]
fn bounds_are_written_to_the_autoscaler_followed_by_the_app_and_taken_back_to_the_letter() {
    for min in [Some(2), None] {
        run(async {
            let app = key("shop", AppKind::Deployment, "a");
            let cluster = fleet(std::slice::from_ref(&app));
            autoscaler::add(&cluster, &app, min, 4);
            let before = spec(&cluster, &app);
            let plan = bounded(&cluster, &app, 5, 9).await;
            let handle = launch(&ana(&cluster, vec![], None), &plan, "b1");
            let run = until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
            assert_ne!(run.phase, Phase::Done);
            assert_eq!(ended(&handle).await.phase, Phase::Done);
            assert_eq!(cluster.object(&app)["spec"]["replicas"], 5, "done only once the app has followed");
            assert_eq!(cluster.world().record(&app, "b1").unwrap().steps[0].hpa, "a".into());
            handle.revert(false).await;
            until(&handle, |run| run.phase == Phase::Reverted).await;
            assert_eq!(spec(&cluster, &app), before, "absent stays absent");
            assert_eq!(cluster.template(&app), template("a", "v1"));
        });
    }
}

#[test]
fn bounds_of_an_app_at_0_replicas_are_accepted_and_the_autoscaler_is_said_to_be_stopped() {
    run(async {
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = Cluster::default();
        cluster.add(&app, template("a", "v1"), 0, &json!({}));
        autoscaler::add(&cluster, &app, Some(2), 4);
        let plan = bounded(&cluster, &app, 3, 9).await;
        let run = ended(&launch(&ana(&cluster, vec![], None), &plan, "b1")).await;
        assert!(matches!(&run.steps[0].state, StepState::NothingRan(why) if why.contains("stopped")), "{run:?}");
        assert_eq!(run.phase, Phase::Done);
    });
}

#[test]
fn bounds_that_someone_changed_since_are_left_alone_and_those_of_a_dead_driver_taken_back() {
    run(async {
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        autoscaler::add(&cluster, &app, Some(2), 4);
        let before = spec(&cluster, &app);
        let handle = launch(&ana(&cluster, vec![], None), &bounded(&cluster, &app, 5, 9).await, "b1");
        until(&handle, |run| matches!(run.steps[0].state, StepState::RollingOut(..))).await;
        handle.kill();
        let taken = take_over(&cluster).await.unwrap();
        assert_eq!(ended(&taken).await.phase, Phase::Reverted);
        assert_eq!(spec(&cluster, &app), before);

        let handle = launch(&ana(&cluster, vec![], None), &bounded(&cluster, &app, 6, 9).await, "b2");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        cluster.world().autoscalers.get_mut(&autoscaler::of(&app)).unwrap().1["spec"]["maxReplicas"] = json!(20);
        handle.revert(false).await;
        let run = until(&handle, |run| run.phase == Phase::RevertFailed).await;
        let told = |why: &str| why.contains("6–20 replicas now, not the 6–9");
        assert!(matches!(&run.steps[0].state, StepState::RevertFailed(why) if told(why)), "{run:?}");
        assert_eq!(spec(&cluster, &app)["maxReplicas"], 20);
    });
}

#[test]
fn a_deployment_is_paused_and_resumed_and_each_is_taken_back() {
    for intent in [Intent::Pause, Intent::Resume] {
        run(async {
            let app = key("shop", AppKind::Deployment, "a");
            let cluster = Cluster::default();
            let paused = intent == Intent::Resume;
            let extra = if paused { json!({"paused": true}) } else { json!({}) };
            cluster.add(&app, template("a", "v1"), 3, &extra);
            if paused {
                cluster.edit(&app, |object| object["spec"]["template"] = template("a", "v2"));
            }
            let plan = planned(&cluster, intent, std::slice::from_ref(&app), |_| {});
            let handle = launch(&ana(&cluster, vec![], None), &checked(&cluster, plan).await, "b1");
            let run = ended(&handle).await;
            assert_eq!((run.phase, run.steps[0].state.clone()), (Phase::Done, StepState::Healthy));
            let is_paused = || cluster.object(&app)["spec"]["paused"] == true;
            assert_eq!(is_paused(), !paused);
            if paused {
                assert!(cluster.world().apps[&app].pods.iter().all(|pod| pod.ready), "what waited has rolled out");
            }
            handle.revert(false).await;
            until(&handle, |run| run.phase == Phase::Reverted).await;
            assert_eq!(is_paused(), paused);
        });
    }
}
