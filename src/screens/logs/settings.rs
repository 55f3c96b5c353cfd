//! What the operator has set for logs.

use std::sync::Arc;

use rolldeck_core::logs::Begin;

use super::TimeStyle;

/// `[logs]` of the configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct LogsSettings {
    /// Where log files are looked for in containers: directories and globs.
    pub directories: Vec<String>,
    /// A URL template that has the logs of pods that are gone.
    pub archive: Option<Arc<str>>,
    /// Bytes that a room keeps; the oldest lines leave it.
    pub buffer: usize,
    /// How times stand before lines at first.
    pub times: TimeStyle,
    /// From where on lines are read at first.
    pub begin: Begin,
    /// Long lines go on below, at first.
    pub wrap: bool,
    /// The directory that a download goes to, unless another is typed.
    pub download: String,
}

impl Default for LogsSettings {
    fn default() -> Self {
        Self {
            directories: vec!["/var/log".to_owned()],
            archive: None,
            buffer: 128 << 20,
            times: TimeStyle::Off,
            begin: Begin::Tail(1_000),
            wrap: false,
            download: ".".to_owned(),
        }
    }
}
