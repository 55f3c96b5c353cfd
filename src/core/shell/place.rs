//! Where something is opened, and what is asked for there.

use std::{fmt, time::Duration};

use crate::{act::PodId, text::Clean};

/// A container of one pod. An empty uid is not compared: it means whatever pod bears the name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The pod.
    pub pod: PodId,
    /// The container's name; ephemeral and init containers have theirs, too.
    pub container: Clean,
}

/// `qa/gateway-7d9f-x2x4 [main]`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.pod, self.container)
    }
}

/// A terminal's size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
}

/// What goes into a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Keys, or a paste.
    Bytes(Vec<u8>),
    /// The terminal has this size now.
    Resize(Size),
    /// Standard input ends: for what has no terminal.
    End,
    /// The session is to end.
    Close,
}

/// An interactive shell, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellWanted {
    /// Instead of the first of bash, ash and sh; empty asks for those.
    pub command: Vec<String>,
    /// The terminal's size: it is sent before anything else.
    pub size: Size,
}

/// A debug container, as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugWanted {
    /// The configured image.
    pub image: String,
    /// With the volume mounts of the container, all of them read-only.
    pub files: bool,
    /// With the processes of the container, where that runs.
    pub processes: bool,
    /// How long the container lives by itself: Kubernetes never removes one.
    pub life: Duration,
    /// How long to wait until it runs.
    pub patience: Duration,
}

/// A debug container that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debugger {
    /// Where it is: for a shell, for files.
    pub place: Place,
    /// What of the container's volumes it sees.
    pub mounts: Vec<DebugMount>,
    /// Whether it shares the processes of the container: only where that runs.
    pub shares_processes: bool,
}

/// A volume of the container as the debug container sees it: read-only, and whole, because Kubernetes lets no ephemeral container
/// mount a part of a volume (`subPath`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugMount {
    /// Where the container has it.
    pub path: String,
    /// Which part of the volume the container has there; empty is all of it.
    pub part: String,
}

/// Where the debug container has what the container has at `path`.
pub fn seen_at(mounts: &[DebugMount], path: &str) -> String {
    let below = |mount: &&DebugMount| {
        let root = mount.path.trim_end_matches('/');
        path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
    };
    let Some(mount) = mounts.iter().filter(below).max_by_key(|mount| mount.path.len()) else { return path.to_owned() };
    let root = mount.path.trim_end_matches('/');
    let part = mount.part.trim_matches('/');
    if part.is_empty() {
        return path.to_owned();
    }
    format!("{root}/{part}{}", &path[root.len()..])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/data/logs/app.log", "/data/logs/web/app.log")]
    #[case("/data/logs", "/data/logs/web")]
    #[case("/data/logs2/app.log", "/data/logs2/app.log")]
    #[case("/data/x", "/data/x")]
    #[case("/data/logs/deep/x", "/data/logs/deep/x")]
    fn a_part_of_a_volume_is_found_below_the_whole(#[case] path: &str, #[case] seen: &str) {
        let mount = |path: &str, part: &str| DebugMount { path: path.into(), part: part.into() };
        let mounts = [mount("/data", ""), mount("/data/logs/", "web"), mount("/data/logs/deep", "")];
        assert_eq!(seen_at(&mounts, path), seen);
    }
}
