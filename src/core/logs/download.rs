//! What is downloaded of logs, how far that is, and what came of it.

use super::{
    ask::{Begin, LogsOf},
    source::Source,
    stamp::Nanos,
};
use crate::text::Clean;

/// How files are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compress {
    /// As they are.
    #[default]
    No,
    /// With gzip.
    Gzip,
    /// With zstd.
    Zstd,
}

/// What is downloaded, and where to.
#[derive(Clone, Debug, PartialEq)]
pub struct Download {
    /// Of what; each once.
    pub of: Vec<LogsOf>,
    /// This container of it alone; none: all.
    pub container: Option<Clean>,
    /// stdout and stderr of running and ended containers.
    pub stdout: bool,
    /// The logs of the instances before.
    pub previous: bool,
    /// Files inside the containers under these directories and globs; empty: none.
    pub places: Vec<String>,
    /// From where on; [`Begin::Head`]: the whole log.
    pub begin: Begin,
    /// The directory in which one is made for this download, named by app, pod, container and time, or in which one that was
    /// left unfinished is gone on with; `~/` is the home directory.
    pub to: String,
    /// Whether files are packed.
    pub compress: Compress,
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Bytes that were read, before they were packed.
    pub bytes: u64,
    /// All that there will be, where that is known.
    pub of: Option<u64>,
    /// Files that are complete.
    pub files: usize,
    /// All files.
    pub all: usize,
    /// The file that is written now.
    pub now: Clean,
    /// Bytes a second, lately.
    pub rate: u64,
}

/// One file that was not saved whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Of which source.
    pub source: Source,
    /// What failed, and the way out.
    pub why: Clean,
}

/// A log that does not begin where its container did.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeFrom {
    /// Of which source.
    pub source: Source,
    /// From when on it is whole; none: nothing of it is there.
    pub from: Option<Nanos>,
}

/// What was saved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// The directory.
    pub path: Clean,
    /// How many files, with the manifest.
    pub files: usize,
    /// Their bytes on disk.
    pub bytes: u64,
    /// What is missing.
    pub problems: Vec<Problem>,
    /// Logs of which the kubelet has no longer the beginning, also not among what the user may read of its node.
    pub rotated: Vec<WholeFrom>,
    /// What was left out knowingly, and why: links, places without files, nodes that may not be read.
    pub left_out: Vec<Clean>,
    /// It went on with what an earlier run had left.
    pub resumed: bool,
}
