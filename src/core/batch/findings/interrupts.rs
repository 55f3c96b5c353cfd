//! Rollouts during which nobody may be there to answer.

use serde_json::Value;

use super::rollout::{Rollout, rolls};
use crate::{
    batch::{Problem, ProblemKind, Step},
    model::AppKind,
};

/// How the rollout of a step whose object will be `after` may interrupt the service.
pub(super) fn interrupts(step: &Step, after: &Value) -> Vec<Problem> {
    let Some(rollout) = Rollout::of(step.key.kind, after).filter(|rollout| rollout.wanted > 0 && rolls(step, after))
    else {
        return Vec::new();
    };
    let texts = [all_stop(step.key.kind, rollout), unprobed(&after["spec"]["template"]["spec"])];
    texts.into_iter().flatten().map(|text| Problem::warning(ProblemKind::Interrupts, text)).collect()
}

fn all_stop(kind: AppKind, rollout: Rollout) -> Option<String> {
    let Rollout { wanted, missing, recreates, .. } = rollout;
    match kind {
        _ if recreates && wanted == 1 => {
            Some("its strategy is Recreate: its only pod stops before the new one starts".to_owned())
        }
        _ if recreates => {
            Some(format!("its strategy is Recreate: all {wanted} pods stop before the first new one starts"))
        }
        // Each node of a DaemonSet has its own.
        AppKind::DaemonSet if wanted == 1 => None,
        _ if missing < wanted => None,
        _ if wanted == 1 => Some("its only pod stops before the new one is ready: scale it to 2 first".to_owned()),
        _ => Some(format!("its strategy lets all {wanted} pods be missing at once: lower maxUnavailable first")),
    }
}

/// A pod is ready when all of its containers are: one probe holds the pod back. Those that declare ports serve; where none does, all
/// are taken to.
fn unprobed(spec: &Value) -> Option<String> {
    let containers: Vec<&Value> = spec["containers"].as_array().into_iter().flatten().collect();
    let with_ports: Vec<&Value> =
        containers.iter().copied().filter(|c| c["ports"].as_array().is_some_and(|ports| !ports.is_empty())).collect();
    let serving = if with_ports.is_empty() { containers } else { with_ports };
    let probed = serving.iter().any(|container| container["readinessProbe"].is_object());
    let names: Vec<&str> = serving.iter().filter_map(|container| container["name"].as_str()).collect();
    (!probed && !serving.is_empty()).then(|| {
        format!(
            "{} has no readiness probe: a new pod counts as ready as soon as it runs, and old ones stop",
            names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::batch::{Change, Intent, findings::samples};

    fn deployment(replicas: u32, strategy: &Value) -> Value {
        let mut live = samples::deployment(replicas);
        live["spec"]["strategy"] = strategy.clone();
        live["spec"]["template"]["spec"]["containers"][0]["readinessProbe"] = json!({"tcpSocket": {"port": 80}});
        live
    }

    fn text(live: &Value) -> String {
        let step = samples::step(Intent::Restart, live.clone(), samples::restart());
        samples::texts(&interrupts(&step, live)).join("; ")
    }

    #[rstest]
    #[case::safe(3, json!({}), "")]
    #[case::one_with_surge(1, json!({}), "")]
    #[case::recreate(3, json!({"type": "Recreate"}), "all 3 pods stop before the first new one")]
    #[case::recreate_of_none(0, json!({"type": "Recreate"}), "")]
    #[case::all(3, json!({"rollingUpdate": {"maxUnavailable": "100%"}}), "all 3 pods be missing at once")]
    #[case::more_than_all(3, json!({"rollingUpdate": {"maxUnavailable": 5}}), "all 3 pods be missing at once")]
    #[case::one_without_surge(1, json!({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}), "its only pod stops")]
    fn a_strategy_that_leaves_nobody_is_told(#[case] replicas: u32, #[case] strategy: Value, #[case] says: &str) {
        let text = text(&deployment(replicas, &strategy));
        assert_eq!(text.is_empty(), says.is_empty(), "{text}");
        assert!(text.contains(says), "{text}");
    }

    #[test]
    fn the_only_pod_of_a_stateful_set_stops_first() {
        let live = deployment(1, &json!({}));
        let step = samples::of_kind(AppKind::StatefulSet, Intent::Restart, live.clone(), samples::restart());
        assert!(interrupts(&step, &live)[0].text.starts_with("its only pod stops"));
    }

    #[rstest]
    #[case::none(json!([{"name": "main"}]), Some("main has no readiness probe"))]
    #[case::sidecar_alone_has_one(
        json!([{"name": "main", "ports": [{"containerPort": 80}]}, {"name": "log", "readinessProbe": {}}]),
        Some("main has no readiness probe")
    )]
    #[case::one_holds_the_pod(
        json!([{"name": "main", "ports": [{}], "readinessProbe": {}}, {"name": "metrics", "ports": [{}]}]),
        None
    )]
    fn containers_that_serve_unprobed_are_named(#[case] containers: Value, #[case] says: Option<&str>) {
        let mut live = deployment(3, &json!({}));
        live["spec"]["template"]["spec"]["containers"] = containers;
        let text = text(&live);
        assert_eq!(text.is_empty(), says.is_none(), "{text}");
        assert!(text.contains(says.unwrap_or_default()), "{text}");
    }

    #[test]
    fn what_does_not_roll_interrupts_nothing() {
        let mut live = deployment(3, &json!({"type": "Recreate"}));
        let scale = samples::step(Intent::Scale, live.clone(), Change::Scale(2));
        assert_eq!(interrupts(&scale, &live), []);
        live["spec"]["paused"] = json!(true);
        assert_eq!(text(&live), "");
    }
}
