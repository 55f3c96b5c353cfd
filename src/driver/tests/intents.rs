use std::sync::Arc;

use rolldeck_core::{
    batch::{Change, Intent, Phase, Plan},
    model::{AppKind, Revision},
};
use serde_json::{Value, json};

use super::scene::{ana, checked, ended, fleet, key, launch, planned, release, run, until};

#[test]
fn a_scale_is_taken_back_to_the_count_and_nothing_else() {
    run(async {
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        let plan =
            planned(&cluster, Intent::Scale, std::slice::from_ref(&app), |plan| plan.set_replicas(0, 5).unwrap());
        assert!(matches!(plan.steps[0].change, Some(Change::Scale(5))));
        let handle = launch(&ana(&cluster, vec![], None), &checked(&cluster, plan).await, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        assert_eq!(cluster.object(&app)["spec"]["replicas"], 5);
        cluster.edit(&app, |object| object["spec"]["template"]["metadata"]["labels"]["mine"] = json!("yes"));
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(cluster.object(&app)["spec"]["replicas"], 3);
        assert_eq!(cluster.template(&app)["metadata"]["labels"]["mine"], "yes", "a scale has no say in templates");
    });
}

#[test]
fn a_rollback_restores_the_revision_with_its_cause_and_its_revert_the_release() {
    run(async {
        let app = key("shop", AppKind::Deployment, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        let old = cluster.template(&app);
        let handle =
            launch(&ana(&cluster, vec![], None), &release(&cluster, std::slice::from_ref(&app), "v2").await, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        let new = cluster.template(&app);
        let revision = |number, template: &Value, cause: &str| Revision {
            number,
            name: format!("a-{number}").into(),
            created: None,
            cause: cause.into(),
            images: rolldeck_core::batch::template::images(template).into(),
            live: *template == new,
            replicas: None,
            template: Arc::new(template.clone()),
        };
        let history: Arc<[Revision]> = Arc::from([revision(2, &new, ""), revision(1, &old, "the first")]);
        let mut plan = Plan::new(Intent::Rollback, vec![app.clone()]);
        plan.read(&app, Arc::new(cluster.object(&app)), history, "2026-11-22T14:05:01Z".parse().unwrap());
        let handle = launch(&ana(&cluster, vec![], None), &checked(&cluster, plan).await, "b2");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        assert_eq!(cluster.template(&app), old);
        assert_eq!(cluster.object(&app)["metadata"]["annotations"]["kubernetes.io/change-cause"], "the first");
        handle.revert(true).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(cluster.template(&app), new);
        assert_eq!(cluster.object(&app)["spec"]["replicas"], 3);
    });
}

#[test]
fn a_restart_rolls_the_same_images_and_is_taken_back_to_the_letter() {
    run(async {
        let app = key("shop", AppKind::StatefulSet, "a");
        let cluster = fleet(std::slice::from_ref(&app));
        let before = cluster.template(&app);
        let plan = planned(&cluster, Intent::Restart, std::slice::from_ref(&app), |_| {});
        let handle = launch(&ana(&cluster, vec![], None), &checked(&cluster, plan).await, "b1");
        assert_eq!(ended(&handle).await.phase, Phase::Done);
        let after = cluster.template(&app);
        assert!(after["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"].is_string(), "{after}");
        assert_eq!(after["spec"], before["spec"]);
        handle.revert(false).await;
        until(&handle, |run| run.phase == Phase::Reverted).await;
        assert_eq!(cluster.template(&app), before);
    });
}
