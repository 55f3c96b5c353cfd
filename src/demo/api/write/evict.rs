//! Eviction: a delete that a PodDisruptionBudget may refuse.

use http::Response;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::hooks::Body;
use super::super::respond;
use super::{body, delete};
use crate::store::kind::PDB;
use crate::store::{Refusal, Store};

/// Answers an eviction.
///
/// # Errors
/// 404, 429 where a budget allows no disruption.
pub fn evict(call: &Call, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let store = &call.server.store;
    let pod = store.get(call.kind, call.namespace(), call.name());
    let pod = pod.ok_or_else(|| Refusal::not_found(call.kind, call.name()))?;
    let request = body::beside("Eviction", content)?;
    let options = request["deleteOptions"].clone();
    let dry_run = call.dry_run()? || options["dryRun"].as_array().is_some_and(|all| !all.is_empty());
    spend(store, call.namespace(), &pod, dry_run)?;
    if !dry_run {
        let options = if options.is_null() { Vec::new() } else { options.to_string().into_bytes() };
        delete::delete(call, &options)?;
    }
    let status = json!({ "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201 });
    Ok(respond::object(201, &status, call.form.media))
}

/// Takes one disruption from every budget that covers the pod.
fn spend(store: &Store, namespace: &str, pod: &Value, dry_run: bool) -> Result<(), Refusal> {
    let (budgets, _) = store.list(&PDB, Some(namespace));
    for budget in budgets.iter().filter(|budget| covers(&budget["spec"]["selector"], &pod["metadata"]["labels"])) {
        let name = budget["metadata"]["name"].as_str().unwrap_or_default();
        let status = &budget["status"];
        let number = |key: &str| status[key].as_i64().unwrap_or(0);
        if number("disruptionsAllowed") < 1 {
            return Err(refused(name, number("desiredHealthy"), number("currentHealthy")));
        }
        if !dry_run {
            store.update(&PDB, namespace, name, |budget| {
                let left = budget["status"]["disruptionsAllowed"].as_i64().unwrap_or(1) - 1;
                budget["status"]["disruptionsAllowed"] = left.max(0).into();
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn refused(budget: &str, needs: i64, has: i64) -> Refusal {
    let message = "Cannot evict pod as it would violate the pod's disruption budget.";
    let why = format!("The disruption budget {budget} needs {needs} healthy pods and has {has} currently");
    let mut refusal = Refusal::new(429, "TooManyRequests", message);
    refusal.details = Some(json!({ "causes": [{ "reason": "DisruptionBudget", "message": why }] }));
    refusal
}

fn covers(selector: &Value, labels: &Value) -> bool {
    let wanted = selector["matchLabels"].as_object();
    let expressions = selector["matchExpressions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let equal = wanted.is_none_or(|wanted| wanted.iter().all(|(key, value)| &labels[key] == value));
    let meets = |expression: &Value| {
        let label = expression["key"].as_str().and_then(|key| labels.get(key));
        let among =
            || expression["values"].as_array().is_some_and(|all| label.is_some_and(|label| all.contains(label)));
        match expression["operator"].as_str() {
            Some("In") => among(),
            Some("NotIn") => !among(),
            Some("Exists") => label.is_some(),
            _ => label.is_none(),
        }
    };
    equal && expressions.iter().all(meets)
}
