//! Credential plugins: programs that print a token or a client certificate.
//!
//! The protocol is client.authentication.k8s.io/v1 (KEP-541). kube would run a plugin three times for one connection, on the
//! runtime, and again whenever a token ends, with our terminal in its hands: so it is run here, once, and told whether it may
//! talk to a person.

use std::{
    io::{IsTerminal, Read, Write},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use kube::config::{ExecConfig, ExecInteractiveMode};
use rolldeck_core::{Time, text::Clean};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use super::ConnectError;

/// How long a plugin that nobody watches may take.
const QUIET_LIMIT: Duration = Duration::from_secs(30);
/// The most that is kept of what a plugin prints.
const OUTPUT_LIMIT: usize = 1 << 20;

/// Whether the plugin may have the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// No screen is open: stdin and stderr are the plugin's, if they are a terminal.
    MayAsk,
    /// A screen is open: no stdin, what it says is caught, and it has no controlling terminal to write to.
    Quiet,
}

/// What a plugin gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Credential {
    /// A bearer token.
    pub token: Option<SecretString>,
    /// A client certificate and its key, each base64 of PEM, as a kubeconfig has them.
    pub certificate: Option<(String, SecretString)>,
    /// When it ends.
    pub expires: Option<Time>,
}

#[derive(Deserialize)]
struct Answer {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<String>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Runs the plugin off the runtime.
pub(super) async fn run(plugin: &ExecConfig, manner: Manner) -> Result<Credential, ConnectError> {
    let (plugin, command) = (plugin.clone(), name(plugin));
    tokio::task::spawn_blocking(move || run_blocking(&plugin, manner))
        .await
        .unwrap_or_else(|error| Err(ConnectError::PluginAnswer { command, why: Clean::from(error.to_string()) }))
}

fn not_ended(command: Clean, stderr: Clean) -> ConnectError {
    let status = Clean::from(format!("no end after {} s", QUIET_LIMIT.as_secs()));
    ConnectError::PluginFailed { command, status, stderr }
}

fn name(plugin: &ExecConfig) -> Clean {
    Clean::new(plugin.command.as_deref().unwrap_or_default())
}

fn run_blocking(plugin: &ExecConfig, manner: Manner) -> Result<Credential, ConnectError> {
    let terminal = manner == Manner::MayAsk && std::io::stdin().is_terminal();
    let interactive = match plugin.interactive_mode {
        Some(ExecInteractiveMode::Never) => false,
        Some(ExecInteractiveMode::Always) if !terminal => {
            return Err(ConnectError::PluginNeedsTerminal { command: name(plugin) });
        }
        _ => terminal,
    };
    let mut command = prepare(plugin, interactive)?;
    if manner == Manner::Quiet {
        leave_terminal(&mut command);
    }
    let child = command.spawn().map_err(|error| not_started(plugin, &error))?;
    // A person may have to act (in a browser, say) whether or not the plugin reads the terminal: without a screen it may take
    // its time, and what it says is seen as it says it.
    let limit = (manner == Manner::Quiet).then_some(QUIET_LIMIT);
    let aloud = manner == Manner::MayAsk && std::io::stderr().is_terminal();
    let (status, stdout, stderr) = finish(child, limit, aloud).map_err(|error| not_started(plugin, &error))?;
    let (command, stderr) = (name(plugin), last_words(&stderr));
    match status {
        None => return Err(not_ended(command, stderr)),
        Some(status) if !status.success() => {
            return Err(ConnectError::PluginFailed { command, status: Clean::from(status.to_string()), stderr });
        }
        Some(_) => {}
    }
    understand(plugin, &stdout)
}

fn prepare(plugin: &ExecConfig, interactive: bool) -> Result<Command, ConnectError> {
    let program = plugin.command.as_deref().filter(|program| !program.is_empty());
    let bad = |why: &str| ConnectError::PluginAnswer { command: name(plugin), why: why.into() };
    let mut command = Command::new(program.ok_or_else(|| bad("users[].user.exec.command is empty"))?);
    command.args(plugin.args.iter().flatten());
    for pair in plugin.env.iter().flatten() {
        if let (Some(name), Some(value)) = (pair.get("name"), pair.get("value")) {
            command.env(name, value);
        }
    }
    let mut spec = json!({ "interactive": interactive });
    if let Some(cluster) = plugin.cluster.as_ref().filter(|_| plugin.provide_cluster_info) {
        spec["cluster"] = serde_json::to_value(cluster).map_err(|error| bad(&error.to_string()))?;
    }
    let info = json!({ "kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec });
    command.env("KUBERNETES_EXEC_INFO", info.to_string());
    command.stdout(Stdio::piped());
    command.stdin(if interactive { Stdio::inherit() } else { Stdio::null() });
    command.stderr(if interactive { Stdio::inherit() } else { Stdio::piped() });
    Ok(command)
}

/// Gives the plugin a session of its own: without a controlling terminal it cannot open `/dev/tty` and draw over the screen.
#[expect(unsafe_code, reason = "setsid is async-signal-safe, and std offers no safe call for it")]
fn leave_terminal(command: &mut Command) {
    // SAFETY: the closure calls nothing but setsid, which may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::setsid();
            Ok(())
        });
    }
}

