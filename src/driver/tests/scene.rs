//! What the tests share: a fleet, a plan that passed its preflight, and waiting for a condition.

use std::{collections::BTreeSet, future::Future, sync::Arc, time::Duration};

use rolldeck_core::{
    Time,
    batch::{Author, BatchId, Holder, Intent, Order, Phase, Plan, Run, StepState},
    model::{AppKey, AppKind},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    cluster::Cluster,
    faults::{Fault, Via},
};
use crate::{Clock, Finder, Handle, Identity, check_all, start};

/// Runs a test in virtual time.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(test)
}

pub fn clock() -> Clock {
    let began = Instant::now();
    let start: Time = "2026-11-22T14:05:01Z".parse().unwrap();
    Clock::new(move || start + chrono::Duration::from_std(began.elapsed()).unwrap())
}

/// A driver of a host of its own.
pub fn someone(name: &str) -> Identity {
    Identity { who: format!("{name}@{name}-host"), pid: 1, started: 1, world: name.to_owned() }
}

pub fn key(namespace: &str, kind: AppKind, name: &str) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind }
}

pub fn template(name: &str, tag: &str) -> Value {
    json!({"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "image": format!("shop/{name}:{tag}")}]}})
}

/// A cluster with these apps at v1, three replicas each.
pub fn fleet(apps: &[AppKey]) -> Cluster {
    let cluster = Cluster::default();
    for app in apps {
        cluster.add(app, template(&app.name, "v1"), 3, &json!({}));
    }
    cluster
}

/// A plan of these apps, read and edited, its preflight not asked yet.
pub fn planned(cluster: &Cluster, intent: Intent, apps: &[AppKey], edit: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = Plan::new(intent, apps.to_vec());
    for app in apps {
        plan.read(app, Arc::new(cluster.object(app)), Arc::from([]), clock().now());
    }
    edit(&mut plan);
    plan
}

/// Asks the preflight.
pub async fn checked(cluster: &Cluster, mut plan: Plan) -> Plan {
    let via = Via::new(cluster, "preflight", Vec::new(), None);
    check_all(&via, &mut plan).await;
    plan.acknowledge_all();
    plan
}

pub async fn release(cluster: &Cluster, apps: &[AppKey], tag: &str) -> Plan {
    let plan = planned(cluster, Intent::Release, apps, |plan| assert_eq!(plan.set_tag_all(tag), []));
    checked(cluster, plan).await
}

pub fn id(name: &str) -> BatchId {
    BatchId(name.to_owned())
}

/// Starts a plan as `ana`.
pub fn launch(via: &Arc<Via>, plan: &Plan, name: &str) -> Handle {
    start(via.clone(), plan, id(name), Author::new("ana", "ana@host"), &someone("ana"), clock()).unwrap()
}

pub fn ana(cluster: &Cluster, faults: Vec<Fault>, dies_at: Option<usize>) -> Arc<Via> {
    Via::new(cluster, &someone("ana").to_string(), faults, dies_at)
}

pub fn ben(cluster: &Cluster) -> Arc<Via> {
    Via::new(cluster, &someone("ben").to_string(), Vec::new(), None)
}

/// Waits for a run that fulfils the condition; fails after hours of virtual time.
pub async fn until(handle: &Handle, what: impl Fn(&Run) -> bool) -> Run {
    let mut runs = handle.runs();
    let waited = tokio::time::timeout(Duration::from_secs(4 * 3600), runs.wait_for(|run| what(run))).await;
    match waited {
        Ok(Ok(run)) => Run::clone(&run),
        _ => panic!("never came: {:#?}", handle.runs().borrow()),
    }
}

pub async fn ended(handle: &Handle) -> Run {
    until(handle, |run| run.phase.ended()).await
}

pub fn states(run: &Run) -> Vec<StepState> {
    run.steps.iter().map(|step| step.state.clone()).collect()
}

/// Takes everything back, in reverse order.
pub const BACK: Order = Order::Revert { at_once: false, only: Vec::new() };

/// Finds the batch as `ben`, waits until its driver is known to be gone, and takes it over.
pub async fn take_over(cluster: &Cluster) -> Option<Handle> {
    let mut finder = Finder::new(ben(cluster), someone("ben"));
    for _ in 0..60 {
        let found = finder.look(&BTreeSet::new()).await.unwrap();
        assert_eq!(finder.unreadable(), []);
        let first = found.first()?;
        match &first.holder {
            Holder::Left | Holder::Gone => {
                return Some(finder.take_over(&first.id, BACK, false, clock()).await.unwrap());
            }
            // A last renewal may still have been on its way when the driver died.
            Holder::Watching(_) | Holder::Alive(_) => tokio::time::sleep(Duration::from_secs(2)).await,
        }
    }
    panic!("a dead driver is never known to be gone");
}

/// Whether a run has come to rest: ended, or it waits for the operator.
pub fn rests(run: &Run) -> bool {
    run.phase.ended() || matches!(run.phase, Phase::Gated(..) | Phase::Paused)
}

/// Deployments a0, a1, … in one namespace.
pub fn deployments(n: usize) -> Vec<AppKey> {
    (0..n).map(|nth| key("shop", AppKind::Deployment, &format!("a{nth}"))).collect()
}

/// The images' tags of the apps, as the cluster has them.
pub fn tags(cluster: &Cluster, apps: &[AppKey]) -> Vec<String> {
    let tag = |app: &AppKey| {
        let template = cluster.template(app);
        template["spec"]["containers"][0]["image"]
            .as_str()
            .unwrap_or_default()
            .rsplit(':')
            .next()
            .unwrap_or("")
            .to_owned()
    };
    apps.iter().map(tag).collect()
}
