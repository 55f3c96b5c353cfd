//! The runner of shells, forwarded ports, copies and commands in pods: tasks that stay while their room is left.

mod copy;
mod forward;
mod held;
mod live;
mod open;
mod record;
mod run;

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rolldeck_cluster::{connect::Cluster, writer::Writer};
use rolldeck_core::text::Clean;
use rolldeck_screens::{
    CopyEffect, ForwardEffect, RunEffect, ShellEffect, ShellSettings,
    shell::{Look, ShellId},
};
use tokio::{sync::mpsc, time::Instant};

use self::{copy::Copies, forward::Forwards, held::Means, open::Opener, run::Runs};
use super::post::Post;

/// Orders that may wait for a session's task: more than anybody types while it draws.
const ORDERS: usize = 1024;

/// How long sessions may take to end as the program leaves.
const GOODBYE: Duration = Duration::from_secs(1);

/// What a session is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Bytes for the container.
    Input(Vec<u8>),
    /// The terminal's size.
    Resize(rolldeck_core::shell::Size),
    /// Where to look.
    Look(Look),
    /// End it.
    Close,
}

/// Sessions under way.
pub struct Shells {
    writer: Arc<Writer>,
    user: Clean,
    /// How they are opened.
    pub settings: ShellSettings,
    open: HashMap<ShellId, mpsc::Sender<Order>>,
    forwards: Forwards,
    runs: Runs,
    copies: Copies,
    alive: Arc<AtomicUsize>,
    /// Since when the program leaves.
    leaving: OnceLock<Instant>,
}

/// Counts a session for as long as it lives.
pub(super) struct Alive(Arc<AtomicUsize>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shells {
    /// None yet. `user` is how the cluster names the operator.
    pub fn new(writer: Arc<Writer>, user: &Clean) -> Self {
        Self {
            writer,
            user: user.clone(),
            settings: ShellSettings::default(),
            open: HashMap::new(),
            forwards: Forwards::default(),
            runs: Runs::default(),
            copies: Copies::default(),
            alive: Arc::default(),
            leaving: OnceLock::new(),
        }
    }

    /// Sessions to come are opened by this user.
    pub fn name(&mut self, user: &Clean) {
        self.user.clone_from(user);
    }

    /// Whether sessions that were told to end as the program leaves have not ended yet: what runs in them would not be hung up.
    /// All of them are told at once; a container that takes longer is not waited for.
    pub fn busy(&self) -> bool {
        let patient = self.leaving.get().is_some_and(|since| since.elapsed() < GOODBYE);
        patient && self.alive.load(Ordering::SeqCst) > 0
    }

    /// Ends every session in good order.
    pub fn interrupt(&self) {
        self.leaving.get_or_init(Instant::now);
        for order in self.open.values() {
            // A full queue belongs to one that does not listen: it is dropped with the program.
            let _ = order.try_send(Order::Close);
        }
    }

    fn means(&self, cluster: &Cluster, post: &Post) -> Means {
        Means { writer: self.writer.clone(), user: self.user.clone(), cluster: cluster.clone(), post: post.clone() }
    }

    /// Forwards a port, or closes one.
    pub fn forward(&mut self, cluster: &Cluster, post: &Post, effect: ForwardEffect) {
        self.forwards.carry_out(self.means(cluster, post), effect);
    }

    /// Copies files, or stops that.
    pub fn copy(&mut self, cluster: &Cluster, post: &Post, effect: CopyEffect) {
        self.copies.carry_out(self.means(cluster, post), effect);
    }

    /// Runs one command in many pods.
    pub fn run(&mut self, cluster: &Cluster, post: &Post, effect: RunEffect) {
        self.runs.carry_out(&self.means(cluster, post), effect);
    }

    /// Carries an effect out.
    pub fn carry_out(&mut self, cluster: &Cluster, post: &Post, effect: ShellEffect) {
        self.open.retain(|_, orders| !orders.is_closed());
        let (id, order) = match effect {
            ShellEffect::Open(id, wanted, size) => {
                let (to, orders) = mpsc::channel(ORDERS);
                self.open.insert(id, to);
                self.alive.fetch_add(1, Ordering::SeqCst);
                let opener = Opener {
                    id,
                    wanted,
                    size,
                    means: self.means(cluster, post),
                    settings: self.settings.clone(),
                    alive: Alive(self.alive.clone()),
                };
                tokio::spawn(opener.live(orders));
                return;
            }
            ShellEffect::Input(id, bytes) => (id, Order::Input(bytes)),
            ShellEffect::Resize(id, size) => (id, Order::Resize(size)),
            ShellEffect::Look(id, look) => (id, Order::Look(look)),
            ShellEffect::Close(id) => (id, Order::Close),
        };
        let Some(orders) = self.open.get(&id) else { return };
        if let Err(mpsc::error::TrySendError::Full(order)) = orders.try_send(order) {
            tracing::warn!(id, ?order, "a session does not take orders: one was dropped");
        }
    }
}
