//! The runner of the rooms of logs.

mod audit;
mod download;
mod files;
mod keep;
mod reading;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use rolldeck_cluster::{
    connect::Cluster,
    logs::{Seen, Wanted, open_files, open_seeing},
    writer::Writer,
};
use rolldeck_core::{logs::Reading, text::Clean};
use rolldeck_screens::{LogsEffect, LogsId, LogsReply, Message, ShellSettings};
use tokio::{sync::mpsc, task::JoinSet};

use self::{
    audit::{Audit, Joining},
    download::Downloads,
    files::{Debug, Lister},
    reading::Order,
};
use super::post::Post;

/// Batches that wait between a reading and the queue.
const ROOM: usize = 2;

/// Readings and downloads under way.
pub struct Logs {
    writer: Arc<Writer>,
    user: Clean,
    debug: Debug,
    /// Pods whose logs were read: their names, nodes and addresses are needed for an archive when they are gone.
    seen: Seen,
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
    /// Nothing is read yet. Files in containers are read through the one door. `user` is how the cluster names the operator.
    pub fn new(writer: Arc<Writer>, user: &Clean) -> Self {
        let downloads = Downloads::new(writer.clone());
        let ShellSettings { debug_image: image, debug_life: life, .. } = ShellSettings::default();
        let (user, debug, seen) = (user.clone(), Debug { image, life }, Seen::default());
        Self { writer, user, debug, seen, readings: HashMap::new(), downloads, said: JoinSet::new() }
    }

    /// Debug containers are like this from now on.
    pub fn debug_with(&mut self, settings: &ShellSettings) {
        self.debug = Debug { image: settings.debug_image.clone(), life: settings.debug_life };
    }

    /// What is opened from now on is opened by this user.
    pub fn name(&mut self, user: &Clean) {
        self.user.clone_from(user);
    }

    /// Reads nothing any more: what is downloaded goes on.
    pub fn park(&mut self) {
        self.readings.clear();
    }

    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: LogsEffect) {
        while self.said.try_join_next().is_some() {}
        let audit = Audit { user: self.user.clone(), context: cluster.context.clone() };
        match effect {
            LogsEffect::Open { id, of, reading, begin } => {
                let (to, told) = mpsc::channel(ROOM);
                let mut joining = None;
                let hub = match reading {
                    Reading::Files(picked) => {
                        audit.files(&picked.files);
                        joining = Some(Joining::new(audit, &picked.files));
                        open_files(self.writer.clone(), cluster, of, picked, begin, to)
                    }
                    reading => {
                        let wanted = Wanted { of, container: None, reading, begin, follows: true };
                        open_seeing(cluster, wanted, &self.seen, to)
                    }
                };
                let (orders, come) = mpsc::unbounded_channel();
                let mut tasks = JoinSet::new();
                tasks.spawn(reading::relay(id, hub, told, come, (post.clone(), joining)));
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
                    let lister = Lister { writer, cluster, post, id, audit, debug: self.debug.clone() };
                    open.tasks.spawn(lister.list(of, places, debug));
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
