//! Ports of a pod over a WebSocket: two channels a port, data and errors, that both begin with the port's number
//! (k8s.io/kubelet, pkg/cri/streaming/portforward/websocket.go). Behind the ports of its containers an HTTP server answers.

use std::convert::Infallible;

use bytes::Bytes;
use futures::{SinkExt, StreamExt, future::BoxFuture};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split},
    sync::mpsc,
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use crate::{api::Query, store::Refusal};

/// Bytes of one frame, and of what waits between both sides.
const BLOCK: usize = 32 * 1024;
/// Ports of one request.
const PORTS: usize = 16;

/// The ports that a request names.
///
/// # Errors
/// 400 in the kubelet's words.
pub(super) fn ports(query: &Query) -> Result<Vec<u16>, Refusal> {
    let all: Vec<&str> = query.all("ports").flat_map(|text| text.split(',')).filter(|text| !text.is_empty()).collect();
    if all.is_empty() {
        return Err(Refusal::bad_request("query parameter \"port\" is required"));
    }
    let read = |text: &&str| text.parse::<u16>().ok().filter(|port| *port > 0);
    let ports: Option<Vec<u16>> = all.iter().map(read).collect();
    let ports = ports.filter(|ports| ports.len() <= PORTS);
    ports.ok_or_else(|| Refusal::bad_request(format!("unable to parse ports: {}", all.join(","))))
}

/// Carries bytes between a client and the ports of a pod until either is gone.
pub(super) async fn carry<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: WebSocketStream<S>,
    pod: Value,
    ports: Vec<u16>,
    mut cut: BoxFuture<'static, ()>,
) {
    let (to_client, mut frames) = mpsc::channel::<Vec<u8>>(16);
    let mut open: Vec<Option<WriteHalf<DuplexStream>>> = Vec::new();
    for (at, port) in (0u8..).zip(&ports) {
        for channel in [2 * at, 2 * at + 1] {
            let [low, high] = port.to_le_bytes();
            if socket.send(Message::Binary(vec![channel, low, high].into())).await.is_err() {
                return;
            }
        }
        if !listens(&pod, *port) {
            let mut frame = vec![2 * at + 1];
            frame.extend_from_slice(refused(&pod, *port).as_bytes());
            // The client leaves by itself where it has what it needs.
            let _ = socket.send(Message::Binary(frame.into())).await;
            open.push(None);
            continue;
        }
        let (ours, theirs) = duplex(BLOCK);
        tokio::spawn(serve(theirs, pod.clone()));
        let (read, write) = split(ours);
        tokio::spawn(pass(2 * at, read, to_client.clone()));
        open.push(Some(write));
    }
    drop(to_client);
    if open.iter().all(Option::is_none) {
        let _ = socket.close(None).await;
        return;
    }
    loop {
        tokio::select! {
            () = &mut cut => return,
            frame = frames.recv() => match frame {
                Some(frame) => if socket.send(Message::Binary(frame.into())).await.is_err() { return },
                None => {
                    // Every server has hung up.
                    let _ = socket.close(None).await;
                    return;
                }
            },
            message = socket.next() => match message {
                Some(Ok(Message::Binary(frame))) => {
                    let Some((channel, bytes)) = frame.split_first() else { continue };
                    let port = open.get_mut(usize::from(channel / 2)).and_then(Option::as_mut);
                    if let Some(port) = port.filter(|_| channel % 2 == 0) && port.write_all(bytes).await.is_err() {
                        return;
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}

/// Passes on what a server says, as frames of its channel.
async fn pass(channel: u8, mut read: ReadHalf<DuplexStream>, to: mpsc::Sender<Vec<u8>>) {
    let mut block = vec![0; BLOCK];
    while let Ok(count) = read.read(&mut block).await
        && count > 0
    {
        let mut frame = Vec::with_capacity(count + 1);
        frame.push(channel);
        frame.extend_from_slice(&block[..count]);
        if to.send(frame).await.is_err() {
            return;
        }
    }
}

fn listens(pod: &Value, port: u16) -> bool {
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    containers.flat_map(|one| one["ports"].as_array().into_iter().flatten()).any(|one| one["containerPort"] == port)
}

fn refused(pod: &Value, port: u16) -> String {
    let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
    format!(
        "error forwarding port {port} to pod {uid}, uid : failed to execute portforward in network namespace \
         \"/var/run/netns/cni-{uid}\": failed to connect to localhost:{port} inside namespace \"{uid}\", IPv4: dial tcp4 \
         127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found "
    )
}

/// The app's HTTP server, for one connection.
async fn serve(stream: DuplexStream, pod: Value) {
    let service = service_fn(move |request| {
        let pod = pod.clone();
        async move { Ok::<_, Infallible>(answer(request, &pod).await) }
    });
    // A connection that ends early is the client's own affair.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(request: Request<Incoming>, pod: &Value) -> Response<Full<Bytes>> {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default();
    let app = pod["metadata"]["labels"]["app.kubernetes.io/name"].as_str().unwrap_or("app");
    let (status, body) = match (request.method().clone(), request.uri().path()) {
        (Method::GET, "/") => (200, Bytes::from(format!("{app} 运单 {}/{}\n", text("namespace"), text("name")))),
        (Method::GET, "/ready" | "/live") => (200, Bytes::from_static(b"ok\n")),
        (Method::GET, "/metrics") => (200, Bytes::from_static(b"# TYPE up gauge\nup 1\n")),
        (Method::POST, "/echo") => match request.into_body().collect().await {
            Ok(body) => (200, body.to_bytes()),
            Err(_) => (400, Bytes::new()),
        },
        _ => (404, Bytes::from_static(b"404 page not found\n")),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
