//! What the server tells of itself.

mod groups;
mod openapi;

use std::collections::BTreeMap;

use http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::accept;
use super::hooks::Body;
use super::respond;
use crate::server::Server;
use crate::store::Kind;
use crate::store::kind::KINDS;

/// Answers a path of discovery; `None` where it is none.
pub fn answer(server: &Server, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    Some(match parts.as_slice() {
        ["healthz" | "readyz" | "livez", ..] => respond::bytes(200, "text/plain; charset=utf-8", "ok"),
        ["version"] => respond::json(200, &version()),
        [""] => respond::json(
            200,
            &json!({ "paths": ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"] }),
        ),
        ["api"] if let Some(form) = aggregated(headers) => form.wrap(groups::aggregated(server, true)),
        ["apis"] if let Some(form) = aggregated(headers) => form.wrap(groups::aggregated(server, false)),
        ["api"] => {
            respond::json(200, &json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] }))
        }
        ["apis"] => respond::json(200, &groups::list(server)),
        ["apis", group] => respond::json(200, &groups::group(server, group)?),
        ["api", "v1"] => respond::json(200, &groups::resources(server, "", "v1")?),
        ["apis", group, version] => respond::json(200, &groups::resources(server, group, version)?),
        ["openapi", "v3"] => respond::json(200, &openapi::paths(server)),
        ["openapi", "v3", rest @ ..] => respond::json(200, &openapi::document(server, rest)?),
        _ => return None,
    })
}

/// The groups that are served, with their one version and their kinds, the core first.
fn served(server: &Server) -> BTreeMap<(&'static str, &'static str), Vec<&'static Kind>> {
    let mut groups: BTreeMap<_, Vec<&'static Kind>> = BTreeMap::new();
    for kind in KINDS.iter().copied().filter(|kind| is_served(server, kind)) {
        groups.entry((kind.group, kind.version)).or_default().push(kind);
    }
    groups
}

/// A kind of a CustomResourceDefinition is served while its definition is there.
pub fn is_served(server: &Server, kind: &Kind) -> bool {
    kind.built_in()
        || server.store.stored(&crate::store::kind::CUSTOM_RESOURCE_DEFINITION, "", &kind.qualified()).is_some()
}

/// Whether the metrics API is served.
pub fn metrics_served(server: &Server) -> bool {
    server.metrics.as_ref().is_some_and(|metrics| metrics.served())
}

/// The form of aggregated discovery that the client takes: its version.
struct Aggregated(&'static str);

impl Aggregated {
    fn wrap(&self, items: Value) -> Response<Body> {
        let version = self.0;
        let list = json!({
            "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"),
            "metadata": {}, "items": items,
        });
        let content_type = format!("application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
        respond::bytes(200, &content_type, list.to_string())
    }
}

fn aggregated(headers: &HeaderMap) -> Option<Aggregated> {
    let clauses = accept::clauses(headers);
    let first = clauses.iter().find(|clause| matches!(clause.media, "application/json" | "*/*" | "application/*"))?;
    if first.parameter("as") != Some("APIGroupDiscoveryList") {
        return None;
    }
    match first.parameter("v") {
        Some("v2") => Some(Aggregated("v2")),
        Some("v2beta1") => Some(Aggregated("v2beta1")),
        _ => None,
    }
}

fn version() -> Value {
    json!({
        "major": "1", "minor": "36", "emulationMajor": "1", "emulationMinor": "36",
        "minCompatibilityMajor": "1", "minCompatibilityMinor": "35",
        "gitVersion": "v1.36.3", "gitCommit": "", "gitTreeState": "", "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "", "compiler": "", "platform": "rolldeck/demo",
    })
}
