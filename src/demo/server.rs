//! The listener of the API server.

use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::api::access::Access;
use crate::api::faults::Faults;
use crate::api::writes::Writes;
use crate::api::{Control, Metrics, PodStreams, handle};
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
    /// What clients wrote.
    pub writes: Writes,
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
            writes: Writes::default(),
        }
    }

    /// Answers whoever connects, until `stopped` turns true (or its sender is gone); then connections end.
    pub async fn run(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                taken = listener.accept() => if let Ok((socket, _)) = taken {
                    connections.spawn(serve(self.clone(), socket));
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }
}

async fn serve(server: Server, socket: TcpStream) {
    let _ = socket.set_nodelay(true);
    let service = service_fn(move |request| handle(server.clone(), request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    // A connection that ends early is the client's own affair, or a fault that was asked for.
    let _ = connection.await;
}
