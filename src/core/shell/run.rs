//! One command, run to its end.

use std::time::Duration;

use super::End;

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A program and its arguments, as they are.
    Argv(Vec<String>),
    /// A line for the container's `sh -c`.
    Shell(String),
}

impl Command {
    /// The arguments of the exec.
    pub fn argv(&self) -> Vec<String> {
        match self {
            Self::Argv(argv) => argv.clone(),
            Self::Shell(text) => vec!["sh".into(), "-c".into(), text.clone()],
        }
    }
}

/// A command, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunWanted {
    /// What.
    pub command: Command,
    /// How long it may take.
    pub limit: Duration,
    /// Bytes kept of each stream: what comes later is counted.
    pub keep: usize,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// As sessions end: by its exit code, mostly.
    Ended(End),
    /// It took too long. The container was told to end it.
    TooLong(Duration),
}

/// What a command said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutput {
    /// The beginning of standard output.
    pub stdout: Vec<u8>,
    /// The beginning of standard error.
    pub stderr: Vec<u8>,
    /// Bytes of standard output that were not kept.
    pub stdout_cut: u64,
    /// Bytes of standard error that were not kept.
    pub stderr_cut: u64,
    /// How it ended.
    pub end: RunEnd,
}

impl RunOutput {
    /// Whether it ended by itself with 0.
    pub fn succeeded(&self) -> bool {
        self.end == RunEnd::Ended(End::Exit(0))
    }
}
