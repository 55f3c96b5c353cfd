//! How bad a line says it is.

mod detect;
mod word;

pub use detect::Detector;
pub(in crate::logs) use detect::behind_colours;

use std::fmt;

/// How bad a line says it is, in the words of most loggers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// It does not say. A filter takes it as [`Info`](Self::Info).
    #[default]
    Unknown,
    /// Every step of the way.
    Trace,
    /// What a developer looks for.
    Debug,
    /// What is usual.
    Info,
    /// What may become a fault.
    Warn,
    /// A fault.
    Error,
    /// The end of the program, or near it.
    Fatal,
}

impl Level {
    /// All of them, the least first.
    pub const ALL: [Self; 7] =
        [Self::Unknown, Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// Whether it is at least as bad as `least`, or says nothing and might be.
    pub fn reaches(self, least: Self) -> bool {
        if self == Self::Unknown { least <= Self::Info } else { self >= least }
    }

    /// Whether it tells of a fault.
    pub fn is_error(self) -> bool {
        self >= Self::Error
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
