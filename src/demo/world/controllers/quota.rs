//! ResourceQuotas: what the pods of a namespace may ask for together, and who is refused.

use super::super::json::{list, name, quantity, text};
use super::super::kinds::RESOURCE_QUOTA;
use super::super::outcome::{Outcome, Target, Write};
use super::super::pods::{Phase, Pod};
use super::scheduler::asked;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What the pods of a namespace use of its quotas, counted on as pods are admitted.
#[derive(Debug)]
pub struct Used<'a> {
    quotas: Vec<(&'a Value, (f64, f64, i64))>,
}

impl<'a> Used<'a> {
    /// Counts the pods that each quota is about.
    pub fn new<'p>(quotas: &'a [Value], pods: impl Iterator<Item = &'p Arc<Pod>>) -> Self {
        let mut quotas: Vec<_> = quotas.iter().map(|quota| (quota, (0.0, 0.0, 0))).collect();
        if quotas.is_empty() {
            return Self { quotas };
        }
        for pod in pods.filter(|pod| pod.phase != Phase::Ended) {
            for (quota, used) in quotas.iter_mut().filter(|(quota, _)| covers(quota, pod.priority_class.as_deref())) {
                let (cpu, memory) = pod.requests();
                let _ = quota;
                *used = (used.0 + cpu, used.1 + memory, used.2 + 1);
            }
        }
        Self { quotas }
    }

    /// Admits a pod and counts it.
    ///
    /// # Errors
    /// The API server's words, when it would exceed a quota.
    pub fn take(&mut self, pod: &Value) -> Result<(), String> {
        let (cpu, memory) = asked(pod.get("spec").unwrap_or(&Value::Null));
        let class = pod.pointer("/spec/priorityClassName").and_then(Value::as_str);
        for (quota, used) in self.quotas.iter().filter(|(quota, _)| covers(quota, class)) {
            for (resource, wanted, used) in
                [("requests.cpu", cpu, used.0), ("requests.memory", memory, used.1), ("pods", 1.0, used.2 as f64)]
            {
                let Some(hard) = quota.get("spec").and_then(|spec| spec["hard"].get(resource)).and_then(Value::as_str)
                else {
                    continue;
                };
                if used + wanted > quantity(hard) + 1e-6 {
                    return Err(format!(
                        "exceeded quota: {}, requested: {resource}={}, used: {resource}={}, limited: {resource}={hard}",
                        name(quota),
                        spelled(resource, wanted),
                        spelled(resource, used)
                    ));
                }
            }
        }
        for (_, used) in self.quotas.iter_mut().filter(|(quota, _)| covers(quota, class)) {
            *used = (used.0 + cpu, used.1 + memory, used.2 + 1);
        }
        Ok(())
    }
}

/// Whether a quota is about pods of a priority class.
fn covers(quota: &Value, class: Option<&str>) -> bool {
    list(quota, "/spec/scopeSelector/matchExpressions").iter().all(|rule| {
        text(rule, "/scopeName") == "PriorityClass" && list(rule, "/values").iter().any(|value| value.as_str() == class)
    })
}

fn spelled(resource: &str, amount: f64) -> String {
    match resource {
        "requests.cpu" if amount.fract() == 0.0 => format!("{amount}"),
        "requests.cpu" => format!("{}m", (amount * 1000.0).round()),
        "requests.memory" if amount % (1024.0 * 1024.0 * 1024.0) == 0.0 => {
            let gibi = amount / (1024.0 * 1024.0 * 1024.0);
            if gibi == 0.0 { "0".into() } else { format!("{gibi}Gi") }
        }
        "requests.memory" => format!("{}Mi", (amount / (1024.0 * 1024.0)).round()),
        _ => format!("{amount}"),
    }
}

/// Writes what is used into the quotas' statuses.
pub fn status(quotas: &[Value], pods: &[Arc<Pod>]) -> Outcome {
    let mut out = Outcome::default();
    for (quota, used) in Used::new(quotas, pods.iter()).quotas {
        let hard = quota.pointer("/spec/hard").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut shown = Map::new();
        for resource in hard.keys() {
            let amount = match resource.as_str() {
                "requests.cpu" => used.0,
                "requests.memory" => used.1,
                "pods" => used.2 as f64,
                _ => continue,
            };
            shown.insert(resource.clone(), json!(spelled(resource, amount)));
        }
        let status = json!({"hard": hard, "used": shown});
        if quota.get("status") != Some(&status) {
            out.writes.push(Write::Status(&RESOURCE_QUOTA, Target::of(quota), status));
        }
    }
    out
}
