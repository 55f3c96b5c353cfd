//! ResourceQuotas: whether they hold what a change brings, and the journal.
//!
//! Rules: kubernetes/pkg/quota/v1/evaluator/core/pods.go.

use std::collections::BTreeMap;

use serde_json::Value;

use super::demand::{Demand, amount, at_once, read, written};
use crate::batch::{Problem, ProblemKind};

/// ConfigMaps that the journal of a batch needs in a namespace at the least: its record, and one with templates.
const OF_THE_JOURNAL: u64 = 2;

/// The ResourceQuotas of a namespace, and what a plan brings there at its most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quotas {
    raw: Vec<Value>,
    /// Resource, as quotas name it → what those need more that may roll at the same time.
    together: BTreeMap<String, u64>,
}

impl Quotas {
    /// Of raw ResourceQuotas and what the apps of this namespace bring, of which `width` may roll at the same time.
    pub fn new(raw: Vec<Value>, demands: &[&Demand], width: usize) -> Self {
        let hard = raw.iter().filter_map(|quota| quota["status"]["hard"].as_object()).flatten();
        let mut together = BTreeMap::new();
        for (resource, _) in hard {
            if !together.contains_key(resource) {
                let size = |demand: &&Demand| more(demand, resource).unwrap_or(0);
                let met = at_once(demands.to_vec(), width, size);
                together.insert(resource.clone(), met.iter().map(size).fold(0, u64::saturating_add));
            }
        }
        Self { raw, together }
    }
}

/// The quotas that do not hold what a step brings, together with the others of its namespace that roll at the same time.
pub(super) fn holds(demand: &Demand, quotas: &Quotas) -> Vec<Problem> {
    let ours = quotas.raw.iter().filter(|quota| applies(quota, &demand.spec));
    ours.flat_map(|quota| of_one(demand, &quotas.together, quota)).collect()
}

fn of_one(demand: &Demand, together: &BTreeMap<String, u64>, quota: &Value) -> Vec<Problem> {
    let name = quota["metadata"]["name"].as_str().unwrap_or("?");
    let mut missing = Vec::new();
    let mut over = Vec::new();
    for resource in quota["status"]["hard"].as_object().into_iter().flatten().map(|(resource, _)| resource) {
        let Some(left) = left(quota, resource) else { continue };
        let Some(own) = more(demand, resource) else { continue };
        missing.extend(unset(demand, resource).map(|container| format!("{resource} of {container}")));
        let all = together.get(resource).copied().unwrap_or(0).max(own);
        if own > 0 && all > left {
            let (need, with) = if own > left { (own, "") } else { (all, " with the other apps of this plan") };
            over.push(format!("{} of {resource}{with} ({} left)", written(resource, need), written(resource, left)));
        }
    }
    let mut problems = Vec::new();
    if !over.is_empty() {
        let for_what = if demand.stays { "the new pods need" } else { "the rollout needs" };
        let text = format!(
            "the quota {name} is too small: {for_what} {}: raise it, or expect pods that are not created",
            over.join(", ")
        );
        problems.push(Problem::warning(ProblemKind::Quota, text));
    }
    if !missing.is_empty() {
        let text = format!(
            "the quota {name} wants every container to set {}: unless a LimitRange does, no new pod is created",
            missing.join(", ")
        );
        problems.push(Problem::warning(ProblemKind::Quota, text));
    }
    problems
}

/// Whether the journal finds its place.
pub(super) fn holds_journal(quotas: &Quotas) -> Option<Problem> {
    quotas.raw.iter().find_map(|quota| {
        let name = quota["metadata"]["name"].as_str().unwrap_or("?");
        let limited = ["configmaps", "count/configmaps"].into_iter().filter_map(|resource| left(quota, resource));
        let left = limited.min().filter(|left| *left < OF_THE_JOURNAL)?;
        Some(Problem::error(
            ProblemKind::Journal,
            format!("the quota {name} leaves room for {left} configmaps and the journal needs {OF_THE_JOURNAL}: raise it, or prune old journals"),
        ))
    })
}

