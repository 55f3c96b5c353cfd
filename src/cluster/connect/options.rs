//! What the command line asks for, and what comes of it.

use std::{path::PathBuf, time::Duration};

use rolldeck_core::{batch::guard::Guards, text::Clean};

use super::Login;
use crate::watch::link::Pulse;

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
    /// `--request-timeout`: of each single request, never of a watch. `None`, or zero as kubectl has it, is no limit.
    pub request_timeout: Option<Duration>,
    /// `--readonly`: nothing is ever written.
    pub readonly: bool,
    /// The configuration's guards: what they make read-only is never written.
    pub guards: Guards,
    /// Where nothing may be written, files in containers are listed, followed and downloaded all the same: each is an exec.
    pub files_when_readonly: bool,
}

/// A connection: for reading. Cheap to clone.
#[derive(Clone)]
pub struct Cluster {
    /// Carries every request that reads, through the guard: a write or an exec ends there, whatever the flags. Lists come
    /// packed where the request says `Accept-Encoding: gzip`, and are unpacked as they arrive.
    pub client: kube::Client,
    /// The context's name, or `in-cluster`.
    pub context: Clean,
    /// The server's address.
    pub server: Clean,
    /// The user as the server names it (as whom it acts, with `--as`), else as the kubeconfig does.
    pub user: Clean,
    /// The namespaces in view: of `-n`, else the context's, else `default`; empty means all.
    pub namespaces: Vec<Clean>,
    /// Nothing may be written.
    pub readonly: bool,
    /// Renews the credentials under this connection and every clone of it.
    pub login: Login,
    /// Where its streams find the link that they share.
    pub(crate) pulse: Pulse,
}

impl Cluster {
    /// A connection over a client of the caller's own making, without a way to log in again: for tests.
    pub fn over(client: kube::Client, namespaces: &[&str]) -> Self {
        Self {
            client,
            context: "test".into(),
            server: "http://127.0.0.1".into(),
            user: "tester".into(),
            namespaces: namespaces.iter().copied().map(Clean::new).collect(),
            readonly: false,
            login: Login::none(),
            pulse: Pulse::default(),
        }
    }
}
