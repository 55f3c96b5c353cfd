//! What each metric of an autoscaler reads, and the replicas that it asks for.

use super::super::super::json::{int, list, quantity, text};
use super::Scaled;
use serde_json::{Value, json};

/// Within a tenth of its target a metric asks for nothing.
const TOLERANCE: f64 = 0.1;

/// What is known of one pod.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Whether it is ready: others are not counted.
    pub ready: bool,
    /// Cores and bytes that it uses.
    pub used: (f64, f64),
    /// Cores and bytes that it requests.
    pub requested: (f64, f64),
}

/// What all metrics ask for.
#[derive(Debug, Default)]
pub struct Asked {
    /// The most replicas that any metric asks for, and its name.
    pub best: Option<(i64, String)>,
    /// What the status says of each.
    pub statuses: Vec<Value>,
    /// The type of each metric that cannot be read, and why.
    pub errors: Vec<(&'static str, String)>,
}

/// Reads all metrics.
pub fn ask(hpa: &Value, scaled: &Scaled<'_>, current: i64) -> Asked {
    let mut asked = Asked::default();
    for metric in list(hpa, "/spec/metrics") {
        let read = match text(metric, "/type") {
            "External" => external(&metric["external"], scaled, current),
            _ => resource(&metric["resource"], scaled, current).map_err(|error| ("Resource", error)),
        };
        match read {
            Ok((replicas, name, status)) => {
                asked.statuses.push(status);
                if asked.best.as_ref().is_none_or(|(most, _)| replicas > *most) {
                    asked.best = Some((replicas, name));
                }
            }
            Err(error) => asked.errors.push(error),
        }
    }
    asked
}

type Read = (i64, String, Value);

fn resource(metric: &Value, scaled: &Scaled<'_>, current: i64) -> Result<Read, String> {
    let name = text(metric, "/name");
    let of = |pair: (f64, f64)| if name == "cpu" { pair.0 } else { pair.1 };
    let ready: Vec<&Sample> = scaled.pods.iter().filter(|pod| pod.ready).collect();
    if ready.is_empty() {
        return Err(format!(
            "failed to get {name} utilization: did not receive metrics for targeted pods (pods might be unready)"
        ));
    }
    let used: f64 = ready.iter().map(|pod| of(pod.used)).sum();
    let requested: f64 = ready.iter().map(|pod| of(pod.requested)).sum();
    let average = used / ready.len() as f64;
    let value = if name == "cpu" { format!("{}m", (average * 1000.0).round()) } else { format!("{}", average.round()) };
    if let Some(target) = metric.pointer("/target/averageValue").and_then(Value::as_str) {
        let replicas = count(average / quantity(target), scaled, current);
        let status = json!({"type": "Resource", "resource": {"name": name, "current": {"averageValue": value}}});
        return Ok((replicas, format!("{name} resource"), status));
    }
    if requested <= 0.0 {
        return Err(format!("failed to get {name} utilization: missing request for {name}"));
    }
    let utilization = (used * 100.0 / requested).floor();
    let target = int(metric, "/target/averageUtilization").unwrap_or(80) as f64;
    let replicas = count(utilization / target, scaled, current);
    let status = json!({"type": "Resource", "resource": {
        "name": name, "current": {"averageUtilization": utilization as i64, "averageValue": value},
    }});
    Ok((replicas, format!("{name} resource utilization (percentage of request)"), status))
}

/// The replicas for a ratio of what is used to what is meant to be. Pods that are not ready yet count as idle on the way up,
/// so that a slow start does not ask for more and more of them (`calcPlainMetricReplicas`).
fn count(ratio: f64, scaled: &Scaled<'_>, current: i64) -> i64 {
    let ready = scaled.pods.iter().filter(|pod| pod.ready).count() as f64;
    let unready = scaled.pods.len() as f64 - ready;
    if (1.0 - ratio).abs() <= TOLERANCE {
        return current;
    }
    if unready == 0.0 || ratio < 1.0 {
        return (ratio * ready).ceil() as i64;
    }
    let damped = ratio * ready / (ready + unready);
    if damped <= 1.0 + TOLERANCE { current } else { ((damped * (ready + unready)).ceil() as i64).max(current) }
}

fn external(metric: &Value, scaled: &Scaled<'_>, current: i64) -> Result<Read, (&'static str, String)> {
    let name = text(metric, "/metric/name");
    let value = (scaled.external)(name);
    let (target, shared) = match metric.pointer("/target/averageValue").and_then(Value::as_str) {
        Some(target) => (quantity(target), true),
        None => (quantity(text(metric, "/target/value")), false),
    };
    if target <= 0.0 {
        let error = "invalid external metric source: neither a value target nor an average value target was set";
        return Err(("External", error.into()));
    }
    let pods = scaled.pods.len().max(1) as f64;
    let ratio = if shared { value / (target * pods) } else { value / target };
    let replicas = match ((1.0 - ratio).abs() <= TOLERANCE, shared) {
        (true, _) => current,
        (false, true) => (value / target).ceil() as i64,
        (false, false) => (ratio * pods).ceil() as i64,
    };
    let shown = if shared {
        json!({"averageValue": format!("{}m", (value / pods * 1000.0).round())})
    } else {
        json!({"value": format!("{}", value.round())})
    };
    let status = json!({"type": "External", "external": {"metric": metric.get("metric"), "current": shown}});
    Ok((replicas, format!("external metric {name}(nil)"), status))
}
