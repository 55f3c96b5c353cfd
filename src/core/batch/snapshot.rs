//! The fields of a workload that a change writes, raw, at one moment.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Bounds, Intent, Token, template};

/// The annotation that tells people why a revision was made (`kubectl rollout history` shows it).
pub const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// What an object holds of the fields that a change writes. `template` of a change of the template, `replicas` of a scale,
/// `bounds` of an autoscaler; the others are `None`, because they are no business of the change's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// `metadata.uid`.
    pub uid: String,
    /// `spec.template`.
    pub template: Option<Value>,
    /// `spec.replicas`; 1 where absent.
    pub replicas: Option<u32>,
    /// The bounds of an autoscaler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// Of an autoscaler: that `spec.minReplicas` is absent, which means 1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_min: bool,
    /// `spec.paused`; absent is false.
    pub paused: bool,
    /// The annotation `kubernetes.io/change-cause`.
    pub cause: Option<String>,
    /// The annotation `rolldeck.dev/batch`.
    pub token: Option<String>,
}

impl Snapshot {
    /// Takes from the raw object what a change of this intent writes.
    pub fn take(object: &Value, intent: Intent) -> Self {
        Self {
            uid: object["metadata"]["uid"].as_str().unwrap_or_default().to_owned(),
            template: intent.writes_template().then(|| object["spec"]["template"].clone()),
            replicas: (intent == Intent::Scale).then(|| replicas(object)),
            bounds: (intent == Intent::Bounds).then(|| bounds(object)),
            no_min: intent == Intent::Bounds && object["spec"]["minReplicas"].is_null(),
            paused: paused(object),
            cause: annotation(object, CHANGE_CAUSE).map(str::to_owned),
            token: annotation(object, Token::ANNOTATION).map(str::to_owned),
        }
    }

    /// Whether the fields that decide (template, replicas, bounds; `paused` where it alone is written) mean the same in both.
    /// Annotations do not count.
    pub fn same_spec(&self, other: &Self) -> bool {
        let templates = match (&self.template, &other.template) {
            (Some(a), Some(b)) => template::same(a, b),
            (a, b) => a.is_none() == b.is_none(),
        };
        let paused = !self.is_of_pause() || self.paused == other.paused;
        templates && paused && self.replicas == other.replicas && self.bounds == other.bounds
    }

    /// Whether it is of a change of `paused` alone.
    pub fn is_of_pause(&self) -> bool {
        self.template.is_none() && self.replicas.is_none() && self.bounds.is_none()
    }

    /// Whether it is of a workload, and not of its autoscaler.
    pub fn is_of_workload(&self) -> bool {
        self.bounds.is_none()
    }

    /// A fingerprint of the fields that decide.
    pub fn fingerprint(&self) -> String {
        match (&self.template, self.replicas, self.bounds) {
            (Some(template), _, _) => template::fingerprint(template),
            (None, Some(replicas), _) => format!("replicas-{replicas}"),
            (None, None, Some(bounds)) => format!("bounds-{}-{}", bounds.min, bounds.max),
            (None, None, None) => format!("paused-{}", self.paused),
        }
    }
}

/// An annotation of a raw object.
pub fn annotation<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object["metadata"]["annotations"][name].as_str()
}

/// `spec.replicas`, 1 where absent.
pub fn replicas(object: &Value) -> u32 {
    object["spec"]["replicas"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(1)
}

/// `spec.paused`, false where absent.
pub fn paused(object: &Value) -> bool {
    object["spec"]["paused"].as_bool().unwrap_or(false)
}

/// `spec.minReplicas` (1 where absent) and `spec.maxReplicas` of a raw autoscaler.
pub fn bounds(object: &Value) -> Bounds {
    let number = |field: &str| object["spec"][field].as_u64().and_then(|n| u32::try_from(n).ok());
    Bounds { min: number("minReplicas").unwrap_or(1), max: number("maxReplicas").unwrap_or(1) }
}
