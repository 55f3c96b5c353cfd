//! Others who write while a batch runs: people, and autoscalers.

use rolldeck_core::batch::{Phase, StepState};

use super::{Field, app, apps, is_rolling, object, state};
use crate::real::{Cluster, Space};

#[test]
fn an_app_that_a_person_edits_in_mid_batch_is_parked_and_the_others_go_on() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "edited");
    let names = ["gateway", "orders", "search"];
    space.apply(&names.map(|name| apps::deployment(name, "v1.0.0", 1)).concat());
    let goals: Vec<_> = names.iter().map(|name| (app(&space, name), "v1.1.0")).collect();
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let field = Field::new(&cluster.kubeconfig);
    let plan = field.release(&goals, |plan| plan.options.width = 1);
    space.kubectl(&["set", "image", "deployment/orders", "orders=registry.local/yun/orders:v1.2.0"]);
    let handle = field.start(&plan);
    let run = field.ended(&handle);
    let StepState::Drifted(why) = state(&run, "orders") else { panic!("{run:#?}") };
    assert!(why.contains("image"), "{why}");
    assert_eq!(*state(&run, "gateway"), StepState::Healthy, "{run:#?}");
    assert_eq!(*state(&run, "search"), StepState::Healthy, "the others go on: {run:#?}");
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    field.leave(handle);
    space.wait_tag("deployment/orders", "v1.2.0");
    space.wait_tag("deployment/gateway", "v1.0.0");
}

#[test]
fn an_app_that_a_person_edits_after_its_change_is_left_as_they_made_it() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "edited-after");
    space.apply(&["gateway", "orders"].map(|name| apps::deployment(name, "v1.0.0", 1)).concat());
    let goals = vec![(app(&space, "gateway"), "v1.1.0"), (app(&space, "orders"), "v1.1.0")];
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let field = Field::new(&cluster.kubeconfig);
    let handle = field.start(&field.release(&goals, |_| ()));
    assert_eq!(field.ended(&handle).phase, Phase::Done);
    space.kubectl(&["set", "image", "deployment/orders", "orders=registry.local/yun/orders:v1.2.0"]);
    let run = field.revert(&handle);
    assert_eq!(*state(&run, "gateway"), StepState::Reverted, "{run:#?}");
    assert!(matches!(state(&run, "orders"), StepState::RevertFailed(_) | StepState::Drifted(_)), "{run:#?}");
    field.leave(handle);
    space.wait_tag("deployment/orders", "v1.2.0");
}

#[test]
fn an_autoscaler_that_scales_in_mid_batch_keeps_its_replicas_through_release_and_revert() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "scales");
    space.apply(&(apps::deployment("gateway", "v1.0.0", 2) + &apps::autoscaler("gateway")));
    space.wait_rolled_out(&["deployment/gateway"]);
    let goals = vec![(app(&space, "gateway"), "v1.1.0")];
    let field = Field::new(&cluster.kubeconfig);
    let handle = field.start(&field.release(&goals, |_| ()));
    field.until(&handle, "it rolls", |run| is_rolling(run, "gateway"));
    space.kubectl(&["patch", "hpa/gateway", "--type=merge", "-p", r#"{"spec":{"minReplicas":3}}"#]);
    let replicas = |wanted: u64| {
        crate::support::until(std::time::Duration::from_secs(90), "the autoscaler's replicas", || {
            let replicas = space.get("deployment/gateway")["spec"]["replicas"].clone();
            if replicas == wanted { Ok(()) } else { Err(replicas.to_string()) }
        });
    };
    replicas(3);
    let run = field.ended(&handle);
    assert_eq!(run.phase, Phase::Done, "{run:#?}");
    space.kubectl(&["patch", "hpa/gateway", "--type=merge", "-p", r#"{"spec":{"minReplicas":4}}"#]);
    replicas(4);
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    field.leave(handle);
    space.wait_tag("deployment/gateway", "v1.0.0");
    assert_eq!(space.get("deployment/gateway")["spec"]["replicas"], 4, "a revert of a release scales nothing");
}
