//! The names and labels by which a journal is found.

use std::collections::BTreeMap;

use super::BatchId;

/// The label selector of the state records of unfinished batches.
pub const UNFINISHED: &str =
    "app.kubernetes.io/managed-by=rolldeck,rolldeck.dev/journal=state,rolldeck.dev/unfinished=true";

/// The label selector of the state records of all batches.
pub const RECORDS: &str = "app.kubernetes.io/managed-by=rolldeck,rolldeck.dev/journal=state";

/// The label selector of before and after of these batches.
pub fn steps_of<'a>(batches: impl IntoIterator<Item = &'a BatchId>) -> String {
    let names: Vec<&str> = batches.into_iter().map(|id| id.0.as_str()).collect();
    format!(
        "app.kubernetes.io/managed-by=rolldeck,rolldeck.dev/journal=steps,rolldeck.dev/batch in ({})",
        names.join(",")
    )
}

/// The label selector of everything that a batch recorded; `what` is `state` or `steps`.
pub fn of_batch(id: &BatchId, what: &str) -> String {
    format!("app.kubernetes.io/managed-by=rolldeck,rolldeck.dev/journal={what},rolldeck.dev/batch={id}")
}

/// The name of the Lease that names a batch's driver.
pub fn lease_name(id: &BatchId) -> String {
    format!("rolldeck-{id}")
}

/// The name of a batch's state record.
pub fn state_name(id: &BatchId) -> String {
    format!("rolldeck-{id}-state")
}

/// The name of one of its ConfigMaps with before and after; they are numbered from 0.
pub fn steps_name(id: &BatchId, shard: usize) -> String {
    format!("rolldeck-{id}-steps-{shard}")
}

/// The labels of a ConfigMap of the journal.
pub(super) fn labels(id: &BatchId, what: &str, unfinished: Option<bool>) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::from([
        ("app.kubernetes.io/managed-by".to_owned(), "rolldeck".to_owned()),
        ("rolldeck.dev/journal".to_owned(), what.to_owned()),
        ("rolldeck.dev/batch".to_owned(), id.to_string()),
    ]);
    if let Some(unfinished) = unfinished {
        labels.insert("rolldeck.dev/unfinished".to_owned(), unfinished.to_string());
    }
    labels
}
