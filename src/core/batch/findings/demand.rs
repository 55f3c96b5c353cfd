//! What pods ask for, and how many more of them a change brings.

use std::sync::Arc;

use serde_json::Value;

use super::rollout::{Rollout, resized, rolls};
use crate::{
    batch::{Step, patch},
    model::{AppKey, AppKind},
    text::quantity,
};

/// What a change brings beside the pods that run now, where it is at its most.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The app.
    pub app: AppKey,
    /// Pods more than now.
    pub pods: u64,
    /// Their spec, raw.
    pub spec: Arc<Value>,
    /// Their labels, raw.
    pub labels: Arc<Value>,
    /// Pods that are replaced one for one, and the spec of those that they replace.
    replaced: u64,
    before: Arc<Value>,
    /// They stay: of a change of the replicas. Else they last as long as the rollout.
    pub stays: bool,
}

impl Demand {
    /// Of a step whose object will be `after`; `None` where it brings no pod and replaces none.
    pub fn of(step: &Step, after: &Value) -> Option<Self> {
        let live = step.live.as_deref()?;
        let before = Arc::new(live["spec"]["template"]["spec"].clone());
        if let Some((was, becomes)) = resized(step) {
            let pods = becomes.saturating_sub(was);
            let (app, spec, labels) = (step.key.clone(), before.clone(), labels(live));
            return (pods > 0).then_some(Self { app, pods, spec, labels, replaced: 0, before, stays: true });
        }
        let rollout = Rollout::of(step.key.kind, after).filter(|_| rolls(step, after))?;
        let spec = Arc::new(after["spec"]["template"]["spec"].clone());
        let replaced = rollout.wanted.saturating_sub(rollout.surge);
        let pods = if rollout.wanted == 0 { 0 } else { rollout.surge };
        Some(Self { app: step.key.clone(), pods, spec, labels: labels(after), replaced, before, stays: false })
    }

    /// Before the server was asked: of the change alone.
    pub fn expected(step: &Step) -> Option<Self> {
        let mut after = (**step.live.as_ref()?).clone();
        if let Some(template) = patch::template_after(&after, step.change.as_ref()?) {
            after["spec"]["template"] = template;
        }
        if step.resume == Some(true) {
            after["spec"]["paused"] = Value::Bool(false);
        }
        Self::of(step, &after)
    }

    /// How much more of a resource than now: `requests` or `limits`, and its name. Thousandths of a core, or whole units.
    pub fn more(&self, field: &str, resource: &str) -> u64 {
        let (new, old) = (amount(&self.spec, field, resource), amount(&self.before, field, resource));
        let grown = new.saturating_sub(old).saturating_mul(self.replaced);
        new.saturating_mul(self.pods).saturating_add(grown)
    }

    /// Whether its pods find their nodes by the scheduler alone: those of a DaemonSet each have theirs.
    pub fn is_scheduled(&self) -> bool {
        self.app.kind != AppKind::DaemonSet && self.pods > 0
    }
}

/// The labels that the pods of an app get, raw.
fn labels(object: &Value) -> Arc<Value> {
    Arc::new(object["spec"]["template"]["metadata"]["labels"].clone())
}

/// The demands that may meet: all that stay, and of the others the `width` largest.
pub(super) fn at_once<'a>(
    demands: Vec<&'a Demand>,
    width: usize,
    size: impl Fn(&&'a Demand) -> u64,
) -> Vec<&'a Demand> {
    let (mut met, mut rolling): (Vec<_>, Vec<_>) = demands.into_iter().partition(|demand| demand.stays);
    rolling.sort_by_cached_key(|demand| std::cmp::Reverse(size(demand)));
    met.extend(rolling.into_iter().take(width));
    met
}

