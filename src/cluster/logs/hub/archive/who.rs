//! Whose logs an archive may have: pods that are there, that were read before, and that events tell of.

use std::collections::{BTreeMap, BTreeSet};

use rolldeck_core::{
    batch::PortError,
    kept::Name,
    logs::{LogsOf, Revision, Source},
    model::{AppKey, AppKind},
    text::Clean,
};
use serde_json::Value;

use super::{Seen, template::Parts};
use crate::{
    access::{encoded, first},
    connect::Cluster,
    logs::{scope, subject::Subject},
};

/// Pages of a namespace's events that are looked through.
const PAGES: usize = 10;

/// A pod, as far as it is known.
struct Pod {
    name: Name,
    uid: Clean,
    app: Option<(AppKind, Clean)>,
    hash: Clean,
    node: Clean,
    ip: Clean,
    containers: BTreeSet<Clean>,
}

impl Pod {
    fn of(name: Name, pod: &Subject) -> Self {
        Self {
            name,
            uid: pod.uid.clone(),
            app: pod.app.clone(),
            hash: pod.hash.clone(),
            node: pod.node.clone(),
            ip: pod.ip.clone(),
            containers: pod.containers.iter().map(|container| container.name.clone()).collect(),
        }
    }

    /// Its URL's parts, by container or once.
    fn parts(&self, by_container: bool) -> Vec<(Source, Parts)> {
        let app = self.app.as_ref().map(|(_, app)| app.clone()).unwrap_or_default();
        let one = |container: Clean| {
            let source = Source {
                namespace: self.name.namespace.clone(),
                pod: self.name.name.clone(),
                uid: self.uid.clone(),
                container: container.clone(),
                revision: Revision { app: app.clone(), hash: self.hash.clone(), number: None },
                ..Source::default()
            };
            let parts = Parts {
                node: self.node.clone(),
                app: app.clone(),
                namespace: self.name.namespace.clone(),
                pod: self.name.name.clone(),
                ip: self.ip.clone(),
                container,
            };
            (source, parts)
        };
        match by_container && !self.containers.is_empty() {
            true => self.containers.iter().cloned().map(one).collect(),
            false => vec![one(Clean::default())],
        }
    }
}

/// The sources that an archive may have, and what could not be read about that.
pub(super) async fn who(
    cluster: &Cluster,
    of: &[LogsOf],
    seen: &Seen,
    by_container: bool,
) -> (Vec<(Source, Parts)>, Option<Clean>) {
    let mut pods: BTreeMap<(Name, Clean), Pod> = BTreeMap::new();
    let mut problem = None;
    match scope::there(cluster, of).await {
        Ok(there) => pods.extend(there.into_iter().map(|(name, pod, _)| {
            seen.note(&name, &pod);
            ((name.clone(), pod.uid.clone()), Pod::of(name, &pod))
        })),
        Err(PortError::NotFound(_)) => {}
        Err(error) => problem = Some(Clean::from(error.to_string())),
    }
    for (name, pod) in seen.pods() {
        if of.iter().any(|of| takes(of, &name, pod.app.as_ref())) {
            pods.entry((name.clone(), pod.uid.clone())).or_insert_with(|| Pod::of(name, &pod));
        }
    }
    for namespace in of.iter().map(LogsOf::namespace).collect::<BTreeSet<_>>() {
        match told(cluster, namespace, of).await {
            Ok(told) => told.into_iter().for_each(|pod| {
                pods.entry((pod.name.clone(), pod.uid.clone())).or_insert(pod);
            }),
            Err(error) => {
                problem.get_or_insert(format!("pods that are gone are not known from events: {error}").into());
            }
        }
    }
    for of in of {
        if let LogsOf::Pod(name) | LogsOf::Container(name, _) = of
            && !pods.keys().any(|(known, _)| known == name)
        {
            let (uid, app, hash, node, ip, containers) = Default::default();
            let pod = Pod { name: name.clone(), uid, app, hash, node, ip, containers };
            pods.insert((name.clone(), Clean::default()), pod);
        }
    }
    for of in of {
        if let LogsOf::Container(name, container) = of {
            let named = pods.values_mut().filter(|pod| pod.name == *name);
            named.for_each(|pod| pod.containers = BTreeSet::from([container.clone()]));
        }
    }
    (pods.values().flat_map(|pod| pod.parts(by_container)).collect(), problem)
}

