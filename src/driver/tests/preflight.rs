//! How the preflight asks, and what it makes of answers and refusals.

use std::sync::Arc;

use rolldeck_core::{
    around::Known,
    batch::{
        Change, Check, Intent, Plan, PortError, ProblemKind,
        seen::{Digests, Seen},
    },
    model::{AppKey, AppKind, Pod, Revision},
};
use serde_json::{Value, json};

use super::{
    cluster::Cluster,
    controller::pod,
    faults::Via,
    scene::{checked, fleet, key, planned, release, run, template},
};
use crate::{Report, preflight};

fn orders() -> AppKey {
    key("shop", AppKind::Deployment, "orders")
}

/// Kinds and texts of what was found of a step, in the order of the kinds.
fn found(plan: &Plan, step: usize) -> Vec<(ProblemKind, String)> {
    let problems = plan.steps[step].problems.iter();
    let mut found: Vec<_> = problems.map(|problem| (problem.kind, problem.text.to_string())).collect();
    found.sort();
    found
}

fn of_kind(plan: &Plan, kind: ProblemKind) -> Vec<String> {
    found(plan, 0).into_iter().filter(|(of, _)| *of == kind).map(|(_, text)| text).collect()
}

fn passed(plan: &Plan) -> bool {
    matches!(plan.steps[0].check, Check::Passed { .. })
}

#[test]
fn a_webhook_that_knows_no_dry_run_leaves_the_patch_to_say_what_comes_of_it() {
    run(async {
        let cluster = fleet(&[orders()]);
        let why = "admission webhook \"images.example.org\" does not support dry run";
        cluster.world().no_dry_run = Some(PortError::Refused(why.to_owned()));
        let plan = release(&cluster, &[orders()], "v2").await;
        assert!(passed(&plan), "{:?}", plan.steps[0]);
        assert_eq!(plan.steps[0].images_after()[0].image, "shop/orders:v2".into());
        assert_eq!(
            of_kind(&plan, ProblemKind::Unknown),
            [format!(
                "no dry run could be had ({why}): what the cluster makes of this change shows when it is written"
            )]
        );
    });
}

#[test]
fn a_webhook_that_says_no_blocks_in_its_own_words() {
    run(async {
        let cluster = fleet(&[orders()]);
        let why = "admission webhook \"images.example.org\" denied the request: v2 is not signed";
        cluster.world().no_dry_run = Some(PortError::Refused(why.to_owned()));
        let plan = release(&cluster, &[orders()], "v2").await;
        assert_eq!(plan.steps[0].check, Check::Blocked);
        let said = of_kind(&plan, ProblemKind::DryRun);
        assert_eq!(said, [format!("failed to try the change of {}: refused: {why}", orders())]);
    });
}

#[test]
fn a_server_that_stays_busy_has_not_said_no() {
    run(async {
        let cluster = fleet(&[orders()]);
        cluster.world().no_dry_run = Some(PortError::Busy("too many requests".to_owned(), None));
        let plan = release(&cluster, &[orders()], "v2").await;
        assert!(passed(&plan));
        assert_eq!(of_kind(&plan, ProblemKind::Unknown).len(), 1);
    });
}

#[test]
fn an_app_that_is_gone_is_drift() {
    run(async {
        let cluster = fleet(&[orders()]);
        let plan = planned(&cluster, Intent::Release, &[orders()], |plan| drop(plan.set_tag_all("v2")));
        cluster.world().apps.clear();
        let plan = checked(&cluster, plan).await;
        assert_eq!(plan.steps[0].check, Check::Blocked);
        assert!(of_kind(&plan, ProblemKind::Drift)[0].ends_with("does not exist any more: take it out of the plan"));
    });
}

#[test]
fn what_may_not_be_looked_at_is_unknown_and_blocks_nothing() {
    run(async {
        let cluster = fleet(&[orders()]);
        cluster.world().around.forbidden = vec!["quotas", "budgets", "nodes"];
        let plan = release(&cluster, &[orders()], "v2").await;
        assert!(passed(&plan));
        let unknown = of_kind(&plan, ProblemKind::Unknown);
        for what in ["quotas", "budgets", "nodes"] {
            let why = format!("is not known: not allowed: {what} is forbidden");
            assert_eq!(unknown.iter().filter(|text| text.contains(&why)).count(), 1, "{unknown:?}");
        }
        assert_eq!(unknown.len(), 3);
    });
}

