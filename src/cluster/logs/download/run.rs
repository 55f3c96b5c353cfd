//! A whole download.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use rolldeck_core::{
    act::PodId,
    kept::Name,
    logs::{
        Kind, Revision, Source,
        download::{Download, Problem, Progress, Saved, WholeFrom},
    },
    shell::{CopyOptions, Place},
    text::Clean,
};
use tokio::{
    fs,
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
    time::{Instant, interval},
};

use super::{
    fetch::{Job, Shared, Stop, local},
    manifest::{Entry, Manifest},
    names::part,
    pack::suffix,
};
use crate::{
    connect::Cluster,
    logs::{
        request::Address,
        scope::there,
        subject::{Container, Status, Subject},
    },
    writer::Writer,
};

/// Logs that are read at once.
const AT_ONCE: usize = 4;
/// How often it is told how far it is.
const TICK: Duration = Duration::from_millis(250);

/// What came of a download.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is complete, but for what `problems` name.
    Done(Saved),
    /// It was cut or stopped, and can be gone on with.
    Cut {
        /// Why.
        why: Clean,
        /// What is saved so far.
        saved: Saved,
        /// Its directory: to go on in.
        directory: PathBuf,
    },
    /// It cannot be: what failed, and the way out. What was saved stays.
    Failed(Clean),
}

/// Saves whole logs below a directory that is made in `to`, or goes on in the directory of a download that was cut. Files inside of
/// containers are read through the one door. It is stopped by a `true`; dropping the future leaves a download that cannot be gone on
/// with.
pub async fn download(
    writer: Arc<Writer>,
    cluster: &Cluster,
    wanted: &Download,
    (to, resumed): (&Path, Option<PathBuf>),
    (progress, stop): (mpsc::Sender<Progress>, watch::Receiver<bool>),
) -> Outcome {
    let begun = match resumed {
        Some(directory) => again(cluster, wanted, directory).await,
        None => anew(cluster, wanted, to).await,
    };
    let (directory, manifest, jobs) = match begun {
        Ok(begun) => begun,
        Err(why) => return Outcome::Failed(why),
    };
    let shared = Arc::new(Shared {
        client: cluster.client.clone(),
        directory: directory.clone(),
        compress: wanted.compress,
        begin: wanted.begin,
        stop,
        bytes: AtomicU64::new(0),
        files: AtomicUsize::new(0),
        now: Mutex::new(Clean::default()),
    });
    let mut run = Run { shared, manifest, saved: Saved::default(), why: None, failed: None };
    run.logs(jobs, &progress).await;
    if run.failed.is_none() && run.why.is_none() && !wanted.places.is_empty() {
        run.files(&writer, cluster, wanted).await;
    }
    run.end(directory).await
}

type Begun = (PathBuf, Manifest, Vec<Job>);

/// Looks who is there, and makes the directory.
async fn anew(cluster: &Cluster, wanted: &Download, to: &Path) -> Result<Begun, Clean> {
    let pods = there(cluster, &wanted.of).await.map_err(|error| Clean::from(error.to_string()))?;
    if pods.is_empty() {
        return Err("there are no pods to download logs of".into());
    }
    let now = chrono::Utc::now();
    let directory = to.join(format!("logs-{}", now.format("%Y%m%dT%H%M%SZ")));
    fs::create_dir_all(to).await.map_err(|error| local(to, &error))?;
    fs::create_dir(&directory).await.map_err(|error| local(&directory, &error))?;
    let manifest = Manifest {
        tool: concat!("rolldeck ", env!("CARGO_PKG_VERSION")).into(),
        begun: now.to_rfc3339(),
        context: cluster.context.to_string(),
        ..Manifest::default()
    };
    let jobs = pods.iter().flat_map(|(name, pod, containers)| {
        containers.iter().flat_map(move |container| jobs(wanted, name, pod, container))
    });
    Ok((directory, manifest, jobs.collect()))
}

/// Goes on with what a manifest leaves open.
async fn again(cluster: &Cluster, wanted: &Download, directory: PathBuf) -> Result<Begun, Clean> {
    let mut manifest =
        Manifest::read(&directory).await.map_err(|error| local(&directory.join(super::manifest::NAME), &error))?;
    let pods = there(cluster, &wanted.of).await.map_err(|error| Clean::from(error.to_string()))?;
    let mut open = Vec::new();
    let (done, left): (Vec<Entry>, Vec<Entry>) = manifest.files.into_iter().partition(|entry| entry.complete);
    for entry in left {
        let container = pods
            .iter()
            .find(|(_, pod, _)| *pod.uid == *entry.uid)
            .and_then(|(_, _, containers)| containers.iter().find(|container| *container.name == *entry.container));
        let address = Address {
            namespace: Clean::new(&entry.namespace),
            pod: Clean::new(&entry.pod),
            container: Clean::new(&entry.container),
        };
        let started = container.and_then(|container| started(&container.status));
        let previous = entry.kind == "previous";
        open.push(Job { entry: Entry { problem: None, ..entry }, address, previous, started, rotated: None });
    }
    manifest.files = done;
    Ok((directory, manifest, open))
}

