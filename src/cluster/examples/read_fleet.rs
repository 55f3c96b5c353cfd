//! Reads every pod of a cluster and says how long that took and how much memory it held, beside a reader that throws the same
//! stream away: `cargo run -p rolldeck-cluster --release --example read_fleet -- [drain]`, on the kubeconfig's context.

use std::time::Instant;

use http_body_util::BodyExt;
use kube::{Client, Config};
use rolldeck_cluster::{connect::Cluster, watch::watch};
use rolldeck_core::fleet::{Resource, Source, SourceEvent};
use tokio::sync::mpsc;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| "a TLS provider is installed already")?;
    let mut config = Config::infer().await?;
    config.default_retry = false;
    let client = Client::try_from(config)?;
    client.apiserver_version().await?;
    let start = Instant::now();
    match std::env::args().nth(1).as_deref() {
        Some("drain") => drain(&client, start).await?,
        _ => read(client, start).await?,
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    for line in status.lines().filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS")) {
        println!("{line}");
    }
    Ok(())
}

/// As the fleet reads, keeping no row.
async fn read(client: Client, start: Instant) -> Result<(), Failure> {
    let (to, mut updates) = mpsc::channel(16);
    let _watching = watch(&Cluster::over(client, &[]), vec![Source { resource: Resource::Pods, scope: None }], to);
    let (mut objects, mut said_first) = (0usize, false);
    while let Some(batch) = updates.recv().await {
        for update in batch {
            match update.event {
                SourceEvent::Applied(_) => objects += 1,
                SourceEvent::Listed => {
                    println!("complete after {:?}: {objects} objects", start.elapsed());
                    return Ok(());
                }
                _ => {}
            }
        }
        if objects > 0 && !said_first {
            said_first = true;
            println!("first {objects} rows after {:?}", start.elapsed());
        }
    }
    Err("the stream ended".into())
}

/// The same watch list, of which nothing but the bytes is counted.
async fn drain(client: &Client, start: Instant) -> Result<(), Failure> {
    let uri =
        "/api/v1/pods?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    let request = http::Request::get(uri)
        .header("accept", "application/vnd.kubernetes.protobuf;stream=watch")
        .body(kube::client::Body::empty())?;
    let mut body = client.send(request).await?.into_body();
    let (mut bytes, mut tail) = (0usize, Vec::new());
    while let Some(frame) = body.frame().await {
        let data = frame?.into_data().unwrap_or_default();
        bytes += data.len();
        tail.extend_from_slice(&data[data.len().saturating_sub(4096)..]);
        let end = b"k8s.io/initial-events-end";
        if tail.windows(end.len()).any(|window| window == end) {
            break;
        }
        tail.drain(..tail.len().saturating_sub(end.len()));
    }
    println!("thrown away after {:?}: {bytes} bytes", start.elapsed());
    Ok(())
}
