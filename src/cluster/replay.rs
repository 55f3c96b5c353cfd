//! A server of the tests' own: raw HTTP/1.1 on loopback, which answers each request as a script says.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinSet,
};

use crate::connect::Cluster;

/// The protobuf of a list.
pub(crate) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// The protobuf of a watch.
pub(crate) const PROTOBUF_WATCH: &str = "application/vnd.kubernetes.protobuf;stream=watch";

/// What to answer.
pub(crate) struct Answer {
    status: u16,
    content_type: &'static str,
    headers: &'static str,
    body: Vec<u8>,
    end: End,
    /// It comes once this was told.
    when: Option<Arc<Notify>>,
}

/// What becomes of an answer after its body.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Whole,
    /// Says nothing more and stays open.
    Silence,
    /// The connection closes within a chunk.
    Cut,
    /// Not even a head comes.
    Never,
}

impl Answer {
    pub(crate) fn ok(content_type: &'static str, body: &[u8]) -> Self {
        Self { status: 200, content_type, headers: "", body: body.to_vec(), end: End::Whole, when: None }
    }

    /// A refusal as JSON.
    pub(crate) fn no(status: u16, reason: &str) -> Self {
        let body = format!(r#"{{"kind":"Status","code":{status},"reason":"{reason}","message":"{reason} indeed"}}"#);
        Self { status, ..Self::ok("application/json", body.as_bytes()) }
    }

    pub(crate) fn then_silence(self) -> Self {
        Self { end: End::Silence, ..self }
    }

    pub(crate) fn then_cut(self) -> Self {
        Self { end: End::Cut, ..self }
    }

    pub(crate) fn with(self, headers: &'static str) -> Self {
        Self { headers, ..self }
    }

    /// Keeps whoever asked waiting until it is told.
    pub(crate) fn when(self, told: &Arc<Notify>) -> Self {
        Self { when: Some(told.clone()), ..self }
    }

    pub(crate) fn never() -> Self {
        Self { end: End::Never, ..Self::ok("", b"") }
    }
}

type Script = Box<dyn FnMut(&str) -> Answer + Send>;

/// The server. Dropping it closes all.
pub(crate) struct Replay {
    pub(crate) cluster: Cluster,
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Replay {
    /// Answers each request, told by its path and query, by the script.
    pub(crate) async fn new(script: impl FnMut(&str) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cluster = cluster(port);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let mut tasks = JoinSet::new();
        let log = asked.clone();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((connection, _)) = listener.accept().await {
                connections.spawn(serve(connection, script.clone(), log.clone()));
            }
        });
        Self { cluster, port, asked, _tasks: tasks }
    }

    /// Its URL, without a path.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Paths and queries so far that hold `part`.
    pub(crate) fn asked(&self, part: &str) -> Vec<String> {
        self.asked.lock().unwrap().iter().filter(|path| path.contains(part)).cloned().collect()
    }
}

/// A connection to a port of this machine.
pub(crate) fn cluster(port: u16) -> Cluster {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut config = kube::Config::new(format!("http://127.0.0.1:{port}").parse().unwrap());
    config.default_retry = false;
    Cluster::over(kube::Client::try_from(config).unwrap(), &[])
}

async fn serve(mut connection: TcpStream, script: Arc<Mutex<Script>>, log: Arc<Mutex<Vec<String>>>) {
    while let Some(path) = head(&mut connection).await {
        log.lock().unwrap().push(path.clone());
        let answer = (script.lock().unwrap())(&path);
        if answer.end == End::Never {
            return std::future::pending().await;
        }
        if let Some(told) = &answer.when {
            told.notified().await;
        }
        let mut bytes = format!(
            "HTTP/1.1 {} Said\r\nContent-Type: {}\r\n{}Transfer-Encoding: chunked\r\n\r\n",
            answer.status, answer.content_type, answer.headers
        )
        .into_bytes();
        if answer.end == End::Cut {
            bytes.extend(format!("{:x}\r\n", answer.body.len() + 1).into_bytes());
            bytes.extend(&answer.body);
        } else if !answer.body.is_empty() {
            bytes.extend(format!("{:x}\r\n", answer.body.len()).into_bytes());
            bytes.extend(&answer.body);
            bytes.extend(b"\r\n");
        }
        if answer.end == End::Whole {
            bytes.extend(b"0\r\n\r\n");
        }
        if connection.write_all(&bytes).await.is_err() || answer.end == End::Cut {
            return;
        }
        if answer.end == End::Silence {
            return std::future::pending().await;
        }
    }
}

/// The path and query of the next request.
async fn head(connection: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    head.split(' ').nth(1).map(str::to_owned)
}
