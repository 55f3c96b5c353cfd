//! The file system of a container: files that are computed when they are read, and what was written over them.

mod image;
mod logs;
pub(crate) mod mounts;
pub(crate) mod system;
mod tree;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
pub(crate) use image::Image;
pub(crate) use tree::{Disk, Stat};

use super::Processes;
use crate::{
    clock::Clock,
    pods::{logs::Source, voice::Speaker},
    store::Store,
};
use serde_json::Value;

/// Bytes that one container may hold in files of its own.
const ROOM: usize = 16 * 1024 * 1024;

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
    /// What was started in it.
    pub(crate) processes: Processes,
    /// What chance is drawn from.
    pub(crate) seed: u64,
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
        let mut lists = ["containers", "ephemeralContainers", "initContainers"].into_iter();
        lists.find_map(of).unwrap_or(&Value::Null)
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
    /// A file.
    File(Written),
    /// A folder, made then, with these permissions.
    Folder(DateTime<Utc>, u32),
    /// Removed.
    Gone,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    /// What it holds.
    pub(crate) bytes: Arc<Vec<u8>>,
    /// When it was written last.
    pub(crate) at: DateTime<Utc>,
    /// Its permissions.
    pub(crate) mode: u32,
    /// Which file it is, whatever its name.
    pub(crate) inode: u64,
}

impl Drafts {
    fn get(&self, path: &str) -> Option<Draft> {
        self.inner().get(path).cloned()
    }

    fn inner(&self) -> MutexGuard<'_, BTreeMap<String, Draft>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn all(&self) -> Vec<(String, Draft)> {
        self.inner().iter().map(|(path, draft)| (path.clone(), draft.clone())).collect()
    }

    /// A number that no other file here has.
    fn inode(&self) -> u64 {
        let taken = |draft: &Draft| if let Draft::File(file) = draft { file.inode } else { 0 };
        self.inner().values().map(taken).max().unwrap_or(0).max(500_000) + 1
    }

    /// Keeps `draft`, unless the container would hold too much then.
    fn put(&self, path: &str, draft: Draft) -> Result<(), &'static str> {
        let mut drafts = self.inner();
        let others: usize = drafts.iter().filter(|(other, _)| *other != path).map(|(_, draft)| size(draft)).sum();
        if others + size(&draft) > ROOM {
            return Err("No space left on device");
        }
        drafts.insert(path.to_owned(), draft);
        Ok(())
    }

    /// Puts bytes behind those of a file that was written; false where none was.
    fn append(&self, path: &str, bytes: &[u8], at: DateTime<Utc>) -> Result<bool, &'static str> {
        let mut drafts = self.inner();
        let all: usize = drafts.values().map(size).sum();
        let Some(Draft::File(file)) = drafts.get_mut(path) else { return Ok(false) };
        if all + bytes.len() > ROOM {
            return Err("No space left on device");
        }
        Arc::make_mut(&mut file.bytes).extend_from_slice(bytes);
        file.at = at;
        Ok(true)
    }
}

fn size(draft: &Draft) -> usize {
    if let Draft::File(file) = draft { file.bytes.len() } else { 256 }
}
