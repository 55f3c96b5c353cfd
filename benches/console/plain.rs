//! Plain clients: read every pod in each way that the server offers, and throw it away.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use http_body_util::BodyExt;
use kube::{
    Client, Config,
    client::Body,
    config::{KubeConfigOptions, Kubeconfig},
};

use crate::Failure;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
const STREAM: &str = "application/vnd.kubernetes.protobuf;stream=watch";
const TABLE: &str = "application/json;as=Table;g=meta.k8s.io;v=v1";
const WATCH_LIST: &str = "watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";

/// A way to read, by name.
pub const WAYS: [(&str, &str, &str); 6] = [
    ("pages of 500, JSON", "limit=500", JSON),
    ("one list from the cache, JSON", "resourceVersion=0", JSON),
    ("one list from the cache, protobuf", "resourceVersion=0", PROTOBUF),
    ("watch list, protobuf", WATCH_LIST, STREAM),
    ("watch list, JSON", WATCH_LIST, JSON),
    ("table without objects", "resourceVersion=0&includeObject=None", TABLE),
];

/// How long a way takes, and how many bytes come.
pub fn read(kubeconfig: &Path, query: &str, accept: &str) -> Result<(Duration, u64), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let kubeconfig = Kubeconfig::read_from(kubeconfig)?;
        let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
        config.default_retry = false;
        let client = Client::try_from(config)?;
        client.apiserver_version().await?;
        let (start, mut bytes, mut next) = (Instant::now(), 0, String::new());
        loop {
            let path = format!("/api/v1/pods?{query}{next}");
            let (read, token) = exchange(&client, &path, accept).await?;
            bytes += read;
            match token {
                Some(token) => next = format!("&continue={token}"),
                None => return Ok((start.elapsed(), bytes)),
            }
        }
    })
}

/// One request, read to its end (a watch list: to the end of its list). The token of the next page, if there is one.
async fn exchange(client: &Client, path: &str, accept: &str) -> Result<(u64, Option<String>), Failure> {
    let request = http::Request::get(path).header("accept", accept).body(Body::empty())?;
    let answer = client.send(request).await?;
    if !answer.status().is_success() {
        return Err(format!("{path}: {}", answer.status()).into());
    }
    let (mut body, mut bytes, mut head, mut tail) = (answer.into_body(), 0u64, Vec::new(), Vec::new());
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        bytes += data.len() as u64;
        if head.len() < 4096 {
            head.extend_from_slice(&data[..data.len().min(4096)]);
        }
        tail.extend_from_slice(&data[data.len().saturating_sub(4096)..]);
        let end = b"k8s.io/initial-events-end";
        if path.contains("watch=true") && tail.windows(end.len()).any(|window| window == end) {
            break;
        }
        let keep = tail.len().saturating_sub(end.len());
        tail.drain(..keep);
    }
    Ok((bytes, token(&String::from_utf8_lossy(&head))))
}

/// `metadata.continue` of a page in JSON, which stands near its beginning.
fn token(head: &str) -> Option<String> {
    let (_, rest) = head.split_once("\"continue\":\"")?;
    let (token, _) = rest.split_once('"')?;
    (!token.is_empty()).then(|| token.to_owned())
}