/// A rollback of `orders` to its revision 1, whose template reads a ConfigMap.
fn rollback(cluster: &Cluster) -> Plan {
    let mut to = template("orders", "v0");
    to["spec"]["containers"][0]["envFrom"] = json!([{"configMapRef": {"name": "env"}}]);
    let revision = Revision {
        number: 1,
        name: "orders-1".into(),
        created: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        cause: "".into(),
        images: [].into(),
        live: false,
        replicas: None,
        template: Arc::new(to),
    };
    let mut plan = Plan::new(Intent::Rollback, vec![orders()]);
    let live = Arc::new(cluster.object(&orders()));
    plan.read(&orders(), live, [revision].into(), super::scene::clock().now());
    assert!(matches!(plan.steps[0].change, Some(Change::Template { .. })));
    plan
}

#[test]
fn a_rollback_looks_for_its_revision_and_for_what_its_pods_read() {
    run(async {
        let cluster = fleet(&[orders()]);
        let plan = checked(&cluster, rollback(&cluster)).await;
        let gone = "configmap env is gone and its pods need it: new ones will not start until that exists again";
        assert_eq!(of_kind(&plan, ProblemKind::Config), [gone]);
        cluster.world().around.configs.insert("env".to_owned(), Known::There(None, "".into()));
        let plan = checked(&cluster, rollback(&cluster)).await;
        assert_eq!(of_kind(&plan, ProblemKind::Config), [""; 0]);
        cluster.world().around.pruned.push("orders-1".to_owned());
        let plan = checked(&cluster, rollback(&cluster)).await;
        assert_eq!(plan.steps[0].check, Check::Blocked);
        assert_eq!(of_kind(&plan, ProblemKind::Target).len(), 1);
    });
}

#[test]
fn a_quota_that_is_full_of_configmaps_holds_no_journal() {
    run(async {
        let cluster = fleet(&[orders()]);
        cluster.world().around.quotas = vec![json!({"metadata": {"name": "objects"},
            "status": {"hard": {"count/configmaps": "5"}, "used": {"count/configmaps": "4"}}})];
        let plan = release(&cluster, &[orders()], "v2").await;
        assert_eq!(plan.steps[0].check, Check::Blocked);
        assert!(of_kind(&plan, ProblemKind::Journal)[0].starts_with("the quota objects leaves room for 1"));
    });
}

fn many(count: usize) -> Vec<AppKey> {
    (0..count).map(|n| key(["shop", "pay"][n % 2], AppKind::Deployment, &format!("app-{n}"))).collect()
}

#[test]
fn what_many_apps_share_is_asked_once() {
    run(async {
        let apps = many(40);
        let cluster = fleet(&apps);
        let plan = release(&cluster, &apps, "v2").await;
        assert!(plan.steps.iter().all(|step| matches!(step.check, Check::Passed { .. })));
        let mut asked = cluster.world().around.asked.clone();
        asked.sort();
        assert_eq!(asked, ["budgets pay", "budgets shop", "nodes", "quotas pay", "quotas shop"]);
    });
}