/// What a quota leaves of a resource; `None` where it does not limit it.
fn left(quota: &Value, resource: &str) -> Option<u64> {
    let of = |list: &str| read(resource, &quota["status"][list][resource]);
    Some(of("hard")?.saturating_sub(of("used").unwrap_or(0)))
}

/// `requests` or `limits`, and the resource, of a quota's name for it; `None` of what pods do not take.
fn field_of(resource: &str) -> Option<(&'static str, &str)> {
    match resource.split_once('.') {
        Some(("requests", "storage")) => None,
        Some(("requests", of)) => Some(("requests", of)),
        Some(("limits", of)) => Some(("limits", of)),
        _ if ["cpu", "memory", "ephemeral-storage"].contains(&resource) => Some(("requests", resource)),
        _ => None,
    }
}

fn more(demand: &Demand, resource: &str) -> Option<u64> {
    if resource == "pods" || resource == "count/pods" {
        return Some(demand.pods);
    }
    let (field, of) = field_of(resource)?;
    Some(demand.more(field, of))
}

/// The first container that does not say how much it takes of what the quota limits. Only of cpu and memory is that asked.
fn unset<'a>(demand: &'a Demand, resource: &str) -> Option<&'a str> {
    let (field, of) = field_of(resource).filter(|(_, of)| ["cpu", "memory"].contains(of))?;
    let says = |container: &Value, field: &str| container["resources"][field][of] != Value::Null;
    let lists = ["initContainers", "containers"].into_iter().filter_map(|list| demand.spec[list].as_array());
    let silent = |container: &&Value| !(says(container, field) || field == "requests" && says(container, "limits"));
    lists.flatten().find(silent)?["name"].as_str()
}

