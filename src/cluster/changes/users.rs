//! Which apps use the ConfigMaps, Secrets and routes that changed. Workloads are read whole for it, but only in namespaces where
//! something of theirs changed.

use std::collections::{BTreeMap, BTreeSet};

use rolldeck_core::{
    Time,
    around::{ConfigKind, Route, Service, config_uses},
    batch::PortError,
    changes::{Meta, Read},
    model::{AppKey, AppKind},
    text::Clean,
};
use serde_json::Value;

use crate::{
    access::{encoded, get, list},
    connect::Cluster,
};

/// Namespaces whose workloads are read for this at most.
const NAMESPACES: usize = 20;
/// Pages of a kind in a namespace.
const PAGES: usize = 10;

const WORKLOADS: [(AppKind, &str); 3] =
    [(AppKind::Deployment, "deployments"), (AppKind::StatefulSet, "statefulsets"), (AppKind::DaemonSet, "daemonsets")];

/// What an app's pods are made of.
struct Workload {
    key: AppKey,
    template: Value,
}

/// Finds the apps that use what changed since then. What cannot be told is named among `lacks`.
pub(super) async fn tell_users(cluster: &Cluster, read: &mut Read, since: Time) {
    let mut changed: BTreeMap<Clean, Vec<Meta>> = BTreeMap::new();
    for meta in read.config.iter().filter(|meta| meta.changed_since(since)) {
        changed.entry(meta.namespace.clone()).or_default().push(meta.clone());
    }
    if changed.len() > NAMESPACES {
        let left = changed.len() - NAMESPACES;
        read.lacks.push(format!("in {left} more namespaces it was not looked up which apps use what changed").into());
    }
    for (namespace, metas) in changed.into_iter().take(NAMESPACES) {
        match within(cluster, &namespace, &metas).await {
            Ok(users) => read.users.extend(users.into_iter().map(|(object, apps)| ((namespace.clone(), object), apps))),
            Err(error) => {
                let said = format!("which apps of {namespace} use what changed there is not known: {error}");
                read.lacks.push(said.into());
            }
        }
    }
}

async fn within(
    cluster: &Cluster,
    namespace: &Clean,
    metas: &[Meta],
) -> Result<BTreeMap<Clean, Vec<AppKey>>, PortError> {
    let workloads = workloads(cluster, namespace).await?;
    let mut users: BTreeMap<Clean, BTreeSet<AppKey>> = BTreeMap::new();
    for workload in &workloads {
        for used in config_uses(&workload.template) {
            let kind = match used.kind {
                ConfigKind::ConfigMap => "configmap",
                ConfigKind::Secret => "secret",
            };
            users.entry(format!("{kind}/{}", used.name).into()).or_default().insert(workload.key.clone());
        }
    }
    let routes: Vec<&Meta> = metas.iter().filter(|meta| root(&meta.kind).is_some()).collect();
    if !routes.is_empty() {
        let services = listed(cluster, "/api/v1", namespace, "services").await?;
        let services: Vec<Service> = services.iter().filter_map(Service::of).collect();
        for meta in routes {
            let Some(route) = route(cluster, meta).await? else { continue };
            users.entry(meta.object()).or_default().extend(behind(&route, &services, &workloads));
        }
    }
    let of = |meta: &Meta| Some((meta.object(), users.get(&meta.object())?.iter().cloned().collect()));
    Ok(metas.iter().filter_map(of).collect())
}

/// The apps that a route leads to.
fn behind<'a>(
    route: &'a Route,
    services: &'a [Service],
    workloads: &'a [Workload],
) -> impl Iterator<Item = AppKey> + 'a {
    let leads = move |service: &&Service| {
        let here = |path: &rolldeck_core::around::RoutePath| {
            path.service == service.name && (path.namespace.is_empty() || path.namespace == route.namespace)
        };
        route.paths.iter().any(here)
    };
    services.iter().filter(leads).flat_map(move |service| {
        let takes = move |workload: &&Workload| service.selector.takes(&workload.template["metadata"]["labels"]);
        workloads.iter().filter(takes).map(|workload| workload.key.clone())
    })
}

async fn workloads(cluster: &Cluster, namespace: &Clean) -> Result<Vec<Workload>, PortError> {
    let mut found = Vec::new();
    for (kind, plural) in WORKLOADS {
        for mut object in listed(cluster, "/apis/apps/v1", namespace, plural).await? {
            let Some(name) = object["metadata"]["name"].as_str().map(Clean::new) else { continue };
            let key = AppKey { namespace: namespace.clone(), name, kind };
            found.push(Workload { key, template: object["spec"]["template"].take() });
        }
    }
    Ok(found)
}

async fn listed(cluster: &Cluster, root: &str, namespace: &Clean, plural: &str) -> Result<Vec<Value>, PortError> {
    let path = format!("{root}/namespaces/{}/{plural}", encoded(namespace));
    list(&cluster.client, &path, "", &format!("{plural} in {namespace}"), PAGES).await
}

/// Where a kind of routes is.
fn root(kind: &str) -> Option<(&'static str, &'static str)> {
    match kind {
        "Ingress" => Some(("/apis/networking.k8s.io/v1", "ingresses")),
        "IngressRoute" => Some(("/apis/traefik.io/v1alpha1", "ingressroutes")),
        _ => None,
    }
}

/// A route, read whole; nothing where it is gone by now.
async fn route(cluster: &Cluster, meta: &Meta) -> Result<Option<Route>, PortError> {
    let Some((root, plural)) = root(&meta.kind) else { return Ok(None) };
    let path = format!("{root}/namespaces/{}/{plural}/{}", encoded(&meta.namespace), encoded(&meta.name));
    match get(&cluster.client, &path, &meta.object()).await {
        Ok(object) if plural == "ingresses" => Ok(Route::of_ingress(&object)),
        Ok(object) => Ok(Route::of_traefik(&object)),
        Err(PortError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
