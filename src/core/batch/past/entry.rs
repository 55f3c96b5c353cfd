//! What the journal of one batch tells of one app.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::{
    Time,
    batch::{
        BatchId,
        journal::{Mark, Note, Record, StepRecord},
        template,
    },
    model::AppKey,
    text::Clean,
};

/// A change of an app's template that a batch wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The batch.
    pub batch: BatchId,
    /// The uid of the object that it wrote to.
    pub uid: String,
    /// When the batch was confirmed: the app had the template before at some time from then on.
    pub started: Time,
    /// When it was known that the change was accepted.
    pub accepted: Time,
    /// When it was known to be reverted.
    pub reverted: Option<Time>,
    /// Between which times the revert was written, where that is known.
    pub returned: Option<(Time, Time)>,
    /// Whether what it wrote became healthy; `None` where that was not awaited.
    pub healthy: Option<bool>,
    /// Why it failed, else empty.
    pub why: Clean,
    /// The template before.
    pub before: Arc<Value>,
    /// The change-cause before, else empty.
    pub before_cause: Clean,
    /// The template that the batch wrote; `None` where admission made something else of it.
    pub after: Option<Arc<Value>>,
    /// Whether the app was paused then, so that what was written never rolled out.
    pub paused: bool,
    /// The digests that ran of what it wrote, by container.
    pub digests: BTreeMap<Clean, Clean>,
}

/// What a batch's records and steps tell of each app whose template it wrote.
pub fn entries<'a>(
    records: impl IntoIterator<Item = (&'a String, &'a Record)>,
    steps: &BTreeMap<String, Vec<StepRecord>>,
) -> Vec<(AppKey, Entry)> {
    let mut found = Vec::new();
    for (namespace, record) in records {
        for note in &record.steps {
            let step = steps.get(namespace).and_then(|steps| steps.iter().find(|step| step.index == note.index));
            if let Some(entry) = step.and_then(|step| entry(record, note, step)) {
                found.push((note.key(namespace), entry));
            }
        }
    }
    found
}

fn entry(record: &Record, note: &Note, step: &StepRecord) -> Option<Entry> {
    let (before, after) = (step.before.template.clone()?, step.after.template.clone()?);
    let as_planned = note.made.as_ref().is_none_or(|made| *made == template::fingerprint(&after));
    let healthy = match note.mark {
        Mark::Healthy => Some(true),
        Mark::Failed => Some(false),
        // They are written down when it becomes healthy, whatever came then.
        _ if !note.digests.is_empty() => Some(true),
        _ => None,
    };
    Some(Entry {
        batch: record.id.clone(),
        uid: step.before.uid.clone(),
        started: record.started,
        accepted: note.accepted.filter(|_| note.mark.touched())?,
        reverted: (note.mark == Mark::Reverted).then_some(note.since),
        returned: note.returned.filter(|_| matches!(note.mark, Mark::Reverted | Mark::RolledBack | Mark::RevertFailed)),
        healthy,
        why: if healthy == Some(false) { note.why.clone() } else { Clean::default() },
        before: Arc::new(before),
        before_cause: step.before.cause.as_deref().unwrap_or_default().into(),
        after: as_planned.then(|| Arc::new(after)),
        paused: step.after.paused,
        digests: note.digests.clone(),
    })
}
