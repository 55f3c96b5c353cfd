//! A port of this machine that leads into a pod.
//!
//! Each connection is a stream of its own, of two channels: data and errors. Both begin with a frame that names the port
//! (k8s.io/kubelet, pkg/cri/streaming/portforward/websocket.go).

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use rolldeck_core::{
    shell::{ForwardStats, ForwardWanted, Opening, Place, Refused},
    text::Clean,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::{Duration, interval},
};
use tokio_tungstenite::tungstenite::Message;

use super::{place, request};
use crate::writer::{Way, Writer};

const DATA: u8 = 0;
const ERRORS: u8 = 1;
/// Bytes of one frame.
const BLOCK: usize = 32 * 1024;
/// Connections at a time; others wait for their turn.
const OPEN: usize = 64;
/// An idle connection is kept alive so often.
const PING: Duration = Duration::from_secs(15);
/// How long a pod may say nothing to a client that says nothing more.
const REST: Duration = Duration::from_secs(10);

/// A forwarded port. Dropping it closes the port and every connection through it.
pub struct Forward {
    /// Where it listens: on 127.0.0.1.
    pub local: SocketAddr,
    /// What went through so far; it changes while anything happens.
    pub stats: watch::Receiver<ForwardStats>,
    task: AbortHandle,
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Writer {
    /// Listens on 127.0.0.1 and forwards each connection to a port of the pod. Whether anything listens there shows with the
    /// first connection: see [`ForwardStats::last_error`].
    ///
    /// # Errors
    /// Why nothing was opened, such as a local port that is taken.
    pub async fn forward(&self, wanted: &ForwardWanted) -> Result<Forward, Refused> {
        let place = &wanted.place;
        let way = self.way(Opening::Forward, &place.pod.namespace).await?;
        let pod = place::pod(&way, place).await?;
        let at = || Clean::from(place.pod.to_string());
        if pod["status"]["phase"] != "Running" {
            let phase = pod["status"]["phase"].as_str().unwrap_or("unknown");
            return Err(Refused::NotRunning(at(), format!("the pod is {phase}").into()));
        }
        let taken = |error: std::io::Error| {
            let why = format!("port {} of this machine cannot be listened on: {error}", wanted.local);
            Refused::Other(at(), why.into())
        };
        let listener = TcpListener::bind(("127.0.0.1", wanted.local)).await.map_err(taken)?;
        let local = listener.local_addr().map_err(taken)?;
        let (tell, stats) = watch::channel(ForwardStats::default());
        let tell = Arc::new(tell);
        let task = tokio::spawn(accept(listener, way, place.clone(), wanted.remote, tell)).abort_handle();
        Ok(Forward { local, stats, task })
    }
}

type Stats = Arc<watch::Sender<ForwardStats>>;

async fn accept(listener: TcpListener, way: Way, place: Place, port: u16, stats: Stats) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            taken = listener.accept(), if connections.len() < OPEN => match taken {
                Ok((socket, _)) => {
                    stats.send_modify(|stats| {
                        stats.open += 1;
                        stats.connections += 1;
                    });
                    let (way, place, stats) = (way.clone(), place.clone(), stats.clone());
                    connections.spawn(async move {
                        let told = connection(socket, &way, &place, port, &stats).await;
                        stats.send_modify(|stats| {
                            stats.open -= 1;
                            if let Err(why) = told {
                                stats.last_error = Some(why);
                            }
                        });
                    });
                }
                Err(error) => {
                    // Too many open files, mostly: the next second may be better.
                    stats.send_modify(|stats| stats.last_error = Some(error.to_string().into()));
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
        }
    }
}

/// Carries one connection to its end.
async fn connection(mut socket: TcpStream, way: &Way, place: &Place, port: u16, stats: &Stats) -> Result<(), Clean> {
    let opened = way.open(request::forward(place, port), place).await;
    let stream = opened.map_err(|refused| Clean::from(refused.to_string()))?.into_stream();
    let (mut to_pod, mut from_pod) = stream.split();
    let (mut from_client, mut to_client) = socket.split();
    let up = async {
        let mut ping = interval(PING);
        let mut block = vec![0; BLOCK];
        loop {
            let message = tokio::select! {
                read = from_client.read(&mut block) => match read {
                    Ok(0) | Err(_) => break,
                    Ok(count) => {
                        stats.send_modify(|stats| stats.sent += count as u64);
                        Message::Binary([&[DATA][..], &block[..count]].concat().into())
                    }
                },
                _ = ping.tick() => Message::Ping(Bytes::new()),
            };
            if to_pod.send(message).await.is_err() {
                break;
            }
        }
        // The protocol cannot end one direction: what the pod still says is waited for, as long as it says something.
        let received = || stats.borrow().received;
        let mut before = received();
        loop {
            tokio::time::sleep(REST).await;
            let now = received();
            if before == std::mem::replace(&mut before, now) {
                return;
            }
        }
    };
    let down = async {
        // The first frame of each channel names the port.
        let mut named = [false; 2];
        while let Some(Ok(message)) = from_pod.next().await {
            let Message::Binary(frame) = message else { continue };
            let (Some(&channel @ (DATA | ERRORS)), rest) = (frame.first(), frame.slice(1.min(frame.len())..)) else {
                continue;
            };
            if !std::mem::replace(&mut named[usize::from(channel)], true) || rest.is_empty() {
                continue;
            }
            if channel == ERRORS {
                return Err(Clean::from_bytes(&rest));
            }
            stats.send_modify(|stats| stats.received += rest.len() as u64);
            if to_client.write_all(&rest).await.is_err() {
                return Ok(());
            }
        }
        Ok(())
    };
    tokio::select! {
        () = up => Ok(()),
        told = down => told,
    }
}
