//! A HorizontalPodAutoscaler (autoscaling/v2).

use super::AppKind;
use crate::text::Clean;

/// One metric of an HPA, now beside its target, both as shown: `43%`, `120m`, `1500`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HpaMetric {
    /// `cpu`, `memory`, or the metric's name.
    pub name: Clean,
    /// What it reads now; `None` where it cannot.
    pub now: Option<Clean>,
    /// What it aims at.
    pub target: Clean,
}

/// An HPA, and whom it scales.
#[derive(Clone, Debug, PartialEq)]
pub struct Hpa {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// `spec.scaleTargetRef`, where it is an app.
    pub target: Option<(AppKind, Clean)>,
    /// `spec.minReplicas` (1 where absent).
    pub min: u32,
    /// `spec.maxReplicas`.
    pub max: u32,
    /// `status.currentReplicas`.
    pub current: u32,
    /// `status.desiredReplicas`.
    pub desired: u32,
    /// Its metrics in the order of the spec.
    pub metrics: Box<[HpaMetric]>,
    /// Condition ScalingLimited with TooManyReplicas: it wants more than max.
    pub pinned: bool,
    /// Why it cannot act (ScalingActive=False or AbleToScale=False: reason), else empty.
    pub broken: Clean,
    /// Who else manages it, as its labels, annotations and controlling owner say ("KEDA scaled object shop"), else empty.
    pub managed_by: Clean,
}
