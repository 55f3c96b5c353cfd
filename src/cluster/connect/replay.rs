//! A small HTTP server of the tests' own: answers by a function, remembers what it was asked.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::AbortHandle,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `GET`.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What to answer.
pub(crate) enum Reply {
    /// A status and a body.
    Json(u16, Value),
    /// Bytes, headers and all.
    Raw(Vec<u8>),
    /// The connection ends without an answer.
    Cut,
    /// The connection stays, nothing comes.
    Silence,
}

/// A server under way; dropping it ends it.
pub(crate) struct Replay {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: AbortHandle,
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Replay {
    /// Listens on a free port of this machine, with TLS where a configuration is given.
    pub(crate) async fn start(
        tls: Option<ServerConfig>,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let acceptor = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let log = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, log, answer) = (acceptor.clone(), log.clone(), answer.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(socket, &log, &*answer).await,
                        Some(acceptor) => {
                            // A client that does not trust us ends the handshake: that is what some tests are about.
                            let Ok(socket) = acceptor.accept(socket).await else { return };
                            serve(socket, &log, &*answer).await;
                        }
                    }
                });
            }
        });
        Self { address, seen, task: task.abort_handle() }
    }

    /// What has been asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

/// Answers as a Kubernetes that knows one user and nothing else.
pub(crate) fn kubernetes(seen: &Seen) -> Reply {
    match seen.path() {
        "/version" => Reply::Json(200, json!({ "gitVersion": "v1.36.3" })),
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => {
            Reply::Json(201, json!({ "status": { "userInfo": { "username": "sam" } } }))
        }
        _ => Reply::Json(404, json!({ "kind": "Status", "message": "not found" })),
    }
}

async fn serve(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    log: &Mutex<Vec<Seen>>,
    answer: &(impl Fn(&Seen) -> Reply + ?Sized),
) {
    let mut buffer = Vec::new();
    while let Some(seen) = read_one(&mut socket, &mut buffer).await {
        log.lock().unwrap().push(seen.clone());
        let bytes = match answer(&seen) {
            Reply::Json(status, body) => {
                let body = body.to_string();
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                [head.as_bytes(), body.as_bytes()].concat()
            }
            Reply::Raw(bytes) => bytes,
            Reply::Cut => return,
            Reply::Silence => std::future::pending().await,
        };
        if socket.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn read_one(socket: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<Seen> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ').map(str::to_owned);
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let whole = end + length.unwrap_or(0);
    while buffer.len() < whole {
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    let body = buffer[end..whole].to_vec();
    buffer.drain(..whole);
    Some(Seen { method: first.next()?, target: first.next()?, headers, body })
}