fn takes(of: &LogsOf, name: &Name, app: Option<&(AppKind, Clean)>) -> bool {
    match of {
        LogsOf::App(key) => {
            key.namespace == name.namespace && app.is_some_and(|(kind, app)| *kind == key.kind && *app == key.name)
        }
        LogsOf::Pod(pod) | LogsOf::Container(pod, _) => pod == name,
    }
}

/// The pods that events of a namespace are about: their node, and their containers, as far as they say.
async fn told(cluster: &Cluster, namespace: &Clean, of: &[LogsOf]) -> Result<Vec<Pod>, PortError> {
    let path = format!("/api/v1/namespaces/{}/events", encoded(namespace));
    let query = format!("fieldSelector={}", encoded("involvedObject.kind=Pod"));
    let what = format!("the events of namespace {namespace}");
    let (events, _) = first(&cluster.client, &path, &query, &what, PAGES).await?;
    let mut pods: BTreeMap<Clean, Pod> = BTreeMap::new();
    for event in &events {
        let about = &event["involvedObject"];
        let text = |value: &Value| Clean::new(value.as_str().unwrap_or_default());
        let name = Name { namespace: namespace.clone(), name: text(&about["name"]) };
        let app = of.iter().find_map(|of| match of {
            LogsOf::App(key) if key.namespace == *namespace => {
                hash_of(key, &name.name).map(|hash| (key, Clean::new(hash)))
            }
            _ => None,
        });
        if app.is_none() && !of.iter().any(|of| takes(of, &name, None)) {
            continue;
        }
        let pod = pods.entry(text(&about["uid"])).or_insert_with(|| Pod {
            name,
            uid: text(&about["uid"]),
            app: app.as_ref().map(|(key, _)| (key.kind, key.name.clone())),
            hash: app.map(|(_, hash)| hash).unwrap_or_default(),
            node: Clean::default(),
            ip: Clean::default(),
            containers: BTreeSet::new(),
        });
        // Only a kubelet's events have the node.
        let node = text(&event["source"]["host"]);
        if !node.is_empty() {
            pod.node = node;
        }
        let field = about["fieldPath"].as_str().unwrap_or_default();
        if let Some((_, container)) = field.strip_suffix('}').and_then(|field| field.split_once('{')) {
            pod.containers.insert(Clean::new(container));
        }
    }
    Ok(pods.into_values().collect())
}

/// Letters of generated names (k8s.io/apimachinery, pkg/util/rand).
const LETTERS: &str = "bcdfghjklmnpqrstvwxz2456789";

/// Whether a pod of this name is of an app: its hash, which only a Deployment's pods have in their names.
fn hash_of<'n>(key: &AppKey, pod: &'n str) -> Option<&'n str> {
    let rest = pod.strip_prefix(&*key.name)?.strip_prefix('-')?;
    let random = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.chars().all(|letter| LETTERS.contains(letter))
    };
    match key.kind {
        AppKind::Deployment => {
            let (hash, end) = rest.split_once('-')?;
            (random(hash, 1..=10) && random(end, 5..=5)).then_some(hash)
        }
        AppKind::StatefulSet => (!rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit())).then_some(""),
        AppKind::DaemonSet => random(rest, 5..=5).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(AppKind::Deployment, "web-69c9fdcbb7-h8xdc", Some("69c9fdcbb7"))]
    #[case(AppKind::Deployment, "web-admin-h8xdc", None)]
    #[case(AppKind::Deployment, "web-h8xdc", None)]
    #[case(AppKind::StatefulSet, "web-12", Some(""))]
    #[case(AppKind::StatefulSet, "web-h8xdc", None)]
    #[case(AppKind::DaemonSet, "web-h8xdc", Some(""))]
    #[case(AppKind::DaemonSet, "webs-h8xdc", None)]
    fn a_pod_that_is_gone_is_known_by_its_name(#[case] kind: AppKind, #[case] pod: &str, #[case] hash: Option<&str>) {
        let key = AppKey { namespace: "qa".into(), name: "web".into(), kind };
        assert_eq!(hash_of(&key, pod), hash);
    }
}
