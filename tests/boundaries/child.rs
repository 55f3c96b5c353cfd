//! What the processes do that are killed, or that come after.

use std::{collections::BTreeSet, env, path::PathBuf, time::Duration};

use rolldeck_core::{
    batch::{BatchId, OnFailure, Order, Phase, Port},
    model::{AppKey, AppKind},
};
use rolldeck_driver::{Finder, Identity};
use serde::{Deserialize, Serialize};

use crate::{
    hand::{self, clock, ended, key, launch, reach, release},
    port::Edges,
};

/// The environment's name for a [`Job`], as JSON.
pub const JOB: &str = "ROLLDECK_BOUNDARY_JOB";

/// What a process is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Release, and follow it to its end.
    Release,
    /// Release, and take it back once it has ended.
    ReleaseAndRevert,
    /// Find what was left and take it back.
    Revert,
    /// Find what was left and go on with it.
    Resume,
}

/// The work of one process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// What it does.
    pub role: Role,
    /// By which kubeconfig.
    pub kubeconfig: PathBuf,
    /// Where it tells the boundaries that it passes.
    pub trace: PathBuf,
    /// The boundary at which it dies, counted from 1; 0: none.
    pub dies_at: u64,
    /// The batch that is looked after, where it came to be recorded.
    pub batch: Option<BatchId>,
    /// How many apps roll at once.
    pub width: usize,
    /// The apps, and the tag that each gets.
    pub apps: Vec<Goal>,
}

/// One app and the tag that it gets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Goal {
    /// Its namespace.
    pub namespace: String,
    /// Its kind.
    pub kind: AppKind,
    /// Its name.
    pub name: String,
    /// The tag.
    pub tag: String,
}

impl Goal {
    /// The app.
    pub fn key(&self) -> AppKey {
        key(&self.namespace, self.kind, &self.name)
    }
}

/// Does the job that the environment names; nothing where it names none, as when all tests are run.
#[test]
fn child() {
    let Ok(job) = env::var(JOB) else { return };
    let job: Job = serde_json::from_str(&job).expect("a job");
    // One thread: what runs when is the same in each run.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        match job.role {
            Role::Release | Role::ReleaseAndRevert => drive(&job).await,
            Role::Revert => recover(&job, Order::Revert { at_once: false, only: Vec::new() }).await,
            Role::Resume => recover(&job, Order::Proceed).await,
        }
    });
}

async fn drive(job: &Job) {
    let (cluster, door) = reach(&job.kubeconfig).await;
    let goals: Vec<_> = job.apps.iter().map(|goal| (goal.key(), goal.tag.as_str())).collect();
    let mut plan = release(&cluster, &door, &goals).await;
    plan.options.width = job.width;
    plan.options.on_failure = OnFailure::Stop;
    let edges = Edges::new(door, &job.trace, job.dies_at);
    let handle = launch(&edges, &plan, 1);
    let run = ended(&handle).await;
    assert!(matches!(run.phase, Phase::Done | Phase::Failed), "{run:#?}");
    if job.role == Role::ReleaseAndRevert {
        handle.revert(false).await;
        hand::until(&handle, Duration::from_secs(60), "it is taken back", |run| run.phase == Phase::Reverted).await;
    }
    handle.leave().await;
}

async fn recover(job: &Job, order: Order) {
    let (_, door) = reach(&job.kubeconfig).await;
    let edges = Edges::new(door, &job.trace, job.dies_at);
    let mut finder = Finder::new(edges, Identity::here());
    let found = finder.look(&Default::default()).await.expect("a look");
    assert!(finder.unreadable().is_empty(), "{:?}", finder.unreadable());
    let unfinished: BTreeSet<_> = found.into_iter().map(|batch| batch.id).collect();
    assert!(
        unfinished.iter().all(|id| Some(id) == job.batch.as_ref()),
        "{unfinished:?}, and there was {:?}",
        job.batch
    );
    // One that has ended can be taken back all the same; there is nothing to go on with.
    let ended_well = unfinished.is_empty() && order == Order::Proceed;
    for id in job.batch.iter().filter(|_| !ended_well) {
        look_after(&mut finder, id, order.clone()).await;
    }
    let left = finder.look(&Default::default()).await.expect("a look");
    assert!(left.is_empty(), "somebody still has to look after {left:#?}");
}

async fn look_after<P: Port>(finder: &mut Finder<P>, id: &BatchId, order: Order) {
    let (order, taken) = match finder.take_over(id, order.clone(), false, clock()).await {
        // Killed before its journal was whole: no app was touched, and nothing but an end is left for it.
        Err(why) if order == Order::Proceed && why.contains("has no record of batch") => {
            let back = Order::Revert { at_once: false, only: Vec::new() };
            (back.clone(), finder.take_over(id, back, false, clock()).await)
        }
        taken => (order, taken),
    };
    let handle = taken.unwrap_or_else(|why| panic!("{id}: {why}"));
    let run = ended(&handle).await;
    handle.leave().await;
    match order {
        Order::Proceed => assert!(matches!(run.phase, Phase::Done | Phase::Failed), "{run:#?}"),
        _ => assert_eq!(run.phase, Phase::Reverted, "{run:#?}"),
    }
}
