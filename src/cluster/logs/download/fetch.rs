//! One log, saved to its end over cuts.

use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use http_body_util::BodyExt;
use rolldeck_core::{
    logs::{Begin, Nanos, SECOND, Stamps, download::Compress, rfc3339},
    text::Clean,
};
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    cursor::{Again, Comes, Cursor},
    manifest::Entry,
    pack::Pack,
};
use crate::{
    logs::{
        machine::{Cause, cause, is_removed},
        request::{Address, From, Wants},
    },
    watch::answer::{refusal, why},
};

/// How long an answer may take to begin, and to go on.
const PATIENCE: Duration = Duration::from_secs(60);
/// So many failures in a row, none of them with a byte, and it is given up for now.
const FAILURES: u32 = 6;
/// A log that begins so long after its container lacks its beginning.
const SLACK: Nanos = 10 * SECOND;
/// Lines are written together up to so many bytes.
const BYTES: usize = 256 << 10;

/// What all files of a download share.
pub(super) struct Shared {
    pub(super) client: kube::Client,
    pub(super) directory: PathBuf,
    pub(super) compress: Compress,
    pub(super) begin: Begin,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) bytes: AtomicU64,
    pub(super) files: AtomicUsize,
    pub(super) now: Mutex<Clean>,
}

/// Why a file is not whole.
#[derive(Debug)]
pub(super) enum Stop {
    /// This machine: no file can be written any more.
    Local(Clean),
    /// The log cannot be had.
    Remote(Clean),
    /// The link broke, or the operator stopped it: it can be gone on with.
    Cut(Clean),
}

/// A log that is to be saved.
pub(super) struct Job {
    pub(super) entry: Entry,
    pub(super) address: Address,
    pub(super) previous: bool,
    /// When its container began.
    pub(super) started: Option<Nanos>,
    /// Where it begins, where that is not at the start of its container: `Some(None)` is nowhere.
    pub(super) rotated: Option<Option<Nanos>>,
}

/// A failure of this machine, in words: which file, why, and the way out.
pub(super) fn local(path: &std::path::Path, error: &io::Error) -> Clean {
    let why = match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full: what was saved stays, and can be gone on with".to_owned(),
        io::ErrorKind::QuotaExceeded => {
            "the quota is used up: what was saved stays, and can be gone on with".to_owned()
        }
        io::ErrorKind::PermissionDenied => "no permission to write there: name another directory".to_owned(),
        io::ErrorKind::AlreadyExists => "it is there already, and is not replaced: name another directory".to_owned(),
        _ => error.to_string(),
    };
    format!("{}: {why}", path.display()).into()
}

