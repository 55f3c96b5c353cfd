//! A whole download.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rolldeck_core::{
    logs::{
        Kind, Revision, Source,
        download::{Download, Problem, Progress, Saved, WholeFrom},
        nanos,
    },
    text::Clean,
};
use tokio::{
    sync::{OnceCell, Semaphore, mpsc, watch},
    task::JoinSet,
    time::{Instant, interval},
};

use super::{
    job::{Came, Job, Of, SLACK, moment},
    lock::Lock,
    manifest::{Entry, Manifest, NAME, State},
    pack::Disk,
    plan::{self, Begun},
    shared::{Shared, Stop, held, local},
};
use crate::{connect::Cluster, writer::Writer};

/// Logs that are read at once.
const AT_ONCE: usize = 4;
/// How often it is told how far it is.
const TICK: Duration = Duration::from_millis(250);

/// What came of a download.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is complete, but for what `problems` name.
    Done(Saved),
    /// It was cut, cancelled, or this machine could not go on: it can be gone on with.
    Cut {
        /// Why: `cancelled`, the broken link, the file that could not be written and the way out.
        why: Clean,
        /// What is saved so far.
        saved: Saved,
        /// Its directory: to go on in.
        directory: PathBuf,
    },
    /// It could not begin: what failed, and the way out. Nothing was changed.
    Failed(Clean),
}

/// Saves whole logs below a directory that is made in `to`, or goes on: in the directory that is named, else in one below `to` that
/// a download of the same left unfinished. Files inside of containers are read through the one door. A `true` ends it at any moment,
/// with a manifest that says so; after the program itself was killed, it can be gone on with from what the manifest had last.
pub async fn download(
    writer: Arc<Writer>,
    cluster: &Cluster,
    wanted: &Download,
    (to, resumed): (&Path, Option<PathBuf>),
    (progress, stop): (mpsc::Sender<Progress>, watch::Receiver<bool>),
) -> Outcome {
    let begin = async {
        match resumed {
            Some(directory) => plan::again(cluster, wanted, directory).await,
            None => match plan::left(cluster, wanted, to).await {
                Some(directory) => plan::again(cluster, wanted, directory).await,
                None => plan::anew(cluster, wanted, to).await,
            },
        }
    };
    let mut stopped = stop.clone();
    let begun = tokio::select! {
        begun = begin => begun,
        _ = stopped.wait_for(|stop| *stop) => Err("cancelled before anything was saved".into()),
    };
    match begun {
        Ok(begun) => on(writer, cluster, wanted, begun, (progress, stop), Disk::default()).await,
        Err(why) => Outcome::Failed(why),
    }
}

/// Saves what was begun.
pub(super) async fn on(
    writer: Arc<Writer>,
    cluster: &Cluster,
    wanted: &Download,
    begun: Begun,
    (progress, stop): (mpsc::Sender<Progress>, watch::Receiver<bool>),
    disk: Disk,
) -> Outcome {
    let Begun { directory, lock, manifest, jobs, resumed } = begun;
    let bytes = jobs.iter().map(|job| job.entry.bytes).sum();
    let shared = Arc::new(Shared {
        cluster: cluster.clone(),
        writer,
        directory: directory.clone(),
        disk,
        compress: plan::packed(&manifest),
        begin: wanted.begin,
        begun: moment(&manifest.begun).unwrap_or_else(|| nanos(chrono::Utc::now())),
        resumed,
        stop,
        halt: AtomicBool::new(false),
        bytes: AtomicU64::new(bytes),
        files: AtomicUsize::new(0),
        now: Mutex::new(Clean::default()),
        news: Mutex::default(),
        nodes: OnceCell::new(),
    });
    let mut run = Run {
        shared,
        manifest,
        lock,
        tasks: JoinSet::new(),
        turns: Arc::new(Semaphore::new(AT_ONCE)),
        sizes: Vec::new(),
        saved: Saved { resumed, ..Saved::default() },
        state: State::Complete,
        why: None,
    };
    run.add(jobs);
    if run.write().await.is_ok() {
        run.all(&progress).await;
    }
    run.end(directory).await
}

struct Run {
    shared: Arc<Shared>,
    manifest: Manifest,
    lock: Lock,
    tasks: JoinSet<Came>,
    turns: Arc<Semaphore>,
    /// By entry: its size, where it is known beforehand.
    sizes: Vec<Option<u64>>,
    saved: Saved,
    /// How it will have ended, and why.
    state: State,
    why: Option<Clean>,
}

