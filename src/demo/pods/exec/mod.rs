//! Commands in a container, over a WebSocket (`remotecommand` of the API: v5 and v4 of its channels).

mod channels;
mod ending;
mod handshake;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};

use super::{
    logs::{Life, choose, live},
    userland::{Host, Terminal, run},
};
use crate::{
    api::{Body, Query},
    store::Refusal,
};
use serde_json::Value;

/// One frame of a client may have so many bytes.
const FRAME: usize = 1024 * 1024;
/// Frames that wait for a command, and blocks of output that wait for a client.
const WAITING: usize = 16;

/// What a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) container: String,
    pub(super) command: Vec<String>,
    pub(super) stdin: bool,
    pub(super) stdout: bool,
    pub(super) stderr: bool,
    pub(super) tty: bool,
}

/// Reads what a client asks for, and finds the instance that it is to run in.
///
/// # Errors
/// 400 and 500 in the words of the API server and the kubelet.
pub(super) fn wanted(pod: &Value, query: &Query) -> Result<(Wanted, Life), Refusal> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let container = choose(pod, query.text("container"))?;
    let command: Vec<String> = query.all("command").map(str::to_owned).collect();
    let flag = |name| query.flag(name);
    let wanted = Wanted {
        container,
        command,
        stdin: flag("stdin"),
        stdout: flag("stdout"),
        stderr: flag("stderr"),
        tty: flag("tty"),
    };
    if wanted.command.is_empty() {
        return Err(Refusal::bad_request("you must specify at least 1 command for the container"));
    }
    if !(wanted.stdin || wanted.stdout || wanted.stderr) {
        return Err(Refusal::bad_request("you must specify at least one of stdin, stdout, stderr"));
    }
    if pod["spec"]["nodeName"].as_str().is_none_or(str::is_empty) {
        return Err(Refusal::bad_request(format!("pod {name} does not have a host assigned")));
    }
    if let Some(phase @ ("Succeeded" | "Failed")) = pod["status"]["phase"].as_str() {
        return Err(Refusal::bad_request(format!(
            "cannot exec into a container in a completed pod; current phase is {phase}"
        )));
    }
    let Some(life) = live(pod, &wanted.container) else {
        let why = format!("container not found (\"{}\")", wanted.container);
        return Err(Refusal::new(500, "InternalError", why));
    };
    Ok((wanted, life))
}

/// Upgrades a request, and runs what is wanted in the container until it ends or the client is gone.
///
/// # Errors
/// 400 for a request that is no WebSocket's.
pub(super) fn answer(host: Host, wanted: Wanted, mut request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
    let (response, protocol) = handshake::answer(request.headers())?;
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        // A client that leaves before the upgrade is done wants nothing.
        let Ok(upgraded) = upgrade.await else { return };
        let mut config = WebSocketConfig::default();
        config.max_message_size = Some(FRAME);
        config.max_frame_size = Some(FRAME);
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        let (to_command, input) = mpsc::channel(WAITING);
        let (output, from_command) = mpsc::channel(WAITING);
        let terminal = Terminal::new(wanted.tty, input, output);
        let argv = wanted.command.clone();
        let command = async move { run(host, &argv, terminal).await };
        channels::carry(socket, protocol, &wanted, to_command, from_command, command).await;
    });
    Ok(response)
}

/// An answer without a body.
fn empty() -> Body {
    use http_body_util::BodyExt;
    http_body_util::Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync()
}
