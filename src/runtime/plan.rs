//! The plan's runner: fresh reads of the apps, and the preflight. Nothing is written.

use std::sync::Arc;

use rolldeck_cluster::{connect::Cluster, history, writer::Writer};
use rolldeck_core::{
    batch::{self, Intent, Port, PortError, Problem, ProblemKind},
    model::{AppKey, Revision},
};
use rolldeck_driver::{Checked, preflight};
use rolldeck_screens::{Message, PlanEffect, PlanReply};
use serde_json::Value;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use super::post::Post;

/// Apps that are read at a time.
const WIDTH: usize = 16;

/// The reads and checks under way.
pub struct Plan {
    writer: Arc<Writer>,
    turns: Arc<Semaphore>,
    tasks: JoinSet<()>,
}

impl Plan {
    /// Idle, over the door that dry runs go through.
    pub fn new(writer: Arc<Writer>) -> Self {
        Self { writer, turns: Arc::new(Semaphore::new(WIDTH)), tasks: JoinSet::new() }
    }

    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: PlanEffect) {
        while self.tasks.try_join_next().is_some() {}
        match effect {
            PlanEffect::Read(keys, intent) => self.read(cluster, post, keys, intent),
            PlanEffect::Check(plan, asked) => self.check(post, *plan, asked),
        }
    }

    /// Reads these apps; with revisions for a rollback. Each answers by itself.
    fn read(&mut self, cluster: &Cluster, post: &Post, keys: Vec<AppKey>, intent: Intent) {
        for key in keys {
            let (cluster, writer) = (cluster.clone(), self.writer.clone());
            let (post, turns) = (post.clone(), self.turns.clone());
            self.tasks.spawn(async move {
                let Ok(_turn) = turns.acquire().await else { return };
                let read = read(&cluster, &writer, &key, intent).await.map_err(|error| blocked(&key, &error));
                post.send(Message::Plan(PlanReply::Read(key, read))).await;
            });
        }
    }

    /// Asks the preflight of these steps. Each answers by itself.
    fn check(&mut self, post: &Post, plan: batch::Plan, asked: Vec<(usize, u64)>) {
        let (to, mut from) = mpsc::channel::<Checked>(WIDTH);
        let (writer, post) = (self.writer.clone(), post.clone());
        self.tasks.spawn(async move {
            let forward = async {
                while let Some(found) = from.recv().await {
                    let reply = PlanReply::Checked(found.app, found.serial, found.after, found.problems);
                    post.send(Message::Plan(reply)).await;
                }
            };
            tokio::join!(preflight(writer, &plan, &asked, to), forward);
        });
    }
}

async fn read(
    cluster: &Cluster,
    writer: &Writer,
    key: &AppKey,
    intent: Intent,
) -> Result<(Arc<Value>, Arc<[Revision]>), PortError> {
    let live = writer.read(&key.into()).await?;
    let revisions = match intent {
        Intent::Rollback => history::revisions(cluster, key, &live).await?,
        _ => Arc::default(),
    };
    Ok((Arc::new(live), revisions))
}

fn blocked(key: &AppKey, error: &PortError) -> Problem {
    Problem::error(ProblemKind::Other, format!("failed to read {key}: {error}"))
}
