//! PodDisruptionBudgets (policy/v1), and which pods they cover.

use rolldeck_core::{act::Budget, text::Clean};
use serde_json::Value;

/// A budget that covers at least one of these pods' labels.
pub(super) fn covering(budget: &Value, labels: &[&Value]) -> Option<Budget> {
    let selector = &budget["spec"]["selector"];
    let covers = labels.iter().filter(|labels| selects(selector, labels)).count();
    let status = |field: &str| budget["status"][field].as_u64().and_then(|n| n.try_into().ok()).unwrap_or(0);
    let text = |field: &str| Clean::new(budget["metadata"][field].as_str().unwrap_or_default());
    (covers > 0).then(|| Budget {
        namespace: text("namespace"),
        name: text("name"),
        allowed: status("disruptionsAllowed"),
        healthy: status("currentHealthy"),
        desired: status("desiredHealthy"),
        covers,
    })
}

/// Whether a label selector selects an object of these labels. In policy/v1 an empty one selects all, an absent one nothing
/// (k8s.io/api/policy/v1, `PodDisruptionBudgetSpec`).
fn selects(selector: &Value, labels: &Value) -> bool {
    let Some(selector) = selector.as_object() else { return false };
    let all = |field: &str| selector.get(field).cloned().unwrap_or_default();
    let equal = all("matchLabels")
        .as_object()
        .is_none_or(|wanted| wanted.iter().all(|(name, value)| labels.get(name) == Some(value)));
    equal && all("matchExpressions").as_array().is_none_or(|rules| rules.iter().all(|rule| holds(rule, labels)))
}

fn holds(rule: &Value, labels: &Value) -> bool {
    let value = rule["key"].as_str().and_then(|key| labels.get(key));
    let among = || value.is_some_and(|value| rule["values"].as_array().is_some_and(|all| all.contains(value)));
    match rule["operator"].as_str() {
        Some("In") => among(),
        Some("NotIn") => !among(),
        Some("Exists") => value.is_some(),
        Some("DoesNotExist") => value.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({}), true)]
    #[case(json!(null), false)]
    #[case(json!({ "matchLabels": { "app": "web" } }), true)]
    #[case(json!({ "matchLabels": { "app": "web", "tier": "x" } }), false)]
    #[case(json!({ "matchExpressions": [{ "key": "app", "operator": "In", "values": ["api", "web"] }] }), true)]
    #[case(json!({ "matchExpressions": [{ "key": "app", "operator": "NotIn", "values": ["web"] }] }), false)]
    #[case(json!({ "matchExpressions": [{ "key": "tier", "operator": "NotIn", "values": ["web"] }] }), true)]
    #[case(json!({ "matchExpressions": [{ "key": "app", "operator": "Exists" }] }), true)]
    #[case(json!({ "matchExpressions": [{ "key": "tier", "operator": "DoesNotExist" }] }), true)]
    #[case(json!({ "matchExpressions": [{ "key": "app", "operator": "Resembles" }] }), false)]
    fn a_selector_selects_as_the_api_server_does(#[case] selector: Value, #[case] selected: bool) {
        assert_eq!(selects(&selector, &json!({ "app": "web" })), selected);
    }
}
