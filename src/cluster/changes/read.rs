//! The reads, bounded; what they leave out is said.

use std::collections::{BTreeMap, HashSet};

use futures::{StreamExt, stream};
use rolldeck_core::{
    Time,
    batch::{PortError, journal::Record},
    changes::{Meta, Read},
    fleet::Scope,
    model::AppKey,
    text::Clean,
};
use serde_json::Value;

use super::{
    decode::{images, meta, said},
    users::tell_users,
};
use crate::{
    access::{encoded, get, get_packed},
    connect::Cluster,
    writer::config_map,
};

/// Objects a page, and pages of one kind at most.
const PAGE: usize = 500;
const PAGES: usize = 20;
/// Rollouts whose images are read at most: two objects each.
const ROLLOUTS: usize = 40;
/// Requests at a time.
const WIDTH: usize = 6;

/// A kind that is listed: where, its plural, its name.
#[derive(Clone, Copy)]
struct Kind {
    root: &'static str,
    plural: &'static str,
    name: &'static str,
    /// Whether the server may have no such kind.
    optional: bool,
}

const fn kind(root: &'static str, plural: &'static str, name: &'static str) -> Kind {
    Kind { root, plural, name, optional: false }
}

const METADATA: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

const LISTED: [Kind; 10] = [
    kind("/apis/apps/v1", "deployments", "Deployment"),
    kind("/apis/apps/v1", "statefulsets", "StatefulSet"),
    kind("/apis/apps/v1", "daemonsets", "DaemonSet"),
    kind("/apis/apps/v1", "replicasets", "ReplicaSet"),
    kind("/apis/apps/v1", "controllerrevisions", "ControllerRevision"),
    kind("/apis/autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
    kind("/api/v1", "configmaps", "ConfigMap"),
    kind("/api/v1", "secrets", "Secret"),
    kind("/apis/networking.k8s.io/v1", "ingresses", "Ingress"),
    Kind { optional: true, ..kind("/apis/traefik.io/v1alpha1", "ingressroutes", "IngressRoute") },
];

/// Reads what may have changed since then in these scopes. What cannot be read is named among `lacks`, and ends nothing.
pub async fn read(cluster: &Cluster, scopes: &[Scope], since: Time) -> Read {
    let mut read = Read::default();
    for scope in scopes {
        let lists: Vec<_> = LISTED.into_iter().map(|kind| list(cluster.clone(), kind, scope.clone())).collect();
        let lists = stream::iter(lists).buffered(WIDTH).collect::<Vec<_>>().await;
        for (kind, found) in LISTED.into_iter().zip(lists) {
            take(&mut read, kind, found);
        }
        events(cluster, scope, &mut read).await;
        journals(cluster, scope, &mut read).await;
    }
    tell_images(cluster, &mut read, since).await;
    tell_users(cluster, &mut read, since).await;
    read
}

fn take(read: &mut Read, kind: Kind, found: Result<(Vec<Meta>, bool), PortError>) {
    let (found, whole) = match found {
        Ok(found) => found,
        Err(PortError::NotFound(_)) if kind.optional => return,
        Err(error) => return read.lacks.push(format!("{} not read: {error}", kind.plural).into()),
    };
    if !whole {
        read.lacks.push(format!("only the first {} {} were looked at", PAGE * PAGES, kind.plural).into());
    }
    match kind.name {
        "Deployment" | "StatefulSet" | "DaemonSet" => read.workloads.extend(found),
        "ReplicaSet" | "ControllerRevision" => read.revisions.extend(found),
        "HorizontalPodAutoscaler" => read.hpas.extend(found),
        // Every namespace gets this one, from the cluster itself.
        _ => read.config.extend(found.into_iter().filter(|meta| &*meta.name != "kube-root-ca.crt")),
    }
}

fn place(kind: Kind, scope: &Scope) -> String {
    match scope {
        Some(namespace) => format!("{}/namespaces/{}/{}", kind.root, encoded(namespace), kind.plural),
        None => format!("{}/{}", kind.root, kind.plural),
    }
}

/// The metadata of all objects of a kind, page by page, and whether that was all. A ControllerRevision's number stands beside its
/// metadata, so these are read whole.
async fn list(cluster: Cluster, kind: Kind, scope: Scope) -> Result<(Vec<Meta>, bool), PortError> {
    let accept = if kind.name == "ControllerRevision" { "application/json" } else { METADATA };
    // The journals of batches are told of by themselves.
    let only =
        if kind.name == "ConfigMap" { "&labelSelector=app.kubernetes.io%2Fmanaged-by%21%3Drolldeck" } else { "" };
    let (path, mut found, mut next) = (place(kind, &scope), Vec::new(), String::new());
    for _ in 0..PAGES {
        let page =
            page(&cluster, &format!("{path}?limit={PAGE}{only}&continue={}", encoded(&next)), accept, kind.plural)
                .await?;
        found.extend(page["items"].as_array().into_iter().flatten().map(|object| meta(kind.name, object)));
        next = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
        if next.is_empty() {
            return Ok((found, true));
        }
    }
    Ok((found, false))
}

async fn page(cluster: &Cluster, uri: &str, accept: &'static str, what: &str) -> Result<Value, PortError> {
    let bytes = get_packed(&cluster.client, uri, what, accept).await?;
    serde_json::from_slice(&bytes).map_err(|error| PortError::Refused(format!("{what}: {error}")))
}

/// Events about scales: the server keeps them for an hour.
async fn events(cluster: &Cluster, scope: &Scope, read: &mut Read) {
    let path = place(kind("/api/v1", "events", "Event"), scope);
    for reason in ["ScalingReplicaSet", "SuccessfulRescale"] {
        let uri = format!("{path}?limit={}&fieldSelector=reason%3D{reason}", PAGE * 4);
        match page(cluster, &uri, "application/json", "events").await {
            Ok(page) => {
                read.events.extend(page["items"].as_array().into_iter().flatten().filter_map(said));
                if page["metadata"]["continue"].as_str().is_some_and(|next| !next.is_empty()) {
                    read.lacks.push(format!("only the first {} {reason} events were looked at", PAGE * 4).into());
                }
            }
            Err(error) => return read.lacks.push(format!("events not read, so scales are missing: {error}").into()),
        }
    }
}

/// The records of rolldeck's batches.
async fn journals(cluster: &Cluster, scope: &Scope, read: &mut Read) {
    let path = place(kind("/api/v1", "configmaps", "ConfigMap"), scope);
    let only = encoded("app.kubernetes.io/managed-by=rolldeck,rolldeck.dev/journal=state");
    let mut next = String::new();
    for n in 0..PAGES {
        let uri = format!("{path}?limit={PAGE}&labelSelector={only}&continue={}", encoded(&next));
        match page(cluster, &uri, "application/json", "configmaps").await {
            Ok(page) => {
                records(read, &page);
                next = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
            }
            // Why no ConfigMap can be read, their own read has said.
            Err(_) if n == 0 => return,
            Err(error) => return read.lacks.push(format!("not all journals of batches were read: {error}").into()),
        }
        if next.is_empty() {
            return;
        }
    }
    read.lacks.push(format!("only the first {} journals of batches were looked at", PAGE * PAGES).into());
}

fn records(read: &mut Read, page: &Value) {
    for object in page["items"].as_array().into_iter().flatten() {
        match config_map::from_json(object).map(|map| (map.namespace.clone(), Record::decode(&map))) {
            Ok((namespace, Ok(record))) => read.batches.push((namespace, record)),
            Ok((_, Err(error))) => read.lacks.push(Clean::from(error.to_string())),
            Err(error) => read.lacks.push(Clean::from(error.to_string())),
        }
    }
}

/// Reads the images of the newest ReplicaSets since then, and of those before them.
async fn tell_images(cluster: &Cluster, read: &mut Read, since: Time) {
    let (wanted, left_out) = worth_reading(&read.revisions, since);
    if left_out > 0 {
        read.lacks.push(format!("of {left_out} older rollouts the images were not read, only the numbers").into());
    }
    let asks: Vec<_> = wanted.iter().map(|at| set(cluster.clone(), *at, &read.revisions[*at])).collect();
    for (at, found) in stream::iter(asks).buffered(WIDTH).collect::<Vec<_>>().await {
        read.revisions[at].images = found;
    }
}

fn set(
    cluster: Cluster,
    at: usize,
    meta: &Meta,
) -> impl Future<Output = (usize, Option<Box<[rolldeck_core::model::Image]>>)> + use<> {
    let path = format!("/apis/apps/v1/namespaces/{}/replicasets/{}", meta.namespace, meta.name);
    async move { (at, get(&cluster.client, &path, "a replicaset").await.ok().map(|object| images(&object))) }
}

/// Which ReplicaSets to read: for each rollout since then its own and the one before it. And of how many rollouts none.
fn worth_reading(revisions: &[Meta], since: Time) -> (Vec<usize>, usize) {
    let mut owned: BTreeMap<&AppKey, Vec<usize>> = BTreeMap::new();
    for (at, meta) in revisions.iter().enumerate().filter(|(_, meta)| &*meta.kind == "ReplicaSet") {
        if let Some(owner) = &meta.owner {
            owned.entry(owner).or_default().push(at);
        }
    }
    let mut rollouts = Vec::new();
    for mut sets in owned.into_values() {
        sets.sort_by_key(|at| revisions[*at].revision);
        for (n, at) in sets.iter().enumerate() {
            let meta = &revisions[*at];
            if meta.created.is_some_and(|made| made >= since) || !meta.history.is_empty() {
                rollouts.push((meta.created, *at, n.checked_sub(1).map(|before| sets[before])));
            }
        }
    }
    rollouts.sort_by_key(|(created, ..)| std::cmp::Reverse(*created));
    let left_out = rollouts.len().saturating_sub(ROLLOUTS);
    let wanted: HashSet<usize> =
        rollouts.iter().take(ROLLOUTS).flat_map(|(_, at, before)| [Some(*at), *before]).flatten().collect();
    (wanted.into_iter().collect(), left_out)
}
