use rstest::rstest;
use serde_json::json;

use super::*;

fn key(kind: AppKind, name: &str) -> AppKey {
    AppKey { namespace: "shop".into(), name: name.into(), kind }
}

fn now() -> Time {
    "2026-11-22T14:05:01.5Z".parse().unwrap()
}

fn template(images: &[(&str, &str)], restarted: Option<&str>) -> Value {
    let containers: Vec<_> = images.iter().map(|(name, image)| json!({"name": name, "image": image})).collect();
    let mut template = json!({"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers}});
    if let Some(at) = restarted {
        template["metadata"]["annotations"] = json!({"kubectl.kubernetes.io/restartedAt": at});
    }
    template
}

fn object(template: &Value) -> Value {
    json!({"metadata": {"uid": "u1", "generation": 4}, "spec": {"replicas": 3, "template": template},
        "status": {"observedGeneration": 4, "updatedReplicas": 3}})
}

fn revision(number: i64, template: &Value, live: bool) -> Revision {
    Revision {
        number,
        name: format!("orders-{number}").into(),
        created: None,
        cause: format!("release {number}").into(),
        images: [].into(),
        live,
        replicas: None,
        template: Arc::new(template.clone()),
    }
}

fn plan_of(intent: Intent, live: &Value, revisions: &[Revision]) -> Plan {
    let app = key(AppKind::Deployment, "orders");
    let mut plan = Plan::new(intent, vec![app.clone()]);
    plan.read(&app, Arc::new(live.clone()), revisions.into(), now());
    plan
}

fn release(images: &[(&str, &str)], tag: &str) -> Plan {
    let mut plan = plan_of(Intent::Release, &object(&template(images, None)), &[]);
    plan.set_tag(0, None, tag).unwrap();
    plan
}

fn after(plan: &Plan) -> Vec<String> {
    plan.steps[0].images_after().iter().map(|image| image.image.to_string()).collect()
}

fn pass(plan: &mut Plan) {
    for (nth, serial) in plan.to_check() {
        let step = &plan.steps[nth];
        let mut object = (**step.live.as_ref().unwrap()).clone();
        match step.change.as_ref().unwrap() {
            Change::Scale(n) => object["spec"]["replicas"] = json!(n),
            change => object["spec"]["template"] = super::super::patch::template_after(&object, change).unwrap(),
        }
        let key = step.key.clone();
        plan.checked(&key, serial, Some(Arc::new(object)), Vec::new());
    }
}

#[test]
fn a_release_is_incomplete_until_a_tag_is_typed_and_ready_once_checked() {
    let mut plan = plan_of(Intent::Release, &object(&template(&[("main", "shop/orders:v1")], None)), &[]);
    assert_eq!(plan.steps[0].check, Check::Incomplete("type a tag".into()));
    assert_eq!(plan.to_check(), []);
    plan.set_tag(0, None, "v2").unwrap();
    assert!(plan.ready().is_err());
    pass(&mut plan);
    assert_eq!((plan.ready(), plan.writes()), (Ok(()), 1));
    assert_eq!((&*plan.steps[0].before(), &*plan.steps[0].after()), ("v1", "v2"));
}

#[rstest]
#[case(&[("main", "r/shop/orders:v1"), ("log", "log:v3")], &["r/shop/orders:v2", "log:v3"])]
#[case(&[("log", "log:v3"), ("main", "r/orders:v1"), ("jobs", "r/orders:v1")], &["log:v3", "r/orders:v2", "r/orders:v2"])]
#[case(&[("main", "r/monolith:v1"), ("log", "log:v3"), ("jobs", "r/monolith:v0")], &["r/monolith:v2", "log:v3", "r/monolith:v2"])]
fn a_tag_reaches_the_containers_of_the_apps_own_repository(#[case] images: &[(&str, &str)], #[case] becomes: &[&str]) {
    assert_eq!(after(&release(images, "v2")), becomes);
}

#[test]
fn a_named_container_gets_its_own_tag_beside_the_others() {
    let mut plan = release(&[("main", "orders:v1"), ("log", "log:v3")], "v2");
    plan.set_tag(0, Some("log"), "v4").unwrap();
    assert_eq!(after(&plan), ["orders:v2", "log:v4"]);
    assert_eq!(&*plan.steps[0].after(), "main=v2 log=v4");
    let error = plan.set_tag(0, Some("nope"), "v4").unwrap_err();
    assert!(error.contains("main, log"), "{error}");
}

#[test]
fn a_bad_tag_is_refused_and_leaves_the_step_as_it_was() {
    let mut plan = release(&[("main", "orders:v1")], "v2");
    let errors = plan.set_tag_all("v 3");
    assert!(errors[0].1.contains("no tag"), "{errors:?}");
    assert_eq!(after(&plan), ["orders:v2"]);
}

#[test]
fn the_tag_that_runs_already_changes_nothing() {
    let plan = release(&[("main", "orders:v1")], "v1");
    assert_eq!(plan.steps[0].check, Check::NoChange);
    assert!(plan.ready().unwrap_err().contains("already so"));
}

#[test]
fn an_edit_makes_the_older_answer_void() {
    let mut plan = release(&[("main", "orders:v1")], "v2");
    let (_, old) = plan.to_check()[0];
    plan.set_tag(0, None, "v3").unwrap();
    let app = plan.steps[0].key.clone();
    plan.checked(&app, old, None, vec![Problem::error(ProblemKind::Other, "no")]);
    assert_eq!(plan.steps[0].check, Check::Checking);
    assert_eq!(plan.to_check().len(), 1);
    assert_eq!(plan.to_check().len(), 0, "asked once");
}

#[test]
fn a_rollback_goes_past_restarts_and_says_so() {
    let (old, now) = (template(&[("main", "orders:v1")], None), template(&[("main", "orders:v2")], Some("t2")));
    let restart = template(&[("main", "orders:v2")], Some("t1"));
    let mut env = template(&[("main", "orders:v2")], Some("t2"));
    env["spec"]["containers"][0]["env"] = json!([{"name": "A", "value": "1"}]);
    let all =
        [revision(9, &now, true), revision(8, &env, false), revision(7, &restart, false), revision(5, &old, false)];
    let mut plan = plan_of(Intent::Rollback, &object(&now), &all);
    let step = &plan.steps[0];
    let skipped: Vec<_> = step.skipped.iter().map(|s| (s.revision, s.why.to_string())).collect();
    assert_eq!(skipped, [(8, "same images (env)".to_owned()), (7, "same images (restart)".to_owned())]);
    assert_eq!((&*step.before(), &*step.after()), ("rev 9 v2", "rev 5 v1"));
    plan.pick_previous(0).unwrap();
    assert_eq!(&*plan.steps[0].after(), "rev 8 v2");
    plan.pick_revision(0, 7).unwrap();
    assert_eq!(&*plan.steps[0].after(), "rev 7 v2");
    assert!(plan.pick_revision(0, 6).is_err());
}

#[test]
fn a_rollback_without_an_earlier_revision_is_blocked_with_a_sentence() {
    let now = template(&[("main", "orders:v1")], None);
    let plan = plan_of(Intent::Rollback, &object(&now), &[revision(1, &now, true)]);
    assert_eq!(plan.steps[0].check, Check::Blocked);
    assert!(plan.ready().unwrap_err().contains("no earlier revision"));
}

#[test]
fn a_rollback_where_only_restarts_lie_behind_asks() {
    let (now, restart) = (template(&[("main", "a:v1")], Some("t2")), template(&[("main", "a:v1")], Some("t1")));
    let plan = plan_of(Intent::Rollback, &object(&now), &[revision(2, &now, true), revision(1, &restart, false)]);
    assert!(matches!(&plan.steps[0].check, Check::Incomplete(what) if what.contains("very previous")));
}

#[test]
fn a_paused_app_asks_before_it_is_changed() {
    let mut live = object(&template(&[("main", "orders:v1")], None));
    live["spec"]["paused"] = json!(true);
    let mut plan = plan_of(Intent::Release, &live, &[]);
    plan.set_tag(0, None, "v2").unwrap();
    assert!(matches!(&plan.steps[0].check, Check::Incomplete(what) if what.contains("paused")));
    plan.set_resume(0, false);
    assert_eq!(plan.steps[0].check, Check::Checking);
    assert!(plan.steps[0].problems.iter().any(|p| !p.blocks() && p.text.contains("stays paused")));
}

#[test]
fn a_daemon_set_is_not_scaled_and_an_autoscaler_is_named() {
    let app = key(AppKind::DaemonSet, "agent");
    let mut plan = Plan::new(Intent::Scale, vec![app.clone()]);
    plan.read(&app, Arc::new(object(&template(&[("main", "a:v1")], None))), [].into(), now());
    assert_eq!(plan.steps[0].check, Check::Blocked);
    let mut plan = plan_of(Intent::Scale, &object(&template(&[("main", "a:v1")], None)), &[]);
    plan.set_replicas(0, 5).unwrap();
    plan.autoscaled(&key(AppKind::Deployment, "orders"), &"orders-hpa".into());
    assert!(plan.steps[0].problems[0].text.contains("orders-hpa"));
    assert_eq!((&*plan.steps[0].before(), &*plan.steps[0].after()), ("3 replicas", "5 replicas"));
}

#[rstest]
#[case(json!({"annotations": {"argocd.argoproj.io/tracking-id": "x"}}), Some("Argo CD"))]
#[case(json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "apps"}}), Some("Flux kustomization apps"))]
#[case(json!({"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": {"meta.helm.sh/release-name": "s"}}), Some("Helm release s"))]
#[case(json!({"ownerReferences": [{"kind": "Rollout", "name": "r", "controller": true}]}), Some("Rollout r"))]
#[case(json!({}), None)]
fn whoever_else_manages_an_app_is_named(#[case] metadata: Value, #[case] by: Option<&str>) {
    assert_eq!(super::super::findings::managed_by(&json!({"metadata": metadata})).as_deref(), by);
}

#[test]
fn a_stateful_set_lists_that_stuck_pods_are_deleted() {
    let app = key(AppKind::StatefulSet, "db");
    let mut plan = Plan::new(Intent::Restart, vec![app.clone()]);
    let live = json!({"metadata": {"uid": "u"}, "spec": {"template": template(&[("main", "db:v1")], None)}});
    plan.read(&app, Arc::new(live), [].into(), now());
    assert_eq!(plan.steps[0].change, Some(Change::Restart("2026-11-22T14:05:01Z".into())));
    assert!(plan.steps[0].problems.iter().any(|p| p.text.contains("OrderedReady")));
}

#[test]
fn a_change_that_admission_takes_back_is_blocked() {
    let mut plan = release(&[("main", "orders:v1")], "v2");
    let (_, serial) = plan.to_check()[0];
    let (app, live) = (plan.steps[0].key.clone(), plan.steps[0].live.clone());
    plan.checked(&app, serial, live, Vec::new());
    assert!(plan.ready().unwrap_err().contains("admission"));
}

#[test]
fn the_diff_shows_what_changes() {
    let plan = release(&[("main", "orders:v1")], "v2");
    let lines: Vec<_> = plan.steps[0].diff().iter().map(ToString::to_string).collect();
    assert!(lines.iter().any(|line| line.starts_with('-') && line.contains("orders:v1")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with('+') && line.contains("orders:v2")), "{lines:#?}");
}
