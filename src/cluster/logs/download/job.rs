//! One file of a download, saved to its end over cuts.

use std::{path::PathBuf, sync::Arc, time::Duration};

use rolldeck_core::{
    act::PodId,
    logs::{Begin, Nanos, rfc3339},
    shell::Place,
    text::Clean,
};
use tokio::{fs, time::sleep};

use super::{
    manifest::Entry,
    pack::{Pack, summed},
    saver::{Lines, Sink},
    shared::{Shared, Stop, held, local},
};
use crate::logs::{
    request::Address,
    rotated::{self, Folder},
};

/// So many failures in a row, none of them with a byte, and it is given up for now.
const FAILURES: u32 = 6;
/// A log that begins so long after its container lacks its beginning.
pub(super) const SLACK: Nanos = 10 * rolldeck_core::logs::SECOND;

/// What a file is made of.
#[derive(Clone, Debug)]
pub(super) enum Of {
    /// The log of an instance of a container.
    Log {
        /// It is the instance before the newest.
        previous: bool,
        /// When it began, where that is known.
        started: Option<Nanos>,
    },
    /// What its kubelet has rotated away of it.
    Rotated {
        /// The instance began then, or lines are asked for from then on.
        from: Option<Nanos>,
        /// The kubelet's own answer begins here.
        before: Option<Nanos>,
    },
    /// A file inside of the container.
    File {
        /// Its size as it was listed, in bytes.
        size: Option<u64>,
    },
    /// Files inside of the container that match the entry's kind: which there are is asked first.
    List,
    /// The instance is not there any more: why.
    Gone(Clean),
}

/// A file that is to be saved.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// The number of its entry in the manifest.
    pub(super) n: usize,
    pub(super) entry: Entry,
    pub(super) of: Of,
    /// The node of its pod; empty: not known.
    pub(super) node: Clean,
}

/// What came of a job.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) job: Job,
    pub(super) outcome: Result<(), Stop>,
    /// More files, which were not known before. Their numbers are still to be given.
    pub(super) more: Vec<Job>,
    /// Files that were set aside.
    pub(super) aside: Vec<Entry>,
    /// What was left out knowingly.
    pub(super) left_out: Vec<String>,
    /// Why nothing older than what the kubelet has was read.
    pub(super) no_older: Option<Clean>,
}

impl Job {
    pub(super) fn address(&self) -> Address {
        Address {
            namespace: Clean::new(&self.entry.namespace),
            pod: Clean::new(&self.entry.pod),
            container: Clean::new(&self.entry.container),
        }
    }

    pub(super) fn place(&self) -> Place {
        let pod = PodId {
            namespace: Clean::new(&self.entry.namespace),
            name: Clean::new(&self.entry.pod),
            uid: Clean::new(&self.entry.uid),
        };
        Place { pod, container: Clean::new(&self.entry.container) }
    }

    pub(super) fn folder(&self) -> Folder {
        let Place { pod, container } = self.place();
        Folder { node: self.node.clone(), namespace: pod.namespace, pod: pod.name, uid: pod.uid, container }
    }

    /// Saves it.
    pub(super) async fn run(mut self, shared: Arc<Shared>) -> Came {
        let (mut more, mut aside, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        let mut no_older = None;
        let outcome = match &self.of {
            Of::Gone(why) if !self.entry.complete => Err(Stop::Remote(why.clone())),
            Of::List if self.entry.complete => Ok(()),
            Of::List => match self.list(&shared).await {
                Ok((jobs, left)) => {
                    (more, left_out) = (jobs, left);
                    self.entry.complete = true;
                    Ok(())
                }
                Err(stop) => Err(stop),
            },
            _ => self.save(&shared, &mut aside).await,
        };
        if outcome.is_ok() && matches!(self.of, Of::Log { .. }) {
            match shared.unless_stopped(self.older(&shared)).await {
                Ok(Ok(job)) => more.extend(job),
                Ok(Err(why)) => no_older = Some(why),
                // Whoever ended the download has the log itself.
                Err(_) => {}
            }
        }
        self.entry.problem = match &outcome {
            Ok(()) => None,
            Err(Stop::Local(why) | Stop::Remote(why) | Stop::Cut(why)) => Some(why.to_string()),
            Err(Stop::Cancelled) => Some("cancelled".to_owned()),
        };
        Came { job: self, outcome, more, aside, left_out, no_older }
    }

    async fn save(&mut self, shared: &Shared, aside: &mut Vec<Entry>) -> Result<(), Stop> {
        let path = shared.directory.join(&self.entry.path);
        *held(&shared.now) = Clean::new(&self.entry.path);
        if self.entry.complete {
            let whole =
                summed(&path).await.is_ok_and(|(bytes, sum)| bytes == self.entry.saved && sum == self.entry.sha256);
            if whole {
                return Ok(());
            }
            if fs::try_exists(&path).await.map_err(|error| Stop::Local(local(&path, &error)))? {
                self.set_aside(shared, "it was changed after it was saved", aside).await?;
            }
            self.entry = self.entry.anew();
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).await.map_err(|error| Stop::Local(local(folder, &error)))?;
        }
        let mut sink = self.open(shared, path, aside).await?;
        let outcome = self.over_cuts(shared, &mut sink, aside).await;
        let ended = sink.end(shared, &mut self.entry, &outcome).await;
        self.entry.complete = outcome.is_ok() && ended.is_ok();
        if self.entry.complete {
            self.entry.resume = None;
        }
        ended?;
        outcome
    }

