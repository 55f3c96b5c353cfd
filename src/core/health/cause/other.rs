//! Autoscalers and nodes.

use super::{Cause, Severity, Warnings, warnings::words};
use crate::{Time, model::Hpa, text::Clean};

/// Why an autoscaler cannot scale as it should, if so.
pub fn of_hpa(hpa: &Hpa) -> Option<Cause> {
    let blind: Vec<&str> =
        hpa.metrics.iter().filter(|metric| metric.now.is_none()).map(|metric| &*metric.name).collect();
    let reads = hpa.metrics.iter().map(|metric| {
        let now = metric.now.as_ref().map_or("unknown", |now| now);
        Clean::from(format!("{} is at {now}, its target {}", metric.name, metric.target))
    });
    let sentence = match () {
        () if !hpa.broken.is_empty() && !blind.is_empty() => {
            format!("its HPA {} cannot act ({}): it cannot read {}", hpa.name, hpa.broken, blind.join(", "))
        }
        () if !hpa.broken.is_empty() => format!("its HPA {} cannot act: {}", hpa.name, hpa.broken),
        () if hpa.pinned => format!("its HPA {} wants more than its maximum of {}", hpa.name, hpa.max),
        () => return None,
    };
    Some(Cause {
        sentence: sentence.into(),
        evidence: reads.collect(),
        severity: Severity::Limited,
        repeats: false,
        since: None,
        pods: 0,
    })
}

/// What is known of a node's health.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeFacts {
    /// Conditions that tell of trouble: `Ready` that does not hold (or is unknown), pressures that do; with reason and message.
    pub bad: Vec<(Clean, Clean, Clean)>,
    /// Since when the first of them.
    pub since: Option<Time>,
    /// `spec.unschedulable`: cordoned.
    pub cordoned: bool,
}

/// Why a node is unwell, if it is. A cordoned node is meant to be so.
pub fn of_node(name: &str, facts: &NodeFacts, pods: usize, warnings: &Warnings) -> Option<Cause> {
    let (kind, reason, _) = facts.bad.first()?;
    let down = facts.bad.iter().any(|(kind, ..)| &**kind == "Ready");
    let sentence = match (down, &**reason) {
        (true, "NodeStatusUnknown") => {
            "its kubelet does not report any more: the node is off, cut off, or overloaded".to_owned()
        }
        (true, reason) => format!("it is not ready: {reason}"),
        (false, reason) => format!("it is under {}: {reason}", pressure(kind)),
    };
    let mut evidence: Vec<Clean> =
        facts.bad.iter().map(|(kind, reason, message)| format!("{kind}: {reason}: {message}").into()).collect();
    if facts.cordoned {
        evidence.push("it is cordoned: no new pods go there".into());
    }
    evidence.extend(warnings.about("Node", "", name).iter().take(2).map(|warning| words(warning)));
    let severity = if down { Severity::Down } else { Severity::Degraded };
    Some(Cause { sentence: sentence.into(), evidence, severity, repeats: false, since: facts.since, pods })
}

fn pressure(kind: &str) -> &str {
    match kind {
        "MemoryPressure" => "memory pressure",
        "DiskPressure" => "disk pressure",
        "PIDPressure" => "pressure of too many processes",
        "NetworkUnavailable" => "a network that is not set up",
        other => other,
    }
}
