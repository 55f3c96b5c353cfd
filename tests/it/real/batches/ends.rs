//! How batches end, and how they are taken back.

use rolldeck_core::batch::{OnFailure, Phase, StepState};

use super::{Field, app, apps, object, six, state, templates};
use crate::real::{Cluster, Space};

#[test]
fn six_apps_of_which_one_crashes_stop_before_the_rest_and_are_taken_back() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "one-crashes");
    space.apply(&apps::six("v1.0.0"));
    let mut goals = six(&space, "v1.1.0");
    goals[1].1 = "v2.0.0-bad";
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let handle = field.start(&field.release(&goals, |plan| plan.options.width = 1));
    let run = field.ended(&handle);
    assert_eq!(run.phase, Phase::Failed, "{run:#?}");
    let StepState::Failed(why) = state(&run, "orders") else { panic!("{run:#?}") };
    assert!(["CrashLoopBackOff", "Error", "restart", "exit"].iter().any(|word| why.contains(word)), "{why}");
    assert_eq!(*state(&run, "gateway"), StepState::Healthy);
    for name in ["dispatch", "payment", "search", "user"] {
        assert_eq!(*state(&run, name), StepState::NotStarted, "{run:#?}");
        space.wait_tag(&format!("deployment/{name}"), "v1.0.0");
    }
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before, "exactly the templates from before");
    goals.iter().for_each(|(app, _)| space.wait_tag(&object(app), "v1.0.0"));
}

#[test]
fn a_batch_that_reverts_upon_failure_brings_every_app_back_unasked() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "reverts-itself");
    let names = ["gateway", "orders"];
    space.apply(&names.map(|name| apps::deployment(name, "v1.0.0", 1)).concat());
    let goals = vec![(app(&space, "gateway"), "v1.1.0"), (app(&space, "orders"), "v2.0.0-bad")];
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let plan = field.release(&goals, |plan| (plan.options.width, plan.options.on_failure) = (1, OnFailure::Revert));
    let handle = field.start(&plan);
    let run = field.until(&handle, "it is taken back", |run| run.phase == Phase::Reverted);
    assert!(run.steps.iter().all(|step| step.state == StepState::Reverted), "{run:#?}");
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
}

#[test]
fn a_batch_is_reverted_by_its_journal_after_its_replica_sets_were_pruned() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "pruned");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let goals = vec![(app(&space, "gateway"), "v1.1.0")];
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let handle = field.start(&field.release(&goals, |_| ()));
    assert_eq!(field.ended(&handle).phase, Phase::Done);
    space.kubectl(&["patch", "deployment/gateway", "--type=merge", "-p", r#"{"spec":{"revisionHistoryLimit":0}}"#]);
    crate::support::until(std::time::Duration::from_secs(60), "the old ReplicaSet is pruned", || {
        let sets = space.kubectl(&["get", "replicasets", "-o", "name"]);
        if sets.lines().count() == 1 { Ok(()) } else { Err(sets) }
    });
    assert!(
        cluster.try_kubectl(&["-n", &space.name, "rollout", "undo", "deployment/gateway"], "").is_err(),
        "kubectl has nothing to go back to"
    );
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
    space.wait_tag("deployment/gateway", "v1.0.0");
}
