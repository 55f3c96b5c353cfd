//! What all files of a download share.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize},
    },
};

use rolldeck_core::{
    logs::{Begin, Nanos, SECOND, download::Compress},
    text::Clean,
};
use tokio::sync::{OnceCell, watch};

use super::{manifest::Entry, pack::Disk};
use crate::{connect::Cluster, logs::rotated, writer::Writer};

/// What all files of a download share.
pub(super) struct Shared {
    pub(super) cluster: Cluster,
    /// Files inside of containers are read through it.
    pub(super) writer: Arc<Writer>,
    pub(super) directory: PathBuf,
    pub(super) disk: Disk,
    pub(super) compress: Compress,
    pub(super) begin: Begin,
    /// When it was begun.
    pub(super) begun: Nanos,
    /// It goes on in a directory of an earlier run, so that files which are there are ours.
    pub(super) resumed: bool,
    pub(super) stop: watch::Receiver<bool>,
    /// This machine can write nothing more.
    pub(super) halt: AtomicBool,
    /// Bytes that were read.
    pub(super) bytes: AtomicU64,
    /// Files that are through.
    pub(super) files: AtomicUsize,
    /// What is written now.
    pub(super) now: Mutex<Clean>,
    /// Entries as they were left last, by their place in the manifest.
    pub(super) news: Mutex<Vec<(usize, Entry)>>,
    /// Whether the user may read files of nodes; else why not. Asked once.
    pub(super) nodes: OnceCell<Result<(), Clean>>,
}

/// Why a file is not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// This machine: no file can be written any more.
    Local(Clean),
    /// It cannot be had.
    Remote(Clean),
    /// The link broke: it can be gone on with.
    Cut(Clean),
    /// The operator ended it: it can be gone on with.
    Cancelled,
}

/// A lock, whoever died under it.
pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// What comes of it, unless the operator ends the download before.
    pub(super) async fn unless_stopped<T>(&self, what: impl Future<Output = T>) -> Result<T, Stop> {
        let mut stop = self.stop.clone();
        let stopped = async {
            if stop.wait_for(|stop| *stop).await.is_err() {
                // Nobody can end it any more.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped => Err(Stop::Cancelled),
            done = what => Ok(done),
        }
    }

    /// The moment from which on lines are asked for; none: all, or the last so many.
    pub(super) fn since(&self) -> Option<Nanos> {
        match self.begin {
            Begin::Head | Begin::Tail(_) => None,
            Begin::At(at) => Some(at),
            Begin::Ago(seconds) => Some(self.begun - i64::try_from(seconds).unwrap_or(0).saturating_mul(SECOND)),
        }
    }

    /// Whether the user may read what kubelets have rotated away; else why not. The first one who wants to know asks.
    pub(super) async fn may_read_nodes(&self) -> Result<(), Clean> {
        let ask = async || match rotated::allowed(&self.cluster.client).await {
            Ok(allowed) => allowed.map_err(|why| format!("not allowed: {why}").into()),
            Err(error) => Err(Clean::from(format!("whether they may be read could not be asked: {error}"))),
        };
        self.nodes.get_or_init(ask).await.clone()
    }
}

/// A failure of this machine, in words: which file, why, and the way out.
pub(super) fn local(path: &Path, error: &io::Error) -> Clean {
    let why = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full: make room, and go on; what was saved stays".to_owned(),
        io::ErrorKind::QuotaExceeded => "the quota is used up: make room, and go on; what was saved stays".to_owned(),
        io::ErrorKind::FileTooLarge => {
            "no file may be larger here (ulimit -f): name another directory; what was saved stays".to_owned()
        }
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only: name another directory".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to write there: name another directory".to_owned(),
        io::ErrorKind::NotADirectory => "a file is where a directory should be: name another directory".to_owned(),
        io::ErrorKind::AlreadyExists => "it is there already, and is not replaced: name another directory".to_owned(),
        _ => error.to_string(),
    };
    format!("{}: {why}", path.display()).into()
}
