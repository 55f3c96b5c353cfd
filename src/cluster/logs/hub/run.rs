//! The task of one reading.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use rolldeck_core::{
    events::Happened,
    fleet::Freshness,
    kept::{KeptEvent, Name},
    logs::{Begin, LogsOf, Reading, SourceId, Sources, Told},
    text::Clean,
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};

use super::{
    archive::{self, Seen},
    cast::{Cast, News},
    outlet::{Gone, Outlet},
    revisions::{Key, Numbers},
    why_not::Events,
};
use crate::{
    connect::Cluster,
    follow::{Following, follow},
    logs::{
        scope::Scope,
        stream::Said,
        subject::{self, Container, End, Status, Subject},
    },
    watch::link::{Monitored, Pace},
};

/// Streams that are open at once; others wait for their turn.
const STREAMS: usize = 200;
/// What streams have said and nobody has taken; each holds 128 KiB or so.
const ROOM: usize = 64;
/// Batches of pods that wait.
pub(super) const PODS: usize = 8;

/// A reading under way. Dropping it ends it.
#[must_use = "dropping it ends the reading"]
pub struct Hub {
    _task: JoinSet<()>,
}

impl Hub {
    /// A reading that this task is.
    pub(super) fn of(task: JoinSet<()>) -> Self {
        Self { _task: task }
    }
}

/// What is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Of what; each once.
    pub of: Vec<LogsOf>,
    /// Of containers of this name only.
    pub container: Option<Clean>,
    /// Which sources; files are read by [`open_files`](super::open_files).
    pub reading: Reading,
    /// From where on.
    pub begin: Begin,
    /// And what is written from now on, and pods that come.
    pub follows: bool,
}

/// Reads logs until the handle is dropped or nobody listens: of a reading that is not followed, until all is read. What is told comes
/// in batches; a full channel holds the streams back, nothing is dropped.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn open(cluster: &Cluster, wanted: Wanted, to: mpsc::Sender<Vec<Told>>) -> Hub {
    open_seeing(cluster, wanted, &Seen::default(), to)
}

/// [`open`], by one that remembers pods: an archive may have their logs when they are gone.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn open_seeing(cluster: &Cluster, wanted: Wanted, seen: &Seen, to: mpsc::Sender<Vec<Told>>) -> Hub {
    let mut task = JoinSet::new();
    let (cluster, seen) = (cluster.clone(), seen.clone());
    task.spawn(async move {
        let run = Run::new(cluster, wanted, seen, to);
        // Nobody listens: there is nobody to tell.
        let _ = run.forever().await;
    });
    Hub { _task: task }
}

/// Events about the pod of a source.
pub(super) type Happens = (SourceId, Vec<KeptEvent<Happened>>);

pub(super) struct Run {
    pub(super) cluster: Cluster,
    pub(super) link: Arc<Monitored>,
    pub(super) wanted: Wanted,
    pub(super) sources: Sources,
    cast: Cast,
    fresh: Option<Freshness>,
    /// What was told of how containers ended: by uid and container.
    pub(super) ends: HashMap<(Clean, Clean), (Option<End>, Option<Clean>)>,
    /// The source of the events about each pod, by its uid.
    pub(super) about: HashMap<Clean, SourceId>,
    pub(super) events: Events,
    pub(super) happens: (mpsc::Sender<Happens>, mpsc::Receiver<Happens>),
    pub(super) relays: JoinSet<()>,
    pub(super) followings: Vec<Following>,
    /// Lists of events that have not come.
    pub(super) unlisted: HashSet<SourceId>,
    pub(super) numbers: Numbers,
    /// Pods that were met: an archive may be asked about them later.
    seen: Seen,
    /// By the uid of the pod, then by container.
    pub(super) live: HashMap<Clean, HashMap<Clean, watch::Sender<Status>>>,
    pub(super) streams: JoinSet<()>,
    pub(super) permits: Arc<Semaphore>,
    pub(super) said: (mpsc::Sender<Said>, mpsc::Receiver<Said>),
    pub(super) out: Outlet,
    /// All pods that were there at first have joined.
    listed: bool,
}

impl Run {
    fn new(cluster: Cluster, wanted: Wanted, seen: Seen, to: mpsc::Sender<Vec<Told>>) -> Self {
        let at_once = !wanted.follows && !matches!(wanted.reading, Reading::Archive(_));
        Self {
            link: cluster.pulse.link(&cluster.client, Pace::default()),
            cluster,
            wanted,
            sources: Sources::default(),
            cast: Cast::default(),
            fresh: None,
            ends: HashMap::new(),
            about: HashMap::new(),
            events: Events::default(),
            happens: mpsc::channel(PODS),
            relays: JoinSet::new(),
            followings: Vec::new(),
            unlisted: HashSet::new(),
            numbers: Numbers::default(),
            seen,
            live: HashMap::new(),
            streams: JoinSet::new(),
            permits: Arc::new(Semaphore::new(STREAMS)),
            said: mpsc::channel(ROOM),
            out: if at_once { Outlet::ordered(to) } else { Outlet::new(to) },
            listed: false,
        }
    }

