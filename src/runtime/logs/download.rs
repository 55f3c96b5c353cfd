//! Downloads under way, each by its number.

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use rolldeck_cluster::{
    connect::Cluster,
    logs::{Outcome, download},
    writer::Writer,
};
use rolldeck_core::logs::download::Download;
use rolldeck_screens::{
    LogsId, LogsReply, Message,
    logs::{DownloadEffect, DownloadReply},
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use crate::runtime::post::Post;

/// Reports that wait for the queue: the newest is what counts, and they are few.
const ROOM: usize = 2;

/// Downloads under way, and those that can be gone on with.
pub struct Downloads {
    writer: Arc<Writer>,
    of: HashMap<LogsId, One>,
}

struct One {
    wanted: Arc<Download>,
    /// The directory of this download, once it is known.
    place: watch::Sender<Option<PathBuf>>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Downloads {
    /// None yet.
    pub fn new(writer: Arc<Writer>) -> Self {
        Self { writer, of: HashMap::new() }
    }

    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: DownloadEffect) {
        match effect {
            DownloadEffect::Start(id, wanted) => {
                let one = One {
                    wanted,
                    place: watch::Sender::new(None),
                    stop: watch::Sender::new(false),
                    tasks: JoinSet::new(),
                };
                self.of.insert(id, one);
                self.go(cluster, post, id);
            }
            DownloadEffect::Resume(id) => self.go(cluster, post, id),
            DownloadEffect::Cancel(id) => {
                if let Some(one) = self.of.get(&id) {
                    one.stop.send_replace(true);
                }
            }
            DownloadEffect::Forget(id) => {
                self.of.remove(&id);
            }
        }
    }

    fn go(&mut self, cluster: &Cluster, post: &Post, id: LogsId) {
        let Some(one) = self.of.get_mut(&id) else { return };
        one.stop.send_replace(false);
        one.tasks = JoinSet::new();
        let (progress, mut far) = mpsc::channel(ROOM);
        let told = post.clone();
        one.tasks.spawn(async move {
            while let Some(progress) = far.recv().await {
                if !told.send(reply(id, DownloadReply::Progress(progress))).await {
                    return;
                }
            }
        });
        let (writer, cluster, post) = (self.writer.clone(), cluster.clone(), post.clone());
        let (wanted, place, stop) = (one.wanted.clone(), one.place.clone(), one.stop.subscribe());
        one.tasks.spawn(async move {
            let resumed = place.borrow().clone();
            let outcome = download(writer, &cluster, &wanted, (&home(&wanted.to), resumed), (progress, stop)).await;
            let said = match outcome {
                Outcome::Done(saved) => DownloadReply::Done(saved),
                Outcome::Cut { why, saved, directory } => {
                    place.send_replace(Some(directory));
                    DownloadReply::Cut(why, saved)
                }
                Outcome::Failed(why) => DownloadReply::Failed(why),
            };
            post.send(reply(id, said)).await;
        });
    }
}

fn reply(id: LogsId, of: DownloadReply) -> Message {
    Message::Logs(id, LogsReply::Download(of))
}

/// `~/` is the home directory.
fn home(path: &str) -> PathBuf {
    let below = path.strip_prefix("~/").or((path == "~").then_some(""));
    match below.zip(etcetera::home_dir().ok()) {
        Some((rest, home)) => home.join(rest),
        None => PathBuf::from(path),
    }
}
