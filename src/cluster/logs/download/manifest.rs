//! What a download is made of: `MANIFEST.json`, which is also what a later run goes on from.

use std::{io, path::Path};

use rolldeck_core::logs::{Nanos, rfc3339};
use serde::{Deserialize, Serialize};
use tokio::fs;

use super::cursor::Cursor;

/// Its name.
pub(super) const NAME: &str = "MANIFEST.json";

/// The manifest.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Manifest {
    /// Which program wrote it.
    pub(super) tool: String,
    /// When it was begun, RFC 3339.
    pub(super) begun: String,
    /// When it was whole; none: it is not.
    pub(super) complete: Option<String>,
    /// The context.
    pub(super) context: String,
    /// Everything in it.
    pub(super) files: Vec<Entry>,
}

/// One file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Entry {
    /// Its path below the directory.
    pub(super) path: String,
    /// `stdout`, `previous`, `rotated` or the path of a file in the container.
    pub(super) kind: String,
    /// Its namespace.
    pub(super) namespace: String,
    /// Its app, where it has one.
    pub(super) app: String,
    /// Its pod.
    pub(super) pod: String,
    /// Its pod's uid.
    pub(super) uid: String,
    /// Its container.
    pub(super) container: String,
    /// Bytes of the log.
    pub(super) bytes: u64,
    /// Lines of it.
    pub(super) lines: u64,
    /// Bytes on disk.
    pub(super) saved: u64,
    /// SHA-256 of the bytes on disk.
    pub(super) sha256: String,
    /// From when on it is whole, RFC 3339; none: from the start of its container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) whole_from: Option<String>,
    /// Where in it lines are missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) gaps: Vec<String>,
    /// It is whole.
    pub(super) complete: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
    /// Where to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resume: Option<Cursor>,
}

impl Entry {
    /// Lines are missing between these moments.
    pub(super) fn gap(&mut self, from: Nanos, to: Nanos) {
        self.gaps.push(format!("between {} and {}", rfc3339(from), rfc3339(to)));
    }
}

impl Manifest {
    /// Reads one.
    pub(super) async fn read(directory: &Path) -> io::Result<Self> {
        let text = fs::read(directory.join(NAME)).await?;
        serde_json::from_slice(&text).map_err(io::Error::other)
    }

    /// Writes it, whole or not at all.
    pub(super) async fn write(&self, directory: &Path) -> io::Result<u64> {
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        let part = directory.join(format!("{NAME}.part"));
        fs::write(&part, &text).await?;
        fs::rename(&part, directory.join(NAME)).await?;
        Ok(text.len() as u64)
    }
}
