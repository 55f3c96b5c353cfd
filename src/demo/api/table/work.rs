//! Rows of what runs pods.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::age;
use super::text::{containers, int_or_string, items, labels, number, or, selector};

fn name(object: &Value) -> Value {
    object["metadata"]["name"].clone()
}

fn count(value: &Value) -> i64 {
    value.as_i64().unwrap_or(0)
}

fn with_template(mut cells: Vec<Value>, object: &Value) -> Vec<Value> {
    cells.extend(containers(&object["spec"]["template"]));
    cells
}

/// Ready, updated and available replicas.
pub fn deployment(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let ready = format!("{}/{}", count(&status["readyReplicas"]), count(&spec["replicas"]));
    let (updated, available) = (number(&status["updatedReplicas"]), number(&status["availableReplicas"]));
    let cells = vec![name(object), ready.into(), updated, available, age::of(object, now)];
    let mut cells = with_template(cells, object);
    cells.push(selector(&spec["selector"]).into());
    cells
}

/// Wanted, current and ready replicas.
pub fn replica_set(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let (current, ready) = (number(&status["replicas"]), number(&status["readyReplicas"]));
    let mut cells =
        with_template(vec![name(object), number(&spec["replicas"]), current, ready, age::of(object, now)], object);
    let selected = &spec["selector"];
    let plain = selected.get("matchLabels").is_none() && selected.get("matchExpressions").is_none();
    cells.push(if plain { labels(selected) } else { selector(selected) }.into());
    cells
}

/// Ready replicas.
pub fn stateful_set(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let ready = format!("{}/{}", count(&object["status"]["readyReplicas"]), count(&object["spec"]["replicas"]));
    with_template(vec![name(object), ready.into(), age::of(object, now)], object)
}

/// How many nodes should, do and do well run it.
pub fn daemon_set(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let numbers = [
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "numberReady",
        "updatedNumberScheduled",
        "numberAvailable",
    ];
    let mut cells = vec![name(object)];
    cells.extend(numbers.map(|key| number(&object["status"][key])));
    cells.push(labels(&object["spec"]["template"]["spec"]["nodeSelector"]).into());
    cells.push(age::of(object, now));
    let mut cells = with_template(cells, object);
    cells.push(selector(&object["spec"]["selector"]).into());
    cells
}

/// Whose revision it is, and which.
pub fn revision(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let owners = items(&object["metadata"]["ownerReferences"]);
    let owner = owners.iter().find(|owner| owner["controller"] == true).map_or_else(
        || "<none>".to_owned(),
        |owner| {
            let text = |key: &str| owner[key].as_str().unwrap_or_default();
            let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
            format!("{}.{group}/{}", text("kind").to_lowercase(), text("name"))
        },
    );
    vec![name(object), owner.into(), number(&object["revision"]), age::of(object, now)]
}

/// A job: how it stands and how long it took.
pub fn job(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let met =
        |kind: &str| items(&status["conditions"]).iter().any(|one| one["type"] == kind && one["status"] == "True");
    let state = ["Complete", "Failed", "Suspended"].into_iter().find(|kind| met(kind)).unwrap_or("Running");
    let done = format!("{}/{}", count(&status["succeeded"]), spec["completions"].as_i64().unwrap_or(1));
    let time = |key: &str| DateTime::parse_from_rfc3339(status[key].as_str()?).ok().map(|at| at.to_utc());
    let took = time("startTime").map(|start| (time("completionTime").unwrap_or(now) - start).num_seconds());
    let took = took.map_or_else(String::new, age::span);
    let cells = vec![name(object), state.into(), done.into(), took.into(), age::of(object, now)];
    let mut cells = with_template(cells, object);
    cells.push(selector(&spec["selector"]).into());
    cells
}

/// A cron job: its schedule, and when it last ran.
pub fn cron_job(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let last = &status["lastScheduleTime"];
    let last = if last.is_null() { "<none>".to_owned() } else { age::since(last, now) };
    let suspended = if spec["suspend"] == true { "True" } else { "False" };
    let template = &spec["jobTemplate"]["spec"];
    let mut cells = vec![
        name(object),
        or(&spec["schedule"], ""),
        or(&spec["timeZone"], "<none>"),
        suspended.into(),
        items(&status["active"]).len().into(),
        last.into(),
        age::of(object, now),
    ];
    cells.extend(containers(&template["template"]));
    cells.push(selector(&template["selector"]).into());
    cells
}

/// How many disruptions a budget allows.
pub fn budget(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![
        name(object),
        int_or_string(&object["spec"]["minAvailable"], "N/A"),
        int_or_string(&object["spec"]["maxUnavailable"], "N/A"),
        number(&object["status"]["disruptionsAllowed"]),
        age::of(object, now),
    ]
}

/// An autoscaler: what it scales, by which figures, between which bounds.
pub fn autoscaler(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let target = &spec["scaleTargetRef"];
    let text = |key: &str| target[key].as_str().unwrap_or_default();
    vec![
        name(object),
        format!("{}/{}", text("kind"), text("name")).into(),
        metrics(items(&spec["metrics"]), items(&status["currentMetrics"])).into(),
        int_or_string(&spec["minReplicas"], "<unset>"),
        number(&spec["maxReplicas"]),
        number(&status["currentReplicas"]),
        age::of(object, now),
    ]
}

fn metrics(wanted: &[Value], current: &[Value]) -> String {
    if wanted.is_empty() {
        return "<none>".to_owned();
    }
    let mut list: Vec<String> =
        wanted.iter().enumerate().map(|(at, one)| metric(one, current.get(at).unwrap_or(&Value::Null))).collect();
    let more = list.len().saturating_sub(2);
    list.truncate(2);
    let told = list.join(", ");
    if more > 0 { format!("{told} + {more} more...") } else { told }
}

fn metric(wanted: &Value, current: &Value) -> String {
    let (key, named) = match wanted["type"].as_str() {
        Some("Resource") => ("resource", true),
        Some("ContainerResource") => ("containerResource", true),
        Some("Pods") => ("pods", false),
        Some("Object") => ("object", false),
        Some("External") => ("external", false),
        _ => return "<unknown type>".to_owned(),
    };
    let (target, now) = (&wanted[key]["target"], &current[key]["current"]);
    let prefix = if named { format!("{}: ", wanted[key]["name"].as_str().unwrap_or_default()) } else { String::new() };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let unknown = || "<unknown>".to_owned();
    if let Some(average) = text(&target["averageValue"]) {
        let suffix = if key == "object" || key == "external" { " (avg)" } else { "" };
        return format!("{prefix}{}/{average}{suffix}", text(&now["averageValue"]).unwrap_or_else(unknown));
    }
    if named {
        let percent = |value: &Value| value.as_i64().map(|percent| format!("{percent}%"));
        let wanted = percent(&target["averageUtilization"]).unwrap_or_else(|| "<auto>".to_owned());
        return format!("{prefix}{}/{wanted}", percent(&now["averageUtilization"]).unwrap_or_else(unknown));
    }
    format!("{}/{}", text(&now["value"]).unwrap_or_else(unknown), text(&target["value"]).unwrap_or_default())
}
