//! What the journals tell of some apps.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use rolldeck_core::{
    Time,
    batch::{
        BatchId, ConfigMap, Port, PortError,
        journal::{Record, StepRecord, decode_steps, steps_of},
        past::{Entry, Sighting, Source, entries, expected_of},
    },
    model::AppKey,
    text::Clean,
};

use super::list::{WIDTH, records};

/// Batches of a namespace whose templates are read at most: those nearest to the time in question.
const BATCHES: usize = 40;

/// What the journals tell of some apps.
#[derive(Clone, Debug, Default)]
pub struct Recorded {
    /// What batches wrote to them, by app.
    pub entries: BTreeMap<AppKey, Vec<Entry>>,
    /// Every app that the journals of their namespaces name, and when: for what is gone since.
    pub sightings: Vec<Sighting>,
    /// Seconds that earlier rollouts of them took.
    pub expected: BTreeMap<AppKey, u32>,
    /// What could not be read, each in a sentence.
    pub lacks: Vec<Clean>,
}

/// Reads what the journals tell of these apps around a time, in two requests for each of their namespaces.
///
/// # Errors
/// No namespace could be looked at.
pub async fn recorded<P: Port>(port: &P, apps: &[AppKey], at: Time) -> Result<Recorded, PortError> {
    let namespaces: BTreeSet<Clean> = apps.iter().map(|app| app.namespace.clone()).collect();
    if namespaces.is_empty() {
        return Ok(Recorded::default());
    }
    let (records, lacks) = records(port, &namespaces).await?;
    let mut recorded = Recorded { sightings: sightings(&records), lacks, ..Recorded::default() };
    recorded.expected = expected_of(&records);
    recorded.expected.retain(|key, _| apps.contains(key));
    let wanted: BTreeSet<&AppKey> = apps.iter().collect();
    let mut by_namespace: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for (namespace, record) in records {
        let about = record.steps.iter().any(|note| note.mark.touched() && wanted.contains(&note.key(&namespace)));
        if record.intent.writes_template() && about {
            by_namespace.entry(namespace).or_default().push(record);
        }
    }
    for of in by_namespace.values_mut() {
        of.sort_by_key(|record| (record.started - at).abs());
        let surplus = of.len().saturating_sub(BATCHES);
        if surplus > 0 {
            let text = format!("of {surplus} batches that lie further from that time the templates were not read");
            recorded.lacks.push(text.into());
        }
        of.truncate(BATCHES);
    }
    let asks = by_namespace.into_iter().map(|(namespace, of)| async move {
        let ids: Vec<&BatchId> = of.iter().map(|record| &record.id).collect();
        let maps = port.config_maps(Some(&namespace), &steps_of(ids)).await;
        (namespace, of, maps)
    });
    for (namespace, of, maps) in stream::iter(asks.collect::<Vec<_>>()).buffered(WIDTH).collect::<Vec<_>>().await {
        match maps {
            Ok(maps) => {
                let steps = by_batch(&maps, &mut recorded.lacks);
                recorded.take(&namespace, &of, &steps, &wanted);
            }
            Err(error) => {
                recorded.lacks.push(format!("the templates of batches in {namespace} are not read: {error}").into());
            }
        }
    }
    Ok(recorded)
}

impl Recorded {
    fn take(
        &mut self,
        namespace: &String,
        of: &[Record],
        steps: &BTreeMap<String, Vec<StepRecord>>,
        wanted: &BTreeSet<&AppKey>,
    ) {
        for record in of {
            let Some(steps) = steps.get(&record.id.0) else { continue };
            let steps = BTreeMap::from([(namespace.clone(), steps.clone())]);
            for (key, entry) in entries([(namespace, record)], &steps) {
                if wanted.contains(&key) {
                    self.entries.entry(key).or_default().push(entry);
                }
            }
        }
    }
}

/// The steps of each batch, by its name as the label has it.
fn by_batch(maps: &[ConfigMap], lacks: &mut Vec<Clean>) -> BTreeMap<String, Vec<StepRecord>> {
    let mut found: BTreeMap<String, Vec<StepRecord>> = BTreeMap::new();
    for map in maps {
        let Some(batch) = map.labels.get("rolldeck.dev/batch") else { continue };
        match decode_steps(std::slice::from_ref(map)) {
            Ok(steps) => found.entry(batch.clone()).or_default().extend(steps),
            Err(error) => lacks.push(format!("the journal {error}").into()),
        }
    }
    found
}

fn sightings(records: &[(String, Record)]) -> Vec<Sighting> {
    let mut seen = Vec::new();
    for (namespace, record) in records {
        for note in record.steps.iter().filter(|note| note.mark.touched()) {
            let by = Source::Journal(record.id.clone());
            seen.push(Sighting { key: note.key(namespace), at: note.accepted.unwrap_or(record.started), by });
        }
    }
    seen
}
