//! As much of OpenAPI v3 as `kubectl` looks at: which operations take `dryRun` and `fieldValidation`.

use serde_json::{Map, Value, json};

use super::served;
use crate::server::Server;
use crate::store::Kind;

fn path_of(group: &str, version: &str) -> String {
    if group.is_empty() { format!("api/{version}") } else { format!("apis/{group}/{version}") }
}

/// The documents that there are.
pub fn paths(server: &Server) -> Value {
    let mut paths = Map::new();
    for (group, version) in served(server).keys() {
        let path = path_of(group, version);
        let url = format!("/openapi/v3/{path}?hash=DEMO");
        paths.insert(path, json!({ "serverRelativeURL": url }));
    }
    json!({ "paths": paths })
}

/// The document of one group and version.
pub fn document(server: &Server, path: &[&str]) -> Option<Value> {
    let wanted = path.join("/");
    let groups = served(server);
    let (_, kinds) = groups.iter().find(|((group, version), _)| path_of(group, version) == wanted)?;
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for kind in kinds {
        let place = if kind.namespaced { "/namespaces/{namespace}" } else { "" };
        let all = format!("/{wanted}{place}/{}", kind.resource);
        paths.insert(
            format!("{all}/{{name}}"),
            json!({ "patch": operation(kind, "patch"), "put": operation(kind, "put") }),
        );
        paths.insert(all, json!({ "post": operation(kind, "post") }));
        schemas.insert(format!("io.k8s.demo.{}", kind.kind), schema(kind));
    }
    Some(json!({
        "openapi": "3.0.0", "info": { "title": "Kubernetes", "version": "v1.36.3" },
        "paths": paths, "components": { "schemas": schemas },
    }))
}

fn group_version_kind(kind: &Kind) -> Value {
    json!({ "group": kind.group, "version": kind.version, "kind": kind.kind })
}

fn operation(kind: &Kind, action: &str) -> Value {
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation"]
        .map(|name| json!({ "name": name, "in": "query", "schema": { "type": "string", "uniqueItems": true } }))
        .into();
    json!({
        "x-kubernetes-action": action, "x-kubernetes-group-version-kind": group_version_kind(kind),
        "parameters": parameters, "responses": { "200": { "description": "OK" } },
    })
}

fn schema(kind: &Kind) -> Value {
    json!({
        "type": "object", "x-kubernetes-group-version-kind": [group_version_kind(kind)],
        "x-kubernetes-preserve-unknown-fields": true,
    })
}
