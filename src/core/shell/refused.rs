//! Why nothing was opened.

use std::fmt;

use thiserror::Error;

use crate::text::Clean;

/// What is opened: the word for errors and for the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// An interactive shell.
    Shell,
    /// The container's own process.
    Attach,
    /// One command.
    Run,
    /// A debug container.
    Debug,
    /// A port.
    Forward,
    /// Files, read.
    Files,
    /// A file, read to its end.
    Download,
    /// A file, written.
    Upload,
}

impl Opening {
    /// `shell`, as the audit has it.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Shell => "shell",
            Self::Attach => "attach",
            Self::Run => "run",
            Self::Debug => "debug",
            Self::Forward => "forward",
            Self::Files => "files",
            Self::Download => "download",
            Self::Upload => "upload",
        }
    }

    /// Whether it only reads files: with the setting for it, allowed in read-only mode.
    pub fn reads(self) -> bool {
        matches!(self, Self::Files | Self::Download)
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}

/// Why nothing was opened. Each names what and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refused {
    /// `--readonly`.
    #[error("read-only: {0} was not opened in {1}")]
    ReadOnly(Opening, Clean),
    /// A guard of the configuration makes the namespace read-only.
    #[error("guarded: {0} was not opened in {1}: {2}")]
    Guarded(Opening, Clean, Clean),
    /// 403: verb, resource and place in the server's words.
    #[error("not allowed: {0}")]
    Forbidden(Clean),
    /// 401.
    #[error("the login is not accepted any more: {0}")]
    Unauthorized(Clean),
    /// The pod is gone, or another one bears its name.
    #[error("{0} is gone")]
    Gone(Clean),
    /// Another pod bears the name now.
    #[error("{0} is another pod now: it was replaced since")]
    Replaced(Clean),
    /// The container does not run, and why.
    #[error("{0} does not run: {1}")]
    NotRunning(Clean, Clean),
    /// The pod has no such container.
    #[error("{0} is no container of its pod")]
    NoContainer(Clean),
    /// What was to be run is not in the image.
    #[error("{0} has none of {1}")]
    Missing(Clean, Clean),
    /// The way to the API server, or from it to the node.
    #[error("{0} is not reached: {1}")]
    Unreached(Clean, Clean),
    /// Anything else, in the words of whoever refused.
    #[error("{0}: {1}")]
    Other(Clean, Clean),
}
