//! The questions.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use rolldeck_core::{
    Time,
    act::{Budget, Facts, PodId, Target},
    batch::PortError,
    text::Clean,
};
use serde_json::Value;

use super::budget::covering;
use crate::{
    access::{get, list, may},
    connect::Cluster,
};

/// Pods whose labels are read at most: more are judged by the first ones of their number.
const PODS: usize = 50;
/// Requests at a time.
const WIDTH: usize = 8;
/// Pages of budgets of a namespace.
const PAGES: usize = 20;

/// What the user may do to these pods, which budgets cover them, and by when those that are ending should have ended.
pub async fn facts(cluster: &Cluster, pods: &[Target]) -> Facts {
    let namespaces: BTreeSet<Clean> = pods.iter().map(|pod| pod.id.namespace.clone()).collect();
    let reads: Vec<_> = pods.iter().take(PODS).map(|pod| read(cluster.clone(), pod.id.clone())).collect();
    let (no_eviction, no_deletion, objects) = futures::join!(
        refusals(cluster, "create", "pods/eviction", &namespaces),
        refusals(cluster, "delete", "pods", &namespaces),
        stream::iter(reads).buffered(WIDTH).collect::<Vec<_>>(),
    );
    let budgets = budgets(cluster, &namespaces, &objects).await.map_err(|error| Clean::from(error.to_string()));
    let mut ends: Vec<Option<Time>> = objects.iter().map(|object| ends(object.as_ref())).collect();
    ends.resize(pods.len(), None);
    Facts { no_eviction, no_deletion, budgets, ends }
}

async fn refusals(cluster: &Cluster, verb: &str, resource: &str, namespaces: &BTreeSet<Clean>) -> Vec<Clean> {
    let mut found = Vec::new();
    for namespace in namespaces {
        found.extend(refusal(cluster, verb, resource, namespace).await);
    }
    found
}

/// Why the user may not; `None` where they may, or where that could not be asked: then the act itself is answered.
async fn refusal(cluster: &Cluster, verb: &str, resource: &str, namespace: &Clean) -> Option<Clean> {
    match may(&cluster.client, verb, "", resource, namespace).await {
        Ok(None) => None,
        Ok(Some(why)) if why.is_empty() => {
            Some(format!("you may not {verb} {resource} in namespace {namespace}").into())
        }
        Ok(Some(why)) => Some(format!("you may not {verb} {resource} in namespace {namespace}: {why}").into()),
        Err(error) => {
            tracing::info!(%error, verb, resource, "the rights for an act could not be asked");
            None
        }
    }
}

async fn read(cluster: Cluster, pod: PodId) -> Option<Value> {
    let path = format!("/api/v1/namespaces/{}/pods/{}", pod.namespace, pod.name);
    let object = get(&cluster.client, &path, &format!("pod {pod}")).await.ok()?;
    (object["metadata"]["uid"].as_str() == Some(&pod.uid)).then_some(object)
}

fn ends(object: Option<&Value>) -> Option<Time> {
    let at = object?["metadata"]["deletionTimestamp"].as_str()?;
    chrono::DateTime::parse_from_rfc3339(at).ok().map(|at| at.to_utc())
}

async fn budgets(
    cluster: &Cluster,
    namespaces: &BTreeSet<Clean>,
    pods: &[Option<Value>],
) -> Result<Vec<Budget>, PortError> {
    let mut found = Vec::new();
    for namespace in namespaces {
        let here = pods.iter().flatten().filter(|pod| pod["metadata"]["namespace"].as_str() == Some(namespace));
        let labels: Vec<&Value> = here.map(|pod| &pod["metadata"]["labels"]).collect();
        let path = format!("/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets");
        let what = format!("the poddisruptionbudgets of namespace {namespace}");
        let all = list(&cluster.client, &path, "", &what, PAGES).await?;
        found.extend(all.iter().filter_map(|budget| covering(budget, &labels)));
    }
    Ok(found)
}
