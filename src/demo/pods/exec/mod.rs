//! What is opened into a pod, over a WebSocket: commands and the container's own process (`remotecommand` of the API: v5 and v4
//! of its channels), and ports.

mod attach;
mod channels;
mod ending;
mod forward;
mod handshake;

use bytes::Bytes;
use futures::future::BoxFuture;
use handshake::Protocol;
use http::{Request, Response};
use hyper::{
    body::Incoming,
    upgrade::{OnUpgrade, Upgraded},
};
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::protocol::{Role, WebSocketConfig},
};

use super::{
    logs::{Bursts, Life, choose, live},
    userland::{Host, Terminal, run},
};
use crate::{
    api::{Body, Door, Query},
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
pub(super) fn wanted(door: Door, pod: &Value, query: &Query) -> Result<(Wanted, Life), Refusal> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let container = choose(pod, query.text("container"))?;
    let command: Vec<String> = query.all("command").map(str::to_owned).collect();
    let flag = |name| query.flag(name);
    let mut wanted = Wanted {
        container,
        command,
        stdin: flag("stdin"),
        stdout: flag("stdout"),
        stderr: flag("stderr"),
        tty: flag("tty"),
    };
    if wanted.command.is_empty() && door == Door::Exec {
        return Err(Refusal::bad_request("you must specify at least 1 command for the container"));
    }
    if !(wanted.stdin || wanted.stdout || wanted.stderr) {
        return Err(Refusal::bad_request("you must specify at least one of stdin, stdout, stderr"));
    }
    scheduled(pod)?;
    if let Some(phase @ ("Succeeded" | "Failed")) = pod["status"]["phase"].as_str() {
        let deed = if door == Door::Exec { "exec into" } else { "attach to" };
        return Err(Refusal::bad_request(format!(
            "cannot {deed} a container in a completed pod; current phase is {phase}"
        )));
    }
    let Some(life) = live(pod, &wanted.container) else {
        let why = match door {
            Door::Exec => format!("container not found (\"{}\")", wanted.container),
            _ => format!("container {} not found in pod {name}", wanted.container),
        };
        return Err(Refusal::new(500, "InternalError", why));
    };
    if door == Door::Attach {
        // The container's own process has a terminal or has none, and reads or does not, whatever is asked for.
        let lists = ["containers", "ephemeralContainers", "initContainers"].into_iter();
        let all = lists.flat_map(|list| pod["spec"][list].as_array().into_iter().flatten());
        let spec = all.into_iter().find(|one| one["name"] == wanted.container.as_str());
        let has = |field: &str| spec.is_some_and(|spec| spec[field] == true);
        if wanted.tty && !has("tty") {
            let why = format!("unable to upgrade: container {} has no terminal", wanted.container);
            return Err(Refusal::bad_request(why));
        }
        wanted.stdin &= has("stdin");
    }
    Ok((wanted, life))
}

/// A pod without a node has nothing to open.
fn scheduled(pod: &Value) -> Result<(), Refusal> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    match pod["spec"]["nodeName"].as_str().is_none_or(str::is_empty) {
        true => Err(Refusal::bad_request(format!("pod {name} does not have a host assigned"))),
        false => Ok(()),
    }
}

/// A WebSocket, as it is once the client has its answer; `None` for a client that left before.
async fn upgraded(upgrade: OnUpgrade) -> Option<WebSocketStream<TokioIo<Upgraded>>> {
    let upgraded = upgrade.await.ok()?;
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(FRAME);
    config.max_frame_size = Some(FRAME);
    Some(WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await)
}

/// Upgrades a request, and is what is wanted in the container until it ends, the client is gone, or `cut` is done.
///
/// # Errors
/// 400 for a request that is no WebSocket's.
pub(super) fn answer(
    host: Host,
    bursts: Bursts,
    door: Door,
    wanted: Wanted,
    mut request: Request<Incoming>,
    cut: BoxFuture<'static, ()>,
) -> Result<Response<Body>, Refusal> {
    let (response, protocol) = handshake::answer(request.headers(), Protocol::STREAMS)?;
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Some(socket) = upgraded(upgrade).await else { return };
        let (to_command, input) = mpsc::channel(WAITING);
        let (output, from_command) = mpsc::channel(WAITING);
        let terminal = Terminal::new(wanted.tty, input, output);
        let argv = wanted.command.clone();
        let command = async move {
            match door {
                Door::Attach => attach::attached(host, bursts, terminal).await,
                _ => run(host, &argv, terminal).await,
            }
        };
        channels::carry(socket, protocol, &wanted, to_command, from_command, command, cut).await;
    });
    Ok(response)
}

/// Upgrades a request, and forwards the ports that it names.
///
/// # Errors
/// 400 for a request that is no WebSocket's, or names no port, or a pod that does not run.
pub(super) fn forward(
    pod: Value,
    query: &Query,
    mut request: Request<Incoming>,
    cut: BoxFuture<'static, ()>,
) -> Result<Response<Body>, Refusal> {
    let ports = forward::ports(query)?;
    scheduled(&pod)?;
    if pod["status"]["phase"] != "Running" {
        let phase = pod["status"]["phase"].as_str().unwrap_or_default();
        let why = format!("unable to forward port because pod is not running. Current status={phase}");
        return Err(Refusal::bad_request(why));
    }
    let (response, _) = handshake::answer(request.headers(), Protocol::PORTS)?;
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        if let Some(socket) = upgraded(upgrade).await {
            forward::carry(socket, pod, ports, cut).await;
        }
    });
    Ok(response)
}

/// An answer without a body.
fn empty() -> Body {
    use http_body_util::BodyExt;
    http_body_util::Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync()
}
