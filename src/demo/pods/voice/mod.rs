//! What the apps of a freight company say: each line made of chance, the time and how the app feels.

mod access;
mod gc;
mod go;
mod java;
mod words;

pub(crate) use gc::collection;

use chrono::{DateTime, Utc};

use super::chance::Chance;

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// How an app feels while it speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mood {
    /// All is well.
    Fine,
    /// Memory runs out: from 0 (it begins) to 1 (the end).
    Leaking(f64),
    /// Something that it needs is not there, so it never becomes ready.
    Waiting,
}

/// How an app ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// It took more memory than it may.
    OutOfMemory,
    /// It could not start, or broke, with this exit code.
    Crash(i64),
    /// It was told to stop, or was done.
    Stopped,
}

/// In what manner a container writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Spring Boot.
    Java,
    /// A line of JSON each, as Go's zap has it.
    Json,
    /// Coloured text, as Go's loggers write it to a terminal.
    Colour,
    /// A web server's access log.
    Access,
}

impl Style {
    /// The style of an app's container: of its name where that says it, else drawn for it.
    pub(crate) fn of(app: &str, container: &str) -> Self {
        let has = |words: &[&str]| words.iter().any(|word| app.contains(word) || container.contains(word));
        if has(&["nginx", "portal", "web", "frontend", "proxy"]) {
            return Self::Access;
        }
        if has(&["exporter", "collector", "shipper", "agent", "sidecar", "redis", "postgres"]) {
            return Self::Json;
        }
        match Chance::new(0).named(app).bits() % 10 {
            0..=5 => Self::Java,
            6..=7 => Self::Json,
            _ => Self::Colour,
        }
    }
}

/// Who speaks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Speaker {
    /// The app's name.
    pub(crate) app: String,
    /// Its version: the image's tag.
    pub(crate) version: String,
    /// The pod's name.
    pub(crate) pod: String,
    /// How it writes.
    pub(crate) style: Style,
    /// Its memory limit in MiB.
    pub(crate) limit: u64,
}

/// One thing said: a line, and those that belong to it, such as a stack trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Said {
    /// How grave.
    pub(crate) level: Level,
    /// One line at least, without line ends.
    pub(crate) lines: Vec<String>,
}

impl Said {
    fn one(level: Level, line: String) -> Self {
        Self { level, lines: vec![line] }
    }
}

impl Speaker {
    /// What is said at `at` in the middle of work.
    pub(crate) fn says(&self, at: DateTime<Utc>, chance: Chance, mood: Mood) -> Said {
        match self.style {
            Style::Java => java::says(self, at, chance, mood),
            Style::Json | Style::Colour => go::says(self, at, chance, mood),
            Style::Access => Said::one(Level::Info, access::access(at, chance, mood)),
        }
    }

    /// What is said when it starts: each with how many milliseconds after.
    pub(crate) fn starts(&self, started: DateTime<Utc>) -> Vec<(i64, Said)> {
        match self.style {
            Style::Java => java::starts(self, started),
            Style::Json | Style::Colour => go::starts(self, started),
            Style::Access => access::starts(started),
        }
    }

    /// What is said when it ends: each with how many milliseconds before the end.
    pub(crate) fn ends(&self, end: DateTime<Utc>, death: Death) -> Vec<(i64, Said)> {
        match self.style {
            Style::Java => java::ends(self, end, death),
            Style::Json | Style::Colour => go::ends(self, end, death),
            Style::Access => access::ends(end, death),
        }
    }
}