impl Run {
    /// Takes files in that are to be saved: each gets an entry, and its turn.
    fn add(&mut self, jobs: Vec<Job>) {
        for mut job in jobs {
            job.n = self.manifest.files.len();
            self.manifest.files.push(job.entry.clone());
            self.sizes.push(match job.of {
                Of::File { size } => size,
                _ => None,
            });
            let (shared, turns) = (self.shared.clone(), self.turns.clone());
            self.tasks.spawn(async move {
                let turn = shared.unless_stopped(turns.acquire_owned()).await;
                let stop = match &turn {
                    Err(stop) => Some(stop.clone()),
                    Ok(_) if shared.halt.load(Ordering::Relaxed) => Some(Stop::Cut("it was not begun".into())),
                    Ok(_) => None,
                };
                let came = match stop {
                    None => job.run(shared.clone()).await,
                    Some(stop) => Came::not(job, stop),
                };
                shared.files.fetch_add(1, Ordering::Relaxed);
                drop(turn);
                came
            });
        }
    }

    /// Saves everything, a few files at once, and tells how far it is.
    async fn all(&mut self, progress: &mpsc::Sender<Progress>) {
        let begun = (Instant::now(), self.shared.bytes.load(Ordering::Relaxed));
        let mut tick = interval(TICK);
        let (mut last, mut rate) = (begun, 0.0);
        loop {
            tokio::select! {
                ended = self.tasks.join_next() => match ended {
                    Some(Ok(came)) => {
                        self.took(came);
                        // What it is missing for comes up when it ends.
                        let _ = self.write().await;
                    }
                    Some(Err(error)) => self.stopped(State::Failed, &format!("a file was given up: {error}").into()),
                    None => break,
                },
                _ = tick.tick() => {
                    let bytes = self.shared.bytes.load(Ordering::Relaxed);
                    let lately = bytes.saturating_sub(last.1) as f64 / last.0.elapsed().as_secs_f64().max(0.001);
                    rate = if begun.0.elapsed() < 2 * TICK { lately } else { rate * 0.7 + lately * 0.3 };
                    last = (Instant::now(), bytes);
                    self.tell(progress, rate as u64);
                    if self.hear() {
                        let _ = self.write().await;
                    }
                }
            }
        }
        let bytes = self.shared.bytes.load(Ordering::Relaxed).saturating_sub(begun.1);
        self.tell(progress, (bytes as f64 / begun.0.elapsed().as_secs_f64().max(0.001)) as u64);
    }

    fn tell(&self, progress: &mpsc::Sender<Progress>, rate: u64) {
        let now = held(&self.shared.now).clone();
        let bytes = self.shared.bytes.load(Ordering::Relaxed);
        let (files, all) = (self.shared.files.load(Ordering::Relaxed), self.manifest.files.len());
        let entries = self.manifest.files.iter().zip(&self.sizes).filter(|(entry, _)| !entry.path.ends_with('/'));
        let sizes: Option<Vec<u64>> = entries.map(|(_, size)| *size).collect();
        let of = sizes.map(|sizes| sizes.iter().sum::<u64>().max(bytes)).filter(|of| *of > 0);
        // Where nobody has looked at the last one, this one is not missed.
        let _ = progress.try_send(Progress { bytes, of, files, all, now, rate });
    }

    /// Takes in how far files are; whether any has told.
    fn hear(&mut self) -> bool {
        let news = std::mem::take(&mut *held(&self.shared.news));
        let any = !news.is_empty();
        for (n, entry) in news {
            if let Some(known) = self.manifest.files.get_mut(n) {
                *known = entry;
            }
        }
        any
    }

    /// It will not have ended well; what comes first says how.
    fn stopped(&mut self, state: State, why: &Clean) {
        if self.state == State::Complete || state == State::Failed {
            (self.state, self.why) = (state, Some(why.clone()));
        }
    }

