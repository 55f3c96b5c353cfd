//! `metrics.k8s.io` and the kubelets' summaries.

use std::sync::Arc;

use http::{HeaderMap, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::accept::{Media, negotiate};
use super::hooks::{Body, Metrics};
use super::query::Query;
use super::route::Route;
use super::selector::Selection;
use super::{proto, respond, schema};
use crate::server::Server;
use crate::store::kind::{NODE, POD};
use crate::store::{Kind, Refusal, Stored};

static POD_METRICS: Kind = Kind::virtual_kind("pods", true);
static NODE_METRICS: Kind = Kind::virtual_kind("nodes", false);

/// Answers a get or list of usage.
///
/// # Errors
/// 404 for another resource, or for an object of which nothing was measured.
pub fn answer(
    server: &Server,
    metrics: &Arc<dyn Metrics>,
    route: &Route,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Response<Body>, Refusal> {
    let media = negotiate(headers, true)?.media;
    let (of, shown, kind) = match route.resource.as_str() {
        "pods" => (&POD, &POD_METRICS, "PodMetrics"),
        "nodes" => (&NODE, &NODE_METRICS, "NodeMetrics"),
        _ => return Err(super::no_such_resource()),
    };
    let measure = |stored: &Stored| measured(server, metrics, stored, kind);
    if let Some(name) = &route.name {
        let stored = server.store.stored(of, route.namespace.as_deref().unwrap_or_default(), name);
        let value = stored.and_then(|stored| measure(&stored)).ok_or_else(|| Refusal::not_found(shown, name))?;
        return Ok(respond::object(200, &value, media));
    }
    let selection = Selection::read(of, route.namespace.as_deref(), query)?;
    let listing = server.store.listing(of, route.namespace.as_deref());
    let chosen = listing.objects.iter().filter(|stored| selection.takes(stored));
    let items: Vec<Value> = chosen.filter_map(|stored| measure(stored)).collect();
    let list_kind = format!("{kind}List");
    let gzip = super::accept::gzip(headers);
    match (media, schema::named(kind)) {
        (Media::Protobuf, Some(message)) => {
            let encode = |value: &Value| proto::encode(message, value.to_string().as_bytes()).unwrap_or_default();
            let raw: Vec<Vec<u8>> = items.iter().map(encode).collect();
            let mut out = proto::list_head("metrics.k8s.io/v1beta1", &list_kind, b"", raw.iter().map(Vec::len));
            raw.iter().for_each(|raw| proto::list_item(&mut out, raw));
            Ok(respond::packed(200, respond::content_type(media), out, gzip))
        }
        _ => {
            let list = json!({
                "kind": list_kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items,
            });
            Ok(respond::packed(200, "application/json", serde_json::to_vec(&list).unwrap_or_default(), gzip))
        }
    }
}

fn measured(server: &Server, metrics: &Arc<dyn Metrics>, stored: &Stored, kind: &str) -> Option<Value> {
    let now = server.store.clock().now();
    // Of a pod nothing but its metadata is asked: there may be 50,000 of them.
    let object = if kind == "PodMetrics" { metadata_of(stored)? } else { stored.value() };
    let mut value = if kind == "PodMetrics" { metrics.pod(&object, now) } else { metrics.node(&object, now) }?;
    value["kind"] = kind.into();
    value["apiVersion"] = "metrics.k8s.io/v1beta1".into();
    let mut metadata = json!({ "name": &*stored.name, "creationTimestamp": crate::clock::rfc3339(now) });
    if !stored.namespace.is_empty() {
        metadata["namespace"] = (&*stored.namespace).into();
    }
    if let Some(labels) = object["metadata"].get("labels") {
        metadata["labels"] = labels.clone();
    }
    value["metadata"] = metadata;
    Some(value)
}

/// An object's metadata alone, without its managedFields.
fn metadata_of(stored: &Stored) -> Option<Value> {
    #[derive(Deserialize)]
    struct Head {
        metadata: Metadata,
    }
    #[derive(Deserialize, Serialize)]
    struct Metadata {
        uid: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        labels: Option<Value>,
    }
    let head: Head = serde_json::from_slice(stored.json()).ok()?;
    Some(json!({ "metadata": head.metadata }))
}
