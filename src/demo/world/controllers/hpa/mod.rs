//! The horizontal pod autoscaler (pkg/controller/podautoscaler): metrics against targets, with tolerance, stabilisation and
//! limits.

mod limits;
mod metrics;

use super::super::json::{int, moment, set_condition, stamp, text};
use super::super::kinds::HPA;
use super::super::outcome::{Note, Outcome, Target, Write};
use crate::store::Kind;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub use metrics::Sample;

const COMPONENT: &str = "horizontal-pod-autoscaler";

/// What an autoscaler remembers between its looks.
#[derive(Debug, Default, Clone)]
pub struct Memory {
    /// What it recommended, and when.
    recommended: Vec<(DateTime<Utc>, i64)>,
    /// By how much it scaled, and when.
    scaled: Vec<(DateTime<Utc>, i64)>,
}

/// The target of an autoscaler: its kind, itself, and its pods with what they use.
pub struct Scaled<'a> {
    /// Its kind.
    pub kind: &'static Kind,
    /// The object.
    pub object: Value,
    /// Its pods.
    pub pods: Vec<Sample>,
    /// The value of an external metric of a name.
    pub external: &'a dyn Fn(&str) -> f64,
}

/// One look of an autoscaler.
pub fn reconcile(hpa: &Value, scaled: Option<Scaled<'_>>, memory: &mut Memory, now: DateTime<Utc>) -> Outcome {
    let mut look =
        Look { hpa, status: hpa.get("status").cloned().unwrap_or_else(|| json!({})), now, out: Outcome::default() };
    look.status["observedGeneration"] = hpa.pointer("/metadata/generation").cloned().unwrap_or(json!(1));
    match scaled {
        Some(scaled) => look.run(&scaled, memory),
        None => look.no_target(),
    }
    if hpa.get("status") != Some(&look.status) {
        look.out.writes.push(Write::Status(&HPA, Target::of(hpa), look.status));
    }
    look.out
}

/// What an autoscaler says that measured its target and found nothing to do. Its conditions are as old as it is. Nothing where
/// no metric can be read.
pub fn measured(hpa: &Value, scaled: &Scaled<'_>) -> Option<Write> {
    let current = int(&scaled.object, "/spec/replicas").unwrap_or(1);
    let asked = metrics::ask(hpa, scaled, current);
    let (_, name) = asked.best?;
    let status = hpa.get("status").cloned().unwrap_or_else(|| json!({}));
    let now = moment(text(hpa, "/metadata/creationTimestamp"))?;
    let mut look = Look { hpa, status, now, out: Outcome::default() };
    look.status["observedGeneration"] = hpa.pointer("/metadata/generation").cloned().unwrap_or(json!(1));
    look.status["currentMetrics"] = json!(asked.statuses);
    look.condition("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size".into());
    let message = format!("the HPA was able to successfully calculate a replica count from {name}");
    look.condition("ScalingActive", true, "ValidMetricFound", message);
    Some(Write::Status(&HPA, Target::of(hpa), look.status))
}

struct Look<'a> {
    hpa: &'a Value,
    status: Value,
    now: DateTime<Utc>,
    out: Outcome,
}

impl Look<'_> {
    fn condition(&mut self, kind: &str, is: bool, reason: &str, message: String) {
        let condition = json!({
            "type": kind, "status": if is { "True" } else { "False" }, "reason": reason, "message": message,
            "lastTransitionTime": stamp(self.now),
        });
        set_condition(&mut self.status, condition);
    }

    fn note(&mut self, warning: bool, reason: &'static str, message: String) {
        let mut note = Note::about(self.hpa, warning, reason, message, COMPONENT);
        note.about = ("autoscaling/v2".into(), "HorizontalPodAutoscaler".into());
        self.out.notes.push(note);
    }

    fn no_target(&mut self) {
        let (kind, name) = (text(self.hpa, "/spec/scaleTargetRef/kind"), text(self.hpa, "/spec/scaleTargetRef/name"));
        let error = format!("{}s.apps \"{name}\" not found", kind.to_lowercase());
        self.note(true, "FailedGetScale", error.clone());
        let message = format!("the HPA controller was unable to get the target's current scale: {error}");
        self.condition("AbleToScale", false, "FailedGetScale", message);
    }

    fn run(&mut self, scaled: &Scaled<'_>, memory: &mut Memory) {
        let able = "the HPA controller was able to get the target's current scale";
        self.condition("AbleToScale", true, "SucceededGetScale", able.into());
        let current = int(&scaled.object, "/spec/replicas").unwrap_or(1);
        let (least, most) = self.range();
        self.status["currentReplicas"] = json!(int(&scaled.object, "/status/replicas").unwrap_or(current));
        let (desired, reason) = if current == 0 {
            let message = "scaling is disabled since the replica count of the target is zero";
            self.condition("ScalingActive", false, "ScalingDisabled", message.into());
            (0, String::new())
        } else if current > most {
            (most, "Current number of replicas above Spec.MaxReplicas".into())
        } else if current < least {
            (least, "Current number of replicas below Spec.MinReplicas".into())
        } else {
            let Some(found) = self.by_metrics(scaled, current, memory) else { return };
            found
        };
        if desired == current {
            self.status["desiredReplicas"] = json!(desired);
            return;
        }
        let patch = json!({"spec": {"replicas": desired}});
        self.out.writes.push(Write::Merge(scaled.kind, Target::of(&scaled.object), patch));
        let message = format!("the HPA controller was able to update the target scale to {desired}");
        self.condition("AbleToScale", true, "SucceededRescale", message);
        self.note(false, "SuccessfulRescale", format!("New size: {desired}; reason: {reason}"));
        memory.scaled.push((self.now, desired - current));
        self.status["lastScaleTime"] = json!(stamp(self.now));
        self.status["desiredReplicas"] = json!(desired);
    }

    fn range(&self) -> (i64, i64) {
        let least = int(self.hpa, "/spec/minReplicas").unwrap_or(1);
        (least, int(self.hpa, "/spec/maxReplicas").unwrap_or(least))
    }

    /// The replicas that the metrics ask for, within all limits, and why; nothing when no metric can be read.
    fn by_metrics(&mut self, scaled: &Scaled<'_>, current: i64, memory: &mut Memory) -> Option<(i64, String)> {
        let asked = metrics::ask(self.hpa, scaled, current);
        if !asked.statuses.is_empty() {
            self.status["currentMetrics"] = json!(asked.statuses);
        }
        for (metric, error) in &asked.errors {
            let reason = if *metric == "External" { "FailedGetExternalMetric" } else { "FailedGetResourceMetric" };
            self.note(true, reason, error.clone());
        }
        let Some((wanted, name)) = asked.best else {
            let Some((metric, error)) = asked.errors.first().cloned() else { return Some((current, String::new())) };
            let reason = if metric == "External" { "FailedGetExternalMetric" } else { "FailedGetResourceMetric" };
            let message = format!("the HPA was unable to compute the replica count: {error}");
            self.condition("ScalingActive", false, reason, message);
            let (bad, all) = (asked.errors.len(), asked.errors.len() + asked.statuses.len());
            let message = format!(
                "invalid metrics ({bad} invalid out of {all}), first error is: failed to get resource metric value: {error}"
            );
            self.note(true, "FailedComputeMetricsReplicas", message);
            return None;
        };
        let message = format!("the HPA was able to successfully calculate a replica count from {name}");
        self.condition("ScalingActive", true, "ValidMetricFound", message);
        let reason = if wanted > current { format!("{name} above target") } else { "All metrics below target".into() };
        Some((self.normalise(wanted, current, memory), reason))
    }
}
