//! What the rooms of logs ask for, and what they are told.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{Block, Ended, Nanos, Source, SourceId},
    model::AppKey,
    text::Clean,
};

use super::{DownloadEffect, DownloadReply};

/// One reading of logs. A room that reads otherwise (of other sources, from another time) ends the one and begins another, so that
/// what still arrives for the old one is told from the new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogsId(u64);

impl LogsId {
    /// One that was not given before.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

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

/// A log file in a container, as the operator picked it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PickedFile {
    /// Its pod.
    pub pod: Name,
    /// Its container.
    pub container: Clean,
    /// Its path, as the container has it.
    pub path: Arc<str>,
}

/// Which of the sources are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// stdout and stderr, through the API, followed.
    #[default]
    Stdout,
    /// The log of the instance before, as far as the kubelet has it. It ends.
    Previous,
    /// These files, followed through exec over rotation and truncation.
    Files(Vec<PickedFile>),
    /// Why containers do not start: the message of their last end, their previous log and the events about their pods, together.
    WhyNot,
    /// Rotated files of the kubelet, through the node's log endpoint. Whether the user may is asked first.
    Rotated,
    /// What the configured URL template has of pods, also of those that are gone. In it stand `{node}`, `{app}`, `{namespace}`,
    /// `{pod}`, `{ip}` and `{container}`.
    Archive(Arc<str>),
}

/// From where on lines are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// The last so many lines of each source.
    Tail(u64),
    /// From the oldest that there is.
    Head,
    /// The last so many seconds.
    Ago(u64),
    /// From this moment on.
    At(Nanos),
}

/// What a room of logs needs. The runner orders lines by time ([`rolldeck_core::logs::Merge`]) and sends them at most 30 times a second.
#[derive(Clone, Debug)]
pub enum LogsEffect {
    /// Read, and follow what can be followed.
    Open {
        /// Which reading.
        id: LogsId,
        /// Of what; each once.
        of: Vec<LogsOf>,
        /// Which sources.
        reading: Reading,
        /// From where on.
        begin: Begin,
    },
    /// No more of this reading. Nothing is sent of it afterwards.
    Close(LogsId),
    /// Send [`LogsReply::Continue`] behind whatever is queued now: the room has work left, and does it in steps.
    Continue(LogsId),
    /// List the files that are there under these directories and globs (`/var/log`, `/srv/app/*.log`): answered by [`LogsReply::Files`].
    List {
        /// For which reading.
        id: LogsId,
        /// In which containers.
        of: Vec<LogsOf>,
        /// Where to look; a directory stands for all files in and below it.
        places: Vec<String>,
        /// The operator agreed to a debug container with the same mounts, read-only, where a container does not run: an act.
        debug: bool,
    },
    /// Keep everything that this reading sends in a file under the state directory from now on, or no more: answered by
    /// [`LogsReply::Kept`].
    Keep(LogsId, bool),
    /// For a download.
    Download(DownloadEffect),
}

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceState {
    /// Its container has not started: why, as the cluster says it (`ContainerCreating`).
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

/// A file in a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFile {
    /// Its path, as the container has it.
    pub path: Arc<str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last written to.
    pub written: Option<Nanos>,
}

/// Why the files of a container cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFiles {
    /// It may not be: verb, resource and place.
    Forbidden(Clean),
    /// It is an exec, which this session does not do: read-only, without the setting that allows it.
    ReadOnly,
    /// Its container does not run. A debug container could list them: see [`LogsEffect::List`].
    NotRunning,
    /// It did not work: what failed, and the way out.
    Failed(Clean),
}

/// The files of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesOf {
    /// Its pod.
    pub pod: Name,
    /// Itself.
    pub container: Clean,
    /// The files, or why they are not known.
    pub files: Result<Vec<LogFile>, NoFiles>,
}

/// What is kept of a reading in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The file.
    pub path: Clean,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What a room of logs is told.
#[derive(Clone, Debug)]
pub enum LogsReply {
    /// How far it is known which pods there are. `Live` with no source: there is none.
    Pods(Freshness),
    /// Sources joined, in the order of their numbers, or are better known now. Their lines come later.
    Sources(Vec<(SourceId, Source)>),
    /// How a source stands now.
    State(SourceId, SourceState),
    /// The log of a source does not go back to the start of its container.
    Rotated(SourceId, Rotated),
    /// Lines, in the order in which they are shown.
    Lines(Vec<Arc<Block>>),
    /// The whole reading cannot be: what failed, and the way out.
    Failed(Clean),
    /// The answer to [`LogsEffect::Continue`].
    Continue,
    /// Files of containers, each container by itself; the last one says that all are.
    Files {
        /// Some of them.
        of: Vec<FilesOf>,
        /// No other container follows.
        complete: bool,
    },
    /// What is kept in a file, whenever that has changed by much; `None`: nothing more from now on. Or why it is not: the file, the
    /// reason, and the way out.
    Kept(Result<Option<Kept>, Clean>),
    /// About a download.
    Download(DownloadReply),
}
