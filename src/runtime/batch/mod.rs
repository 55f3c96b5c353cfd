//! The batch room's runner: it starts drivers, follows them, and finds what was left unfinished.

mod desk;
mod past;
mod tail;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use desk::{Desk, Order};
use rolldeck_cluster::writer::Writer;
use rolldeck_core::text::Clean;
use rolldeck_driver::Keep;
use rolldeck_screens::{BatchEffect, Message};
use tokio::{sync::mpsc, task::JoinSet};

use super::post::Post;
use past::Past;

/// Orders that may wait. They come from keys, and there is room for more than a person can press while one is carried out.
const ROOM: usize = 256;

/// What the loop may look at without asking.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// A batch is being started or driven here.
    driving: Arc<AtomicBool>,
    /// A driver was asked to leave and has not left.
    leaving: Arc<AtomicBool>,
}

/// The desk's task, and the way to it.
pub struct Batch {
    orders: mpsc::Sender<Order>,
    standing: Standing,
    post: Post,
    writer: Arc<Writer>,
    past: Past,
    /// The log that is being read: the next one that is wanted takes its place.
    tail: JoinSet<()>,
    _task: JoinSet<()>,
}

impl Batch {
    /// Starts the desk. `user` is how the cluster names the operator; `keep`, which journals stay: `None` for all.
    pub fn new(writer: Arc<Writer>, user: &Clean, keep: Option<Keep>, post: Post) -> Self {
        let (orders, from) = mpsc::channel(ROOM);
        let standing = Standing::default();
        let mut task = JoinSet::new();
        task.spawn(Desk::new(writer.clone(), user, post.clone(), standing.clone()).run(from));
        let past = Past::new(writer.clone(), keep, post.clone());
        Self { orders, standing, post, past, writer, tail: JoinSet::new(), _task: task }
    }

    /// Carries an effect out; `namespaces` are those in view.
    pub fn carry_out(&mut self, effect: BatchEffect, namespaces: &BTreeSet<Clean>) {
        let order = match effect {
            BatchEffect::Tail(of) => {
                self.tail.abort_all();
                self.tail.spawn(tail::read(self.writer.clone(), of, self.post.clone()));
                return;
            }
            BatchEffect::History => return self.past.list(namespaces.clone()),
            BatchEffect::Drift(id) => return self.past.drift(namespaces.clone(), id),
            BatchEffect::Export(id) => return self.past.export(namespaces.clone(), id),
            BatchEffect::Repeat(id) => return self.past.repeat(namespaces.clone(), id),
            BatchEffect::Find => {
                self.past.prune(namespaces.clone());
                Order::Find(namespaces.clone())
            }
            BatchEffect::Start(plan) => {
                self.standing.driving.store(true, Ordering::SeqCst);
                Order::Start(plan)
            }
            BatchEffect::Order(id, order) => Order::Tell(id, order),
            BatchEffect::TakeOver { id, order, force } => {
                self.standing.driving.store(true, Ordering::SeqCst);
                Order::TakeOver(id, order, force)
            }
        };
        if self.orders.try_send(order).is_err() {
            let post = self.post.clone();
            tokio::spawn(
                async move { post.send(Message::RunRefused("too much is asked at once: try again".into())).await },
            );
        }
    }

    /// Batches to come are by this user; the one in flight stays with whoever confirmed it.
    pub fn name(&self, user: &Clean) {
        if self.orders.try_send(Order::Name(user.clone())).is_err() {
            tracing::warn!("the batch desk was not told of the login as {user}");
        }
    }

    /// Nobody looks: unfinished batches are not looked for until that is asked for again. What is driven goes on.
    pub fn park(&self) {
        if self.orders.try_send(Order::Rest).is_err() {
            tracing::warn!("the batch desk was not told that nobody looks");
        }
    }

    /// Asks the driver to leave in good order: nothing new starts.
    pub fn interrupt(&self) {
        if self.standing.driving.load(Ordering::SeqCst) && self.orders.try_send(Order::Interrupt).is_ok() {
            self.standing.leaving.store(true, Ordering::SeqCst);
        }
    }

    /// Whether a driver has something to do still, its leaving included.
    pub fn driving(&self) -> bool {
        self.standing.driving.load(Ordering::SeqCst) || self.standing.leaving.load(Ordering::SeqCst)
    }
}
