//! The numbers of revisions: of a ReplicaSet, or of a ControllerRevision.

use std::collections::HashMap;

use rolldeck_core::{batch::PortError, kept::Name, logs::Source, model::AppKind, text::Clean};
use tokio::task::JoinSet;

use crate::{
    access::{encoded, get, metadata},
    connect::Cluster,
    history::REVISION,
    logs::subject::Subject,
};

/// An app's revision, by the label of its pods.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    namespace: Clean,
    kind: AppKind,
    app: Clean,
    hash: Clean,
}

impl Key {
    /// That of a pod of an app.
    pub(super) fn of(name: &Name, pod: &Subject) -> Option<Self> {
        let (kind, app) = pod.app.clone().filter(|_| !pod.hash.is_empty())?;
        Some(Self { namespace: name.namespace.clone(), kind, app, hash: pod.hash.clone() })
    }

    /// Whether a source is of it.
    pub(super) fn has(&self, source: &Source) -> bool {
        source.namespace == self.namespace && source.revision.app == self.app && source.revision.hash == self.hash
    }

    /// The object that has its number: a StatefulSet's pods have its whole name in their label, the others' the end of it.
    fn path(&self) -> (String, String) {
        let (resource, name) = match self.kind {
            AppKind::Deployment => ("replicasets", format!("{}-{}", self.app, self.hash)),
            AppKind::DaemonSet => ("controllerrevisions", format!("{}-{}", self.app, self.hash)),
            AppKind::StatefulSet => ("controllerrevisions", self.hash.to_string()),
        };
        let path = format!("/apis/apps/v1/namespaces/{}/{resource}/{}", encoded(&self.namespace), encoded(&name));
        (path, format!("{resource} {}/{name}", self.namespace))
    }
}

/// What is known of the revisions of pods.
#[derive(Default)]
pub(super) struct Numbers {
    known: HashMap<Key, Option<u64>>,
    asking: JoinSet<(Key, Option<u64>)>,
}

impl Numbers {
    /// Learns the number of a revision of which a pod is there. A rollback gives an old revision a new number: one that is not the
    /// newest known of its app is asked for again.
    pub(super) fn ask(&mut self, cluster: &Cluster, key: Key) {
        let same = |other: &&Key| other.namespace == key.namespace && other.kind == key.kind && other.app == key.app;
        let newest = self.known.iter().filter(|(other, _)| same(other)).filter_map(|(_, number)| *number).max();
        if matches!(self.known.get(&key), Some(number) if *number == newest) {
            return;
        }
        self.known.entry(key.clone()).or_insert(None);
        let cluster = cluster.clone();
        self.asking.spawn(async move {
            let number = number(&cluster, &key).await.unwrap_or_else(|error| {
                tracing::debug!(%error, "the number of a revision is not known");
                None
            });
            (key, number)
        });
    }

    /// The number of the revision of a pod, as far as it is known.
    pub(super) fn of(&self, name: &Name, pod: &Subject) -> Option<u64> {
        *self.known.get(&Key::of(name, pod)?)?
    }

    /// What was learnt next, where it is news; never, while nothing is asked for.
    pub(super) async fn next(&mut self) -> (Key, u64) {
        loop {
            match self.asking.join_next().await {
                Some(Ok((key, Some(number)))) => {
                    if self.known.insert(key.clone(), Some(number)) != Some(Some(number)) {
                        return (key, number);
                    }
                }
                Some(_) => {}
                None => return std::future::pending().await,
            }
        }
    }
}

async fn number(cluster: &Cluster, key: &Key) -> Result<Option<u64>, PortError> {
    let (path, what) = key.path();
    Ok(match key.kind {
        AppKind::Deployment => {
            let set = metadata(&cluster.client, &path, &what).await?;
            set["metadata"]["annotations"][REVISION].as_str().and_then(|number| number.parse().ok())
        }
        AppKind::StatefulSet | AppKind::DaemonSet => get(&cluster.client, &path, &what).await?["revision"].as_u64(),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(AppKind::Deployment, "5d9f", "/apis/apps/v1/namespaces/qa/replicasets/web-5d9f")]
    #[case(AppKind::DaemonSet, "5d9f", "/apis/apps/v1/namespaces/qa/controllerrevisions/web-5d9f")]
    #[case(AppKind::StatefulSet, "web-5d9f", "/apis/apps/v1/namespaces/qa/controllerrevisions/web-5d9f")]
    fn a_revision_is_found_by_the_label_of_its_pods(#[case] kind: AppKind, #[case] hash: &str, #[case] path: &str) {
        let key = Key { namespace: "qa".into(), kind, app: "web".into(), hash: hash.into() };
        assert_eq!(key.path().0, path);
    }
}