#[test]
fn each_step_tells_how_far_it_is_before_it_tells_what_was_found() {
    run(async {
        let apps = many(3);
        let cluster = fleet(&apps);
        let mut plan = planned(&cluster, Intent::Release, &apps, |plan| drop(plan.set_tag_all("v2")));
        let asked = plan.to_check();
        let (to, mut from) = tokio::sync::mpsc::channel(100);
        preflight(Via::new(&cluster, "preflight", Vec::new(), None), &plan, &asked, to).await;
        let mut reports = Vec::new();
        while let Some(report) = from.recv().await {
            reports.push(report);
        }
        for app in &apps {
            let of_app = reports.iter().filter_map(|report| match report {
                Report::Progress(at) if at.app == *app => Some((at.done, at.of)),
                Report::Checked(found) if found.app == *app => Some((5, 5)),
                _ => None,
            });
            assert_eq!(of_app.collect::<Vec<_>>(), [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
        }
        let Report::Progress(first) = &reports[0] else { panic!("progress comes first") };
        plan.progress(&first.app, first.serial, first.done, first.of);
        assert_eq!(plan.steps.iter().find(|step| step.key == first.app).unwrap().checks, (1, 5));
        plan.progress(&first.app, first.serial + 1, 4, 5);
        assert_eq!(plan.steps.iter().find(|step| step.key == first.app).unwrap().checks, (1, 5));
    });
}

/// The requests of the fake take 10 ms of virtual time each: 500 apps that were asked one after the other would take 5 s and more.
#[test]
fn five_hundred_apps_are_checked_in_less_than_a_second_of_waiting() {
    run(async {
        let apps = many(500);
        let cluster = fleet(&apps);
        let began = tokio::time::Instant::now();
        let plan = release(&cluster, &apps, "v2").await;
        assert_eq!(plan.writes(), 500);
        let waited = began.elapsed();
        assert!(waited.as_millis() < 1000, "{waited:?}");
    });
}

#[test]
fn a_plan_that_was_closed_asks_no_more() {
    run(async {
        let apps = many(100);
        let cluster = fleet(&apps);
        let mut plan = planned(&cluster, Intent::Release, &apps, |plan| drop(plan.set_tag_all("v2")));
        let asked = plan.to_check();
        let (to, from) = tokio::sync::mpsc::channel(1);
        drop(from);
        let limit = std::time::Duration::from_secs(60);
        let ended =
            tokio::time::timeout(limit, preflight(Via::new(&cluster, "p", Vec::new(), None), &plan, &asked, to));
        ended.await.expect("it ends");
    });
}

#[test]
fn a_value_of_a_secret_is_never_asked_for() {
    run(async {
        let cluster = fleet(&[orders()]);
        let mut to: Value = template("orders", "v1");
        to["spec"]["containers"][0]["env"] =
            json!([{"name": "P", "valueFrom": {"secretKeyRef": {"name": "db", "key": "p"}}}]);
        cluster.add(&orders(), to, 3, &json!({}));
        cluster.world().around.forbidden.push("configs");
        let plan = release(&cluster, &[orders()], "v2").await;
        assert_eq!(cluster.world().around.asked.iter().filter(|asked| asked.contains("db")).count(), 1);
        assert!(of_kind(&plan, ProblemKind::Unknown)[0].starts_with("whether its pods find secret db as they need it"));
    });
}

/// A pod of `orders` in this namespace, whose `shop/orders:v2` is the digest of one letter.
fn runs(namespace: &str, digest: &str) -> Pod {
    let mut pod = pod(&key(namespace, AppKind::Deployment, "orders"), "orders-0", "r", true);
    (pod.containers[0].image, pod.containers[0].digest) =
        ("shop/orders:v2".into(), format!("sha256:{}", digest.repeat(64)).into());
    pod
}

#[test]
fn a_tag_that_was_pushed_again_is_told_until_its_digest_is_pinned() {
    run(async {
        let cluster = fleet(&[orders()]);
        let mut plan = planned(&cluster, Intent::Release, &[orders()], |plan| drop(plan.set_tag_all("v2")));
        let digests = Digests::new(&[runs("shop", "a"), runs("qa", "b")], []);
        plan.seen = Some(Arc::new(Seen::default().with_digests(digests)));
        let mut plan = checked(&cluster, plan).await;
        let told = of_kind(&plan, ProblemKind::Repushed);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains("here it ran aaaaaaaaaaaa: pin that digest"), "{told:?}");
        let offer = plan.repushed(&plan.steps[0]).remove(0);
        plan.pin(0, &offer.container, &offer.pin.unwrap()).unwrap();
        let plan = checked(&cluster, plan).await;
        assert_eq!(of_kind(&plan, ProblemKind::Repushed), [""; 0]);
        assert!(passed(&plan));
        assert_eq!(*plan.steps[0].images_after()[0].image, format!("shop/orders:v2@sha256:{}", "a".repeat(64)));
    });
}
