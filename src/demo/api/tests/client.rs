//! A server on loopback and a plain client for it.

use std::net::SocketAddr;

use bytes::Bytes;
use chrono::DateTime;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::clock::Clock;
use crate::server::Server;
use crate::store::kind::{NAMESPACE, POD};
use crate::store::{KEPT, Store};

/// A running server; it ends when this is dropped.
pub struct Cluster {
    pub server: Server,
    pub store: Store,
    address: SocketAddr,
    _stop: watch::Sender<bool>,
}

/// What was answered.
pub struct Answer {
    pub code: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("an answer in JSON")
    }
}

/// A cluster with the namespaces `prod` and `dev`.
pub async fn cluster() -> Cluster {
    let store = Store::new(Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).expect("a time")));
    for name in ["prod", "dev"] {
        store.create(&NAMESPACE, json!({ "metadata": { "name": name } })).expect("created");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = watch::channel(false);
    let server = Server::new(store.clone());
    tokio::spawn(server.clone().run(listener, stopped));
    Cluster { server, store, address, _stop: stop }
}

impl Cluster {
    /// Puts a pod in, past the API.
    pub fn pod(&self, namespace: &str, name: &str) {
        let pod = json!({
            "metadata": { "name": name, "namespace": namespace, "labels": { "app": "shop" } },
            "spec": { "nodeName": "n1", "containers": [{ "name": "a", "image": "a:1" }] },
            "status": { "phase": "Running" },
        });
        self.store.create(&POD, pod).expect("created");
    }

    /// Changes a label of a pod, past the API.
    pub fn label(&self, name: &str, key: &str, value: &str) {
        let set = |pod: &mut Value| {
            pod["metadata"]["labels"][key] = value.into();
            Ok(())
        };
        self.store.update(&POD, "prod", name, set).expect("labelled");
    }

    /// Writes so often that older versions are forgotten.
    pub fn outlive_history(&self) {
        for count in 0..=KEPT {
            self.label("a", "count", &count.to_string());
        }
    }

    /// Sends a request and gives its answer while it still comes.
    pub async fn open(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> hyper::Result<Response<Incoming>> {
        let socket = TcpStream::connect(self.address).await.expect("a connection");
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        let mut request =
            Request::builder().method(method).uri(path).header("host", "demo").header("user-agent", "test/1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        sender.send_request(request.body(Full::new(Bytes::from(body.to_owned()))).expect("a request")).await
    }

    /// Sends a request and gives the whole answer.
    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let response = self.open(method, path, headers, body).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer { code: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "").await
    }

    /// Sends JSON of this type.
    pub async fn send(&self, method: &str, path: &str, content_type: &str, body: &Value) -> Answer {
        self.ask(method, path, &[("content-type", content_type)], &body.to_string()).await
    }

    /// Opens a watch in JSON.
    pub async fn watch(&self, path: &str) -> Events {
        let response = self.open("GET", path, &[], "").await.expect("a watch");
        assert_eq!(response.status(), 200);
        Events { body: response.into_body(), read: Vec::new() }
    }
}

/// The events of a watch, as they come.
pub struct Events {
    body: Incoming,
    read: Vec<u8>,
}

impl Events {
    /// The next event; `None` when the watch has ended.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).expect("an event"));
            }
            let frame = self.body.frame().await?.ok()?;
            self.read.extend_from_slice(frame.data_ref().expect("data"));
        }
    }

    /// The type and the name of the next event's object.
    pub async fn told(&mut self) -> (String, String) {
        let event = self.next().await.expect("an event");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&event["type"]), text(&event["object"]["metadata"]["name"]))
    }
}
