//! What the processes do that are killed, or that come after.

use std::{env, path::PathBuf, time::Duration};

use rolldeck_core::{
    batch::{OnFailure, Order, Phase},
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
    for batch in found {
        let at_once = matches!(order, Order::Revert { at_once: true, .. });
        let handle = finder.take_over(&batch.id, at_once, clock()).await.unwrap_or_else(|why| panic!("{why}"));
        let run = ended(&handle).await;
        handle.leave().await;
        assert_eq!(run.phase, Phase::Reverted, "{run:#?}");
    }
    let left = finder.look(&Default::default()).await.expect("a look");
    assert!(left.is_empty(), "somebody still has to look after {left:#?}");
}
