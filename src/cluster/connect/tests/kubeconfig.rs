//! Kubeconfigs made up for a test.

use std::{fs, net::SocketAddr, path::PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    connect::{Cluster, ConnectError, Options, files::Surroundings, login::connect_in},
    writer::Writer,
};

/// A home directory with files in it.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// With `.kube/config` for a server that speaks plain HTTP.
    pub(crate) fn for_server(address: SocketAddr, user: Value) -> Self {
        Self::with(json!({ "server": format!("http://{address}") }), user)
    }

    /// With `.kube/config` of one context, `shop`, whose cluster and user these are.
    pub(crate) fn with(cluster: Value, user: Value) -> Self {
        let home = Self::new();
        home.write(".kube/config", &config(cluster, user).to_string());
        home
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A program that a plugin may be: a shell script.
    pub(crate) fn script(&self, name: &str, lines: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, &format!("#!/bin/sh\n{lines}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    pub(super) fn around(&self) -> Surroundings {
        Surroundings { home: Some(self.0.path().into()), ..Surroundings::default() }
    }

    pub(crate) async fn connect(&self, options: &Options) -> Result<(Cluster, Writer), ConnectError> {
        connect_in(options, self.around()).await
    }

    /// The message of a connection that must fail: one to three lines.
    pub(super) async fn fails(&self, options: &Options) -> (ConnectError, String) {
        failed(self.connect(options).await)
    }
}

pub(super) fn failed(result: Result<(Cluster, Writer), ConnectError>) -> (ConnectError, String) {
    let Err(error) = result else { panic!("it connected") };
    let message = error.to_string();
    assert!((1..=3).contains(&message.lines().count()), "{message}");
    assert!(!message.contains('\u{1b}'), "{message}");
    (error, message)
}

pub(super) fn config(cluster: Value, user: Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "shop",
        "clusters": [{ "name": "east", "cluster": cluster }],
        "users": [{ "name": "sam-admin", "user": user }],
        "contexts": [{ "name": "shop", "context": { "cluster": "east", "user": "sam-admin" } }],
    })
}
