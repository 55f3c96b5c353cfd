//! The apps of a namespace, and the autoscalers of apps, read once.

use std::collections::BTreeMap;

use rolldeck_core::{
    batch::PortError,
    model::{AppKey, AppKind},
    text::Clean,
};
use serde_json::Value;

use crate::{
    access::{encoded, list},
    connect::Cluster,
};

/// Pages of one kind that are read at most.
const PAGES: usize = 20;

/// The apps of a namespace that a label selector (empty: any) matches, of this kind or of every kind; by kind, then by name.
///
/// # Errors
/// Any of a read; a selector that the server does not understand.
pub async fn apps(
    cluster: &Cluster,
    namespace: &Clean,
    kind: Option<AppKind>,
    selector: &str,
) -> Result<Vec<AppKey>, PortError> {
    let mut apps = Vec::new();
    for kind in AppKind::ALL.into_iter().filter(|each| kind.is_none_or(|kind| kind == *each)) {
        let path = format!("/apis/apps/v1/namespaces/{namespace}/{}", kind.resource());
        let query = if selector.is_empty() { String::new() } else { format!("labelSelector={}", encoded(selector)) };
        let what = format!("the {} of namespace {namespace}", kind.resource());
        let found = list(&cluster.client, &path, &query, &what, PAGES).await?;
        let mut names: Vec<Clean> =
            found.iter().filter_map(|app| app["metadata"]["name"].as_str()).map(Clean::new).collect();
        names.sort();
        apps.extend(names.into_iter().map(|name| AppKey { namespace: namespace.clone(), name, kind }));
    }
    Ok(apps)
}

/// The autoscalers (autoscaling/v2) of a namespace, raw, by the app that each scales.
///
/// # Errors
/// Any of a read.
pub async fn autoscalers(cluster: &Cluster, namespace: &Clean) -> Result<BTreeMap<AppKey, Value>, PortError> {
    let path = format!("/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers");
    let what = format!("the horizontalpodautoscalers of namespace {namespace}");
    let found = list(&cluster.client, &path, "", &what, PAGES).await?;
    let of = |hpa: Value| {
        let target = &hpa["spec"]["scaleTargetRef"];
        let kind = AppKind::ALL.into_iter().find(|kind| target["kind"] == kind.name())?;
        let name = Clean::new(target["name"].as_str()?);
        Some((AppKey { namespace: namespace.clone(), name, kind }, hpa))
    };
    Ok(found.into_iter().filter_map(of).collect())
}