fn started(status: &Status) -> Option<i64> {
    match status {
        Status::There(instance) => instance.started,
        _ => None,
    }
}

/// What is to be saved of a container.
fn jobs(wanted: &Download, name: &Name, pod: &Subject, container: &Container) -> Vec<Job> {
    let app = pod.app.as_ref().map(|(_, app)| app.as_str()).unwrap_or_default();
    let folder = [if app.is_empty() { "no-app" } else { app }, &*name.name, &*container.name].map(part).join("/");
    let folder = format!("{}/{folder}", part(&name.namespace));
    let ended = if suffix(wanted.compress).is_empty() { "" } else { suffix(wanted.compress) };
    let job = |kind: &str, previous| Job {
        entry: Entry {
            path: format!("{folder}/{kind}.log{ended}"),
            kind: kind.into(),
            namespace: name.namespace.to_string(),
            app: app.into(),
            pod: name.name.to_string(),
            uid: pod.uid.to_string(),
            container: container.name.to_string(),
            ..Entry::default()
        },
        address: Address {
            namespace: name.namespace.clone(),
            pod: name.name.clone(),
            container: container.name.clone(),
        },
        previous,
        started: started(&container.status).filter(|_| !previous),
        rotated: None,
    };
    let mut jobs = Vec::new();
    if wanted.stdout && matches!(container.status, Status::There(_)) {
        jobs.push(job("stdout", false));
    }
    if wanted.previous && container.has_previous {
        jobs.push(job("previous", true));
    }
    jobs
}

struct Run {
    shared: Arc<Shared>,
    manifest: Manifest,
    saved: Saved,
    /// Why it was cut.
    why: Option<Clean>,
    /// Why it cannot be.
    failed: Option<Clean>,
}

impl Run {
    /// Saves the logs, a few at once.
    async fn logs(&mut self, jobs: Vec<Job>, progress: &mpsc::Sender<Progress>) {
        let (all, begun) = (jobs.len(), Instant::now());
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = JoinSet::new();
        for mut job in jobs {
            let (shared, turns) = (self.shared.clone(), turns.clone());
            tasks.spawn(async move {
                let _turn = turns.acquire_owned().await;
                let stopped = *shared.stop.borrow();
                let outcome = match stopped {
                    true => Err(Stop::Cut("stopped".into())),
                    false => job.save(&shared).await,
                };
                shared.files.fetch_add(1, Ordering::Relaxed);
                (job, outcome)
            });
        }
        let mut tick = interval(TICK);
        let mut last = (Instant::now(), 0, 0.0);
        loop {
            tokio::select! {
                ended = tasks.join_next() => match ended {
                    Some(Ok((job, outcome))) => self.took(job, outcome),
                    Some(Err(_)) => {}
                    None => break,
                },
                _ = tick.tick() => {
                    let bytes = self.shared.bytes.load(Ordering::Relaxed);
                    let (since, before, rate) = last;
                    let lately = (bytes - before) as f64 / since.elapsed().as_secs_f64().max(0.001);
                    last = (Instant::now(), bytes, if begun.elapsed() < 2 * TICK { lately } else { rate * 0.7 + lately * 0.3 });
                    self.tell(progress, all, last.2 as u64);
                }
            }
        }
        let took = begun.elapsed().as_secs_f64().max(0.001);
        let rate = self.shared.bytes.load(Ordering::Relaxed) as f64 / took;
        self.tell(progress, all, rate as u64);
    }

    fn tell(&self, progress: &mpsc::Sender<Progress>, all: usize, rate: u64) {
        let now = self.shared.now.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let bytes = self.shared.bytes.load(Ordering::Relaxed);
        let files = self.shared.files.load(Ordering::Relaxed);
        // Where nobody has looked at the last one, this one is not missed.
        let _ = progress.try_send(Progress { bytes, of: None, files, all, now, rate });
    }

