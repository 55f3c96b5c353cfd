//! What pods use, from metrics.k8s.io.

use rolldeck_core::{
    fleet::{Freshness, Scope, Source},
    model::PodUsage,
};
use tokio::sync::mpsc;

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
pub struct Polling {}

/// Polls each scope in one call, as often as the server renews its figures (15 s where it does not say).
pub fn poll(_cluster: &Cluster, _scopes: Vec<Scope>, _to: mpsc::Sender<Report>) -> Polling {
    todo!()
}
