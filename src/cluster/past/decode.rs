//! From JSON to evidence.

use std::sync::Arc;

use rolldeck_core::{
    Time,
    batch::{
        CHANGE_CAUSE,
        past::{Lived, Scaled},
        template,
    },
    model::AppKind,
    text::Clean,
};
use serde_json::Value;

const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";

pub(super) fn time(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}

pub(super) fn text(value: &Value) -> Clean {
    Clean::new(value.as_str().unwrap_or_default())
}

/// A ReplicaSet or ControllerRevision. One that has no number or no template yet is none.
pub(super) fn lived(kind: AppKind, object: &Value) -> Option<Lived> {
    let metadata = &object["metadata"];
    let notes = &metadata["annotations"];
    let (number, raw) = match kind {
        AppKind::Deployment => (notes[REVISION].as_str()?.parse().ok()?, &object["spec"]["template"]),
        AppKind::StatefulSet | AppKind::DaemonSet => {
            (object["revision"].as_i64()?, &object["data"]["spec"]["template"])
        }
    };
    let is_set = kind == AppKind::Deployment;
    let numbers = notes[HISTORY].as_str().filter(|_| is_set).unwrap_or_default().split(',');
    let available = object["status"]["availableReplicas"].as_u64().unwrap_or(0) > 0;
    raw.is_object().then(|| Lived {
        name: text(&metadata["name"]),
        number,
        was: numbers.filter_map(|number| number.trim().parse().ok()).collect(),
        created: time(&metadata["creationTimestamp"]),
        written: if is_set { None } else { written(metadata) },
        available: (is_set && available).then_some(true),
        cause: text(&notes[CHANGE_CAUSE]),
        template: Arc::new(template::of_revision(raw)),
    })
}

/// The last write of any manager: the number is no younger than that.
fn written(metadata: &Value) -> Option<Time> {
    let entries = metadata["managedFields"].as_array()?;
    let times: Option<Vec<Time>> = entries.iter().map(|entry| time(&entry["time"])).collect();
    times?.into_iter().max()
}

/// What an event says of a ReplicaSet that was scaled up from nothing: both times of one that was seen again.
pub(super) fn scaled(event: &Value) -> Vec<Scaled> {
    let Some(set) = event["message"].as_str().and_then(from_nothing) else { return Vec::new() };
    times(event).into_iter().map(|at| Scaled { set: Clean::new(set), at }).collect()
}

/// `Scaled up replica set gateway-7d9f to 3 from 0`, or `… from 0 to 3`: the name. Without `from` it may be any scale.
fn from_nothing(message: &str) -> Option<&str> {
    let (name, rest) = message.strip_prefix("Scaled up replica set ")?.split_once(' ')?;
    (rest.ends_with(" from 0") || rest.starts_with("from 0 to ")).then_some(name)
}

/// When an event was first and last seen.
pub(super) fn times(event: &Value) -> Vec<Time> {
    let fields =
        [&event["firstTimestamp"], &event["lastTimestamp"], &event["eventTime"], &event["series"]["lastObservedTime"]];
    let mut times: Vec<Time> = fields.into_iter().filter_map(time).collect();
    times.sort_unstable();
    times.dedup();
    times
}
