//! The plan's runner: fresh reads of the apps. Nothing is written.

use std::sync::Arc;

use rolldeck_cluster::{connect::Cluster, history};
use rolldeck_core::{
    batch::{Intent, PortError, Problem},
    model::{AppKey, Revision},
    text::Clean,
};
use rolldeck_screens::{Message, PlanReply};
use serde_json::Value;
use tokio::{sync::Semaphore, task::JoinSet};

use super::post::Post;

/// Apps that are read at a time.
const WIDTH: usize = 16;

/// The reads under way.
pub struct Plan {
    turns: Arc<Semaphore>,
    tasks: JoinSet<()>,
}

impl Default for Plan {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(WIDTH)), tasks: JoinSet::new() }
    }
}

impl Plan {
    /// Reads these apps; with revisions for a rollback. Each answers by itself.
    pub fn read(&mut self, cluster: &Cluster, post: &Post, keys: Vec<AppKey>, intent: Intent) {
        while self.tasks.try_join_next().is_some() {}
        for key in keys {
            let (cluster, post, turns) = (cluster.clone(), post.clone(), self.turns.clone());
            self.tasks.spawn(async move {
                let Ok(_turn) = turns.acquire().await else { return };
                let read = read(&cluster, &key, intent).await.map_err(|error| blocked(&key, &error));
                post.send(Message::Plan(PlanReply::Read(key, read))).await;
            });
        }
    }
}

async fn read(cluster: &Cluster, key: &AppKey, intent: Intent) -> Result<(Arc<Value>, Arc<[Revision]>), PortError> {
    let (_, live) = history::app(cluster, key).await?;
    let revisions = match intent {
        Intent::Rollback => history::revisions(cluster, key, &live).await?,
        Intent::Release | Intent::Scale | Intent::Restart => Arc::default(),
    };
    Ok((live, revisions))
}

fn blocked(key: &AppKey, error: &PortError) -> Problem {
    Problem { blocks: true, text: Clean::from(format!("failed to read {key}: {error}")) }
}
