//! From flags and kubeconfigs to a connection.

use std::{path::PathBuf, time::Duration};

use rolldeck_core::text::Clean;

use crate::writer::Writer;

/// What the command line asks for, named as kubectl names it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// `--kubeconfig`: one file, instead of `KUBECONFIG` (a list) and `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`.
    pub context: Option<String>,
    /// `-n a,b`: the namespaces in view.
    pub namespaces: Vec<String>,
    /// `-A`.
    pub all_namespaces: bool,
    /// `--as`.
    pub impersonate: Option<String>,
    /// `--as-group`, repeated.
    pub impersonate_groups: Vec<String>,
    /// `--request-timeout`.
    pub request_timeout: Option<Duration>,
    /// `--readonly`: nothing is ever written.
    pub readonly: bool,
}

/// A connection: for reading. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    /// Carries every request, through the guard.
    pub client: kube::Client,
    /// The context's name, or `in-cluster`.
    pub context: Clean,
    /// The server's address.
    pub server: Clean,
    /// The user as the kubeconfig names it, or as whom it acts.
    pub user: Clean,
    /// The namespaces in view: of `-n`, else of the context, else of the context's default; empty means all.
    pub namespaces: Vec<Clean>,
    /// Nothing may be written.
    pub readonly: bool,
}

/// Why there is no connection. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Placeholder until the variants stand.
    #[error("{0}")]
    Other(String),
}

/// Reads the configuration, builds the client, and asks the server who we are, so that each failure is told before a screen opens.
///
/// # Errors
/// Each of [`ConnectError`].
pub async fn connect(_options: &Options) -> Result<(Cluster, Writer), ConnectError> {
    todo!()
}
