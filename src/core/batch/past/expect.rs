//! How long an app's rollouts take, from those before.

use std::collections::BTreeMap;

use crate::{
    batch::journal::{Mark, Note, Record},
    model::AppKey,
};

/// Rollouts that count, the newest.
const COUNTED: usize = 9;

/// The median of the seconds from acceptance to health, over the rollouts that these notes of one app tell of, newest last.
pub fn expected(notes: &[&Note]) -> Option<u32> {
    let seconds = |note: &&&Note| {
        let accepted = note.accepted.filter(|_| note.mark == Mark::Healthy)?;
        u32::try_from((note.since - accepted).num_seconds()).ok()
    };
    let mut taken: Vec<u32> = notes.iter().rev().filter_map(|note| seconds(&note)).take(COUNTED).collect();
    taken.sort_unstable();
    taken.get(taken.len() / 2).copied()
}

/// [`expected`] of each app that these records (namespace, record) tell of. Scales do not count: they roll nothing out.
pub fn expected_of(records: &[(String, Record)]) -> BTreeMap<AppKey, u32> {
    let mut records: Vec<_> = records.iter().filter(|(_, record)| record.intent.writes_template()).collect();
    records.sort_by_key(|(_, record)| record.started);
    let mut notes: BTreeMap<AppKey, Vec<&Note>> = BTreeMap::new();
    for (namespace, record) in records {
        for note in &record.steps {
            notes.entry(note.key(namespace)).or_default().push(note);
        }
    }
    notes.into_iter().filter_map(|(key, notes)| Some((key, expected(&notes)?))).collect()
}
