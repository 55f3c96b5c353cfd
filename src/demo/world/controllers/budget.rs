//! The disruption controller: how many pods of a PodDisruptionBudget may go.

use super::super::json::{int, scaled, selects, stamp};
use super::super::kinds::PDB;
use super::super::outcome::{Outcome, Target, Write};
use super::super::pods::Pod;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Looks at a budget and the pods of its namespace. `wanted` is how many pods the controller of a pod wants.
pub fn reconcile<'a>(
    budget: &Value,
    pods: impl Iterator<Item = &'a Arc<Pod>>,
    wanted: impl Fn(&Pod) -> Option<i64>,
    now: DateTime<Utc>,
) -> Outcome {
    let mut out = Outcome::default();
    let selector = budget.pointer("/spec/selector");
    let chosen: Vec<&Arc<Pod>> = pods.filter(|pod| !pod.deleting && selects(selector, Some(&pod.labels))).collect();
    let mut owners: BTreeMap<&str, i64> = BTreeMap::new();
    for pod in &chosen {
        let owner = pod.owner.as_ref().map_or("", |owner| owner.uid.as_str());
        if !owners.contains_key(owner) {
            owners.insert(owner, wanted(pod).unwrap_or(1));
        }
    }
    let expected: i64 = owners.values().sum();
    let desired = match (budget.pointer("/spec/maxUnavailable"), budget.pointer("/spec/minAvailable")) {
        (Some(most), _) => (expected - scaled(Some(most), "0", expected, true)).max(0),
        (None, least) => scaled(least, "1", expected, true),
    };
    let healthy = chosen.iter().filter(|pod| pod.ready).count() as i64;
    let allowed = (healthy - desired).max(0).min(if expected > 0 { i64::MAX } else { 0 });
    let (is, reason) = if allowed > 0 { ("True", "SufficientPods") } else { ("False", "InsufficientPods") };
    let mut status = json!({
        "currentHealthy": healthy, "desiredHealthy": desired, "disruptionsAllowed": allowed, "expectedPods": expected,
        "observedGeneration": int(budget, "/metadata/generation").unwrap_or(1),
    });
    if let Some(conditions) = budget.pointer("/status/conditions") {
        status["conditions"] = conditions.clone();
    }
    let condition = json!({
        "type": "DisruptionAllowed", "status": is, "reason": reason, "message": "", "lastTransitionTime": stamp(now),
        "observedGeneration": int(budget, "/metadata/generation").unwrap_or(1),
    });
    super::super::json::set_condition(&mut status, condition);
    if budget.get("status") != Some(&status) {
        out.writes.push(Write::Status(&PDB, Target::of(budget), status));
    }
    out
}