    /// The file, behind what is whole of it.
    async fn open(&mut self, shared: &Shared, path: PathBuf, aside: &mut Vec<Entry>) -> Result<Sink, Stop> {
        let here = |error: std::io::Error| Stop::Local(local(&path, &error));
        let (compress, disk) = (shared.compress, &shared.disk);
        if self.entry.saved > 0 && !matches!(self.of, Of::Rotated { .. }) {
            let left = (self.entry.saved, self.entry.sha256.as_str());
            if let Some(pack) = Pack::append(&path, left, compress, disk).await.map_err(here)? {
                return Ok(Sink::new(pack, self.n, &self.entry));
            }
            if fs::try_exists(&path).await.map_err(here)? {
                // Somebody changed it: it is theirs now.
                self.set_aside(shared, "it was changed after it was saved", aside).await?;
            }
        }
        self.entry = self.entry.anew();
        let pack = Pack::create(&path, compress, disk, shared.resumed).await.map_err(here)?;
        Ok(Sink::new(pack, self.n, &self.entry))
    }

    /// Gives what was saved of the file another name, under which it stays.
    pub(super) async fn set_aside(&mut self, shared: &Shared, why: &str, aside: &mut Vec<Entry>) -> Result<(), Stop> {
        let path = shared.directory.join(&self.entry.path);
        let here = |error: std::io::Error| Stop::Local(local(&path, &error));
        for n in 1.. {
            let name = format!("{}.before-{n}", self.entry.path);
            let to = shared.directory.join(&name);
            if fs::try_exists(&to).await.map_err(here)? {
                continue;
            }
            fs::rename(&path, &to).await.map_err(here)?;
            let (saved, sha256) = summed(&to).await.map_err(here)?;
            let mut entry = Entry { path: name, saved, sha256, complete: true, resume: None, ..self.entry.clone() };
            entry.gaps.push(why.to_owned());
            aside.push(entry);
            return Ok(());
        }
        Ok(())
    }

    async fn over_cuts(&mut self, shared: &Shared, sink: &mut Sink, aside: &mut Vec<Entry>) -> Result<(), Stop> {
        let mut failures = 0;
        loop {
            let before = self.entry.bytes;
            let once = match self.of.clone() {
                Of::File { size } => self.file(shared, size, sink, aside).await,
                Of::Rotated { from, before } => self.rotated(shared, (from, before), sink).await,
                _ => self.log(shared, sink).await,
            };
            let Err(Stop::Cut(cut)) = once else { return once };
            failures = if self.entry.bytes > before { 1 } else { failures + 1 };
            if failures > FAILURES {
                return Err(Stop::Cut(cut));
            }
            shared.unless_stopped(sleep(Duration::from_millis(250 << failures))).await?;
        }
    }

    /// Where the log lacks its beginning: the job that saves what its kubelet has rotated away.
    ///
    /// # Errors
    /// Why that is not to be had.
    async fn older(&mut self, shared: &Shared) -> Result<Option<Job>, Clean> {
        let Of::Log { previous, started } = self.of else { return Ok(None) };
        if matches!(shared.begin, Begin::Tail(_)) {
            return Ok(None);
        }
        let from = shared.since().max(started);
        let oldest = match (shared.begin, &self.entry.first) {
            (Begin::Head, Some(first)) => moment(first),
            _ => self.oldest(shared, previous).await,
        };
        let lacks = match (from, oldest) {
            (Some(from), Some(oldest)) => oldest > from + SLACK,
            (_, None) => true,
            // When an instance before the newest began is not told by every status: its rotated files tell.
            (None, Some(_)) => previous,
        };
        if !lacks {
            return Ok(None);
        }
        self.entry.whole_from = oldest.filter(|_| from.is_some()).map(rfc3339);
        let names = match self.rotated_names(shared).await {
            Ok(names) => names,
            Err(_) if from.is_none() => return Ok(None),
            Err(why) => {
                if let (None, Some(from)) = (oldest, from) {
                    let what = "the kubelet has no line: none was written, or all are rotated away";
                    self.entry.gaps.push(format!("since {}: {what}", rfc3339(from)));
                }
                return Err(why);
            }
        };
        if names.is_empty() {
            return Ok(None);
        }
        let kind = if self.entry.kind == "previous" { "previous-rotated" } else { "rotated" };
        let path = self.entry.path.replace(&format!("/{}.log", self.entry.kind), &format!("/{kind}.log"));
        let entry = Entry { path, kind: kind.to_owned(), ..self.entry.anew() };
        Ok(Some(Job { n: 0, entry, of: Of::Rotated { from, before: oldest }, node: self.node.clone() }))
    }

    /// The names of the rotated files of this instance, the oldest first.
    ///
    /// # Errors
    /// Why they are not known: the user is asked first whether they may.
    pub(super) async fn rotated_names(&self, shared: &Shared) -> Result<Vec<String>, Clean> {
        let Some(instance) = self.entry.instance.filter(|_| !self.node.is_empty()) else {
            return Err("which instance of its container it is of is not known".into());
        };
        shared.may_read_nodes().await?;
        let names = rotated::files(&shared.cluster.client, &self.folder()).await;
        let mut names = names.map_err(|error| Clean::from(error.to_string()))?;
        names.retain(|name| name.strip_prefix(&format!("{instance}.log.")).is_some());
        Ok(names)
    }
}

/// A time of the manifest.
pub(super) fn moment(text: &str) -> Option<Nanos> {
    let read = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    Some(rolldeck_core::logs::nanos(read.to_utc()))
}

/// Lines behind what the entry has.
pub(super) fn lines<'a>(sink: &'a mut Sink, entry: &Entry) -> Lines<'a> {
    Lines::new(sink, entry.resume.clone().unwrap_or_default())
}
