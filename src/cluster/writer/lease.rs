//! Leases (coordination.k8s.io/v1).

use chrono::SecondsFormat;
use rolldeck_core::batch::Lease;
use serde_json::{Value, json};

/// As the API has it. A released lease has no holder; times are MicroTime.
pub(super) fn to_json(lease: &Lease) -> Value {
    let mut object = json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": { "namespace": lease.namespace, "name": lease.name },
        "spec": { "leaseDurationSeconds": lease.seconds, "leaseTransitions": lease.transitions },
    });
    if !lease.holder.is_empty() {
        object["spec"]["holderIdentity"] = json!(lease.holder);
    }
    if let Some(at) = lease.renewed {
        object["spec"]["renewTime"] = json!(at.to_rfc3339_opts(SecondsFormat::Micros, true));
    }
    if !lease.resource_version.is_empty() {
        object["metadata"]["resourceVersion"] = json!(lease.resource_version);
    }
    object
}

/// As the driver has it.
pub(super) fn from_json(object: &Value) -> Lease {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |pointer: &str| {
        object.pointer(pointer).and_then(Value::as_u64).and_then(|number| number.try_into().ok()).unwrap_or_default()
    };
    let renewed = object.pointer("/spec/renewTime").and_then(Value::as_str);
    Lease {
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
        resource_version: text("/metadata/resourceVersion"),
        holder: text("/spec/holderIdentity"),
        seconds: number("/spec/leaseDurationSeconds"),
        renewed: renewed.and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok()).map(|at| at.to_utc()),
        transitions: number("/spec/leaseTransitions"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_keeps_its_microseconds() {
        let lease = Lease {
            namespace: "qa".into(),
            name: "rolldeck-20261122".into(),
            resource_version: "7".into(),
            holder: "sam@host/1".into(),
            seconds: 15,
            renewed: chrono::DateTime::from_timestamp_micros(1_763_820_301_000_042),
            transitions: 2,
        };
        let object = to_json(&lease);
        assert!(object["spec"]["renewTime"].as_str().unwrap().ends_with(".000042Z"));
        assert_eq!(from_json(&object), lease);
    }

    #[test]
    fn a_released_lease_names_nobody() {
        let object = to_json(&from_json(&json!({ "metadata": { "name": "x" }, "spec": {} })));
        assert!(object["spec"].get("holderIdentity").is_none());
    }
}
