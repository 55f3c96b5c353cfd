//! The task that holds the driver's handle and the finder.

use std::{
    collections::BTreeSet,
    future,
    hash::{BuildHasher, RandomState},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use chrono::Utc;
use rolldeck_cluster::writer::Writer;
use rolldeck_core::{
    batch::{self, Author, BatchId, Found, Holder, Phase, Plan, Run},
    text::Clean,
};
use rolldeck_driver::{Clock, Finder, Handle, Identity, start};
use rolldeck_screens::{Message, PlanReply};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::Standing;
use crate::runtime::{console::clock, post::Post};

/// Whether a driver is alive shows over time: this often its lease is looked at until it is known.
const LOOK: Duration = Duration::from_secs(2);

/// This often other people's batches are looked at, and a cluster that did not answer.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// This often it is looked whether others have begun a batch, where none is known.
const LOOK_IDLE: Duration = Duration::from_secs(30);

/// What is asked of the desk.
pub enum Order {
    /// Start this plan.
    Start(Box<Plan>),
    /// Tell this to the driver of this batch.
    Tell(BatchId, batch::Order),
    /// Take over this batch, and do this with it; whether also from a lease that has not expired.
    TakeOver(BatchId, batch::Order, bool),
    /// Look for unfinished batches in these namespaces; none: in all.
    Find(BTreeSet<Clean>),
    /// Look no more until asked.
    Rest,
    /// The user is another one.
    Name(Clean),
    /// Leave in good order.
    Interrupt,
}

/// One driver at a time, and the finder of those that others left.
pub struct Desk {
    port: Arc<Writer>,
    finder: Finder<Writer>,
    here: Identity,
    by: Author,
    post: Post,
    standing: Standing,
    handle: Option<Handle>,
    followers: JoinSet<()>,
    namespaces: BTreeSet<Clean>,
    again: Option<Instant>,
    said: Option<Clean>,
}

impl Desk {
    /// An idle desk.
    pub fn new(port: Arc<Writer>, user: &Clean, post: Post, standing: Standing) -> Self {
        let here = Identity::here();
        Self {
            by: by(user, &here),
            finder: Finder::new(port.clone(), here.clone()),
            port,
            here,
            post,
            standing,
            handle: None,
            followers: JoinSet::new(),
            namespaces: BTreeSet::new(),
            again: None,
            said: None,
        }
    }

    /// Carries orders out until nobody can give any.
    pub async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        loop {
            let order = tokio::select! {
                order = orders.recv() => order,
                () = until(self.again) => Some(Order::Find(self.namespaces.clone())),
            };
            match order {
                Some(Order::Start(plan)) => self.start(&plan).await,
                Some(Order::Tell(id, order)) => self.tell(&id, order).await,
                Some(Order::TakeOver(id, order, force)) => self.take_over(&id, order, force).await,
                Some(Order::Rest) => self.again = None,
                Some(Order::Find(namespaces)) => self.find(namespaces).await,
                Some(Order::Name(user)) => self.by = by(&user, &self.here),
                Some(Order::Interrupt) => self.leave().await,
                None => return,
            }
        }
    }

    async fn start(&mut self, plan: &Plan) {
        if let Some(why) = self.occupied() {
            self.post.send(Message::RunRefused(why)).await;
            return;
        }
        let id = BatchId::new(Utc::now(), RandomState::new().hash_one(std::process::id()));
        let started = start(self.port.clone(), plan, id, self.by.clone(), &self.here, Clock::new(Utc::now));
        if started.is_ok() {
            self.said = None;
        }
        self.take(started).await;
    }

    /// An order to the batch of this desk. One whose driver has left can be taken back or gone on with by taking it over.
    async fn tell(&mut self, id: &BatchId, order: batch::Order) {
        if let Some(handle) = self.own().filter(|handle| handle.id() == id) {
            handle.order(order).await;
            return;
        }
        match order {
            order @ (batch::Order::Revert { .. } | batch::Order::Proceed) => self.take_over(id, order, false).await,
            _ => {
                let why =
                    format!("batch {id} is not driven from here any more: the list of batches tells who drives it");
                self.post.send(Message::RunRefused(why.into())).await;
            }
        }
    }

    async fn take_over(&mut self, id: &BatchId, order: batch::Order, force: bool) {
        if let Some(handle) = self.own().filter(|handle| handle.id() == id) {
            handle.order(order).await;
            return;
        }
        if let Some(why) = self.occupied() {
            self.post.send(Message::RunRefused(why)).await;
            return;
        }
        self.standing.driving.store(true, Ordering::SeqCst);
        let taken = self.finder.take_over(id, order, force, Clock::new(Utc::now)).await;
        self.take(taken).await;
    }

    /// The batch that is driven here, or was and may be reverted from here; not one that could not begin or that another
    /// rolldeck took over: what they left is found as any other's.
    fn own(&self) -> Option<&Handle> {
        let here = |handle: &&Handle| !handle.has_left() && handle.runs().borrow().phase != Phase::Interrupted;
        self.handle.as_ref().filter(here)
    }

    /// Why no other batch may be driven now.
    fn occupied(&self) -> Option<Clean> {
        let handle = self.handle.as_ref()?;
        let ended = handle.runs().borrow().phase.ended();
        (!ended).then(|| format!("batch {} is in flight here: wait for its end, or revert it", handle.id()).into())
    }

    async fn take(&mut self, handle: Result<Handle, Clean>) {
        match handle {
            Ok(handle) => {
                self.post.send(Message::Plan(PlanReply::Started(handle.id().clone()))).await;
                self.followers = JoinSet::new();
                self.followers.spawn(follow(handle.runs(), self.post.clone(), self.standing.clone()));
                self.handle = Some(handle);
                // A batch that was taken over is no longer among those that wait.
                self.find(self.namespaces.clone()).await;
            }
            Err(why) => {
                self.standing.driving.store(false, Ordering::SeqCst);
                self.post.send(Message::RunRefused(why)).await;
            }
        }
    }

    async fn leave(&mut self) {
        if let Some(handle) = self.handle.take() {
            handle.leave().await;
        }
        self.standing.driving.store(false, Ordering::SeqCst);
        self.standing.leaving.store(false, Ordering::SeqCst);
        // Wakes the loop, which waits for this.
        self.post.send(Message::Clock(clock())).await;
    }

    async fn find(&mut self, namespaces: BTreeSet<Clean>) {
        self.namespaces = namespaces;
        let wait = match self.finder.look(&self.namespaces).await {
            Ok(mut found) => {
                let own = self.own().map(Handle::id);
                found.retain(|batch| Some(&batch.id) != own);
                let wait = next_look(&found);
                self.post.send(Message::Found(found)).await;
                let unreadable = self.finder.unreadable().first().cloned();
                self.say(unreadable).await;
                wait
            }
            Err(error) => {
                let why = match self.finder.unreadable().first() {
                    Some(why) => why.clone(),
                    None => format!("failed to look for unfinished batches: {error}").into(),
                };
                self.say(Some(why)).await;
                LOOK_AGAIN
            }
        };
        self.again = Some(Instant::now() + wait);
    }

    /// Says something once, until something else is to be said.
    async fn say(&mut self, what: Option<Clean>) {
        if self.said != what {
            self.said.clone_from(&what);
            if let Some(what) = what {
                self.post.send(Message::Note(true, what)).await;
            }
        }
    }
}

/// The author of a batch: the user as the cluster names it; login and host, as this machine claims.
fn by(user: &Clean, here: &Identity) -> Author {
    Author { user: user.clone(), claimed: Clean::new(&here.who) }
}

/// When to look again: soon, where it is not known yet whether a driver lives.
fn next_look(found: &[Found]) -> Duration {
    let holders = || found.iter().map(|batch| &batch.holder);
    if holders().any(|holder| matches!(holder, Holder::Watching(_))) {
        LOOK
    } else if holders().any(|holder| matches!(holder, Holder::Alive(_))) {
        LOOK_AGAIN
    } else {
        LOOK_IDLE
    }
}

/// Tells how a batch stands, at each change, until its driver is gone.
async fn follow(mut runs: watch::Receiver<Arc<Run>>, post: Post, standing: Standing) {
    loop {
        let run = runs.borrow_and_update().clone();
        standing.driving.store(!run.phase.ended(), Ordering::SeqCst);
        if !post.send(Message::Run(run)).await || runs.changed().await.is_err() {
            return;
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => future::pending().await,
    }
}