/// Waits for the end, reading both pipes meanwhile; with a limit, kills it then (status `None`).
fn finish(
    mut child: Child,
    limit: Option<Duration>,
    aloud: bool,
) -> std::io::Result<(Option<ExitStatus>, Vec<u8>, Vec<u8>)> {
    let stdout = child.stdout.take().map(|pipe| drain(pipe, false));
    let stderr = child.stderr.take().map(|pipe| drain(pipe, aloud));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            child.kill()?;
            child.wait()?;
            return Ok((None, Vec::new(), Vec::new()));
        }
        thread::sleep(Duration::from_millis(5));
    };
    let read = |pipe: Option<thread::JoinHandle<Vec<u8>>>| pipe.and_then(|pipe| pipe.join().ok()).unwrap_or_default();
    Ok((status, read(stdout), read(stderr)))
}

/// Reads a pipe to its end; `aloud`, repeats it on stderr as it comes.
fn drain(mut pipe: impl Read + Send + 'static, aloud: bool) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let (mut kept, mut chunk) = (Vec::new(), [0; 4096]);
        // What was read until the pipe broke is all there is.
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            if aloud {
                // A terminal that is gone hears nothing; the plugin's answer counts all the same.
                let _ = std::io::stderr().write_all(&chunk[..count]);
            }
            let room = OUTPUT_LIMIT.saturating_sub(kept.len());
            kept.extend_from_slice(&chunk[..count.min(room)]);
        }
        kept
    })
}

fn not_started(plugin: &ExecConfig, error: &std::io::Error) -> ConnectError {
    let command = name(plugin);
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            let hint = plugin.install_hint.as_deref().unwrap_or_default();
            ConnectError::PluginMissing { command, hint: Clean::new(hint.trim()) }
        }
        _ => ConnectError::PluginFailed { command, status: Clean::from(error.to_string()), stderr: Clean::default() },
    }
}

/// The last line that says something.
fn last_words(stderr: &[u8]) -> Clean {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    Clean::from(line.chars().take(300).collect::<String>())
}

fn understand(plugin: &ExecConfig, stdout: &[u8]) -> Result<Credential, ConnectError> {
    let bad = |why: &str| ConnectError::PluginAnswer { command: name(plugin), why: Clean::new(why) };
    // The parser's own words could quote a token: only the place is told.
    let answer: Answer = serde_saphyr::from_slice(stdout).map_err(|_| bad("what it printed is no ExecCredential"))?;
    let status = answer.status.ok_or_else(|| bad("its answer has no status"))?;
    let expires = match status.expiration_timestamp.as_deref() {
        None => None,
        Some(text) => Some(
            chrono::DateTime::parse_from_rfc3339(text)
                .map_err(|_| bad("its expirationTimestamp is no RFC 3339 time"))?
                .to_utc(),
        ),
    };
    let certificate = match (status.client_certificate_data, status.client_key_data) {
        (Some(certificate), Some(key)) => {
            Some((STANDARD.encode(certificate), SecretString::from(STANDARD.encode(key))))
        }
        (None, None) => None,
        _ => return Err(bad("it gave a certificate without its key, or a key without its certificate")),
    };
    let token = status.token.filter(|token| !token.is_empty()).map(SecretString::from);
    if token.is_none() && certificate.is_none() {
        return Err(bad("its status holds neither a token nor a client certificate"));
    }
    Ok(Credential { token, certificate, expires })
}