/// Whether the scopes of a quota take pods of this spec. One with a scope that is not known here is taken to.
fn applies(quota: &Value, spec: &Value) -> bool {
    let spec_of = &quota["spec"];
    let plain = spec_of["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let rules = spec_of["scopeSelector"]["matchExpressions"].as_array().into_iter().flatten();
    let best_effort = ["requests", "limits"]
        .into_iter()
        .all(|field| ["cpu", "memory"].into_iter().all(|resource| amount(spec, field, resource) == 0));
    let in_scope = |scope: &str| match scope {
        "BestEffort" => best_effort,
        "NotBestEffort" => !best_effort,
        "Terminating" => spec["activeDeadlineSeconds"].is_number(),
        "NotTerminating" => !spec["activeDeadlineSeconds"].is_number(),
        _ => true,
    };
    let mut plain = plain;
    plain.all(in_scope)
        && rules.into_iter().all(|rule| match rule["scopeName"].as_str().unwrap_or_default() {
            "PriorityClass" => of_priority(rule, spec["priorityClassName"].as_str()),
            scope => in_scope(scope),
        })
}

fn of_priority(rule: &Value, class: Option<&str>) -> bool {
    let among = class.is_some_and(|class| rule["values"].as_array().is_some_and(|all| all.iter().any(|v| v == class)));
    match rule["operator"].as_str().unwrap_or_default() {
        "In" => among,
        "NotIn" => !among,
        "Exists" => class.is_some(),
        "DoesNotExist" => class.is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::batch::{Change, Intent, findings::samples};

    fn quota(hard: &Value, used: &Value) -> Value {
        json!({"metadata": {"name": "compute"}, "spec": {"hard": hard}, "status": {"hard": hard, "used": used}})
    }

    fn found(demand: &Demand, others: &[&Demand], quotas: &[Value]) -> Vec<Problem> {
        let all: Vec<&Demand> = others.iter().copied().chain([demand]).collect();
        holds(demand, &Quotas::new(quotas.to_vec(), &all, 2))
    }

    fn demand(resources: &Value) -> Demand {
        let mut live = samples::deployment(4);
        live["spec"]["template"]["spec"]["containers"][0]["resources"] = resources.clone();
        Demand::expected(&samples::step(Intent::Restart, live, samples::restart())).unwrap()
    }

    #[rstest]
    #[case::pods(json!({"pods": "5"}), json!({"pods": "5"}), "1 of pods (0 left)")]
    #[case::cpu(json!({"requests.cpu": "1"}), json!({"requests.cpu": "900m"}), "250m of requests.cpu (100m left)")]
    #[case::bare(json!({"memory": "1Gi"}), json!({"memory": "1000Mi"}), "64Mi of memory (24Mi left)")]
    #[case::fits(json!({"requests.cpu": "1", "pods": 6}), json!({"requests.cpu": "750m", "pods": 5}), "")]
    #[case::other_things(json!({"services": "1", "requests.storage": "1"}), json!({"services": "1"}), "")]
    fn the_surge_is_weighed_against_what_is_left(#[case] hard: Value, #[case] used: Value, #[case] says: &str) {
        let demand = demand(&json!({"requests": {"cpu": "250m", "memory": "64Mi"}}));
        let problems = found(&demand, &[], &[quota(&hard, &used)]);
        let texts = samples::texts(&problems);
        assert_eq!(texts.is_empty(), says.is_empty(), "{texts:?}");
        if let [text] = texts[..] {
            assert_eq!(
                text,
                format!(
                    "the quota compute is too small: the rollout needs {says}: raise it, or expect pods that are not created"
                )
            );
        }
    }

    #[test]
    fn what_rolls_at_the_same_time_counts_too() {
        let of = |cpu: &str| demand(&json!({"requests": {"cpu": cpu}}));
        let (mine, other, small) = (of("250m"), of("250m"), of("50m"));
        let quota = [quota(&json!({"requests.cpu": "1"}), &json!({"requests.cpu": "600m"}))];
        assert_eq!(found(&mine, &[], &quota), []);
        // Two of the three roll at the same time.
        let found = found(&mine, &[&other, &small], &quota);
        let text = "500m of requests.cpu with the other apps of this plan (400m left)";
        assert!(found[0].text.contains(text), "{found:?}");
    }

    #[test]
    fn a_container_that_does_not_say_what_it_takes_is_not_created_under_a_quota_of_it() {
        let demand = demand(&json!({"requests": {"cpu": "250m"}}));
        let found = found(&demand, &[], &[quota(&json!({"requests.cpu": "9", "limits.memory": "9Gi"}), &json!({}))]);
        assert_eq!(
            samples::texts(&found),
            [
                "the quota compute wants every container to set limits.memory of main: unless a LimitRange does, no new pod is created"
            ]
        );
    }

    #[rstest]
    #[case(json!(["BestEffort"]), json!({}), false)]
    #[case(json!(["NotBestEffort"]), json!({}), true)]
    #[case(json!(["Terminating"]), json!({}), false)]
    #[case(json!([]), json!({"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}), false)]
    #[case(json!([]), json!({"matchExpressions": [{"scopeName": "PriorityClass", "operator": "DoesNotExist"}]}), true)]
    fn a_quota_of_other_pods_is_no_limit(#[case] scopes: Value, #[case] selector: Value, #[case] applies: bool) {
        let mut quota = quota(&json!({"pods": "1"}), &json!({"pods": "1"}));
        (quota["spec"]["scopes"], quota["spec"]["scopeSelector"]) = (scopes, selector);
        assert_eq!(found(&demand(&json!({"requests": {"cpu": "1m"}})), &[], &[quota]).is_empty(), !applies);
    }

    #[test]
    fn a_scale_up_needs_its_pods_for_good() {
        let step = samples::step(Intent::Scale, samples::deployment(1), Change::Scale(4));
        let demand = Demand::expected(&step).unwrap();
        let found = found(&demand, &[], &[quota(&json!({"pods": "3"}), &json!({"pods": "1"}))]);
        assert!(found[0].text.contains("the new pods need 3 of pods (2 left)"), "{found:?}");
    }

    #[test]
    fn no_room_for_the_journal_is_an_error() {
        let full = quota(&json!({"count/configmaps": "10"}), &json!({"count/configmaps": "9"}));
        assert!(holds_journal(&Quotas::new(vec![full], &[], 1)).unwrap().blocks());
        let wide = quota(&json!({"count/configmaps": "10"}), &json!({"count/configmaps": "8"}));
        assert_eq!(holds_journal(&Quotas::new(vec![wide], &[], 1)), None);
    }
}
