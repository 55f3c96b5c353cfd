//! What pods use, from metrics.k8s.io.

mod pace;
mod poll;

use rolldeck_core::{
    fleet::{Freshness, Scope, Source},
    model::PodUsage,
};
use tokio::{sync::mpsc, task::JoinSet};

use crate::connect::Cluster;

/// What a poll says.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// The usage of every pod in the scope.
    Usage(Scope, Vec<PodUsage>),
    /// It answers, does not answer, is not there, or may not be read.
    Freshness(Source, Freshness),
}

/// A poll under way. Dropping it ends it.
pub struct Polling {
    _tasks: JoinSet<()>,
}

/// Polls each scope in one call, as often as the server renews its figures (15 s where it does not say).
///
/// # Panics
/// Outside of a tokio runtime.
pub fn poll(cluster: &Cluster, scopes: Vec<Scope>, to: mpsc::Sender<Report>) -> Polling {
    let mut tasks = JoinSet::new();
    for scope in scopes {
        tasks.spawn(poll::run(cluster.client.clone(), scope, to.clone()));
    }
    Polling { _tasks: tasks }
}
