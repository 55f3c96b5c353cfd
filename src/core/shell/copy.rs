//! Files copied from and into containers.

use thiserror::Error;

use super::{Place, Refused};
use crate::text::Clean;

/// Which way a copy goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copying {
    /// From a container to this machine.
    Download,
    /// From this machine into a container.
    Upload,
}

/// A copy, as it is asked for: a file, or a directory with all that is below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyWanted {
    /// Which way.
    pub way: Copying,
    /// The container.
    pub place: Place,
    /// The path on this machine, as it was typed: of a download, the directory that it goes into.
    pub here: String,
    /// The path in the container. Of an upload, what ends with a slash is a directory to put it into.
    pub there: String,
    /// How it goes about what is there already.
    pub options: CopyOptions,
}

/// How far a copy is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The file at hand.
    pub file: Clean,
    /// Bytes copied, of all files.
    pub done: u64,
    /// Of these, bytes that were there before it began: of a download that goes on where it was.
    pub kept: u64,
    /// Bytes to copy, as far as sizes are known.
    pub total: u64,
    /// Files that are whole.
    pub files_done: usize,
    /// Files to copy.
    pub files_total: usize,
}

/// A file that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedFile {
    /// Its path where it was written.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of what was copied, in hexadecimal, computed on this side.
    pub sha256: String,
    /// The container computed the same. False: its image has no `sha256sum`.
    pub verified: bool,
}

/// What became of a copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// What was copied.
    pub files: Vec<CopiedFile>,
    /// Directories that were made, or were there; also those without a file in them.
    pub folders: usize,
    /// What was not, and why: links, names that cannot be, files that could not be read.
    pub skipped: Vec<(Clean, Clean)>,
}

/// How a copy is to go about what is there already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopyOptions {
    /// Files that are there are replaced.
    pub overwrite: bool,
    /// A download that was cut goes on where it was.
    pub resume: bool,
}

/// Why a copy stopped. What was copied until then stays.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CopyError {
    /// Nothing was opened.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A file of this machine.
    #[error("{0} of this machine: {1}")]
    Local(Clean, Clean),
    /// It is there already, and was not to be replaced.
    #[error("{0} is there already: it is replaced only where that is asked for")]
    Exists(Clean),
    /// A file was to be put in the place of a directory.
    #[error("{0} is a directory: end the path with / to put the file into it")]
    Folder(Clean),
    /// There is nothing of that name to copy.
    #[error("{0} is not there")]
    Nothing(Clean),
    /// The container could not, in its words.
    #[error("{0} in the container: {1}")]
    Remote(Clean, Clean),
    /// Both sides have other bytes.
    #[error("{0} arrived otherwise than it left: its checksums differ")]
    Differs(Clean),
}
