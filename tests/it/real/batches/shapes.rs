//! Apps of other shapes.

use rolldeck_core::{
    batch::{Intent, Phase, StepState},
    model::AppKind,
};

use super::{Field, app, apps, object, state, templates};
use crate::{
    hand,
    real::{Cluster, Space},
};

#[test]
fn a_stateful_set_that_crashes_and_a_daemon_set_are_taken_back_together() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "kinds");
    space.apply(&(apps::stateful_set("ledger", "v1.0.0", 2) + &apps::daemon_set("agent", "v1.0.0")));
    let goals = vec![
        (hand::key(&space.name, AppKind::DaemonSet, "agent"), "v1.1.0"),
        (hand::key(&space.name, AppKind::StatefulSet, "ledger"), "v2.0.0-bad"),
    ];
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let handle = field.start(&field.release(&goals, |_| ()));
    let run = field.ended(&handle);
    assert!(matches!(state(&run, "ledger"), StepState::Failed(_)), "{run:#?}");
    assert_eq!(*state(&run, "agent"), StepState::Healthy, "{run:#?}");
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
    goals.iter().for_each(|(app, _)| space.wait_tag(&object(app), "v1.0.0"));
}

/// A Deployment of two containers and an init container, each of its own image.
const THREE: &str = "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: gateway}
spec:
  selector: {matchLabels: {app: gateway}}
  template:
    metadata: {labels: {app: gateway}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 1
      initContainers:
      - {name: prepare, image: 'registry.local/yun/user:v1.0.0', imagePullPolicy: Never, command: [/bin/true]}
      containers:
      - {name: gateway, image: 'registry.local/yun/gateway:v1.0.0', imagePullPolicy: Never}
      - {name: beside, image: 'registry.local/yun/search:v1.0.0', imagePullPolicy: Never, command: [/bin/sleep, '100000']}
";

#[test]
fn of_two_containers_and_an_init_container_only_the_chosen_change() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "containers");
    space.apply(THREE);
    space.wait_rolled_out(&["deployment/gateway"]);
    let goals = vec![(app(&space, "gateway"), "")];
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let keys = [goals[0].0.clone()];
    let plan = field.runtime.block_on(async {
        let plan = hand::planned(&field.cluster, &field.port, Intent::Release, &keys, |plan| {
            plan.set_tag(0, Some("beside"), "v1.1.0").expect("a container");
            plan.set_tag(0, Some("prepare"), "v1.2.0").expect("an init container");
        });
        hand::checked(&field.port, plan.await).await
    });
    let handle = field.start(&plan);
    let run = field.ended(&handle);
    assert_eq!(run.phase, Phase::Done, "{run:#?}");
    let spec = space.template("deployment/gateway")["spec"].clone();
    let images = [&spec["containers"][0], &spec["containers"][1], &spec["initContainers"][0]];
    let images =
        images.map(|container| container["image"].as_str().unwrap_or_default().rsplit(':').next().unwrap().to_owned());
    assert_eq!(images, ["v1.0.0", "v1.1.0", "v1.2.0"]);
    assert_eq!(field.revert(&handle).phase, Phase::Reverted);
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
}
