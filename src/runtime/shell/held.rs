//! Tasks that run until they end, or are let go.

use std::{collections::HashMap, sync::Arc};

use rolldeck_cluster::{connect::Cluster, writer::Writer};
use rolldeck_core::text::Clean;
use tokio::sync::oneshot;

use crate::runtime::post::Post;

/// What a task works with.
#[derive(Clone)]
pub(super) struct Means {
    pub writer: Arc<Writer>,
    /// How the cluster names the operator.
    pub user: Clean,
    pub cluster: Cluster,
    pub post: Post,
}

/// A task that opens something in a pod, and says so in the audit.
pub(super) trait Task: Send + Sync + 'static {
    /// What the audit says of one that was let go.
    const LET_GO: &'static str;

    /// Carries it to its end.
    fn live(&self) -> impl Future<Output = ()> + Send;

    /// A line of the log, which has the time: what was opened, by whom, on what. Nothing of what went through.
    fn audit(&self, step: &str, result: &str);
}

/// Tasks under way, by the number that the screens know them by.
#[derive(Default)]
pub(super) struct Held(HashMap<u64, oneshot::Sender<()>>);

impl Held {
    pub(super) fn begin(&mut self, id: u64, task: impl Task) {
        self.0.retain(|_, held| !held.is_closed());
        let (held, dropped) = oneshot::channel();
        self.0.insert(id, held);
        tokio::spawn(carry(task, dropped));
    }

    pub(super) fn let_go(&mut self, id: u64) {
        self.0.remove(&id);
    }
}

async fn carry<T: Task>(task: T, dropped: oneshot::Receiver<()>) {
    tokio::select! {
        () = task.live() => {}
        _ = dropped => task.audit(T::LET_GO, ""),
    }
}