    async fn forever(mut self) -> Result<(), Gone> {
        if let Reading::Archive(template) = &self.wanted.reading {
            let (of, begin) = (&self.wanted.of, self.wanted.begin);
            return archive::run(&self.cluster, (of, template), (begin, &self.seen), &mut self.out).await;
        }
        let scope = match Scope::of(&self.cluster, &self.wanted.of).await {
            Ok(scope) => scope,
            Err(error) => {
                self.out.say(Told::Failed(error.to_string().into()));
                return self.out.send().await;
            }
        };
        let (to, mut pods) = mpsc::channel::<(usize, Vec<KeptEvent<Subject>>)>(PODS);
        self.follow(&scope, &to);
        self.cast = Cast::new(scope.targets.len());
        self.joined();
        self.tell_pods();
        loop {
            let full = self.out.is_full();
            tokio::select! {
                biased;
                Some((feed, events)) = pods.recv() => self.pods(&scope, feed, events),
                Some(said) = self.said.1.recv(), if !full => self.heard(said),
                sent = self.out.send() => {
                    sent?;
                    if self.is_complete() {
                        break;
                    }
                }
                Some(_) = self.streams.join_next() => {
                    if self.is_read() {
                        while let Ok(said) = self.said.1.try_recv() {
                            self.heard(said);
                        }
                        self.out.drain();
                        if self.out.is_empty() {
                            break;
                        }
                    }
                }
                Some((id, events)) = self.happens.1.recv() => self.happened(id, events),
                (key, number) = self.numbers.next() => self.numbered(&key, number),
            }
        }
        self.out.say(Told::Complete);
        self.out.send().await
    }

    /// Follows the pods.
    fn follow(&mut self, scope: &Scope, to: &mpsc::Sender<(usize, Vec<KeptEvent<Subject>>)>) {
        for (at, target) in scope.targets.iter().enumerate() {
            let (events, mut come) = mpsc::channel(PODS);
            self.followings.push(follow(&self.cluster, target.clone(), subject::read, events));
            let to = to.clone();
            self.relays.spawn(async move {
                while let Some(events) = come.recv().await {
                    if to.send((at, events)).await.is_err() {
                        return;
                    }
                }
            });
        }
    }

    /// All that is to be read has been read, and what comes later is not.
    fn is_read(&self) -> bool {
        !self.wanted.follows
            && self.streams.is_empty()
            && self.unlisted.is_empty()
            && !matches!(self.cast.fresh(), Freshness::Loading { .. })
    }

    fn is_complete(&self) -> bool {
        self.is_read() && self.out.is_empty() && self.said.1.is_empty()
    }

    fn pods(&mut self, scope: &Scope, feed: usize, events: Vec<KeptEvent<Subject>>) {
        let mut news = Vec::new();
        for event in events {
            self.cast.take(feed, event, |one| news.push(one));
        }
        for one in news {
            match one {
                News::There { name, pod, later } => self.there(scope, &name, &pod, later),
                News::Gone(uid) => {
                    for live in self.live.remove(&uid).into_iter().flat_map(HashMap::into_values) {
                        live.send_replace(Status::Gone);
                    }
                }
            }
        }
        self.joined();
        self.tell_pods();
    }

    /// Lets lines go out once everything is there that others have to wait for.
    fn joined(&mut self) {
        if !self.cast.is_listed() || std::mem::replace(&mut self.listed, true) {
            return;
        }
        let logs: usize = self.live.values().map(HashMap::len).sum();
        if !self.wanted.follows && logs > STREAMS {
            let more = logs - STREAMS;
            self.out.say(Told::Note(
                format!(
                    "{STREAMS} logs are read at once: the lines of {more} more come behind, out of the order of time"
                )
                .into(),
            ));
        }
        self.out.all_joined();
    }

    fn tell_pods(&mut self) {
        let fresh = self.cast.fresh();
        if self.fresh.as_ref() != Some(&fresh) {
            self.fresh = Some(fresh.clone());
            self.out.say(Told::Pods(fresh));
        }
    }

    fn there(&mut self, scope: &Scope, name: &Name, pod: &Subject, later: bool) {
        if later && !self.wanted.follows {
            return;
        }
        self.seen.note(name, pod);
        let known = pod
            .containers
            .iter()
            .any(|container| self.live.get(&pod.uid).is_some_and(|of| of.contains_key(&container.name)));
        if self.wanted.follows
            && !known
            && let Some(key) = Key::of(name, pod)
        {
            self.numbers.ask(&self.cluster, key);
        }
        let mut joined = Vec::new();
        let only = |container: &Clean| self.wanted.container.as_ref().is_none_or(|only| only == container);
        let meant = |container: &&Container| only(&container.name) && scope.takes(name, pod, &container.name);
        let containers: Vec<&Container> = pod.containers.iter().filter(meant).collect();
        for container in containers {
            if let Some(live) = self.live.get(&pod.uid).and_then(|of| of.get(&container.name)) {
                live.send_if_modified(|status| {
                    let news = *status != container.status;
                    if news {
                        *status = container.status.clone();
                    }
                    news
                });
                continue;
            }
            match self.wanted.reading {
                Reading::Previous if container.previous.is_none() => {}
                Reading::WhyNot => self.why_not(name, pod, container),
                Reading::Rotated => self.rotated(name, pod, container),
                _ => joined.extend(self.join(name, pod, container)),
            }
        }
        if !joined.is_empty() {
            self.out.say(Told::Sources(joined.iter().map(|(id, source, _)| (*id, source.clone())).collect()));
            for (id, source, status) in joined {
                self.begin(id, &source, status, later);
            }
        }
    }

    fn heard(&mut self, said: Said) {
        match said {
            Said::Blocks(blocks) => self.out.take(blocks),
            Said::State(id, state) => self.out.state(&mut self.sources, id, state),
            Said::Rotated(id, rotated) => self.out.say(Told::Rotated(id, rotated)),
        }
    }
}
