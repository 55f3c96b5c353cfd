//! Reads of the journals of all batches, and the end of old ones. Each is a task of its own: a batch in flight waits for none.

use std::{collections::BTreeSet, future::Future, sync::Arc};

use chrono::Utc;
use rolldeck_cluster::writer::Writer;
use rolldeck_core::{
    batch::{BatchId, Plan},
    text::{Clean, yaml::yaml},
};
use rolldeck_driver::{Keep, Ledger, drift, history, ledger, prune};
use rolldeck_screens::{BatchReply, Message, Saved};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::runtime::{object::save, post::Post};

/// Reads that may be under way. They come from keys, and each ends within the timeouts of its requests.
const MOST: usize = 16;

/// What is being read.
pub struct Past {
    writer: Arc<Writer>,
    post: Post,
    list: JoinSet<()>,
    reads: JoinSet<()>,
    /// Which journals are kept; `None` once old ones were deleted, or where none may be.
    keep: Option<Keep>,
}

impl Past {
    /// Nothing is read yet. Journals that `keep` does not keep are deleted once, after the first look.
    pub fn new(writer: Arc<Writer>, keep: Option<Keep>, post: Post) -> Self {
        let keep = keep.filter(|_| !writer.cluster().readonly);
        Self { writer, post, list: JoinSet::new(), reads: JoinSet::new(), keep }
    }

    fn spawn(&mut self, reply: impl Future<Output = BatchReply> + Send + 'static) {
        while self.reads.try_join_next().is_some() {}
        if self.reads.len() >= MOST {
            self.reads.abort_all();
        }
        let post = self.post.clone();
        self.reads.spawn(async move {
            let reply = reply.await;
            post.send(Message::Batch(reply)).await;
        });
    }

    /// Lists every batch of these namespaces (none: of all). A list that is being read gives way.
    pub fn list(&mut self, namespaces: BTreeSet<Clean>) {
        self.list.abort_all();
        let (writer, post) = (self.writer.clone(), self.post.clone());
        self.list.spawn(async move {
            let list = history(&*writer, &namespaces).await;
            let list = list.map_err(|error| Clean::from(format!("failed to read the journals of batches: {error}")));
            post.send(Message::Batch(BatchReply::History(list))).await;
        });
    }

    /// Which apps of a batch someone else has changed since.
    pub fn drift(&mut self, namespaces: BTreeSet<Clean>, id: BatchId) {
        let writer = self.writer.clone();
        self.spawn(async move {
            let drift = match ledger(&*writer, &namespaces, &id).await {
                Ok(ledger) => Ok(drift(&*writer, &ledger).await),
                Err(why) => Err(why),
            };
            BatchReply::Drift(id, drift)
        });
    }

    /// The plan of a batch, once more.
    pub fn repeat(&mut self, namespaces: BTreeSet<Clean>, id: BatchId) {
        let writer = self.writer.clone();
        self.spawn(async move {
            let plan = ledger(&*writer, &namespaces, &id).await;
            let plan = plan.map(|ledger| Box::new(Plan::repeat(&ledger.repeat())));
            BatchReply::Repeat(id, plan)
        });
    }

    /// Writes the whole journal of a batch to `rolldeck-ID.yaml` where the program was started.
    pub fn export(&mut self, namespaces: BTreeSet<Clean>, id: BatchId) {
        let writer = self.writer.clone();
        self.spawn(async move {
            let file = match ledger(&*writer, &namespaces, &id).await {
                Ok(ledger) => written(&id, &ledger).await,
                Err(why) => Err(why),
            };
            BatchReply::Exported(id, file)
        });
    }

    /// Deletes the journals that are not kept, once: what is unfinished always is.
    pub fn prune(&mut self, namespaces: BTreeSet<Clean>) {
        let Some(keep) = self.keep.take() else { return };
        let writer = self.writer.clone();
        self.reads.spawn(async move {
            match prune(&*writer, &namespaces, keep, Utc::now()).await {
                Ok(pruned) => {
                    for id in &pruned.batches {
                        tracing::info!(%id, days = keep.days, "deleted the journal of a batch that ended long ago");
                    }
                    for why in &pruned.failed {
                        tracing::info!(%why, "an old journal stays");
                    }
                }
                Err(error) => tracing::info!(%error, "old journals stay"),
            }
        });
    }
}

/// Writes a journal to a file that only the user may read: it holds whole templates.
async fn written(id: &BatchId, ledger: &Ledger) -> Result<Clean, Clean> {
    let text = yaml(&exported(ledger)).text;
    let name = format!("rolldeck-{id}.yaml");
    let file = std::env::current_dir().map_or_else(|_| name.clone().into(), |here| here.join(&name));
    let path = file.display().to_string();
    let saved = tokio::task::spawn_blocking(move || save(&path, &text, false)).await;
    match saved.map_err(|error| Clean::from(error.to_string()))? {
        Saved::Done(place) => Ok(place),
        Saved::Exists => Err(format!("{} exists: move it away, or read that one", file.display()).into()),
        Saved::Failed(why) => Err(why),
    }
}

/// A journal as one document: the records and the steps of each namespace, as they lie in the cluster, unpacked.
fn exported(ledger: &Ledger) -> Value {
    let namespaces: serde_json::Map<String, Value> = ledger
        .records
        .iter()
        .map(|(namespace, record)| {
            let steps = ledger.steps.get(namespace);
            (namespace.clone(), json!({ "state": record, "steps": steps }))
        })
        .collect();
    let lacks: Vec<&str> = ledger.lacks.iter().map(|lack| &**lack).collect();
    json!({ "apiVersion": "rolldeck.dev/v1", "kind": "Journal", "batch": ledger.found.id, "namespaces": namespaces, "lacks": lacks })
}
