//! The EndpointSlice controller: which pods of a Service take traffic.

use super::super::json::{list, name, namespace, owned_by, selects, text, uid};
use super::super::kinds::ENDPOINT_SLICE;
use super::super::outcome::{Outcome, Target, Write};
use super::super::pods::{Phase, Pod};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::sync::Arc;

/// Looks at a Service, its slice and the pods of its namespace. `zone` is that of a node.
pub fn reconcile<'a>(
    service: &Value,
    slice: Option<&Value>,
    pods: &[Arc<Pod>],
    zone: impl Fn(&str) -> Option<&'a str>,
    suffix: &str,
    now: DateTime<Utc>,
) -> Outcome {
    let mut out = Outcome::default();
    let Some(selector) = service.pointer("/spec/selector") else { return out };
    let selector = json!({"matchLabels": selector});
    let chosen = pods.iter().filter(|pod| pod.ip.is_some() && pod.phase == Phase::Running);
    let endpoints: Vec<Value> = chosen
        .filter(|pod| selects(Some(&selector), Some(&pod.labels)))
        .map(|pod| endpoint(pod, zone(pod.node.as_deref().unwrap_or(""))))
        .collect();
    let ports: Vec<Value> = list(service, "/spec/ports")
        .iter()
        .map(|port| {
            let target = port.get("targetPort").filter(|target| target.is_number()).or_else(|| port.get("port"));
            json!({"name": text(port, "/name"), "port": target, "protocol": "TCP"})
        })
        .collect();
    match slice {
        Some(old) if old.get("endpoints") == Some(&json!(endpoints)) && old.get("ports") == Some(&json!(ports)) => {}
        Some(old) => {
            let patch = json!({"endpoints": endpoints, "ports": ports});
            out.writes.push(Write::Merge(&ENDPOINT_SLICE, Target::of(old), patch));
        }
        None => {
            let mut slice = slice_of(service, suffix, now);
            slice["endpoints"] = json!(endpoints);
            slice["ports"] = json!(ports);
            out.writes.push(Write::Create(&ENDPOINT_SLICE, slice));
        }
    }
    out
}

fn endpoint(pod: &Pod, zone: Option<&str>) -> Value {
    let mut endpoint = json!({
        "addresses": [pod.ip],
        "conditions": {"ready": pod.ready && !pod.deleting, "serving": pod.ready, "terminating": pod.deleting},
        "nodeName": pod.node.as_deref(),
        "targetRef": {"kind": "Pod", "name": &*pod.name, "namespace": &*pod.namespace, "uid": pod.uid},
    });
    if let Some(zone) = zone {
        endpoint["zone"] = json!(zone);
    }
    endpoint
}

fn slice_of(service: &Value, suffix: &str, now: DateTime<Utc>) -> Value {
    json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "addressType": "IPv4",
        "metadata": {
            "name": format!("{}-{suffix}", name(service)),
            "generateName": format!("{}-", name(service)),
            "namespace": namespace(service),
            "creationTimestamp": super::super::json::stamp(now),
            "labels": {
                "kubernetes.io/service-name": name(service),
                "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
            },
            "ownerReferences": [owned_by("v1", "Service", name(service), uid(service))],
        },
    })
}
