//! Autoscalers.

use bytes::Bytes;
use rolldeck_core::{
    model::{Hpa, HpaMetric},
    text::{Clean, Interner},
};

use super::{
    managed::managed_by,
    shared::{app_kind, count, part, truth},
};
use crate::wire::{
    apps::Condition,
    hpa::{Current, Hpa as Wire, MetricName, MetricSpec, MetricStatus, Target},
    scalars::Quantity,
};

/// An autoscaler as rolldeck knows it.
pub(in crate::wire) fn hpa(from: &Wire, interner: &mut Interner) -> Hpa {
    let (meta, spec, status) = (part(&from.metadata), part(&from.spec), part(&from.status));
    let target = part(&spec.scale_target_ref);
    let limited = |found: &Condition| found.kind == "ScalingLimited" && found.reason == "TooManyReplicas";
    let broken = ["AbleToScale", "ScalingActive"].into_iter().find_map(|kind| {
        status.conditions.iter().find(|found| found.kind == kind && truth(&found.status) == Some(false))
    });
    Hpa {
        namespace: interner.intern(&meta.namespace),
        name: Clean::from_bytes(&meta.name),
        target: app_kind(&target.kind).map(|kind| (kind, interner.intern(&target.name))),
        min: spec.min_replicas.map_or(1, count),
        max: count(spec.max_replicas),
        current: count(status.current_replicas),
        desired: count(status.desired_replicas),
        metrics: spec.metrics.iter().filter_map(|metric| shown(metric, &status.current_metrics, interner)).collect(),
        pinned: status.conditions.iter().any(|found| limited(found) && truth(&found.status) == Some(true)),
        broken: interner.intern(broken.map(|found| &found.reason[..]).unwrap_or_default()),
        managed_by: managed_by(&meta, interner),
    }
}

/// A metric of the spec beside its reading. Readings are found by what they name: the controller leaves an empty one in place of
/// a metric that it cannot read (kubernetes/pkg/controller/podautoscaler/horizontal.go, `computeReplicasForMetrics`).
fn shown(spec: &MetricSpec, statuses: &[MetricStatus], interner: &mut Interner) -> Option<HpaMetric> {
    let (name, target) = aim(spec)?;
    let now = statuses.iter().filter_map(|status| reading(status, spec)).find(|(found, _)| *found == name);
    let target = target.unwrap_or_default();
    Some(HpaMetric {
        name: interner.intern(&name),
        now: now.and_then(|(_, current)| now_text(current, &target)).map(|now| interner.intern(&now)),
        target: interner.intern(&target_text(&target)),
    })
}

fn aim(spec: &MetricSpec) -> Option<(Bytes, Option<Target>)> {
    if let Some(resource) = &spec.resource {
        return Some((resource.name.clone(), resource.target.clone()));
    }
    if let Some(resource) = &spec.container_resource {
        return Some((of_container(&resource.name, &resource.container), resource.target.clone()));
    }
    if let Some(object) = &spec.object {
        return Some((name(object.metric.as_ref()), object.target.clone()));
    }
    let named = spec.pods.as_ref().or(spec.external.as_ref())?;
    Some((name(named.metric.as_ref()), named.target.clone()))
}

/// The name and the reading of a status of the same type as `spec`.
fn reading<'a>(status: &'a MetricStatus, spec: &MetricSpec) -> Option<(Bytes, Option<&'a Current>)> {
    if spec.resource.is_some() {
        let resource = status.resource.as_ref()?;
        return Some((resource.name.clone(), resource.current.as_ref()));
    }
    if spec.container_resource.is_some() {
        let resource = status.container_resource.as_ref()?;
        return Some((of_container(&resource.name, &resource.container), resource.current.as_ref()));
    }
    if spec.object.is_some() {
        let object = status.object.as_ref()?;
        return Some((name(object.metric.as_ref()), object.current.as_ref()));
    }
    let named = if spec.pods.is_some() { status.pods.as_ref()? } else { status.external.as_ref()? };
    Some((name(named.metric.as_ref()), named.current.as_ref()))
}

fn name(metric: Option<&MetricName>) -> Bytes {
    metric.map(|metric| metric.name.clone()).unwrap_or_default()
}

fn of_container(resource: &Bytes, container: &Bytes) -> Bytes {
    [resource, &b"/"[..], container].concat().into()
}

fn now_text(current: Option<&Current>, target: &Target) -> Option<Bytes> {
    let current = current?;
    if target.average_utilization.is_some() {
        return current.average_utilization.map(percent);
    }
    let wanted = if target.average_value.is_some() { &current.average_value } else { &current.value };
    quantity(wanted.as_ref())
}

fn target_text(target: &Target) -> Bytes {
    let utilization = target.average_utilization.map(percent);
    utilization
        .or_else(|| quantity(target.average_value.as_ref()))
        .or_else(|| quantity(target.value.as_ref()))
        .unwrap_or_default()
}

fn percent(number: i32) -> Bytes {
    format!("{number}%").into()
}

fn quantity(from: Option<&Quantity>) -> Option<Bytes> {
    from.map(|quantity| quantity.text.clone()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::wire::hpa_from_json;

    #[test]
    fn every_kind_of_metric_is_shown_now_beside_its_target() {
        let hpa = hpa_from_json(&json!({
            "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "maxReplicas": 5, "metrics": [
                {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
                {"type": "Resource", "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "64Mi"}}},
                {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "app", "target": {"averageUtilization": 50}}},
                {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": {"averageValue": "1k"}}},
                {"type": "Object", "object": {"metric": {"name": "hits"}, "target": {"type": "Value", "value": "10k"}}},
                {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"value": "30"}}},
            ]},
            "status": {"currentMetrics": [
                {"type": ""},
                {"type": "External", "external": {"metric": {"name": "queue"}, "current": {"value": "1500m"}}},
                {"type": "Object", "object": {"metric": {"name": "hits"}, "current": {"value": "9k"}}},
                {"type": "Pods", "pods": {"metric": {"name": "rps"}, "current": {"averageValue": "120m"}}},
                {"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "app", "current": {"averageUtilization": 7, "averageValue": "1m"}}},
                {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 43, "averageValue": "2m"}}},
            ], "conditions": [
                {"type": "ScalingLimited", "status": "True", "reason": "TooManyReplicas"},
                {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric"},
            ]}
        }))
        .unwrap();
        let shown: Vec<String> = hpa
            .metrics
            .iter()
            .map(|metric| format!("{} {}/{}", metric.name, metric.now.as_deref().unwrap_or("?"), metric.target))
            .collect();
        assert_eq!(
            shown,
            ["cpu 43%/60%", "memory ?/64Mi", "cpu/app 7%/50%", "rps 120m/1k", "hits 9k/10k", "queue 1500m/30"]
        );
        assert_eq!((hpa.min, hpa.max, hpa.pinned, hpa.broken.as_str()), (1, 5, true, "FailedGetResourceMetric"));
    }
}
