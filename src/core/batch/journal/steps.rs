//! Before and after of each step, in immutable ConfigMaps.

use std::io::{Read, Write};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};

use super::{BatchId, FORMAT, JournalError, labels};
use crate::batch::{ConfigMap, Snapshot};

/// Bytes of one ConfigMap: the API server takes 1 MiB, and base64 makes a third more of it on the wire.
const SHARD: usize = 900 << 10;
/// Bytes that one step may unpack to: a hostile record must not fill the memory.
const UNPACKED: u64 = 16 << 20;

/// One step's before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// [`FORMAT`].
    pub format: u32,
    /// Its index in the whole batch.
    pub index: usize,
    /// The app: kind and name, as in the state record.
    pub app: String,
    /// The fields that the change writes, as they were.
    pub before: Snapshot,
    /// The same, as the dry run promised them.
    pub after: Snapshot,
}

/// Packs the steps of one namespace into as few ConfigMaps as hold them.
///
/// # Errors
/// One step alone is too large.
pub fn encode_steps(id: &BatchId, namespace: &str, steps: &[StepRecord]) -> Result<Vec<ConfigMap>, JournalError> {
    let mut maps: Vec<ConfigMap> = Vec::new();
    let mut room = 0;
    for step in steps {
        let packed = pack(step);
        if packed.len() > SHARD {
            return Err(JournalError::TooLarge { app: format!("{namespace}/{}", step.app), size: packed.len() });
        }
        if packed.len() > room || maps.is_empty() {
            maps.push(ConfigMap {
                namespace: namespace.to_owned(),
                name: labels::steps_name(id, maps.len()),
                labels: labels::labels(id, "steps", None),
                immutable: true,
                ..ConfigMap::default()
            });
            room = SHARD;
        }
        room -= packed.len();
        if let Some(map) = maps.last_mut() {
            map.binary.insert(format!("step-{}.json.gz", step.index), packed);
        }
    }
    Ok(maps)
}

/// Reads the steps that ConfigMaps of one namespace hold.
///
/// # Errors
/// One is of another format, or not what it should be.
pub fn decode_steps(maps: &[ConfigMap]) -> Result<Vec<StepRecord>, JournalError> {
    let mut steps = Vec::new();
    for map in maps {
        for (name, packed) in &map.binary {
            let step = unpack(map, packed)?;
            if *name != format!("step-{}.json.gz", step.index) {
                return Err(JournalError::corrupt(map, format!("{name} holds another step")));
            }
            steps.push(step);
        }
    }
    Ok(steps)
}

fn pack(step: &StepRecord) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    let text = serde_json::to_vec(step).unwrap_or_default();
    // Writing into memory cannot fail.
    let _ = gzip.write_all(&text);
    gzip.finish().unwrap_or_default()
}

fn unpack(map: &ConfigMap, packed: &[u8]) -> Result<StepRecord, JournalError> {
    let corrupt = |why: String| JournalError::corrupt(map, why);
    let mut text = Vec::new();
    GzDecoder::new(packed).take(UNPACKED + 1).read_to_end(&mut text).map_err(|error| corrupt(error.to_string()))?;
    if text.len() as u64 > UNPACKED {
        return Err(corrupt("a step unpacks to more than 16 MiB".to_owned()));
    }
    let value: serde_json::Value = serde_json::from_slice(&text).map_err(|error| corrupt(error.to_string()))?;
    match value["format"].as_u64() {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(found) => return Err(JournalError::Version { place: format!("{}/{}", map.namespace, map.name), found }),
        None => return Err(corrupt("a step names no format".to_owned())),
    }
    serde_json::from_value(value).map_err(|error| corrupt(error.to_string()))
}
