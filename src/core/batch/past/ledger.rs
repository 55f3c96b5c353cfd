//! The whole journal of one batch.

use std::collections::BTreeMap;

use super::{Again, Entry, Repeat, entries, repeat};
use crate::{
    batch::{
        Found,
        journal::{Note, Record, StepRecord},
    },
    model::AppKey,
    text::Clean,
};

/// Everything that is recorded of one batch.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The batch as the list has it.
    pub found: Found,
    /// Its records, by namespace.
    pub records: BTreeMap<String, Record>,
    /// Before and after of its steps, by namespace.
    pub steps: BTreeMap<String, Vec<StepRecord>>,
    /// What of it could not be read, each in a sentence.
    pub lacks: Vec<Clean>,
}

impl Ledger {
    /// Each app, its note, and its before and after where they are recorded; in the order of the steps.
    pub fn apps(&self) -> Vec<(AppKey, &Note, Option<&StepRecord>)> {
        let mut apps: Vec<_> = self
            .records
            .iter()
            .flat_map(|(namespace, record)| {
                let steps = self.steps.get(namespace);
                record.steps.iter().map(move |note| {
                    let step = steps.and_then(|steps| steps.iter().find(|step| step.index == note.index));
                    (note.key(namespace), note, step)
                })
            })
            .collect();
        apps.sort_by_key(|(_, note, _)| note.index);
        apps
    }

    /// What it did to each app whose template it wrote.
    pub fn entries(&self) -> Vec<(AppKey, Entry)> {
        entries(&self.records, &self.steps)
    }

    /// What would do the same once more.
    pub fn repeat(&self) -> Repeat {
        let apps = self.apps();
        let options = self.records.values().next().map(|record| record.options.clone());
        Repeat {
            intent: self.found.intent,
            options: options.unwrap_or_else(|| crate::batch::Options::new(self.found.intent, apps.len())),
            reason: self.found.reason.clone(),
            apps: apps
                .into_iter()
                .map(|(key, note, step)| Again {
                    key,
                    hpa: note.hpa.clone(),
                    wish: repeat::wish(self.found.intent, step),
                })
                .collect(),
        }
    }
}