    /// Notes what came of a file.
    fn took(&mut self, came: Came) {
        self.hear();
        let Came { job, outcome, more, aside, left_out, no_older } = came;
        match outcome {
            Ok(()) => {}
            Err(Stop::Remote(why)) => {
                self.saved.problems.push(Problem { source: source(&job.entry), why });
            }
            Err(Stop::Cut(why)) => self.stopped(State::Cut, &why),
            Err(Stop::Cancelled) => self.stopped(State::Cancelled, &"cancelled".into()),
            Err(Stop::Local(why)) => {
                self.shared.halt.store(true, Ordering::Relaxed);
                self.stopped(State::Failed, &why);
            }
        }
        if let Some(why) = no_older {
            self.manifest.left_out.push(format!("{} what its node has rotated away: {why}", job.entry.place()));
        }
        self.manifest.left_out.extend(left_out);
        if job.entry.complete && job.entry.kind.ends_with("rotated") && !job.entry.kind.starts_with('/') {
            self.reaches_back(&job);
        }
        if let Some(known) = self.manifest.files.get_mut(job.n) {
            *known = job.entry;
        }
        let listed = aside.len();
        self.manifest.files.extend(aside);
        self.sizes.extend(std::iter::repeat_n(None, listed));
        self.shared.files.fetch_add(listed, Ordering::Relaxed);
        self.add(more);
    }

    /// A log is whole from where its rotated files begin.
    fn reaches_back(&mut self, older: &Job) {
        let Of::Rotated { from, .. } = older.of else { return };
        let base = if older.entry.kind == "rotated" { "stdout" } else { "previous" };
        let same = |entry: &&mut Entry| {
            entry.kind == base && entry.uid == older.entry.uid && entry.container == older.entry.container
        };
        let first = older.entry.first.as_deref().and_then(moment);
        if let (Some(first), Some(log)) = (first, self.manifest.files.iter_mut().find(same)) {
            let reaches = from.is_some_and(|from| first <= from + SLACK);
            log.whole_from = (!reaches).then(|| older.entry.first.clone()).flatten();
        }
    }

    async fn write(&mut self) -> Result<u64, ()> {
        let written = self.manifest.write(&self.shared.directory).await;
        written.map_err(|error| {
            self.shared.halt.store(true, Ordering::Relaxed);
            let why = local(&self.shared.directory.join(NAME), &error);
            self.stopped(State::Failed, &why);
        })
    }

    /// Writes the manifest, and says what came of it.
    async fn end(mut self, directory: PathBuf) -> Outcome {
        self.hear();
        // Lists that were read have told all that they can.
        self.manifest.files.retain(|entry| !(entry.path.ends_with('/') && entry.complete));
        self.manifest.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.manifest.left_out.sort();
        self.manifest.left_out.dedup();
        self.manifest.state = self.state;
        self.manifest.ended = Some(chrono::Utc::now().to_rfc3339());
        self.manifest.why = self.why.as_ref().map(ToString::to_string);
        let there = |entry: &&Entry| !entry.path.ends_with('/') && (entry.saved > 0 || entry.complete);
        self.saved.files = self.manifest.files.iter().filter(there).count() + 1;
        self.saved.bytes = self.manifest.files.iter().map(|entry| entry.saved).sum();
        self.saved.path = Clean::from(directory.display().to_string());
        self.saved.left_out = self.manifest.left_out.iter().map(|words| Clean::new(words)).collect();
        self.saved.rotated = self.manifest.files.iter().filter_map(rotated).collect();
        if let Ok(bytes) = self.write().await {
            self.saved.bytes += bytes;
        }
        drop(self.lock);
        match self.why {
            Some(why) => Outcome::Cut { why, saved: self.saved, directory },
            None => Outcome::Done(self.saved),
        }
    }
}

impl Came {
    /// A job that was not begun.
    fn not(mut job: Job, outcome: Stop) -> Self {
        if !job.entry.complete && outcome == Stop::Cancelled {
            job.entry.problem = Some("cancelled".to_owned());
        }
        let (more, aside, left_out) = Default::default();
        Self { job, outcome: Err(outcome), more, aside, left_out, no_older: None }
    }
}

/// From when on a log is whole, where that is not from its start.
fn rotated(entry: &Entry) -> Option<WholeFrom> {
    let from = entry.whole_from.as_deref().map(moment);
    let empty = entry.lines == 0 && entry.gaps.iter().any(|gap| gap.starts_with("since "));
    let from = from.or(empty.then_some(None))?;
    Some(WholeFrom { source: source(entry), from })
}

fn source(entry: &Entry) -> Source {
    Source {
        namespace: Clean::new(&entry.namespace),
        pod: Clean::new(&entry.pod),
        uid: Clean::new(&entry.uid),
        container: Clean::new(&entry.container),
        revision: Revision { app: Clean::new(&entry.app), ..Revision::default() },
        kind: match entry.kind.as_str() {
            "stdout" | "rotated" => Kind::Stdout,
            "previous" | "previous-rotated" => Kind::Previous,
            file => Kind::File(Clean::new(file)),
        },
        ended: None,
    }
}
