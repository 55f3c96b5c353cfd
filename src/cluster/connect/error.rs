//! Why there is no connection, and what to do about it.

use std::{io, path::PathBuf};

use rolldeck_core::{Time, text::Clean};

/// Why there is no connection. The message says what to do: one to three lines, harmless to a terminal.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No file anywhere, and not inside a cluster.
    #[error("no kubeconfig found (looked for {})\nName one with --kubeconfig FILE or in KUBECONFIG.", list(.looked))]
    NoKubeconfig {
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// The file of `--kubeconfig` is not there.
    #[error("kubeconfig {} does not exist\nCheck the path after --kubeconfig.", shown(.path))]
    KubeconfigMissing {
        /// The file.
        path: PathBuf,
    },
    /// A file is there but cannot be read.
    #[error("cannot read kubeconfig {}: {}\nCheck its owner and mode (chmod 600).", shown(.path), reason(.source))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not a kubeconfig.
    #[error("{}:{line}:{column}: not a valid kubeconfig: {message}\nCorrect this line, or name another file with --kubeconfig.", shown(.path))]
    BadYaml {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: u64,
        /// From 1.
        column: u64,
        /// What the parser says.
        message: Clean,
    },
    /// No context is current and none was named.
    #[error("the kubeconfig has no current context\n{}", choice(.known))]
    NoContext {
        /// The contexts that there are.
        known: Vec<Clean>,
    },
    /// No such context.
    #[error("there is no context {name:?}\n{}", choice(.known))]
    UnknownContext {
        /// What was asked for.
        name: Clean,
        /// The contexts that there are, the nearest first.
        known: Vec<Clean>,
    },
    /// A context names a cluster or user that no file has.
    #[error(
        "context {context:?} names {what} {name:?}, which the kubeconfig does not have\nAdd it, or pick another context with --context."
    )]
    Dangling {
        /// The context.
        context: Clean,
        /// `cluster` or `user`.
        what: &'static str,
        /// The name that leads nowhere.
        name: Clean,
    },
    /// The cluster's entry has no usable address.
    #[error(
        "cluster {cluster:?} has no usable server address: {why}\nSet clusters[].cluster.server to one like https://host:6443."
    )]
    BadServer {
        /// The cluster.
        cluster: Clean,
        /// What is wrong.
        why: Clean,
    },
    /// A file that the kubeconfig names is not there or cannot be read.
    #[error("cannot read {what} {}: {}\nThe kubeconfig names this file: correct the path, or fetch the credentials anew.", shown(.path), reason(.source))]
    CredentialFile {
        /// `the client certificate`, `the token file`, …
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Credentials or certificates that cannot be understood.
    #[error(
        "the credentials of context {context:?} cannot be used: {why}\nFetch them anew (kubectl config view --minify shows what is set)."
    )]
    BadCredentials {
        /// The context.
        context: Clean,
        /// What is wrong.
        why: Clean,
    },
    /// `--as`, a proxy address or the like cannot be used.
    #[error("{what} cannot be used: {why}")]
    BadSetting {
        /// Which.
        what: &'static str,
        /// What is wrong.
        why: Clean,
    },
    /// The credential plugin is not installed.
    #[error("the credential plugin {command:?} is not found\n{}", hint_or(.hint, "Install it, or put it on the PATH."))]
    PluginMissing {
        /// The program.
        command: Clean,
        /// The kubeconfig's `installHint`.
        hint: Clean,
    },
    /// It needs a person, and there is no terminal.
    #[error(
        "the credential plugin {command:?} asks for a terminal (interactiveMode: Always), and there is none\nRun it once from a terminal, or use credentials that need no person."
    )]
    PluginNeedsTerminal {
        /// The program.
        command: Clean,
    },
    /// It ended with an error.
    #[error("the credential plugin {command:?} failed ({status}){}\nRun it by hand to see what it wants; you may have to log in again.", colon(.stderr))]
    PluginFailed {
        /// The program.
        command: Clean,
        /// How it ended.
        status: Clean,
        /// What it said, where it did not say it on the terminal.
        stderr: Clean,
    },
    /// What it printed is no credential.
    #[error(
        "the credential plugin {command:?} gave no usable credential: {why}\nRun it by hand and look at what it prints."
    )]
    PluginAnswer {
        /// The program.
        command: Clean,
        /// What is wrong.
        why: Clean,
    },
    /// Nobody listens there.
    #[error("{server} refuses the connection\nIs the cluster running, and the address right? Is a tunnel or VPN down?")]
    Refused {
        /// The server's address.
        server: Clean,
    },
    /// The name does not resolve.
    #[error("the name of {server} cannot be resolved: {why}\nCheck the address in the kubeconfig, DNS and VPN.")]
    Dns {
        /// The server's address.
        server: Clean,
        /// What the resolver says.
        why: Clean,
    },
    /// Nothing came back.
    #[error("{server} gave no answer within {seconds} s\nIs a VPN or firewall in the way? Is the address right?")]
    Timeout {
        /// The server's address.
        server: Clean,
        /// How long it was waited for.
        seconds: u64,
    },
    /// Any other failure of the network.
    #[error("{server} cannot be reached: {why}\nIs a VPN or firewall in the way? Is the address right?")]
    Unreachable {
        /// The server's address.
        server: Clean,
        /// What the network says.
        why: Clean,
    },
    /// The server's certificate is signed by nobody we trust.
    #[error(
        "the certificate of {server} is signed by an authority that the kubeconfig does not trust\nIts certificate-authority may be of another or an older cluster: fetch the kubeconfig anew."
    )]
    UnknownAuthority {
        /// The server's address.
        server: Clean,
    },
    /// The server's certificate is for another name.
    #[error("the certificate of {server} is for other names: {}\nUse one of them as the server's address, or set tls-server-name.", list_clean(.names))]
    WrongName {
        /// The server's address.
        server: Clean,
        /// The names that the certificate is for.
        names: Vec<Clean>,
    },
    /// The server's certificate is out of date (or our clock is wrong).
    #[error(
        "the certificate of {server} {why}\nThe cluster's administrator must renew it; check this machine's clock, too."
    )]
    ServerCertificateExpired {
        /// The server's address.
        server: Clean,
        /// `expired 2026-01-01 …`
        why: Clean,
    },
    /// The kubeconfig says https, the server speaks plain HTTP.
    #[error("{server} does not speak TLS\nIf it is meant to be plain HTTP, write http:// in the kubeconfig.")]
    NotTls {
        /// The server's address.
        server: Clean,
    },
    /// The kubeconfig says http, the server speaks TLS.
    #[error("{server} wants TLS\nWrite https:// in the kubeconfig.")]
    WantsTls {
        /// The server's address.
        server: Clean,
    },
    /// Any other failure of TLS.
    #[error("no secure connection to {server}: {why}")]
    Tls {
        /// The server's address.
        server: Clean,
        /// What the library says.
        why: Clean,
    },
    /// The client certificate is out of date.
    #[error("the client certificate of {user} expired {}\nFetch the credentials anew.", .at.format("%Y-%m-%d %H:%M:%S UTC"))]
    ClientCertificateExpired {
        /// The user of the kubeconfig.
        user: Clean,
        /// Its `notAfter`.
        at: Time,
    },
    /// 401.
    #[error(
        "{server} does not accept the credentials of {user} (401)\nThey may have expired or be of another cluster: log in again, or check with kubectl auth whoami."
    )]
    Unauthorized {
        /// The server's address.
        server: Clean,
        /// The user of the kubeconfig.
        user: Clean,
    },
    /// Everything is refused.
    #[error(
        "{server} refuses everything to {user} (403): {what}\nAsk for rights, pick another namespace with -n, or another user."
    )]
    Forbidden {
        /// The server's address.
        server: Clean,
        /// Who we are.
        user: Clean,
        /// The server's words.
        what: Clean,
    },
    /// Something answers, but no Kubernetes.
    #[error(
        "{server} answers, but not as a Kubernetes API server ({what})\nCheck the address in the kubeconfig, and any proxy on the way."
    )]
    NotKubernetes {
        /// The server's address.
        server: Clean,
        /// What it answered.
        what: Clean,
    },
    /// The API server is there and cannot work.
    #[error("{server} is not able to answer: {what}\nIt may be starting or overloaded: try again in a moment.")]
    Busy {
        /// The server's address.
        server: Clean,
        /// What it answered.
        what: Clean,
    },
    /// Inside a cluster, but without what a pod needs.
    #[error(
        "this looks like a pod, but {why}\nGive the pod a service account, or name a kubeconfig with --kubeconfig FILE."
    )]
    InCluster {
        /// What is missing.
        why: Clean,
    },
    /// This connection was made without a configuration to log in with.
    #[error("this connection cannot log in again: start anew")]
    NoLogin,
}

fn shown(path: &std::path::Path) -> Clean {
    Clean::new(&path.to_string_lossy())
}

fn reason(error: &io::Error) -> Clean {
    let text = error.to_string();
    Clean::new(text.split(" (os error").next().unwrap_or(&text))
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| shown(path).to_string()).collect::<Vec<_>>().join(", ")
}

fn list_clean(names: &[Clean]) -> String {
    if names.is_empty() { "it does not say which".into() } else { names.join(", ") }
}

/// The contexts to choose from, cut so that the message stays short.
fn choice(known: &[Clean]) -> String {
    const SHOWN: usize = 12;
    if known.is_empty() {
        return "It has no context at all: add one, or name another file with --kubeconfig.".into();
    }
    let rest = known.len().saturating_sub(SHOWN);
    let names = known.iter().take(SHOWN).map(Clean::as_str).collect::<Vec<_>>().join(", ");
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    format!("Pick one with --context: {names}{more}.")
}

fn hint_or(hint: &Clean, otherwise: &str) -> String {
    if hint.is_empty() { otherwise.to_string() } else { hint.to_string() }
}

fn colon(text: &Clean) -> String {
    if text.is_empty() { String::new() } else { format!(": {text}") }
}
