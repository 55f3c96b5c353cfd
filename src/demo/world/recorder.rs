//! The event recorder: what repeats is counted and not written again (client-go, tools/record).

use super::index::Place;
use super::json::{int, stamp};
use super::kinds::EVENT;
use super::names::hash64;
use super::outcome::Note;
use crate::store::Store;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// How long the API server keeps an event.
pub const KEPT: Duration = Duration::hours(1);

/// Remembers which event a note was last told by.
#[derive(Debug, Default)]
pub struct Recorder {
    told: HashMap<u64, Place>,
    count: u64,
}

impl Recorder {
    /// Records a note, as a new event or as one more time of an old one.
    pub fn record(&mut self, store: &Store, note: &Note, now: DateTime<Utc>) {
        let same = hash64(&format!(
            "{}\n{:?}\n{}\n{}\n{}",
            note.target.uid, note.field, note.reason, note.message, note.source.1
        ));
        if let Some((namespace, name)) = self.told.get(&same) {
            let again = store.update(&EVENT, namespace, name, |event| {
                event["count"] = json!(int(event, "/count").unwrap_or(1) + 1);
                event["lastTimestamp"] = json!(stamp(now));
                Ok(())
            });
            if again.is_ok() {
                return;
            }
        }
        self.count += 1;
        let event = event(note, now, self.count);
        if let Ok(event) = store.create(&EVENT, event) {
            self.told.insert(same, super::index::place(&event));
        }
    }

    /// Forgets an event that is no longer there.
    pub fn forget(&mut self, namespace: &str, name: &str) {
        self.told.retain(|_, (place, event)| &**place != namespace || &**event != name);
    }
}

/// The event that tells a note. Schedulers speak the newer form of events: one moment, no count.
pub fn event(note: &Note, now: DateTime<Utc>, number: u64) -> Value {
    let target = &note.target;
    let place: Arc<str> = if target.namespace.is_empty() { "default".into() } else { target.namespace.as_str().into() };
    let nanos = now.timestamp_nanos_opt().unwrap_or(0) as u64 ^ (hash64(&number.to_string()) & 0xf_ffff);
    let mut about = json!({
        "apiVersion": note.about.0, "kind": note.about.1, "name": target.name, "uid": target.uid,
    });
    if !target.namespace.is_empty() {
        about["namespace"] = json!(target.namespace);
    }
    if let Some(field) = &note.field {
        about["fieldPath"] = json!(field);
    }
    let mut event = json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": format!("{}.{nanos:x}", target.name), "namespace": place, "creationTimestamp": stamp(now),
        },
        "involvedObject": about,
        "type": if note.warning { "Warning" } else { "Normal" },
        "reason": note.reason,
        "message": note.message,
        "reportingComponent": note.source.0,
        "reportingInstance": note.source.1,
    });
    if note.source.0 == "default-scheduler" {
        let moment = now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        super::json::merge(&mut event, &json!({"eventTime": moment, "action": "Binding", "source": {}}));
        event["reportingInstance"] = json!("default-scheduler-control-plane-1");
    } else {
        let mut source = json!({"component": note.source.0});
        if !note.source.1.is_empty() {
            source["host"] = json!(note.source.1);
        }
        event["source"] = source;
        event["count"] = json!(1);
        event["firstTimestamp"] = json!(stamp(now));
        event["lastTimestamp"] = json!(stamp(now));
    }
    event
}
