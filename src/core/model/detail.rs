//! A pod as its own page shows it: every container, with all that decides how it runs.

use std::fmt;

use crate::{Time, text::Clean};

/// A pod in full.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PodDetail {
    /// `metadata.uid`.
    pub uid: Clean,
    /// `status.phase`.
    pub phase: Clean,
    /// The node, empty until scheduled.
    pub node: Clean,
    /// Its address, empty until it has one.
    pub ip: Clean,
    /// Whose rights it has.
    pub account: Clean,
    /// `Guaranteed`, `Burstable` or `BestEffort`.
    pub qos: Clean,
    /// Conditions that do not hold: type, reason and message in words.
    pub troubles: Box<[Clean]>,
    /// `metadata.creationTimestamp`.
    pub created: Option<Time>,
    /// It is being deleted.
    pub ending: bool,
    /// Init containers, containers, ephemeral ones, each in the order of the spec.
    pub containers: Box<[ContainerDetail]>,
}

/// What a container is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Ends before the others start.
    Init,
    /// Starts before the others and stays.
    Sidecar,
    /// What the pod is for.
    #[default]
    Main,
    /// Added while the pod runs, to look into it.
    Ephemeral,
}

/// In one word; empty for what a pod is for.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Init => "init",
            Self::Sidecar => "sidecar",
            Self::Main => "",
            Self::Ephemeral => "ephemeral",
        })
    }
}

/// A container in full.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContainerDetail {
    /// Its name.
    pub name: Clean,
    /// What it is for.
    pub role: Role,
    /// The image that the spec asks for.
    pub image: Clean,
    /// What runs, `sha256:…`; empty until known.
    pub digest: Clean,
    /// Whether it passes its readiness probe.
    pub ready: bool,
    /// Times that it was restarted.
    pub restarts: u32,
    /// What it does now.
    pub state: Doing,
    /// How it ended the last time.
    pub last: Option<Ended>,
    /// Its probes: which, and in words: `http GET :8080/healthz every 10s, 3 failures`.
    pub probes: Box<[(Clean, Clean)]>,
    /// What is set aside for it: thousandths of a core, bytes.
    pub requests: (Option<u64>, Option<u64>),
    /// What it may use at most: thousandths of a core, bytes.
    pub limits: (Option<u64>, Option<u64>),
    /// Its ports: `http 8080/TCP`.
    pub ports: Box<[Clean]>,
    /// What is mounted where: `/etc/app ← configmap app-config (read only)`.
    pub mounts: Box<[Clean]>,
    /// What it runs instead of the image's own, else empty.
    pub command: Clean,
    /// Its environment.
    pub env: Box<[EnvVar]>,
}

/// What a container does now.
#[derive(Clone, Debug, PartialEq)]
pub enum Doing {
    /// Not started: reason and message.
    Waiting(Clean, Clean),
    /// Runs since.
    Running(Option<Time>),
    /// Has ended.
    Ended(Ended),
}

impl Default for Doing {
    fn default() -> Self {
        Self::Waiting(Clean::default(), Clean::default())
    }
}

/// How a container ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ended {
    /// `OOMKilled`, `Error`, `Completed`.
    pub reason: Clean,
    /// The exit code.
    pub code: i32,
    /// The signal, or 0.
    pub signal: i32,
    /// What it left as its last words (`terminationMessagePath`).
    pub message: Clean,
    /// When it had started.
    pub started: Option<Time>,
    /// When it ended.
    pub finished: Option<Time>,
}

impl Ended {
    /// `OOMKilled, exit code 137 (SIGKILL)`.
    pub fn words(&self) -> String {
        let signal = match (self.signal, self.code) {
            (0, 129..=159) => self.code - 128,
            (signal, _) => signal,
        };
        let signal = match signal {
            0 => String::new(),
            1 => " (SIGHUP)".to_owned(),
            2 => " (SIGINT)".to_owned(),
            3 => " (SIGQUIT)".to_owned(),
            4 => " (SIGILL)".to_owned(),
            6 => " (SIGABRT)".to_owned(),
            7 => " (SIGBUS)".to_owned(),
            8 => " (SIGFPE)".to_owned(),
            9 => " (SIGKILL)".to_owned(),
            11 => " (SIGSEGV)".to_owned(),
            13 => " (SIGPIPE)".to_owned(),
            15 => " (SIGTERM)".to_owned(),
            other => format!(" (signal {other})"),
        };
        let reason = if self.reason.is_empty() { "ended" } else { &*self.reason };
        format!("{reason}, exit code {}{signal}", self.code)
    }
}

/// A variable of a container's environment.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvVar {
    /// Its name; empty for all keys of a Secret or a ConfigMap, with the prefix before the value's words.
    pub name: Clean,
    /// Where its value comes from.
    pub value: EnvValue,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum EnvValue {
    /// It stands in the spec.
    Plain(Clean),
    /// A key of a Secret: its name, the key.
    Secret(Clean, Clean),
    /// All keys of a Secret: its name, the prefix.
    Secrets(Clean, Clean),
    /// Anything else that is no secret, in words: `configMapKeyRef app-config/mode`, `fieldRef status.podIP`.
    Reference(Clean),
}

/// What one container uses, as metrics.k8s.io tells.
#[derive(Clone, Debug, PartialEq)]
pub struct ContainerUsage {
    /// Its name.
    pub name: Clean,
    /// Thousandths of a core.
    pub cpu_milli: u64,
    /// Bytes of the working set.
    pub memory: u64,
}

/// A Secret's value: shown where the operator asked for it, and in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(Clean);

impl Hidden {
    /// Hides a value.
    pub fn new(value: Clean) -> Self {
        Self(value)
    }

    /// The value, to show it.
    pub fn reveal(&self) -> &Clean {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_with_its_signal_however_the_runtime_tells_it() {
        let ended =
            |reason: &str, code, signal| Ended { reason: reason.into(), code, signal, ..Ended::default() }.words();
        assert_eq!(ended("OOMKilled", 137, 0), "OOMKilled, exit code 137 (SIGKILL)");
        assert_eq!(ended("Error", 1, 0), "Error, exit code 1");
        assert_eq!(ended("Error", 0, 15), "Error, exit code 0 (SIGTERM)");
        assert_eq!(ended("", 255, 0), "ended, exit code 255");
    }

    #[test]
    fn a_hidden_value_is_in_no_log() {
        assert!(!format!("{:?}", Hidden::new("hunter2".into())).contains("hunter2"));
    }
}
