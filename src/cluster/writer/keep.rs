//! Guards at the door: nothing is written into a namespace that one makes read-only.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rolldeck_core::{
    batch::guard::{Guard, Guards},
    model::Labels,
    text::Clean,
};
use tokio::time::Instant;

use crate::{connect::Cluster, history};

/// How long the labels of a namespace are taken for known.
const KNOWN: Duration = Duration::from_secs(60);

/// The guards, and the labels of namespaces that they had to look at.
pub(super) struct Keep {
    guards: Guards,
    labels: Mutex<BTreeMap<String, (Instant, Labels)>>,
}

impl Keep {
    pub(super) fn new(guards: Guards) -> Self {
        Self { guards, labels: Mutex::default() }
    }

    pub(super) fn guards(&self) -> &Guards {
        &self.guards
    }

    /// Why nothing may be written into this namespace. Labels that cannot be read count as those that a rule names.
    pub(super) async fn refuses(&self, cluster: &Cluster, namespace: &str) -> Option<Clean> {
        let of = |labels: Option<&Labels>| self.guards.of(&cluster.context, &cluster.server, namespace, labels);
        // Without labels every rule on them holds: where even then nothing is refused, they need no look.
        let (strictest, words) = of(None);
        if strictest < Guard::ReadOnly {
            return None;
        }
        if !self.guards.ask_labels(&cluster.context, &cluster.server, namespace) {
            return Some(words);
        }
        let labels = self.labels_of(cluster, namespace).await;
        let (guard, words) = of(labels.as_ref());
        (guard == Guard::ReadOnly).then_some(words)
    }

    async fn labels_of(&self, cluster: &Cluster, namespace: &str) -> Option<Labels> {
        let known = self.known().get(namespace).cloned();
        if let Some((_, labels)) = known.filter(|(since, _)| since.elapsed() < KNOWN) {
            return Some(labels);
        }
        let named = [Clean::new(namespace)].into();
        let labels = history::namespace_labels(cluster, &named).await.into_values().next()?;
        self.known().insert(namespace.to_owned(), (Instant::now(), labels.clone()));
        Some(labels)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, (Instant, Labels)>> {
        self.labels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
