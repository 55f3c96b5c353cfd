//! How things are in the cluster, for whoever drives it.

use serde_json::{Map, Value, json};

use crate::{
    api::{
        access::Access,
        faults::{Fault, Faults, Wrong},
    },
    clock::rfc3339,
    store::{Store, kind::KINDS},
};

/// The state as JSON: time, versions, faults, rights, and how many objects there are.
pub(super) fn of(store: &Store, faults: &Faults, access: &Access) -> Value {
    let counts: Map<String, Value> = KINDS
        .iter()
        .map(|kind| (kind.qualified(), store.count(kind)))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name, count.into()))
        .collect();
    let denied = access.denials();
    let denied: Vec<Value> = denied
        .iter()
        .map(|right| {
            json!({
                "verbs": right.verbs, "groups": right.groups, "resources": right.resources, "namespaces": right.namespaces,
            })
        })
        .collect();
    json!({
        "now": rfc3339(store.clock().now()),
        "rate": store.clock().rate(),
        "skewSeconds": faults.skew().num_seconds(),
        "version": store.version(),
        "compacted": store.compacted(),
        "faults": faults.list().iter().map(fault).collect::<Vec<_>>(),
        "denied": denied,
        "objects": counts,
    })
}

fn fault(fault: &Fault) -> Value {
    let (kind, detail) = match fault.wrong {
        Wrong::Latency(span) => ("latency", json!({ "milliseconds": span.as_millis() as u64 })),
        Wrong::Reset => ("reset", json!({})),
        Wrong::HalfOpen => ("half-open", json!({})),
        Wrong::Gone => ("gone", json!({})),
        Wrong::TooManyRequests(after) => ("too-many-requests", json!({ "retryAfter": after })),
        Wrong::InternalError => ("internal-error", json!({})),
    };
    let mut out = detail;
    out["kind"] = kind.into();
    out["verb"] = fault.verb.as_deref().into();
    out["path"] = fault.path.as_deref().into();
    out["times"] = fault.times.into();
    out
}
