//! Of whose pods logs are read.

use std::collections::{BTreeMap, BTreeSet};

use rolldeck_core::{act::PodId, batch::PortError, kept::Name, logs::LogsOf, model::AppKey, shell::Place, text::Clean};

use super::subject::{self, Container, Subject};
use crate::{
    access::{about, app_path, encoded, get, list},
    connect::Cluster,
    follow::Target,
    history::label_selector,
};

/// What is followed to know the pods, and which of their containers are meant.
#[derive(Debug)]
pub(super) struct Scope {
    /// Collections of pods.
    pub(super) targets: Vec<Target>,
    apps: BTreeSet<AppKey>,
    pods: BTreeSet<Name>,
    containers: BTreeMap<Name, BTreeSet<Clean>>,
}

impl Scope {
    /// Reads the selectors of the apps. Apps of a namespace that are told apart by one label only are followed together.
    ///
    /// # Errors
    /// Any of a read of an app.
    pub(super) async fn of(cluster: &Cluster, of: &[LogsOf]) -> Result<Self, PortError> {
        let mut scope =
            Self { targets: Vec::new(), apps: BTreeSet::new(), pods: BTreeSet::new(), containers: BTreeMap::new() };
        let mut selectors: BTreeSet<(Clean, String)> = BTreeSet::new();
        let mut pods = BTreeSet::new();
        for of in of {
            match of {
                LogsOf::App(key) => {
                    let app = get(&cluster.client, &app_path(key), &about(key)).await?;
                    selectors.insert((key.namespace.clone(), label_selector(&app)));
                    scope.apps.insert(key.clone());
                }
                LogsOf::Pod(pod) => {
                    pods.insert(pod.clone());
                    scope.pods.insert(pod.clone());
                }
                LogsOf::Container(pod, container) => {
                    pods.insert(pod.clone());
                    scope.containers.entry(pod.clone()).or_default().insert(container.clone());
                }
            }
        }
        let within = |namespace: &Clean| Target::within("/api/v1", "pods", "pods", namespace);
        let labels = grouped(selectors).into_iter();
        scope.targets =
            labels.map(|(namespace, selector)| within(&namespace).only("labelSelector", &selector)).collect();
        let named = |pod: &Name| within(&pod.namespace).only("fieldSelector", &format!("metadata.name={}", pod.name));
        scope.targets.extend(pods.iter().map(named));
        Ok(scope)
    }

    /// Whether a container of a pod is meant.
    pub(super) fn takes(&self, name: &Name, pod: &Subject, container: &Clean) -> bool {
        let of_app = || {
            let (kind, app) = pod.app.as_ref()?;
            let key = AppKey { namespace: name.namespace.clone(), name: app.clone(), kind: *kind };
            self.apps.contains(&key).then_some(())
        };
        self.pods.contains(name)
            || self.containers.get(name).is_some_and(|containers| containers.contains(container))
            || of_app().is_some()
    }
}

/// Pages of pods that are read at most.
const PAGES: usize = 20;

/// The pods that are meant, as they are now, each once, with the containers of it that are.
///
/// # Errors
/// Any of a read.
pub(super) async fn there(cluster: &Cluster, of: &[LogsOf]) -> Result<Vec<(Name, Subject, Vec<Container>)>, PortError> {
    let scope = Scope::of(cluster, of).await?;
    let mut found: BTreeMap<Name, Subject> = BTreeMap::new();
    for target in &scope.targets {
        let pods = list(&cluster.client, &target.path, &target.query, &target.what, PAGES).await?;
        for pod in &pods {
            let meta = |field: &str| Clean::new(pod["metadata"][field].as_str().unwrap_or_default());
            if let Some(subject) = subject::read(pod) {
                found.insert(Name { namespace: meta("namespace"), name: meta("name") }, subject);
            }
        }
    }
    let meant = |(name, pod): (Name, Subject)| {
        let containers = pod.containers.iter().filter(|container| scope.takes(&name, &pod, &container.name));
        let containers: Vec<Container> = containers.cloned().collect();
        (!containers.is_empty()).then_some((name, pod, containers))
    };
    Ok(found.into_iter().filter_map(meant).collect())
}

/// A container in which files may be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    /// Where it is.
    pub place: Place,
    /// Of a debug container, where it has the volumes of others.
    pub mounts: Vec<String>,
}

/// The containers that are meant, as they are now.
///
/// # Errors
/// Any of a read.
pub async fn places(cluster: &Cluster, of: &[LogsOf]) -> Result<Vec<FilePlace>, PortError> {
    let there = there(cluster, of).await?.into_iter();
    let places = there.flat_map(|(name, pod, containers)| {
        let pod = PodId { namespace: name.namespace, name: name.name, uid: pod.uid };
        containers.into_iter().map(move |container| FilePlace {
            place: Place { pod: pod.clone(), container: container.name },
            mounts: container.mounts,
        })
    });
    Ok(places.collect())
}

/// Whether there is a pod of this name.
///
/// # Errors
/// Any of a read, but that it is not there.
pub async fn is_pod(cluster: &Cluster, pod: &Name) -> Result<bool, PortError> {
    let path = format!("/api/v1/namespaces/{}/pods/{}", encoded(&pod.namespace), encoded(&pod.name));
    match get(&cluster.client, &path, &format!("pod {}/{}", pod.namespace, pod.name)).await {
        Ok(_) => Ok(true),
        Err(PortError::NotFound(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Selectors by namespace; those of one label that differ in its value only are put together: `app in (a,b)`.
fn grouped(selectors: BTreeSet<(Clean, String)>) -> Vec<(Clean, String)> {
    let mut by_label: BTreeMap<(Clean, String), Vec<String>> = BTreeMap::new();
    let mut grouped = Vec::new();
    for (namespace, selector) in selectors {
        match selector.split_once('=') {
            Some((label, value)) if !selector.contains([',', '(', '!']) => {
                by_label.entry((namespace, label.to_owned())).or_default().push(value.to_owned());
            }
            _ => grouped.push((namespace, selector)),
        }
    }
    let words = |label: String, values: Vec<String>| match values.as_slice() {
        [one] => format!("{label}={one}"),
        several => format!("{label} in ({})", several.join(",")),
    };
    grouped.extend(by_label.into_iter().map(|((namespace, label), values)| (namespace, words(label, values))));
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_that_one_label_tells_apart_are_followed_together() {
        let selectors = [("qa", "app=web"), ("qa", "app=api"), ("qa", "app=db,tier=x"), ("shop", "app=web")];
        let selectors = selectors.into_iter().map(|(namespace, selector)| (namespace.into(), selector.to_owned()));
        let wanted = [("qa", "app=db,tier=x"), ("qa", "app in (api,web)"), ("shop", "app=web")];
        let wanted: Vec<(Clean, String)> =
            wanted.into_iter().map(|(ns, words)| (ns.into(), words.to_owned())).collect();
        assert_eq!(grouped(selectors.collect()), wanted);
    }
}
