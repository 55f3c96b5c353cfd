//! Tables, as `kubectl get` shows them.

mod age;
mod config;
mod machine;
mod pod;
mod text;
mod work;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::store::Kind;

/// The columns of a kind and its cells. A column is its heading; `+` before it shows it with `-o wide` only, `#` makes
/// it a number.
struct Layout {
    columns: &'static str,
    cells: Cells,
}

type Cells = fn(&Value, DateTime<Utc>) -> Vec<Value>;

fn layout(kind: &Kind) -> Layout {
    let (columns, cells): (_, Cells) = match (kind.group, kind.resource) {
        ("", "pods") => ("Name|Ready|Status|Restarts|Age|+IP|+Node|+Nominated Node|+Readiness Gates", pod::pod),
        ("", "nodes") => (
            "Name|Status|Roles|Age|Version|+Internal-IP|+External-IP|+OS-Image|+Kernel-Version|+Container-Runtime",
            machine::node,
        ),
        ("", "namespaces") => ("Name|Status|Age", machine::namespace),
        ("", "events") => {
            ("Last Seen|Type|Reason|Object|+Subobject|+Source|Message|+First Seen|+Count|+Name", machine::event)
        }
        ("", "services") => ("Name|Type|Cluster-IP|External-IP|Port(s)|Age|+Selector", config::service),
        ("", "endpoints") => ("Name|Endpoints|Age", config::endpoints),
        ("", "configmaps") => ("Name|#Data|Age", config::config_map),
        ("", "secrets") => ("Name|Type|#Data|Age", config::secret),
        ("", "persistentvolumeclaims") => (
            "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|+VolumeMode",
            config::claim,
        ),
        ("apps", "deployments") => {
            ("Name|Ready|#Up-to-date|#Available|Age|+Containers|+Images|+Selector", work::deployment)
        }
        ("apps", "replicasets") | ("", "replicationcontrollers") => {
            ("Name|#Desired|#Current|#Ready|Age|+Containers|+Images|+Selector", work::replica_set)
        }
        ("apps", "statefulsets") => ("Name|Ready|Age|+Containers|+Images", work::stateful_set),
        ("apps", "daemonsets") => (
            "Name|#Desired|#Current|#Ready|#Up-to-date|#Available|Node Selector|Age|+Containers|+Images|+Selector",
            work::daemon_set,
        ),
        ("apps", "controllerrevisions") => ("Name|Controller|#Revision|Age", work::revision),
        ("batch", "jobs") => ("Name|Status|Completions|Duration|Age|+Containers|+Images|+Selector", work::job),
        ("batch", "cronjobs") => {
            ("Name|Schedule|Timezone|Suspend|#Active|Last Schedule|Age|+Containers|+Images|+Selector", work::cron_job)
        }
        ("autoscaling", _) => ("Name|Reference|Targets|MinPods|#MaxPods|#Replicas|Age", work::autoscaler),
        ("networking.k8s.io", "ingresses") => ("Name|Class|Hosts|Address|Ports|Age", config::ingress),
        ("discovery.k8s.io", _) => ("Name|AddressType|Ports|Endpoints|Age", config::slice),
        ("policy", _) => ("Name|Min Available|Max Unavailable|#Allowed Disruptions|Age", work::budget),
        ("coordination.k8s.io", _) => ("Name|Holder|Age", machine::lease),
        ("storage.k8s.io", _) => {
            ("Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age", config::storage_class)
        }
        ("apiextensions.k8s.io", _) => ("Name|Created At", machine::definition),
        _ => ("Name|Age", machine::plain),
    };
    Layout { columns, cells }
}

/// A table of objects. `include` is `None`, `Metadata` (the default) or `Object`: what stands beside each row.
/// `columns` says whether the columns are told: a watch tells them once.
pub fn table(
    kind: &Kind,
    objects: impl Iterator<Item = Value>,
    include: Option<&str>,
    version: &str,
    columns: bool,
    now: DateTime<Utc>,
) -> Value {
    let layout = layout(kind);
    let rows: Vec<Value> = objects
        .map(|object| {
            let bookmark = object.get("spec").is_none() && object["metadata"].get("name").is_none();
            let cells = if bookmark { Vec::new() } else { (layout.cells)(&object, now) };
            let beside = match include {
                Some("Object") => object,
                Some("None") => return json!({ "cells": cells }),
                _ => metadata_only(&object),
            };
            json!({ "cells": cells, "object": beside })
        })
        .collect();
    let definitions = if columns { definitions(layout.columns) } else { Value::Null };
    json!({
        "kind": "Table", "apiVersion": format!("meta.k8s.io/{version}"), "metadata": {},
        "columnDefinitions": definitions, "rows": rows,
    })
}

fn definitions(columns: &str) -> Value {
    let definition = |column: &str| {
        let (priority, heading) = column.strip_prefix('+').map_or((0, column), |heading| (1, heading));
        let (kind, heading) = heading.strip_prefix('#').map_or(("string", heading), |heading| ("integer", heading));
        let format = if heading == "Name" { "name" } else { "" };
        json!({ "name": heading, "type": kind, "format": format, "description": heading, "priority": priority })
    };
    columns.split('|').map(definition).collect()
}

/// An object's metadata alone, as `PartialObjectMetadata`.
pub fn metadata_only(object: &Value) -> Value {
    let mut only = Map::new();
    only.insert("kind".into(), "PartialObjectMetadata".into());
    only.insert("apiVersion".into(), "meta.k8s.io/v1".into());
    only.insert("metadata".into(), object["metadata"].clone());
    Value::Object(only)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kind::KINDS;

    #[test]
    fn every_kind_has_as_many_cells_as_columns_even_for_an_empty_object() {
        for kind in KINDS {
            let object = json!({ "metadata": { "name": "a" } });
            let table = table(kind, std::iter::once(object), None, "v1", true, Utc::now());
            let (columns, cells) = (&table["columnDefinitions"], &table["rows"][0]["cells"]);
            assert_eq!(columns.as_array().map(Vec::len), cells.as_array().map(Vec::len), "{kind:?}");
        }
    }
}
