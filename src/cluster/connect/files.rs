//! Which kubeconfig files there are, and what they say together.
//!
//! Rules: k8s.io/client-go/tools/clientcmd/loader.go. `--kubeconfig` stands alone; the files of `KUBECONFIG` are merged, the
//! first to name a thing wins, those that do not exist are skipped; else `~/.kube/config`; else the pod that we run in.

use std::{
    env,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use kube::config::{Kubeconfig, KubeconfigError};
use rolldeck_core::text::Clean;

use super::ConnectError;

/// What of the process's environment decides where the configuration is.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// `KUBECONFIG`.
    pub kubeconfig: Option<OsString>,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// `KUBERNETES_SERVICE_HOST` is set, as it is in a pod.
    pub in_pod: bool,
}

impl Surroundings {
    pub(super) fn of_process() -> Self {
        Self {
            kubeconfig: env::var_os("KUBECONFIG"),
            home: env::home_dir(),
            in_pod: env::var_os("KUBERNETES_SERVICE_HOST").is_some(),
        }
    }
}

/// Where the configuration comes from.
pub(super) enum Source {
    /// Kubeconfig files, merged.
    Files(Box<Kubeconfig>),
    /// The service account of the pod that we run in.
    Pod,
}

/// Reads the configuration that `named` (the flag) and the surroundings ask for.
pub(super) fn read(named: Option<&Path>, around: &Surroundings) -> Result<Source, ConnectError> {
    if let Some(path) = named {
        return match read_one(path)? {
            Some(config) => Ok(Source::Files(Box::new(config))),
            None => Err(ConnectError::KubeconfigMissing { path: path.into() }),
        };
    }
    let candidates = candidates(around);
    let mut merged: Option<Kubeconfig> = None;
    for path in &candidates {
        let Some(next) = read_one(path)? else { continue };
        merged = Some(match merged {
            None => next,
            Some(before) => before.merge(next).map_err(|error| ConnectError::BadYaml {
                path: path.clone(),
                line: 1,
                column: 1,
                message: Clean::from(error.to_string()),
            })?,
        });
    }
    match merged {
        Some(config) => Ok(Source::Files(Box::new(config))),
        None if around.in_pod => Ok(Source::Pod),
        None => Err(ConnectError::NoKubeconfig { looked: candidates }),
    }
}

fn candidates(around: &Surroundings) -> Vec<PathBuf> {
    let listed: Vec<PathBuf> = around
        .kubeconfig
        .iter()
        .flat_map(|list| env::split_paths(list).collect::<Vec<_>>())
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if !listed.is_empty() {
        return listed;
    }
    around.home.iter().map(|home| home.join(".kube").join("config")).collect()
}

/// One file, its relative paths made relative to where it lies; `None` where it does not exist.
fn read_one(path: &Path) -> Result<Option<Kubeconfig>, ConnectError> {
    match Kubeconfig::read_from(path) {
        Ok(mut config) => {
            // An empty name is none, so that a later file may say which.
            config.current_context = config.current_context.filter(|name| !name.is_empty());
            Ok(Some(config))
        }
        Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(KubeconfigError::ReadConfig(source, _)) => Err(ConnectError::Unreadable { path: path.into(), source }),
        Err(KubeconfigError::Parse(error)) => {
            let (line, column) = error.location().map_or((1, 1), |at| (at.line(), at.column()));
            let text = error.without_snippet().to_string();
            // The first line says it all; the parser's place is told before it.
            let message = Clean::new(text.lines().next().unwrap_or_default().trim());
            Err(ConnectError::BadYaml { path: path.into(), line, column, message })
        }
        Err(error) => Err(ConnectError::BadYaml {
            path: path.into(),
            line: 1,
            column: 1,
            message: Clean::from(error.to_string()),
        }),
    }
}
