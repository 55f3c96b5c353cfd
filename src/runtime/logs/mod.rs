//! The runner of the rooms of logs.

mod download;
mod files;
mod keep;
mod reading;

use std::{collections::HashMap, sync::Arc};

use rolldeck_cluster::{
    connect::Cluster,
    logs::{Wanted, open, open_files},
    writer::Writer,
};
use rolldeck_core::logs::Reading;
use rolldeck_screens::{LogsEffect, LogsId, LogsReply, Message};
use tokio::{sync::mpsc, task::JoinSet};

use self::{download::Downloads, reading::Order};
use super::post::Post;

/// Batches that wait between a reading and the queue.
const ROOM: usize = 2;

/// Readings and downloads under way.
pub struct Logs {
    writer: Arc<Writer>,
    readings: HashMap<LogsId, Open>,
    downloads: Downloads,
    said: JoinSet<()>,
}

/// A reading under way. Dropping it ends it.
struct Open {
    orders: mpsc::UnboundedSender<Order>,
    tasks: JoinSet<()>,
}

impl Logs {
    /// Nothing is read yet. Files in containers are read through the one door.
    pub fn new(writer: Arc<Writer>) -> Self {
        let downloads = Downloads::new(writer.clone());
        Self { writer, readings: HashMap::new(), downloads, said: JoinSet::new() }
    }

    /// Reads nothing any more: what is downloaded goes on.
    pub fn park(&mut self) {
        self.readings.clear();
    }

    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: LogsEffect) {
        while self.said.try_join_next().is_some() {}
        match effect {
            LogsEffect::Open { id, of, reading, begin } => {
                let (to, told) = mpsc::channel(ROOM);
                let hub = match reading {
                    Reading::Files(files) => open_files(self.writer.clone(), cluster, files, begin, to),
                    reading => open(cluster, Wanted { of, container: None, reading, begin, follows: true }, to),
                };
                let (orders, come) = mpsc::unbounded_channel();
                let mut tasks = JoinSet::new();
                tasks.spawn(reading::relay(id, hub, told, come, post.clone()));
                self.readings.insert(id, Open { orders, tasks });
            }
            LogsEffect::Close(id) => {
                self.readings.remove(&id);
            }
            LogsEffect::Continue(id) => {
                let post = post.clone();
                self.said.spawn(async move {
                    post.send(Message::Logs(id, LogsReply::Continue)).await;
                });
            }
            LogsEffect::List { id, of, places, debug } => {
                if let Some(open) = self.readings.get_mut(&id) {
                    let (writer, cluster, post) = (self.writer.clone(), cluster.clone(), post.clone());
                    open.tasks
                        .spawn(async move { files::list(&writer, &cluster, &post, id, (of, places, debug)).await });
                }
            }
            LogsEffect::Keep(id, on) => {
                if let Some(open) = self.readings.get(&id) {
                    // A reading that has ended keeps nothing more.
                    let _ = open.orders.send(Order::Keep(on));
                }
            }
            LogsEffect::Download(effect) => self.downloads.carry_out(cluster, post, effect),
        }
    }
}