/// What the scheduler sets aside for a pod of this spec: its containers and sidecars together, or what an init container needs beside the
/// sidecars before it, whichever is more, and the overhead (k8s.io/component-helpers, resource/helpers.go). A request that is absent is
/// the limit.
pub(super) fn amount(spec: &Value, field: &str, resource: &str) -> u64 {
    let one = |container: &Value| {
        let of = |field: &str| read(resource, &container["resources"][field][resource]);
        of(field).or_else(|| if field == "requests" { of("limits") } else { None }).unwrap_or(0)
    };
    let list = |name: &str| spec[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let (mut sidecars, mut peak) = (0u64, 0u64);
    for container in list("initContainers") {
        if container["restartPolicy"] == "Always" {
            sidecars = sidecars.saturating_add(one(container));
            peak = peak.max(sidecars);
        } else {
            peak = peak.max(sidecars.saturating_add(one(container)));
        }
    }
    let together = list("containers").iter().map(one).fold(sidecars, u64::saturating_add);
    together.max(peak).saturating_add(read(resource, &spec["overhead"][resource]).unwrap_or(0))
}

/// A quantity of a resource: thousandths of a core, or whole units. `None` where it is absent or cannot be understood.
pub(super) fn read(resource: &str, value: &Value) -> Option<u64> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if is_cpu(resource) { quantity::millicores(&text) } else { quantity::bytes(&text) }
}

/// A quantity of a resource, as people write it.
pub(super) fn written(resource: &str, amount: u64) -> String {
    match resource {
        _ if is_cpu(resource) => quantity::cpu(amount),
        _ if resource.ends_with("memory") || resource.ends_with("storage") => quantity::memory(amount),
        _ => amount.to_string(),
    }
}

fn is_cpu(resource: &str) -> bool {
    resource == "cpu" || resource.ends_with(".cpu")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::batch::{Change, Intent, findings::samples};

    #[rstest]
    #[case::together(json!({"containers": [cpu("200m"), cpu("100m")]}), 300)]
    #[case::init_is_more(json!({"initContainers": [cpu("1")], "containers": [cpu("200m")]}), 1000)]
    #[case::sidecar(json!({"initContainers": [sidecar("100m"), cpu("150m")], "containers": [cpu("200m")]}), 300)]
    #[case::limit_alone(json!({"containers": [{"resources": {"limits": {"cpu": 2}}}]}), 2000)]
    #[case::overhead(json!({"containers": [cpu("200m")], "overhead": {"cpu": "50m"}}), 250)]
    fn a_pod_asks_as_the_scheduler_counts(#[case] spec: Value, #[case] milli: u64) {
        assert_eq!(amount(&spec, "requests", "cpu"), milli);
    }

    fn cpu(amount: &str) -> Value {
        json!({"resources": {"requests": {"cpu": amount}}})
    }

    fn sidecar(amount: &str) -> Value {
        json!({"restartPolicy": "Always", "resources": {"requests": {"cpu": amount}}})
    }

    #[test]
    fn a_template_that_asks_for_more_needs_it_for_every_pod_and_for_the_surge() {
        let mut live = samples::deployment(4);
        live["spec"]["template"]["spec"]["containers"][0]["resources"] = json!({"requests": {"cpu": "100m"}});
        let mut to = live["spec"]["template"].clone();
        to["spec"]["containers"][0]["resources"] = json!({"requests": {"cpu": "150m"}});
        let change = Change::Template { to: Arc::new(to), revision: 1, cause: "".into() };
        let demand = Demand::expected(&samples::step(Intent::Rollback, live, change)).unwrap();
        // One of 150m beside three whose successors take 50m more each.
        assert_eq!((demand.pods, demand.more("requests", "cpu")), (1, 150 + 3 * 50));
    }

    #[test]
    fn a_scale_down_brings_nothing_and_a_scale_up_stays() {
        let live = samples::deployment(4);
        assert_eq!(Demand::expected(&samples::step(Intent::Scale, live.clone(), Change::Scale(2))), None);
        let demand = Demand::expected(&samples::step(Intent::Scale, live, Change::Scale(9))).unwrap();
        assert_eq!((demand.pods, demand.stays), (5, true));
    }
}
