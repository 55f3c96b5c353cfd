//! Starting the cluster, and ending it in good order.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    Controls, Pods,
    clock::Clock,
    kubeconfig::kubeconfig,
    server::Server,
    store::Store,
    world::{self, World},
};

/// How long requests in flight may take to end.
const FAREWELL: Duration = Duration::from_secs(1);

/// What the cluster is to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// How many apps it has; `None` is the seed fleet's number.
    pub apps: Option<usize>,
    /// How many pods they run in all; `None` leaves each app's own number.
    pub pods: Option<usize>,
    /// What chance is drawn from: the same seed makes the same cluster.
    pub seed: u64,
    /// How many small things happen to pods each second beside the fleet's own life.
    pub churn: f64,
    /// The port on loopback; 0 is a free one.
    pub port: u16,
    /// Its time stands still until the control endpoint moves it.
    pub paused: bool,
}

/// The cluster cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is not to be had.
    #[error(
        "the demo cluster cannot listen on 127.0.0.1:{port}: {source}\nName another port with --port, or none for a free one."
    )]
    Listen {
        /// The port asked for.
        port: u16,
        /// Why.
        source: io::Error,
    },
}

/// A cluster that runs. It ends when this is dropped, or in good order by [`Running::stop`].
#[derive(Debug)]
pub struct Running {
    /// Where it listens, on loopback.
    pub address: SocketAddr,
    /// The text of a kubeconfig for it.
    pub kubeconfig: String,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    world: JoinHandle<()>,
}

impl Running {
    /// Takes no more requests, ends watches and streams, and waits for what is in flight, for a second at most.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(FAREWELL, &mut self.server).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
        self.world.abort();
    }
}

/// Starts a cluster on loopback, on the runtime that this is called in.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(options: Options) -> Result<Running, ServeError> {
    let bad = |source| ServeError::Listen { port: options.port, source };
    let listener = TcpListener::bind(("127.0.0.1", options.port)).await.map_err(bad)?;
    let address = listener.local_addr().map_err(bad)?;
    let clock = Clock::real();
    let store = Store::seeded(clock.clone(), options.seed);
    if options.paused {
        clock.set_rate(0.0);
    }
    let wanted = world::Options { seed: options.seed, apps: options.apps, pods: options.pods, churn: options.churn };
    world::seed(&store, &wanted);
    let pods = Pods::new(store.clone(), options.seed);
    let mut world = World::new(store.clone(), wanted);
    let debugged = pods.clone();
    world.on_debug(Box::new(move |namespace, name| debugged.begin_debuggers(namespace, name)));
    let mut server = Server::new(store.clone());
    server.metrics = Some(Arc::new(world.meter()));
    server.streams = Some(Arc::new(pods.clone()));
    server.control = Some(Arc::new(Controls::of(&server).with(pods)));
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(server.run(listener, stopped));
    let world = tokio::spawn(world.run(clock));
    Ok(Running { address, kubeconfig: kubeconfig(address), stop, server, world })
}
