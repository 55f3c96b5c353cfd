//! What runs in a cluster: of every app its images, and nothing else of it.

use std::collections::BTreeSet;

use futures::{StreamExt, future, stream};
use rolldeck_core::{
    batch::{
        PortError,
        seen::{Running, Unread},
    },
    fleet::Scope,
    model::{AppKey, AppKind, Image},
    text::Clean,
};
use serde::Deserialize;

use super::{
    pages::{JSON, items, place},
    seen::Spec,
};
use crate::connect::Cluster;

/// Lists at a time.
const WIDTH: usize = 6;

/// Apps, and their images.
type Apps = Vec<(AppKey, Box<[Image]>)>;

/// Lists the Deployments, StatefulSets and DaemonSets of all namespaces, page by page; where that is refused for a kind (or they are
/// more than 10,000), those of the namespaces of `fallback`.
///
/// # Errors
/// Whatever ended it but a refusal; a refusal where nothing at all could be listed.
pub async fn running(cluster: &Cluster, fallback: &BTreeSet<Clean>) -> Result<Running, PortError> {
    let mut running = Running::default();
    let (mut refused, mut listed) = (None, 0_usize);
    let everywhere = future::join_all(AppKind::ALL.map(|kind| list(cluster, kind, None))).await;
    for (kind, answer) in AppKind::ALL.into_iter().zip(everywhere) {
        listed += usize::from(answer.is_ok());
        take(&mut running, (kind, None), answer, &mut refused)?;
    }
    let lacking: Vec<AppKind> = running.unread.iter().map(|unread| unread.kind).collect();
    if lacking.is_empty() {
        return Ok(running);
    }
    running.only = Some(fallback.clone());
    let wanted = fallback.iter().flat_map(|namespace| lacking.iter().map(move |kind| (*kind, namespace.clone())));
    let reads: Vec<_> = wanted
        .map(|(kind, namespace)| async move { (kind, namespace.clone(), list(cluster, kind, Some(namespace)).await) })
        .collect();
    for (kind, namespace, answer) in stream::iter(reads).buffered(WIDTH).collect::<Vec<_>>().await {
        listed += usize::from(answer.is_ok());
        take(&mut running, (kind, Some(namespace)), answer, &mut refused)?;
    }
    match refused.filter(|_| listed == 0) {
        Some(error) => Err(error),
        None => Ok(running),
    }
}

/// Takes what was listed, or why not. A refusal is kept, the last one as the error that it is, too: any other error ends it.
fn take(
    running: &mut Running,
    (kind, namespace): (AppKind, Scope),
    answer: Result<Apps, PortError>,
    refused: &mut Option<PortError>,
) -> Result<(), PortError> {
    match answer {
        Ok(apps) => running.apps.extend(apps),
        Err(error @ (PortError::Forbidden(_) | PortError::Refused(_))) => {
            running.unread.push(Unread { kind, namespace, why: error.to_string().into() });
            *refused = Some(error);
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

async fn list(cluster: &Cluster, kind: AppKind, namespace: Scope) -> Result<Apps, PortError> {
    let plural = kind.resource();
    let what = match &namespace {
        Some(namespace) => format!("the {plural} of namespace {namespace}"),
        None => format!("the {plural} of all namespaces"),
    };
    let path = place("/apis/apps/v1", &namespace, plural);
    let raw: Vec<Raw> = items(cluster, (&path, "", JSON), &what).await?;
    Ok(raw.into_iter().map(|raw| raw.app(kind)).collect())
}

#[derive(Deserialize)]
struct Raw {
    metadata: Metadata,
    #[serde(default)]
    spec: Option<Spec>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    namespace: String,
    name: String,
}

impl Raw {
    fn app(self, kind: AppKind) -> (AppKey, Box<[Image]>) {
        let key = AppKey { namespace: self.metadata.namespace.into(), name: self.metadata.name.into(), kind };
        (key, self.spec.map(Spec::images).unwrap_or_default())
    }
}
