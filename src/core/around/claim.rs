//! Claims of volumes, and budgets of disruption.

use serde_json::Value;

use super::{
    Selector,
    json::{count, items, text},
};
use crate::{
    model::{AppKey, AppKind},
    text::Clean,
};

/// A PersistentVolumeClaim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name.
    pub name: Clean,
    /// `Bound`, `Pending`, `Lost`.
    pub phase: Clean,
    /// What it has; empty before it is bound.
    pub size: Clean,
    /// What it asks for.
    pub asked: Clean,
    /// Its class; empty: the default.
    pub class: Clean,
    /// How it may be mounted: `ReadWriteOnce`.
    pub access: Clean,
    /// What its conditions say (a resize under way, for one), else empty.
    pub said: Clean,
}

impl Claim {
    /// Of a raw v1 PersistentVolumeClaim.
    pub fn of(object: &Value) -> Option<Self> {
        let (spec, status) = (&object["spec"], &object["status"]);
        let said = items(&status["conditions"]).iter().filter(|condition| condition["status"] == "True");
        let said: Vec<_> = said.map(|condition| text(&condition["type"]).to_string()).collect();
        Some(Self {
            name: Clean::new(object["metadata"]["name"].as_str()?),
            phase: text(&status["phase"]),
            size: text(&status["capacity"]["storage"]),
            asked: text(&spec["resources"]["requests"]["storage"]),
            class: text(&spec["storageClassName"]),
            access: items(&spec["accessModes"]).iter().map(text).collect::<Vec<_>>().join(", ").into(),
            said: said.join(", ").into(),
        })
    }
}

/// Whether an app of this raw object mounts the claim of this name: by its template, or by a claim template of a StatefulSet,
/// whose claims are `TEMPLATE-APP-ORDINAL`.
pub fn claims(key: &AppKey, app: &Value, claim: &str) -> bool {
    let volumes = items(&app["spec"]["template"]["spec"]["volumes"]);
    if volumes.iter().any(|volume| volume["persistentVolumeClaim"]["claimName"] == claim) {
        return true;
    }
    let templates =
        items(&app["spec"]["volumeClaimTemplates"]).iter().filter_map(|from| from["metadata"]["name"].as_str());
    key.kind == AppKind::StatefulSet
        && templates.into_iter().any(|template| {
            let ordinal = claim.strip_prefix(&format!("{template}-{}-", key.name));
            ordinal.is_some_and(|n| !n.is_empty() && n.bytes().all(|digit| digit.is_ascii_digit()))
        })
}

/// A PodDisruptionBudget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its name.
    pub name: Clean,
    /// `minAvailable` as written, else empty.
    pub min_available: Clean,
    /// `maxUnavailable` as written, else empty.
    pub max_unavailable: Clean,
    /// Pods that may be evicted now.
    pub allowed: u32,
    /// Healthy pods now.
    pub healthy: u32,
    /// Healthy pods that it wants.
    pub wanted: u32,
    /// Pods that it counts.
    pub expected: u32,
    /// The pods that it is about.
    pub selector: Selector,
}

impl Budget {
    /// Of a raw policy/v1 PodDisruptionBudget.
    pub fn of(object: &Value) -> Option<Self> {
        let (spec, status) = (&object["spec"], &object["status"]);
        Some(Self {
            name: Clean::new(object["metadata"]["name"].as_str()?),
            min_available: text(&spec["minAvailable"]),
            max_unavailable: text(&spec["maxUnavailable"]),
            allowed: count(&status["disruptionsAllowed"]),
            healthy: count(&status["currentHealthy"]),
            wanted: count(&status["desiredHealthy"]),
            expected: count(&status["expectedPods"]),
            selector: Selector::of(&spec["selector"]),
        })
    }
}
