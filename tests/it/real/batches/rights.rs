//! Rights that are taken away while a batch runs.

use rolldeck_core::batch::{Phase, StepState};

use super::{Field, app, apps, is_rolling, object, templates};
use crate::{
    real::{Cluster, Space},
    support::Home,
};

const ACCOUNT: &str = "---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator}
";

const BINDING: &str = "---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: ServiceAccount, name: operator}]
";

#[test]
fn a_batch_whose_rights_are_taken_away_writes_no_more_and_loses_nothing() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "no-rights");
    let names = ["gateway", "orders", "search"];
    space.apply(&(names.map(|name| apps::deployment(name, "v1.0.0", 1)).concat() + ACCOUNT + BINDING));
    let goals: Vec<_> = names.iter().map(|name| (app(&space, name), "v1.1.0")).collect();
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let home = Home::new();
    let mut config = cluster.config();
    let token = space.kubectl(&["create", "token", "operator"]);
    config["users"][0]["user"] = serde_json::json!({ "token": token.trim() });
    config["contexts"][0]["context"]["namespace"] = serde_json::json!(space.name);
    let field = Field::new(&home.file("kubeconfig", &config.to_string()));
    let handle = field.start(&field.release(&goals, |plan| plan.options.width = 1));
    field.until(&handle, "the first rolls", |run| is_rolling(run, "gateway"));
    space.kubectl(&["delete", "rolebinding", "operator"]);
    let run = field.until(&handle, "it is held", |run| matches!(run.phase, Phase::Held(_)));
    let Phase::Held(why) = &run.phase else { panic!("{run:#?}") };
    assert!(why.contains("not allowed") || why.contains("forbidden"), "{why}");
    let held = templates(&space, &goals);
    assert_eq!(held[2], before[2], "nothing is written without the journal: {run:#?}");
    space.apply(BINDING);
    let run = field.ended(&handle);
    let settled =
        |state: &StepState| matches!(state, StepState::Healthy | StepState::Refused(_) | StepState::NotStarted);
    assert!(run.steps.iter().all(|step| settled(&step.state)), "{run:#?}");
    let run = field.revert(&handle);
    assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
}