    /// Notes what came of a log.
    fn took(&mut self, mut job: Job, outcome: Result<(), Stop>) {
        let kind = if job.previous { Kind::Previous } else { Kind::Stdout };
        let source = source(&job.entry, kind);
        if let Some(from) = job.rotated {
            self.saved.rotated.push(WholeFrom { source: source.clone(), from });
        }
        match outcome {
            Ok(()) => {}
            Err(Stop::Remote(why)) => {
                job.entry.problem = Some(why.to_string());
                self.saved.problems.push(Problem { source, why });
            }
            Err(Stop::Cut(why)) => {
                job.entry.problem = Some(why.to_string());
                self.why.get_or_insert(why);
            }
            Err(Stop::Local(why)) => {
                job.entry.problem = Some(why.to_string());
                self.failed.get_or_insert(why);
            }
        }
        self.manifest.files.push(job.entry);
    }

    /// Saves the files inside the containers, through the one door.
    async fn files(&mut self, writer: &Writer, cluster: &Cluster, wanted: &Download) {
        let Ok(pods) = there(cluster, &wanted.of).await else { return };
        for (name, pod, containers) in &pods {
            for container in containers {
                let id = PodId { namespace: name.namespace.clone(), name: name.name.clone(), uid: pod.uid.clone() };
                let place = Place { pod: id, container: container.name.clone() };
                let app = pod.app.as_ref().map(|(_, app)| app.as_str()).unwrap_or("no-app");
                let folder = [&*name.namespace, app, &*name.name, &*container.name].map(part).join("/");
                for pattern in &wanted.places {
                    self.file(writer, &place, app, &format!("{folder}/files"), pattern).await;
                    if self.failed.is_some() || *self.shared.stop.borrow() {
                        return;
                    }
                }
            }
        }
    }

    async fn file(&mut self, writer: &Writer, place: &Place, app: &str, folder: &str, pattern: &str) {
        let kind = Kind::File(Clean::new(pattern));
        let entry = Entry {
            kind: pattern.to_owned(),
            namespace: place.pod.namespace.to_string(),
            app: app.to_owned(),
            pod: place.pod.name.to_string(),
            uid: place.pod.uid.to_string(),
            container: place.container.to_string(),
            ..Entry::default()
        };
        let to = self.shared.directory.join(folder);
        if let Err(error) = fs::create_dir_all(&to).await {
            self.failed = Some(local(&to, &error));
            return;
        }
        let options = CopyOptions { overwrite: false, resume: true };
        let far = watch::Sender::default();
        match writer.download(place, pattern, &to, options, &far).await {
            Ok(copied) => {
                for file in copied.files {
                    let path = Path::new(&file.path);
                    let path = path.strip_prefix(&self.shared.directory).unwrap_or(path).display().to_string();
                    self.shared.bytes.fetch_add(file.bytes, Ordering::Relaxed);
                    let (bytes, sha256) = (file.bytes, file.sha256);
                    self.manifest.files.push(Entry {
                        path,
                        bytes,
                        saved: bytes,
                        sha256,
                        complete: true,
                        ..entry.clone()
                    });
                }
                for (what, why) in copied.skipped {
                    let why = Clean::from(format!("{what}: {why}"));
                    self.saved.problems.push(Problem { source: source(&entry, kind.clone()), why });
                }
            }
            Err(error) => {
                let why = Clean::from(error.to_string());
                self.saved.problems.push(Problem { source: source(&entry, kind), why });
            }
        }
    }

    /// Writes the manifest, and says what came of it.
    async fn end(mut self, directory: PathBuf) -> Outcome {
        let whole = self.why.is_none() && self.failed.is_none();
        self.manifest.complete = whole.then(|| chrono::Utc::now().to_rfc3339());
        self.manifest.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.saved.files = self.manifest.files.iter().filter(|entry| entry.saved > 0 || entry.complete).count() + 1;
        self.saved.bytes = self.manifest.files.iter().map(|entry| entry.saved).sum();
        self.saved.path = Clean::from(directory.display().to_string());
        match self.manifest.write(&directory).await {
            Ok(bytes) => self.saved.bytes += bytes,
            Err(error) => {
                self.failed.get_or_insert(local(&directory.join(super::manifest::NAME), &error));
            }
        }
        match (self.failed, self.why) {
            (Some(why), _) => Outcome::Failed(why),
            (None, Some(why)) => Outcome::Cut { why, saved: self.saved, directory },
            (None, None) => Outcome::Done(self.saved),
        }
    }
}

fn source(entry: &Entry, kind: Kind) -> Source {
    Source {
        namespace: Clean::new(&entry.namespace),
        pod: Clean::new(&entry.pod),
        uid: Clean::new(&entry.uid),
        container: Clean::new(&entry.container),
        revision: Revision { app: Clean::new(&entry.app), ..Revision::default() },
        kind,
        ended: None,
    }
}
