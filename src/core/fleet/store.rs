//! The store: updates in, rows out.

use super::{Freshness, PodRow, Resource, Row, Scope, Source, Update};
use crate::{
    Time,
    model::{AppKey, PodUsage},
    text::Clean,
};

/// What an application of updates changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Rows of apps or pods came, went or look different now.
    pub rows: bool,
    /// The freshness of a source, or a count of what could not be read.
    pub freshness: bool,
}

/// Everything in view. Work per event: an update recomputes the rows that it touches and no other.
#[derive(Debug, Default)]
pub struct Fleet {}

impl Fleet {
    /// An empty fleet that expects these sources, all loading.
    pub fn new(_sources: Vec<Source>) -> Self {
        todo!()
    }

    /// Takes what the sources said, in order. Updates of sources that are not expected are ignored.
    pub fn apply(&mut self, _updates: Vec<Update>) -> Touched {
        todo!()
    }

    /// Takes a poll of metrics: the usage of all pods in `scope`, replacing what was known there.
    pub fn usage(&mut self, _scope: &Scope, _pods: Vec<PodUsage>) -> Touched {
        todo!()
    }

    /// The row of one app.
    pub fn app(&self, _key: &AppKey) -> Option<&Row> {
        todo!()
    }

    /// All rows, ordered by key.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        std::iter::empty()
    }

    /// How many apps are known.
    pub fn len(&self) -> usize {
        todo!()
    }

    /// Whether no app is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many pods are known.
    pub fn pod_count(&self) -> usize {
        todo!()
    }

    /// The pods of an app, by name.
    pub fn pods(&self, _app: &AppKey) -> Vec<PodRow<'_>> {
        todo!()
    }

    /// The namespaces that objects were seen in, sorted.
    pub fn namespaces(&self) -> Vec<Clean> {
        todo!()
    }

    /// The sources and how fresh each is, in a fixed order.
    pub fn sources(&self) -> impl Iterator<Item = (&Source, &Freshness)> {
        std::iter::empty()
    }

    /// How fresh a resource is over all scopes: the worst of them (Unauthorized, Stale with the oldest time, Loading with the
    /// sums, Forbidden, Absent, Live). Forbidden and Absent only where all its scopes are; `None` where it is not expected.
    pub fn freshness(&self, _resource: Resource) -> Option<Freshness> {
        todo!()
    }

    /// Objects that came and could not be understood.
    pub fn unreadable(&self) -> usize {
        todo!()
    }

    /// Raised by each change of rows, so that a view knows when it is out of date.
    pub fn version(&self) -> u64 {
        todo!()
    }

    /// Marks a metrics source's freshness (metrics are polled, so they have no stream to say it).
    pub fn set_freshness(&mut self, _source: &Source, _fresh: Freshness, _now: Time) -> Touched {
        todo!()
    }
}
