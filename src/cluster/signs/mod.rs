//! Signs of trouble beside the fleet: warning events, and nodes that are unwell; followed while a room shows them.

#[cfg(test)]
mod tests;

use rolldeck_core::{
    Time,
    fleet::Scope,
    health::cause::{NodeFacts, Warning},
    kept::KeptEvent,
    text::Clean,
};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    connect::Cluster,
    follow::{Following, Target, follow},
};

/// The longest message of an event that is kept, in characters: a hostile one can be of many kilobytes.
const LONGEST: usize = 600;

/// Follows the warning events of a scope.
pub fn warnings(cluster: &Cluster, scope: &Scope, to: mpsc::Sender<Vec<KeptEvent<Warning>>>) -> Following {
    let namespace = scope.as_deref().unwrap_or_default();
    let target = Target::within("/api/v1", "events", "events", namespace).only("fieldSelector", "type=Warning");
    follow(cluster, target, warning, to)
}

/// Follows the nodes, cut down to what is wrong with them.
pub fn nodes(cluster: &Cluster, to: mpsc::Sender<Vec<KeptEvent<NodeFacts>>>) -> Following {
    follow(cluster, Target::new("/api/v1/nodes", "nodes"), node, to)
}

fn text(value: &Value) -> Clean {
    let text = value.as_str().unwrap_or_default().trim();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

fn time(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

fn warning(event: &Value) -> Option<Warning> {
    let about = &event["involvedObject"];
    let count = [&event["series"]["count"], &event["count"]].into_iter().find_map(Value::as_u64).unwrap_or(1).max(1);
    let seen = [&event["series"]["lastObservedTime"], &event["lastTimestamp"], &event["eventTime"]];
    let seen = seen.into_iter().find_map(time).or_else(|| time(&event["metadata"]["creationTimestamp"]));
    Some(Warning {
        kind: text(&about["kind"]),
        namespace: text(&about["namespace"]),
        name: text(&about["name"]),
        reason: text(&event["reason"]),
        message: text(&event["message"]),
        count: count.try_into().unwrap_or(u32::MAX),
        at: seen,
    })
}

fn node(object: &Value) -> Option<NodeFacts> {
    let conditions = object["status"]["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_bad = |condition: &&Value| match condition["type"].as_str() {
        Some("Ready") => condition["status"] != "True",
        Some("MemoryPressure" | "DiskPressure" | "PIDPressure" | "NetworkUnavailable") => condition["status"] == "True",
        _ => false,
    };
    let mut bad: Vec<&Value> = conditions.iter().filter(is_bad).collect();
    bad.sort_by_key(|condition| condition["type"] != "Ready");
    Some(NodeFacts {
        since: bad.first().and_then(|condition| time(&condition["lastTransitionTime"])),
        bad: bad.iter().map(|c| (text(&c["type"]), text(&c["reason"]), text(&c["message"]))).collect(),
        cordoned: object["spec"]["unschedulable"] == true,
    })
}
