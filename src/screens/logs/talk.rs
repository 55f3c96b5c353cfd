//! What the rooms of logs ask for, and what they are told.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use rolldeck_core::{
    kept::Name,
    logs::{
        Begin, LogsOf, Nanos, Reading, Told,
        download::{Download, Progress, Saved},
    },
    text::Clean,
};

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
    /// List the files that are there under these directories and globs (`/var/log`, `/srv/app/*.log`), and in debug containers all that
    /// their mounts have: answered by [`LogsReply::Files`].
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
    /// They are listed through this debug container of the same pod.
    Through(Clean),
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
    /// Where they were looked for: directories and globs, as the container has them.
    pub places: Vec<String>,
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
    /// What the reading tells.
    Told(Told),
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

impl From<Told> for LogsReply {
    fn from(told: Told) -> Self {
        Self::Told(told)
    }
}

/// What is to be done about a download.
#[derive(Clone, Debug)]
pub enum DownloadEffect {
    /// Begin. Its number is one of its own, and names it in every answer.
    Start(LogsId, Arc<Download>),
    /// Stop; what was saved stays, and can be gone on with.
    Cancel(LogsId),
    /// Go on where it was cut, under the same number.
    Resume(LogsId),
    /// Nobody asks about it any more.
    Forget(LogsId),
}

/// What is told of a download.
#[derive(Clone, Debug)]
pub enum DownloadReply {
    /// It goes on.
    Progress(Progress),
    /// It is complete, but for what `problems` name.
    Done(Saved),
    /// It was cut, or the operator stopped it: why, and what is saved so far. It can be gone on with.
    Cut(Clean, Saved),
    /// It cannot be: what failed, and the way out (a full disk, no permission, a name that is taken). What was saved stays.
    Failed(Clean),
}
