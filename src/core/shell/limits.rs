//! A container's own limits, which `top` inside it does not tell.

use crate::text::{Clean, quantity};

/// A limit, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// It could not be read.
    #[default]
    Unknown,
    /// There is none: the node's.
    None,
    /// So much.
    At(u64),
}

/// What a container may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// CPU in thousandths of a core.
    pub cpu: Limit,
    /// Memory in bytes.
    pub memory: Limit,
    /// Open files of a process (`ulimit -n`).
    pub files: Limit,
}

impl Limits {
    /// One line: `this container's own limits: CPU 500m, memory 256Mi, open files 1024`.
    pub fn line(&self) -> Clean {
        let said = |name: &str, limit: Limit, write: fn(u64) -> String| match limit {
            Limit::Unknown => format!("{name} unknown"),
            Limit::None => format!("{name} unlimited"),
            Limit::At(value) => format!("{name} {}", write(value)),
        };
        let parts = [
            said("CPU", self.cpu, quantity::cpu),
            said("memory", self.memory, quantity::memory),
            said("open files", self.files, |files| files.to_string()),
        ];
        format!("this container's own limits: {}", parts.join(", ")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_what_is_limited_what_is_not_and_what_is_not_known() {
        let limits = Limits { cpu: Limit::At(500), memory: Limit::None, files: Limit::Unknown };
        let line = limits.line();
        assert_eq!(&*line, "this container's own limits: CPU 500m, memory unlimited, open files unknown");
    }
}
