//! Attaching to a container's own process: what it writes from now on, and, where it reads, what is typed.

use futures::StreamExt;
use serde_json::Value;

use crate::pods::{
    logs::{self, Bursts, Options},
    userland::{Channel, Ending, Host, Line, Session, Terminal, run},
};

/// Is what the process writes and reads until it ends, or the client leaves.
pub(super) async fn attached(host: Host, bursts: Bursts, terminal: Terminal) -> Ending {
    let spec = host.spec().clone();
    let flag = |name: &str| spec[name] == Value::Bool(true);
    let debugger = host.pod["spec"]["ephemeralContainers"].as_array().into_iter().flatten();
    if debugger.into_iter().any(|one| one["name"] == host.container.as_str()) && flag("stdin") && flag("tty") {
        // Its process is a shell that waits for somebody.
        return run(host, &["sh".to_owned()], terminal).await;
    }
    let Terminal { tty, input, output } = terminal;
    let session = Session::new(tty, output);
    let reads = flag("stdin");
    tokio::select! {
        () = said(&host, &bursts, &session) => Ending::Code(0),
        () = async { if reads { typed(&session).await } else { std::future::pending().await } } => Ending::Code(0),
        () = session.closed() => Ending::Code(0),
        () = session.pump(input) => Ending::Code(0),
    }
}

/// Passes on what the process writes.
async fn said(host: &Host, bursts: &Bursts, session: &Session) {
    let container = Some(host.container.clone());
    let options = Options { container, follow: true, tail: Some(0), ..Options::default() };
    let Ok(stream) = logs::answer(&host.store, host.seed, bursts, host.pod.clone(), options) else { return };
    let mut stream = Box::pin(stream);
    while let Some(block) = stream.next().await {
        if !session.write(Channel::Out, &block).await {
            return;
        }
    }
}

/// The app has a small console: it repeats what it does not understand. Its standard input may end, and nothing else with it.
async fn typed(session: &Session) {
    loop {
        let answer = match session.line("> ").await {
            Line::Text(text) if text.trim() == "help" => "commands: help, status\n".to_owned(),
            Line::Text(text) if text.trim() == "status" => "status: serving 运单\n".to_owned(),
            Line::Text(text) => format!("unknown command: {text}\n"),
            Line::Interrupted => continue,
            Line::End => return std::future::pending().await,
        };
        session.write(Channel::Out, answer.as_bytes()).await;
    }
}
