//! What a download is made of: `MANIFEST.json`, which is also what a later run goes on from.

use std::{io, path::Path};

use rolldeck_core::logs::{
    Begin, Nanos,
    download::{Compress, Download},
    rfc3339,
};
use serde::{Deserialize, Serialize};
use tokio::fs;

use super::cursor::Cursor;

/// Its name.
pub(super) const NAME: &str = "MANIFEST.json";

/// How a download stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum State {
    /// It goes on; or its program was killed, where nobody holds its lock.
    #[default]
    Running,
    /// It ended, and `files` tell what of it is whole.
    Complete,
    /// The operator ended it.
    Cancelled,
    /// The link was lost for good.
    Cut,
    /// This machine could not go on: a full disk.
    Failed,
}

/// What was asked for, in words that can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Asked {
    /// Of what.
    pub(super) of: Vec<String>,
    /// Of this container of it alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) container: Option<String>,
    /// Newest instances.
    pub(super) stdout: bool,
    /// Those before.
    pub(super) previous: bool,
    /// Files inside of the containers.
    pub(super) files: Vec<String>,
    /// `head`, `tail 100`, `ago 300` (seconds), `at 2026-11-23T14:05:00Z`.
    pub(super) begin: String,
    /// `gzip`, `zstd`; empty: as they are.
    pub(super) packed: String,
}

impl Asked {
    /// What is wanted.
    pub(super) fn new(wanted: &Download) -> Self {
        Self {
            of: wanted.of.iter().map(ToString::to_string).collect(),
            container: wanted.container.as_ref().map(ToString::to_string),
            stdout: wanted.stdout,
            previous: wanted.previous,
            files: wanted.places.clone(),
            begin: match wanted.begin {
                Begin::Head => "head".to_owned(),
                Begin::Tail(lines) => format!("tail {lines}"),
                Begin::Ago(seconds) => format!("ago {seconds}"),
                Begin::At(at) => format!("at {}", rfc3339(at)),
            },
            packed: match wanted.compress {
                Compress::No => "",
                Compress::Gzip => "gzip",
                Compress::Zstd => "zstd",
            }
            .to_owned(),
        }
    }

    /// How its files are packed.
    pub(super) fn compress(&self) -> Compress {
        match self.packed.as_str() {
            "gzip" => Compress::Gzip,
            "zstd" => Compress::Zstd,
            _ => Compress::No,
        }
    }
}

/// The manifest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Manifest {
    /// Which program wrote it.
    pub(super) tool: String,
    /// When it was begun, RFC 3339.
    pub(super) begun: String,
    /// How it stands.
    pub(super) state: State,
    /// When it ended so, RFC 3339; none: it goes on, or its program was killed.
    pub(super) ended: Option<String>,
    /// Why it ended before its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<String>,
    /// The context.
    pub(super) context: String,
    /// What was asked for.
    pub(super) asked: Asked,
    /// Everything in it.
    pub(super) files: Vec<Entry>,
    /// What was left out knowingly, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) left_out: Vec<String>,
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Entry {
    /// Its path below the directory; empty: which files there are could not be listed.
    pub(super) path: String,
    /// `stdout`, `previous`, `rotated`, `previous-rotated`, or the path (or pattern) of files in the container.
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
    /// Which instance of its container it is of: how many there were before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instance: Option<u32>,
    /// Bytes of the log, before they were packed.
    pub(super) bytes: u64,
    /// Lines of it; of a file in a container they are not counted.
    pub(super) lines: u64,
    /// Bytes on disk.
    pub(super) saved: u64,
    /// SHA-256 of the bytes on disk.
    pub(super) sha256: String,
    /// SHA-256 of the bytes before they were packed, where they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_sha256: Option<String>,
    /// The container computed the same sum of the file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) verified: bool,
    /// The time of its first line, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) first: Option<String>,
    /// From when on it is whole, together with what was rotated and saved beside it, RFC 3339; none: from the start of its
    /// container, or from when it was asked for.
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

    /// The same, of which nothing was saved.
    pub(super) fn anew(&self) -> Self {
        Self {
            path: self.path.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            app: self.app.clone(),
            pod: self.pod.clone(),
            uid: self.uid.clone(),
            container: self.container.clone(),
            instance: self.instance,
            ..Self::default()
        }
    }

    /// `qa/web-1 [main]`.
    pub(super) fn place(&self) -> String {
        format!("{}/{} [{}]", self.namespace, self.pod, self.container)
    }
}

impl Manifest {
    /// Reads one.
    pub(super) async fn read(directory: &Path) -> io::Result<Self> {
        let text = fs::read(directory.join(NAME)).await?;
        serde_json::from_slice(&text).map_err(io::Error::other)
    }

    /// Writes it, whole or not at all; its bytes.
    pub(super) async fn write(&self, directory: &Path) -> io::Result<u64> {
        let text = serde_json::to_vec_pretty(self).map_err(io::Error::other)?;
        let part = directory.join(format!("{NAME}.part"));
        let written = async {
            fs::write(&part, &text).await?;
            fs::rename(&part, directory.join(NAME)).await
        };
        if let Err(error) = written.await {
            // The one before it stays, and half of this one is of no use; that it cannot be removed is not worth a word more.
            let _ = fs::remove_file(&part).await;
            return Err(error);
        }
        Ok(text.len() as u64)
    }
}