impl Job {
    /// Saves it.
    pub(super) async fn save(&mut self, shared: &Arc<Shared>) -> Result<(), Stop> {
        let path = shared.directory.join(&self.entry.path);
        let here = |error: &io::Error| Stop::Local(local(&path, error));
        *shared.now.lock().unwrap_or_else(PoisonError::into_inner) = Clean::new(&self.entry.path);
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(|error| here(&error))?;
        }
        let cursor = self.entry.resume.take().unwrap_or_default();
        let pack = match cursor.newest {
            Some(_) => Pack::append(&path, self.entry.saved, shared.compress).await,
            None => Pack::create(&path, shared.compress).await,
        };
        let mut saver = Saver {
            pack: pack.map_err(|error| here(&error))?,
            cursor,
            again: None,
            pending: Vec::new(),
            out: Vec::with_capacity(BYTES),
            stamps: Stamps::default(),
            first: None,
        };
        let outcome = self.over_cuts(shared, &mut saver).await;
        let flushed = saver.flush().await.map_err(|error| here(&error));
        let first = saver.first;
        let written = saver.pack.end().await.map_err(|error| here(&error))?;
        (self.entry.saved, self.entry.sha256) = (written.bytes, written.sha256);
        self.entry.complete = outcome.is_ok() && flushed.is_ok();
        if !self.entry.complete {
            self.entry.resume = Some(saver.cursor);
        }
        self.begins(first, shared.begin);
        flushed?;
        outcome
    }

    /// Notes where the log begins, where that is not at the start of its container.
    fn begins(&mut self, first: Option<Nanos>, begin: Begin) {
        let Some(started) = self.started.filter(|_| begin == Begin::Head) else { return };
        if self.entry.lines == 0 && self.entry.complete {
            self.rotated = Some(None);
            self.entry.gaps.push(format!("since {}: the kubelet has no line", rfc3339(started)));
        } else if let Some(first) = first.filter(|first| *first > started + SLACK) {
            self.rotated = Some(Some(first));
            self.entry.whole_from = Some(rfc3339(first));
        }
    }

    async fn over_cuts(&mut self, shared: &Shared, saver: &mut Saver) -> Result<(), Stop> {
        let mut failures = 0;
        let mut stop = shared.stop.clone();
        loop {
            let before = self.entry.bytes;
            let stopped = async {
                // Nobody can stop it any more.
                if stop.wait_for(|stop| *stop).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            let cut = tokio::select! {
                () = stopped => return Err(Stop::Cut("stopped".into())),
                once = self.once(shared, saver) => match once {
                    Err(Stop::Cut(why)) => why,
                    other => return other,
                },
            };
            failures = if self.entry.bytes > before { 1 } else { failures + 1 };
            if failures > FAILURES {
                return Err(Stop::Cut(cut));
            }
            sleep(Duration::from_millis(250 << failures)).await;
        }
    }

    /// Reads until the log or the stream ends.
    async fn once(&mut self, shared: &Shared, saver: &mut Saver) -> Result<(), Stop> {
        saver.pending.clear();
        let from = match saver.cursor.since() {
            Some(at) => {
                saver.again = Some(saver.cursor.again());
                From::At(at)
            }
            None => match shared.begin {
                Begin::Head => From::Start,
                Begin::Tail(lines) => From::Tail(lines),
                Begin::Ago(seconds) => From::Ago(seconds),
                Begin::At(at) => From::At(at.div_euclid(SECOND) * SECOND),
            },
        };
        let wants = Wants { previous: self.previous, follow: false, from };
        let request = self.address.log(wants).ok_or_else(|| Stop::Remote("the request cannot be written".into()))?;
        let late = |_| Stop::Cut("no answer for 60 s".into());
        let answer = timeout(PATIENCE, shared.client.send(request)).await.map_err(late)?;
        let response = answer.map_err(|error| Stop::Cut(why(&error)))?;
        if !response.status().is_success() {
            return Err(match cause(&refusal(response).await, &self.address) {
                Cause::Forbidden(what) => Stop::Remote(format!("not allowed: {what}").into()),
                Cause::NotStarted(why) => Stop::Remote(format!("it has not started: {why}").into()),
                Cause::NoPrevious => Stop::Remote("the kubelet has no previous log of it".into()),
                Cause::NoPod => Stop::Remote("its pod is gone".into()),
                Cause::Removed(why) | Cause::Never(why) => Stop::Remote(why),
                Cause::NotNow(why) => Stop::Cut(why),
            });
        }
        let mut body = response.into_body();
        while let Some(frame) = timeout(PATIENCE, body.frame()).await.map_err(late)? {
            let frame = frame.map_err(|error| Stop::Cut(why(&error)))?;
            let Ok(bytes) = frame.into_data() else { continue };
            // Some kubelets answer in the place of a log that there is none any more.
            let said = String::from_utf8_lossy(&bytes[..bytes.len().min(500)]);
            if self.entry.lines == 0 && is_removed(&said) {
                return Err(Stop::Remote(said.lines().next().unwrap_or_default().into()));
            }
            let path = saver.pack.path().to_owned();
            saver
                .feed(&bytes, &mut self.entry, &shared.bytes)
                .await
                .map_err(|error| Stop::Local(local(&path, &error)))?;
        }
        saver.finish(&mut self.entry, &shared.bytes);
        Ok(())
    }
}

/// Lines on their way into a file.
struct Saver {
    pack: Pack,
    cursor: Cursor,
    again: Option<Again>,
    /// The beginning of a line.
    pending: Vec<u8>,
    out: Vec<u8>,
    stamps: Stamps,
    first: Option<Nanos>,
}

impl Saver {
    async fn feed(&mut self, bytes: &[u8], entry: &mut Entry, read: &AtomicU64) -> io::Result<()> {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            if self.pending.is_empty() {
                self.line(&rest[..end], true, entry, read);
            } else {
                self.pending.extend_from_slice(&rest[..end]);
                let line = std::mem::take(&mut self.pending);
                self.line(&line, true, entry, read);
                self.pending = line;
                self.pending.clear();
            }
            rest = &rest[end + 1..];
            if self.out.len() >= BYTES {
                self.flush().await?;
            }
        }
        self.pending.extend_from_slice(rest);
        Ok(())
    }

    /// The log ends: its last line may lack its end.
    fn finish(&mut self, entry: &mut Entry, read: &AtomicU64) {
        if !self.pending.is_empty() {
            let line = std::mem::take(&mut self.pending);
            self.line(&line, false, entry, read);
        }
    }

    fn line(&mut self, line: &[u8], ends: bool, entry: &mut Entry, read: &AtomicU64) {
        let stamp = self.stamps.read(line).filter(|(_, end)| line.get(*end) == Some(&b' '));
        let (at, text) = match stamp {
            Some((at, end)) => (at, &line[end + 1..]),
            None => (self.cursor.newest.unwrap_or_default(), line),
        };
        let mut comes = Comes::New;
        if let Some(again) = &mut self.again {
            comes = again.judge(at, text);
            let newest = self.cursor.newest.unwrap_or(at);
            if comes == Comes::NewBehindGap || again.differs() {
                entry.gap(newest, at);
            }
            if again.is_over() {
                self.again = None;
            }
        }
        if comes == Comes::Again {
            return;
        }
        self.first.get_or_insert(at);
        self.cursor.saved(at, text);
        self.out.extend_from_slice(text);
        if ends {
            self.out.push(b'\n');
        }
        let bytes = text.len() as u64 + u64::from(ends);
        entry.bytes += bytes;
        entry.lines += 1;
        read.fetch_add(bytes, Ordering::Relaxed);
    }

    async fn flush(&mut self) -> io::Result<()> {
        let out = std::mem::take(&mut self.out);
        self.pack.write(&out).await?;
        self.out = out;
        self.out.clear();
        Ok(())
    }
}
