//! The past, judged.

mod judge;
mod random;
mod repeat;
mod when;

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Entry, Evidence, Lived, Moment};
use crate::{
    Time,
    batch::{BatchId, Found, Holder, Intent, journal::RecordPhase},
    model::{AppKey, AppKind},
};

pub(super) fn at(seconds: i64) -> Time {
    "2026-11-22T12:00:00Z".parse::<Time>().unwrap() + TimeDelta::seconds(seconds)
}

pub(super) fn key(kind: AppKind) -> AppKey {
    AppKey { namespace: "shop".into(), name: "orders".into(), kind }
}

pub(super) fn template(tag: &str) -> Arc<Value> {
    Arc::new(json!({ "spec": { "containers": [{ "name": "main", "image": format!("shop/orders:{tag}") }] } }))
}

pub(super) fn tag(template: &Value) -> &str {
    template["spec"]["containers"][0]["image"].as_str().unwrap().rsplit(':').next().unwrap()
}

/// An app that was created at second 0, with this template now.
pub(super) fn evidence(kind: AppKind, now: &str) -> Evidence {
    let live = json!({
        "metadata": { "uid": "u", "name": "orders", "creationTimestamp": "2026-11-22T12:00:00Z" },
        "spec": { "template": *template(now) },
    });
    Evidence::new(key(kind), Arc::new(live), at(10_000))
}

/// A revision of this number and tag, created at that second.
pub(super) fn lived(number: i64, tag: &str, created: i64) -> Lived {
    Lived {
        name: format!("orders-{tag}").into(),
        number,
        was: Vec::new(),
        created: Some(at(created)),
        written: None,
        available: None,
        cause: format!("to {tag}").into(),
        template: template(tag),
    }
}

/// A batch that wrote `after` over `before` at that second.
pub(super) fn entry(id: &str, second: i64, before: &str, after: &str) -> Entry {
    Entry {
        batch: BatchId(id.to_owned()),
        uid: "u".into(),
        started: at(second - 1),
        accepted: at(second),
        reverted: None,
        returned: None,
        healthy: Some(true),
        why: "".into(),
        before: template(before),
        before_cause: format!("to {before}").into(),
        after: Some(template(after)),
        paused: false,
        digests: [].into(),
    }
}

pub(super) fn moment(seconds: i64) -> Moment {
    Moment { at: at(seconds), before: None, note: "".into() }
}

pub(super) fn found(id: &str, started: i64) -> Found {
    Found {
        id: BatchId(id.to_owned()),
        intent: Intent::Release,
        by: "ana".into(),
        claimed: "".into(),
        reason: "".into(),
        started: at(started),
        ended: None,
        phase: RecordPhase::Done,
        unfinished: false,
        log: Vec::new(),
        steps: Vec::new(),
        holder: Holder::Gone,
    }
}
