//! The file system of a container: files that are computed when they are read, and what was written over them.

mod logs;
pub(crate) mod mounts;
pub(crate) mod system;
mod tree;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
pub(crate) use tree::{Disk, Stat};

use crate::{
    clock::Clock,
    pods::{logs::Source, voice::Speaker},
    store::Store,
};
use serde_json::Value;

/// Bytes that one container may hold in files of its own.
const ROOM: usize = 8 * 1024 * 1024;

/// The container that a file system belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// Its pod.
    pub(crate) pod: Value,
    /// Its name.
    pub(crate) container: String,
    /// Its log.
    pub(crate) source: Source,
    /// The cluster's time.
    pub(crate) clock: Clock,
    /// Where ConfigMaps and Secrets are.
    pub(crate) store: Store,
    /// What was written in it so far.
    pub(crate) drafts: Drafts,
}

impl Host {
    /// Who runs in it.
    pub(crate) fn speaker(&self) -> &Speaker {
        &self.source.speaker
    }

    /// What time it is.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The container's entry in its pod's spec.
    pub(crate) fn spec(&self) -> &Value {
        let of = |list: &str| {
            self.pod["spec"][list].as_array().into_iter().flatten().find(|one| one["name"] == self.container.as_str())
        };
        of("containers").or_else(|| of("initContainers")).unwrap_or(&Value::Null)
    }

    /// The memory that it uses now, in MiB.
    pub(crate) fn memory(&self) -> u64 {
        let how_full = match self.source.mood(self.now()) {
            crate::pods::voice::Mood::Leaking(how_far) => 0.82 + 0.17 * how_far,
            _ => 0.38 + 0.2 * crate::pods::logs::busy(self.now()),
        };
        (self.speaker().limit as f64 * how_full) as u64
    }
}

/// What commands have written into one container, until it restarts. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Drafts(Arc<Mutex<BTreeMap<String, Draft>>>);

/// A path that commands have changed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Draft {
    /// A file with these contents, written then.
    File(Arc<Vec<u8>>, DateTime<Utc>),
    /// A folder, made then.
    Folder(DateTime<Utc>),
    /// Removed.
    Gone,
}

impl Drafts {
    fn get(&self, path: &str) -> Option<Draft> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    fn all(&self) -> Vec<(String, Draft)> {
        let drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.iter().map(|(path, draft)| (path.clone(), draft.clone())).collect()
    }

    /// Keeps `draft`, unless the container would hold too much then.
    fn put(&self, path: &str, draft: Draft) -> Result<(), &'static str> {
        let size = |draft: &Draft| if let Draft::File(bytes, _) = draft { bytes.len() } else { 256 };
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others: usize = drafts.iter().filter(|(other, _)| *other != path).map(|(_, draft)| size(draft)).sum();
        if others + size(&draft) > ROOM {
            return Err("No space left on device");
        }
        drafts.insert(path.to_owned(), draft);
        Ok(())
    }
}
