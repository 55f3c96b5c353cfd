//! What is read of logs, and how each source stands: what asks and what answers agree on.

use std::{fmt, sync::Arc};

use super::{source::Ended, stamp::Nanos};
use crate::{kept::Name, model::AppKey, text::Clean};

/// Of what logs are read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LogsOf {
    /// Every container of every pod of an app: pods that start later join, pods that end stay readable.
    App(AppKey),
    /// Every container of a pod, also when it is made anew under its name.
    Pod(Name),
    /// One container of a pod.
    Container(Name, Clean),
}

impl LogsOf {
    /// Its namespace.
    pub fn namespace(&self) -> &Clean {
        match self {
            Self::App(key) => &key.namespace,
            Self::Pod(pod) | Self::Container(pod, _) => &pod.namespace,
        }
    }

    /// Its pod, if it is of one.
    pub fn pod(&self) -> Option<&Name> {
        match self {
            Self::App(_) => None,
            Self::Pod(pod) | Self::Container(pod, _) => Some(pod),
        }
    }
}

/// `qa/deploy/gateway`, `pod qa/gateway-1`, `main in pod qa/gateway-1`.
impl fmt::Display for LogsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(key) => write!(f, "{key}"),
            Self::Pod(pod) => write!(f, "pod {}/{}", pod.namespace, pod.name),
            Self::Container(pod, container) => write!(f, "{container} in pod {}/{}", pod.namespace, pod.name),
        }
    }
}

/// A log file in a container, as the operator picked it, or all that match a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PickedFile {
    /// Its pod.
    pub pod: Name,
    /// Its container.
    pub container: Clean,
    /// Its path, as the container has it; with `*` or `?` in it, all files that match, and with `/` at its end all below that
    /// directory, those that come later, too.
    pub path: Arc<str>,
}

impl PickedFile {
    /// Whether it stands for all files that match, also for those that come later.
    pub fn is_pattern(&self) -> bool {
        Self::means_many(&self.path)
    }

    /// Whether a path stands for all files that match, also for those that come later.
    pub fn means_many(path: &str) -> bool {
        path.ends_with('/') || path.contains(['*', '?'])
    }
}

/// The log files that an operator picked among those of some pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picked {
    /// The files. Pods of the same app that nobody has seen yet are read like these: what was picked of a container is followed in
    /// theirs of that name.
    pub files: Vec<PickedFile>,
    /// Pods that were there to be picked from, though nothing of them was: they stay out.
    pub passed: Vec<Name>,
}

impl From<Vec<PickedFile>> for Picked {
    /// These, where no pod was passed over.
    fn from(files: Vec<PickedFile>) -> Self {
        Self { files, passed: Vec::new() }
    }
}

/// Which of the sources are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// stdout and stderr, through the API, followed.
    #[default]
    Stdout,
    /// The log of the instance before, as far as the kubelet has it. It ends.
    Previous,
    /// These files, followed through exec over rotation and truncation; pods that start later join.
    Files(Picked),
    /// Why containers do not start: the message of their last end, their previous log and the events about their pods, together.
    WhyNot,
    /// Rotated files of the kubelet, through the node's log endpoint. Whether the user may is asked first.
    Rotated,
    /// What the configured URL template has of pods, also of those that are gone. In it stand `{node}`, `{app}`, `{namespace}`,
    /// `{pod}`, `{ip}` and `{container}`. It is read once, and ends.
    Archive(Arc<str>),
}

/// From where on lines are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begin {
    /// The last so many lines of each source.
    Tail(u64),
    /// From the oldest that there is.
    #[default]
    Head,
    /// The last so many seconds.
    Ago(u64),
    /// From this moment on.
    At(Nanos),
}

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// It is not read yet: why, as the cluster says it (`ContainerCreating`), or that enough others are read already.
    Waiting(Clean),
    /// It was asked for, and nothing was answered.
    Connecting,
    /// Whatever is written arrives.
    Live,
    /// The stream was lost: since when, and why. It is tried again.
    Reconnecting(Nanos, Clean),
    /// It may not be read: verb, resource and place.
    Forbidden(Clean),
    /// It gives nothing more: since when, and why. What was read stays.
    Ended(Nanos, Ended),
}

/// Where the log of a source begins, if that is not where its container began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// When its container started, where that is known.
    pub started: Option<Nanos>,
    /// The oldest line that the kubelet still has; none: it has none at all, as right after a rotation.
    pub first: Option<Nanos>,
}
