//! PodDisruptionBudgets that a strategy may go below: a budget holds evictions back, and no rollout.
//!
//! Rules: kubernetes/pkg/controller/disruption (`getExpectedPodCount`): percentages round up.

use serde_json::Value;

use super::rollout::{Rollout, resized, rolls, share};
use crate::{
    around::Selector,
    batch::{Problem, ProblemKind, Step},
};

/// The first budget over the app's pods that the change may go below. `after` is the object as the change leaves it.
pub(super) fn kept(step: &Step, after: &Value, budgets: &[Value]) -> Option<Problem> {
    let (pods, missing) = match resized(step) {
        Some((_, becomes)) => (becomes, 0),
        None => {
            let rollout = Rollout::of(step.key.kind, after).filter(|_| rolls(step, after))?;
            (rollout.wanted, rollout.missing.min(rollout.wanted))
        }
    };
    let labels = &after["spec"]["template"]["metadata"]["labels"];
    let ours = budgets.iter().filter(|budget| Selector::of(&budget["spec"]["selector"]).takes(labels));
    ours.filter_map(|budget| below(step, budget, pods, missing)).next()
}

fn below(step: &Step, budget: &Value, pods: u64, missing: u64) -> Option<Problem> {
    let (spec, status) = (&budget["spec"], &budget["status"]);
    let before = step.replicas_before().map_or(pods, u64::from);
    // A budget may be over the pods of other apps, too.
    let strangers = status["expectedPods"].as_u64().unwrap_or(before).saturating_sub(before);
    let expected = pods + strangers;
    let promised = match (&spec["minAvailable"], &spec["maxUnavailable"]) {
        (Value::Null, Value::Null) => return None,
        (Value::Null, most) => expected.saturating_sub(share(most, "0", expected, true)),
        (least, _) => share(least, "0", expected, true),
    };
    let left = expected - missing;
    let name = budget["metadata"]["name"].as_str().unwrap_or("?");
    let text = if missing == 0 {
        format!(
            "the disruption budget {name} wants {promised} available pods and {left} will be left: a budget does not hold a scale back"
        )
    } else {
        format!(
            "its strategy may leave {left} of {expected} pods while the disruption budget {name} wants {promised}: a budget does not hold a rollout back"
        )
    };
    (left < promised).then(|| Problem::warning(ProblemKind::Budget, text))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::batch::{Change, Intent, findings::samples};

    fn budget(app: &str, promise: &Value, expected: u64) -> Value {
        let mut spec = promise.clone();
        spec["selector"] = json!({"matchLabels": {"app": app}});
        json!({"metadata": {"name": "orders-pdb"}, "spec": spec, "status": {"expectedPods": expected}})
    }

    #[rstest]
    // Four replicas, one may be missing.
    #[case::enough(json!({"minAvailable": 3}), None)]
    #[case::too_few(json!({"minAvailable": 4}), Some((3, 4)))]
    #[case::percent(json!({"minAvailable": "80%"}), Some((3, 4)))]
    #[case::none_may_be_missing(json!({"maxUnavailable": 0}), Some((3, 4)))]
    #[case::one_may_be_missing(json!({"maxUnavailable": 1}), None)]
    #[case::rounded_up(json!({"maxUnavailable": "10%"}), None)]
    fn a_strategy_is_weighed_against_the_promise(#[case] promise: Value, #[case] below: Option<(u64, u64)>) {
        let live = samples::deployment(4);
        let step = samples::step(Intent::Restart, live.clone(), samples::restart());
        let found = kept(&step, &live, &[budget("orders", &promise, 4)]);
        let expected = below.map(|(left, promised)| format!("its strategy may leave {left} of 4 pods while the disruption budget orders-pdb wants {promised}: a budget does not hold a rollout back"));
        assert_eq!(found.map(|problem| problem.text.to_string()), expected);
        assert_eq!(kept(&step, &live, &[budget("billing", &promise, 4)]), None);
    }

    #[test]
    fn recreate_leaves_none_and_other_apps_under_the_budget_stay() {
        let mut live = samples::deployment(4);
        live["spec"]["strategy"] = json!({"type": "Recreate"});
        let step = samples::step(Intent::Restart, live.clone(), samples::restart());
        let found = kept(&step, &live, &[budget("orders", &json!({"minAvailable": 3}), 6)]).unwrap();
        assert!(found.text.starts_with("its strategy may leave 2 of 6 pods"), "{}", found.text);
    }

    #[test]
    fn a_scale_below_the_promise_is_told() {
        let live = samples::deployment(4);
        let step = samples::step(Intent::Scale, live.clone(), Change::Scale(1));
        let found = kept(&step, &live, &[budget("orders", &json!({"minAvailable": 2}), 4)]).unwrap();
        assert!(found.text.contains("wants 2 available pods and 1 will be left"), "{}", found.text);
        let step = samples::step(Intent::Scale, live.clone(), Change::Scale(2));
        assert_eq!(kept(&step, &live, &[budget("orders", &json!({"minAvailable": 2}), 4)]), None);
    }
}
