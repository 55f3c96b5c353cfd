//! An operator's hands without a screen: what tests and benchmarks do through the library, as the console does it.

use std::{path::Path, sync::Arc, time::Duration};

use rolldeck_cluster::{
    connect::{Cluster, Options, connect},
    history,
    writer::Writer,
};
use rolldeck_core::{
    batch::{Author, BatchId, Check, Intent, Look, Plan, Port, Run},
    model::{AppKey, AppKind},
};
use rolldeck_driver::{Clock, Handle, Identity, check_all, start};
use tokio::sync::Semaphore;

/// Apps that are read at a time.
const WIDTH: usize = 16;

/// Connects as the program does.
pub async fn reach(kubeconfig: &Path) -> (Cluster, Arc<Writer>) {
    // Whoever was first has installed the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = Options { kubeconfig: Some(kubeconfig.to_owned()), all_namespaces: true, ..Options::default() };
    let (cluster, writer) = connect(&options).await.expect("the cluster answers");
    (cluster, Arc::new(writer))
}

/// An app's name.
pub fn key(namespace: &str, kind: AppKind, name: &str) -> AppKey {
    AppKey { namespace: namespace.into(), name: name.into(), kind }
}

/// The clock of a batch.
pub fn clock() -> Clock {
    Clock::new(chrono::Utc::now)
}

/// A plan of these apps, read and edited; its preflight is not asked yet.
pub async fn planned(
    cluster: &Cluster,
    port: &Arc<Writer>,
    intent: Intent,
    apps: &[AppKey],
    edit: impl FnOnce(&mut Plan),
) -> Plan {
    let turns = Arc::new(Semaphore::new(WIDTH));
    let reads = apps.iter().cloned().map(|app| {
        let (cluster, port, turns) = (cluster.clone(), Arc::clone(port), Arc::clone(&turns));
        tokio::spawn(async move {
            let _turn = turns.acquire().await.expect("never closed");
            let live = port.read(&(&app).into()).await.unwrap_or_else(|error| panic!("failed to read {app}: {error}"));
            let revisions = match intent {
                Intent::Rollback => history::revisions(&cluster, &app, &live).await.expect("its revisions"),
                _ => Arc::default(),
            };
            (app, Arc::new(live), revisions)
        })
    });
    let mut plan = Plan::new(intent, apps.to_vec());
    for read in reads.collect::<Vec<_>>() {
        let (app, live, revisions) = read.await.expect("a read");
        plan.read(&app, live, revisions, chrono::Utc::now());
    }
    edit(&mut plan);
    plan
}

/// Asks the preflight of all steps, and acknowledges what it warns of.
pub async fn checked<P: Port + Look>(port: &Arc<P>, mut plan: Plan) -> Plan {
    check_all(port, &mut plan).await;
    plan.acknowledge_all();
    plan
}

/// A release of a tag for each app, checked.
pub async fn release(cluster: &Cluster, port: &Arc<Writer>, apps: &[(AppKey, &str)]) -> Plan {
    let keys: Vec<AppKey> = apps.iter().map(|(app, _)| app.clone()).collect();
    let plan = planned(cluster, port, Intent::Release, &keys, |plan| {
        for (nth, (app, tag)) in apps.iter().enumerate() {
            plan.set_tag(nth, None, tag).unwrap_or_else(|why| panic!("{app}: {why}"));
        }
    });
    checked(port, plan.await).await
}

/// Starts a plan that is ready, under a name made of the time and this salt.
pub fn launch<P: Port>(port: &Arc<P>, plan: &Plan, salt: u64) -> Handle {
    let blocked = plan.steps.iter().filter(|step| step.check == Check::Blocked);
    let why: Vec<_> = blocked.flat_map(|step| step.problems.iter().map(|problem| &problem.text)).collect();
    let (id, author) = (BatchId::new(chrono::Utc::now(), salt), Author::new("ana", "ana@console"));
    start(Arc::clone(port), plan, id, author, &Identity::here(), clock())
        .unwrap_or_else(|error| panic!("the plan is not ready: {error}; {why:?}"))
}

/// Waits for a run that fulfils the condition.
pub async fn until(handle: &Handle, limit: Duration, what: &str, wanted: impl Fn(&Run) -> bool) -> Run {
    let mut runs = handle.runs();
    if let Ok(Ok(run)) = tokio::time::timeout(limit, runs.wait_for(|run| wanted(run))).await {
        return Run::clone(&run);
    }
    panic!("not within {limit:?}: {what}; last: {:#?}", runs.borrow())
}

/// Waits for the end of a batch.
pub async fn ended(handle: &Handle) -> Run {
    until(handle, Duration::from_secs(300), "its end", |run| run.phase.ended()).await
}
