//! Services, EndpointSlices, and which pods take traffic by them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    Selector,
    json::{items, text},
};
use crate::text::Clean;

/// A Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: Clean,
    /// `ClusterIP`, `LoadBalancer`, …; `headless`.
    pub kind: Clean,
    /// Its ports in words: `http 80 → 8080`.
    pub ports: Vec<Clean>,
    /// The pods that it takes.
    pub selector: Selector,
    /// Pods that are not ready take traffic, too.
    pub unready: bool,
}

impl Service {
    /// Of a raw v1 Service.
    pub fn of(object: &Value) -> Option<Self> {
        let spec = &object["spec"];
        let port = |port: &Value| {
            let (name, to) = (text(&port["name"]), text(&port["targetPort"]));
            let from = text(&port["port"]);
            let arrow = if to == from || to.is_empty() { String::new() } else { format!(" → {to}") };
            let protocol =
                port["protocol"].as_str().filter(|p| *p != "TCP").map(|p| format!("/{p}")).unwrap_or_default();
            Clean::from(format!("{name} {from}{protocol}{arrow}").trim_start().to_owned())
        };
        let headless = spec["clusterIP"] == "None";
        Some(Self {
            name: Clean::new(object["metadata"]["name"].as_str()?),
            kind: if headless { "headless".into() } else { text(&spec["type"]) },
            ports: items(&spec["ports"]).iter().map(port).collect(),
            selector: Selector::of_map(&spec["selector"]),
            unready: spec["publishNotReadyAddresses"] == true,
        })
    }
}

/// A place that traffic may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The pod behind it; empty where it is none.
    pub pod: Clean,
    /// Takes traffic. An absent condition counts as true (k8s.io/api/discovery/v1, `EndpointConditions`).
    pub ready: bool,
    /// Would answer, ending or not.
    pub serving: bool,
    /// Is ending.
    pub terminating: bool,
}

/// An EndpointSlice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The Service that it is of.
    pub service: Clean,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
}

impl Slice {
    /// Of a raw discovery.k8s.io/v1 EndpointSlice.
    pub fn of(object: &Value) -> Option<Self> {
        let endpoint = |from: &Value| {
            let conditions = &from["conditions"];
            let ready = conditions["ready"].as_bool().unwrap_or(true);
            let target = &from["targetRef"];
            Endpoint {
                pod: if target["kind"] == "Pod" { text(&target["name"]) } else { Clean::default() },
                ready,
                serving: conditions["serving"].as_bool().unwrap_or(ready),
                terminating: conditions["terminating"].as_bool().unwrap_or(false),
            }
        };
        object["metadata"]["name"].as_str()?;
        Some(Self {
            service: text(&object["metadata"]["labels"]["kubernetes.io/service-name"]),
            endpoints: items(&object["endpoints"]).iter().map(endpoint).collect(),
        })
    }
}

/// Which pods a Service sends to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// By pod's name; a pod that is in two slices (two address families) is there once.
    pub pods: BTreeMap<Clean, Endpoint>,
    /// Endpoints without a pod.
    pub others: usize,
}

impl Traffic {
    /// How many pods take traffic.
    pub fn taking(&self) -> usize {
        self.pods.values().filter(|endpoint| endpoint.ready).count()
    }
}

/// Which pods this Service sends to, of all slices of its namespace.
pub fn traffic<'a>(service: &str, slices: impl IntoIterator<Item = &'a Slice>) -> Traffic {
    let mut traffic = Traffic::default();
    for endpoint in slices.into_iter().filter(|slice| *slice.service == *service).flat_map(|slice| &slice.endpoints) {
        if endpoint.pod.is_empty() {
            traffic.others += 1;
            continue;
        }
        let known = traffic.pods.entry(endpoint.pod.clone()).or_insert_with(|| endpoint.clone());
        known.ready |= endpoint.ready;
        known.serving |= endpoint.serving;
        known.terminating |= endpoint.terminating;
    }
    traffic
}
