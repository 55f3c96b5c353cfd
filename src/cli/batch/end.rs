//! How a command ends, and the exit code that tells it.

use std::{fmt, process::ExitCode};

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// 0: all of it is done.
    Done,
    /// 1: something failed, or was interrupted.
    Failed(String),
    /// 2: refused before anything was written to any app.
    Refused(String),
    /// 3: apps that someone else changed were not touched; everything else is done.
    Drifted(String),
}

impl End {
    /// Refused, with why.
    pub fn refused(why: impl fmt::Display) -> Self {
        Self::Refused(why.to_string())
    }

    /// Failed, with why.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }

    /// What is to be said of it; nothing of what is done.
    pub fn why(&self) -> Option<&String> {
        match self {
            Self::Done => None,
            Self::Failed(why) | Self::Refused(why) | Self::Drifted(why) => Some(why).filter(|why| !why.is_empty()),
        }
    }

    /// 0 done, 1 failed, 2 refused before any write, 3 drift.
    pub fn code(&self) -> ExitCode {
        match self {
            Self::Done => ExitCode::SUCCESS,
            Self::Failed(_) => ExitCode::FAILURE,
            Self::Refused(_) => ExitCode::from(2),
            Self::Drifted(_) => ExitCode::from(3),
        }
    }
}
