//! The record of what clients wrote: who asked for what, when it arrived and when it was answered.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::clock::rfc3339;

/// Writes that are kept at the most, and the bytes of their bodies: the oldest go first.
const KEPT: usize = 20_000;
const BYTES: usize = 32 << 20;

/// One request that writes, as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Kubernetes' verb: `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: &'static str,
    /// The path.
    pub path: String,
    /// The field manager.
    pub manager: String,
    /// The `User-Agent`.
    pub agent: String,
    /// Whether it only asked what would happen.
    pub dry_run: bool,
    /// The body, as JSON; null where it is none.
    pub body: Value,
}

#[derive(Debug)]
struct Entry {
    asked: Asked,
    at: DateTime<Utc>,
    bytes: usize,
    arrived: u64,
    answered: Option<u64>,
    code: Option<u16>,
    version: Option<u64>,
}

/// The writes of clients; those of the controllers are none. Clones are the same record.
#[derive(Debug, Clone, Default)]
pub struct Writes {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    entries: VecDeque<Entry>,
    /// Arrivals and answers are counted by one row of numbers: a write that was answered before another arrived has the
    /// smaller number.
    count: u64,
    bytes: usize,
    dropped: u64,
}

impl Writes {
    /// A write has arrived; the number by which its answer is told.
    pub fn arrived(&self, asked: Asked, bytes: usize, at: DateTime<Utc>) -> u64 {
        let mut inner = self.lock();
        inner.count += 1;
        let arrived = inner.count;
        inner.bytes += bytes;
        inner.entries.push_back(Entry { asked, at, bytes, arrived, answered: None, code: None, version: None });
        while inner.entries.len() > KEPT || inner.bytes > BYTES {
            let Some(oldest) = inner.entries.pop_front() else { break };
            inner.bytes -= oldest.bytes;
            inner.dropped += 1;
        }
        arrived
    }

    /// A write was carried out or refused, when the store had come to this version; its answer is about to leave.
    pub fn answered(&self, arrived: u64, code: u16, version: u64) {
        let mut inner = self.lock();
        inner.count += 1;
        let answered = inner.count;
        if let Some(entry) = inner.entries.iter_mut().rev().find(|entry| entry.arrived == arrived) {
            (entry.answered, entry.code, entry.version) = (Some(answered), Some(code), Some(version));
        }
    }

    /// Forgets what was written until now.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.entries.clear();
        (inner.bytes, inner.dropped) = (0, 0);
    }

    /// As JSON: `{"dropped": n, "writes": [{"arrived", "answered", "at", "verb", "path", "manager", "agent", "dryRun",
    /// "body", "code", "version"}]}`, in the order of arrival. `answered`, `code` and `version` are null where it was cut off.
    pub fn to_json(&self) -> Value {
        let inner = self.lock();
        let writes: Vec<Value> = inner.entries.iter().map(entry).collect();
        json!({ "dropped": inner.dropped, "writes": writes })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn entry(entry: &Entry) -> Value {
    let Asked { verb, path, manager, agent, dry_run, body } = &entry.asked;
    json!({
        "arrived": entry.arrived, "answered": entry.answered, "at": rfc3339(entry.at), "verb": verb, "path": path,
        "manager": manager, "agent": agent, "dryRun": dry_run, "body": body, "code": entry.code, "version": entry.version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &str) -> Asked {
        let (verb, path) = ("patch", path.to_owned());
        Asked { verb, path, manager: "m".into(), agent: "a/1".into(), dry_run: false, body: json!([1]) }
    }

    #[test]
    fn arrivals_and_answers_are_in_one_order_and_the_oldest_go_first() {
        let (writes, now) = (Writes::default(), DateTime::from_timestamp(1_790_000_000, 0).expect("a time"));
        let (first, second) = (writes.arrived(asked("/a"), 3, now), writes.arrived(asked("/b"), 3, now));
        writes.answered(second, 200, 1001);
        let shown = writes.to_json();
        assert_eq!(
            (shown["writes"][0]["arrived"].as_u64(), shown["writes"][0]["answered"].as_u64()),
            (Some(first), None)
        );
        assert!(shown["writes"][1]["answered"].as_u64() > shown["writes"][1]["arrived"].as_u64());
        assert_eq!(shown["writes"][1]["version"], 1001);
        writes.arrived(asked("/huge"), BYTES, now);
        let shown = writes.to_json();
        assert_eq!((shown["dropped"].as_u64(), shown["writes"].as_array().map(Vec::len)), (Some(2), Some(1)));
        writes.clear();
        assert_eq!(writes.to_json(), json!({ "dropped": 0, "writes": [] }));
    }
}
