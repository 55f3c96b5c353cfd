//! How a rollout goes about its pods: how many at most beside those wanted, how many at most missing.
//!
//! Rules: kubernetes/pkg/controller/deployment/util (`ResolveFenceposts`), pkg/controller/statefulset, pkg/controller/daemon/update.go.

use serde_json::Value;

use crate::{
    batch::{Change, Intent, Step, snapshot},
    model::AppKind,
};

/// The numbers of one rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// Pods that are wanted.
    pub wanted: u64,
    /// Pods that may run beside these.
    pub surge: u64,
    /// Pods that may be missing at a time.
    pub missing: u64,
    /// All stop before the first new one starts.
    pub recreates: bool,
}

impl Rollout {
    /// How a rollout of this raw object goes; `None` where its pods wait for someone who deletes them.
    pub fn of(kind: AppKind, object: &Value) -> Option<Self> {
        let wanted = u64::from(snapshot::replicas(object));
        let strategy = match kind {
            AppKind::Deployment => &object["spec"]["strategy"],
            AppKind::StatefulSet | AppKind::DaemonSet => &object["spec"]["updateStrategy"],
        };
        let rolling = &strategy["rollingUpdate"];
        let (surge, missing) = (&rolling["maxSurge"], &rolling["maxUnavailable"]);
        let rollout = |wanted, surge, missing| Self { wanted, surge, missing, recreates: false };
        Some(match (kind, strategy["type"].as_str().unwrap_or("RollingUpdate")) {
            (_, "OnDelete") => return None,
            (_, "Recreate") => Self { recreates: true, ..rollout(wanted, 0, wanted) },
            (AppKind::Deployment, _) => {
                let surge = share(surge, "25%", wanted, true);
                let missing = share(missing, "25%", wanted, false);
                // Both may round to nothing; then one goes at a time.
                rollout(wanted, surge, if surge == 0 { missing.max(1) } else { missing })
            }
            (AppKind::StatefulSet, _) => rollout(wanted, 0, share(missing, "1", wanted, true).max(1)),
            (AppKind::DaemonSet, _) => {
                let wanted = object["status"]["desiredNumberScheduled"].as_u64().unwrap_or(0);
                let surge = share(surge, "0", wanted, true);
                let missing = share(missing, if surge == 0 { "1" } else { "0" }, wanted, true);
                rollout(wanted, surge, missing)
            }
        })
    }
}

/// A number or a percentage of `of` as Kubernetes scales it (apimachinery/pkg/util/intstr).
pub(super) fn share(value: &Value, default: &str, of: u64, up: bool) -> u64 {
    let text = match value {
        Value::Number(number) => return number.as_u64().unwrap_or(0),
        Value::String(text) => text.as_str(),
        _ => default,
    };
    let Some(percent) = text.strip_suffix('%') else { return text.parse().unwrap_or(0) };
    let hundredths = percent.parse::<u64>().unwrap_or(0).saturating_mul(of);
    if up { hundredths.div_ceil(100) } else { hundredths / 100 }
}

/// Whether the step makes a rollout that goes on by itself: `after` is the object as the change leaves it.
pub(super) fn rolls(step: &Step, after: &Value) -> bool {
    match &step.change {
        Some(Change::Paused(false)) => {
            after["status"]["updatedReplicas"].as_u64().unwrap_or(0) < u64::from(snapshot::replicas(after))
        }
        Some(_) => step.intent.writes_template() && !snapshot::paused(after),
        None => false,
    }
}

/// The replicas before and after a change of their number; `None` of any other change. Bounds move the number where it lies outside.
pub(super) fn resized(step: &Step) -> Option<(u64, u64)> {
    let before = u64::from(step.replicas_before()?);
    match &step.change {
        Some(Change::Scale(to)) => Some((before, u64::from(*to))),
        // An autoscaler leaves alone what is at 0.
        Some(Change::Bounds(bounds)) if step.intent == Intent::Bounds && before > 0 => {
            Some((before, before.clamp(bounds.min.into(), bounds.max.max(bounds.min).into())))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::defaults(4, json!({}), (1, 1))]
    #[case::rounds_to_one(1, json!({}), (1, 0))]
    #[case::fenceposts(3, json!({"maxSurge": 0, "maxUnavailable": "10%"}), (0, 1))]
    #[case::numbers(10, json!({"maxSurge": 3, "maxUnavailable": 2}), (3, 2))]
    #[case::all_at_once(3, json!({"maxSurge": "0%", "maxUnavailable": "100%"}), (0, 3))]
    fn a_deployment_rounds_surge_up_and_missing_down(
        #[case] replicas: u64,
        #[case] rolling: Value,
        #[case] expected: (u64, u64),
    ) {
        let object = json!({"spec": {"replicas": replicas, "strategy": {"rollingUpdate": rolling}}});
        let rollout = Rollout::of(AppKind::Deployment, &object).unwrap();
        assert_eq!((rollout.surge, rollout.missing), expected);
    }

    #[test]
    fn each_kind_has_its_own_strategy() {
        let recreate = json!({"spec": {"replicas": 3, "strategy": {"type": "Recreate"}}});
        let rollout = Rollout { wanted: 3, surge: 0, missing: 3, recreates: true };
        assert_eq!(Rollout::of(AppKind::Deployment, &recreate), Some(rollout));
        let set = json!({"spec": {"replicas": 3, "updateStrategy": {"type": "RollingUpdate"}}});
        let rollout = Rollout { wanted: 3, surge: 0, missing: 1, recreates: false };
        assert_eq!(Rollout::of(AppKind::StatefulSet, &set), Some(rollout));
        let daemons = json!({"spec": {"updateStrategy": {"rollingUpdate": {"maxSurge": "50%"}}},
            "status": {"desiredNumberScheduled": 5}});
        let rollout = Rollout { wanted: 5, surge: 3, missing: 0, recreates: false };
        assert_eq!(Rollout::of(AppKind::DaemonSet, &daemons), Some(rollout));
        let waits = json!({"spec": {"updateStrategy": {"type": "OnDelete"}}});
        assert_eq!(Rollout::of(AppKind::DaemonSet, &waits), None);
    }
}
