//! A HorizontalPodAutoscaler in full, beside what a row of the fleet needs of it.

use serde_json::Value;

use super::json::{count, items, text, time};
use crate::{
    Time,
    model::{AppKey, ObjectRef},
    text::Clean,
};

/// One metric: what it reads now beside its target, both as shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// `cpu`, `memory of main`, `requests of Ingress shop`, …
    pub name: Clean,
    /// What it reads now; `None` where it cannot.
    pub now: Option<Clean>,
    /// What it aims at.
    pub target: Clean,
}

/// One of its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoscalerCondition {
    /// `AbleToScale`, `ScalingActive`, `ScalingLimited`.
    pub kind: Clean,
    /// Whether it holds; `None`: unknown.
    pub holds: Option<bool>,
    /// In one word.
    pub reason: Clean,
    /// In a sentence.
    pub message: Clean,
    /// Since when.
    pub at: Option<Time>,
}

impl AutoscalerCondition {
    /// Whether it tells of trouble: it cannot scale, or is held by its bounds.
    pub fn is_bad(&self) -> bool {
        self.holds != Some(&*self.kind != "ScalingLimited")
    }

    /// What it means, in words.
    pub fn words(&self) -> &'static str {
        match (&*self.kind, self.holds) {
            ("AbleToScale", Some(true)) => "able to scale",
            ("AbleToScale", _) => "cannot scale",
            ("ScalingActive", Some(true)) => "its metrics can be read",
            ("ScalingActive", _) => "does nothing: its metrics cannot be read, or it is off at 0 replicas",
            ("ScalingLimited", Some(true)) => "held by its bounds",
            ("ScalingLimited", _) => "within its bounds",
            _ => "",
        }
    }
}

/// An autoscaler.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoscaler {
    /// Its name.
    pub name: Clean,
    /// Its namespace.
    pub namespace: Clean,
    /// Kind and name of what it scales.
    pub target: (Clean, Clean),
    /// At the least (1 where absent).
    pub min: u32,
    /// At the most.
    pub max: u32,
    /// Replicas now.
    pub current: u32,
    /// Replicas that it wants.
    pub desired: u32,
    /// Its metrics, in the order of the spec.
    pub metrics: Vec<Metric>,
    /// Its conditions.
    pub conditions: Vec<AutoscalerCondition>,
    /// `status.lastScaleTime`.
    pub scaled: Option<Time>,
    /// Who made it, where KEDA did: the scaled object's name.
    pub keda: Clean,
}

impl Autoscaler {
    /// Of a raw autoscaling/v2 object.
    pub fn of(object: &Value) -> Option<Self> {
        let (metadata, spec, status) = (&object["metadata"], &object["spec"], &object["status"]);
        let target = &spec["scaleTargetRef"];
        let condition = |from: &Value| AutoscalerCondition {
            kind: text(&from["type"]),
            holds: match from["status"].as_str() {
                Some("True") => Some(true),
                Some("False") => Some(false),
                _ => None,
            },
            reason: text(&from["reason"]),
            message: text(&from["message"]),
            at: time(&from["lastTransitionTime"]),
        };
        let read = items(&status["currentMetrics"]);
        Some(Self {
            name: Clean::new(metadata["name"].as_str()?),
            namespace: text(&metadata["namespace"]),
            target: (text(&target["kind"]), text(&target["name"])),
            min: spec["minReplicas"].as_u64().map_or(1, |_| count(&spec["minReplicas"])),
            max: count(&spec["maxReplicas"]),
            current: count(&status["currentReplicas"]),
            desired: count(&status["desiredReplicas"]),
            metrics: items(&spec["metrics"]).iter().filter_map(|metric| metric_of(metric, read)).collect(),
            conditions: items(&status["conditions"]).iter().map(condition).collect(),
            scaled: time(&status["lastScaleTime"]),
            keda: text(&metadata["labels"]["scaledobject.keda.sh/name"]),
        })
    }

    /// Whether it scales this app.
    pub fn is_of(&self, app: &AppKey) -> bool {
        self.namespace == app.namespace && self.target.1 == app.name && &*self.target.0 == app.kind.name()
    }

    /// What names it.
    pub fn object(&self) -> ObjectRef {
        let api =
            crate::model::Api::new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true);
        ObjectRef { api, namespace: self.namespace.clone(), name: self.name.clone() }
    }
}

/// The part of a metric that its type names, and its name in words.
fn part(metric: &Value) -> Option<(&Value, String)> {
    let field = match metric["type"].as_str()? {
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        "Pods" => "pods",
        "Object" => "object",
        "External" => "external",
        _ => return None,
    };
    let of = &metric[field];
    let mut selector = String::new();
    for (label, value) in of["metric"]["selector"]["matchLabels"].as_object().into_iter().flatten() {
        let and = if selector.is_empty() { " " } else { "," };
        selector += &format!("{and}{label}={}", text(value));
    }
    let name = match field {
        "resource" => text(&of["name"]).to_string(),
        "containerResource" => format!("{} of {}", text(&of["name"]), text(&of["container"])),
        "pods" => format!("{}{selector} a pod", text(&of["metric"]["name"])),
        "object" => {
            let about = &of["describedObject"];
            format!("{}{selector} of {} {}", text(&of["metric"]["name"]), text(&about["kind"]), text(&about["name"]))
        }
        _ => format!("{}{selector}, external", text(&of["metric"]["name"])),
    };
    Some((of, name))
}

/// Readings are found by what they name: the controller leaves an empty one in place of a metric that it cannot read.
fn metric_of(spec: &Value, read: &[Value]) -> Option<Metric> {
    let (of, name) = part(spec)?;
    let target = &of["target"];
    let field = ["averageUtilization", "averageValue", "value"].into_iter().find(|field| !target[*field].is_null())?;
    let percent = |value: &Value| {
        if field == "averageUtilization" { format!("{}%", text(value)) } else { text(value).to_string() }
    };
    let reading = read.iter().filter_map(part).find(|(_, other)| *other == name).map(|(of, _)| &of["current"][field]);
    let now = reading.filter(|now| !now.is_null()).map(|now| Clean::from(percent(now)));
    Some(Metric { name: name.into(), now, target: percent(&target[field]).into() })
}
