//! `[shell]` of the configuration, as the room needs it.

use std::time::Duration;

use crate::{Code, Key};

/// How shells are opened and led.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellSettings {
    /// The key that a command of the console begins with. Typed twice, it goes to the container.
    pub prefix: Key,
    /// Instead of the first of bash, ash and sh; empty asks for those.
    pub command: Vec<String>,
    /// The image of debug containers.
    pub debug_image: String,
    /// How long a debug container lives: Kubernetes never removes one.
    pub debug_life: Duration,
    /// Sessions are recorded as asciicasts.
    pub record: bool,
    /// Lines kept above the screen of each session.
    pub scrollback: usize,
}

impl Default for ShellSettings {
    fn default() -> Self {
        Self {
            prefix: Key { code: Code::Char(']'), ctrl: true, alt: false },
            command: Vec::new(),
            debug_image: "busybox:1.37".to_owned(),
            debug_life: Duration::from_secs(4 * 3600),
            record: false,
            scrollback: 2000,
        }
    }
}
