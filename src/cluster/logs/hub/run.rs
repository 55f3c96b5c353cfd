//! The task of one reading.

use std::{collections::HashMap, sync::Arc};

use rolldeck_core::{
    fleet::Freshness,
    kept::{KeptEvent, Name},
    logs::{Begin, Ended, Kind, LogsOf, Reading, Source, SourceId, SourceState, Sources, nanos},
    text::Clean,
};
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};

use super::{
    cast::{Cast, News},
    outlet::{Gone, Outlet},
    told::Told,
};
use crate::{
    connect::Cluster,
    follow::{Following, follow},
    logs::{
        machine::{Machine, Of},
        request::Address,
        scope::Scope,
        stream::{self, Plan, Said},
        subject::{self, Container, Status, Subject},
    },
    watch::link::{Monitored, Pace},
};

/// Streams that are open at once; others wait for their turn.
const STREAMS: usize = 200;
/// What streams have said and nobody has taken; each holds 128 KiB or so.
const ROOM: usize = 64;
/// Batches of pods that wait.
const PODS: usize = 8;

/// A reading under way. Dropping it ends it.
#[must_use = "dropping it ends the reading"]
pub struct Hub {
    _task: JoinSet<()>,
}

/// Reads logs until the handle is dropped or nobody listens: of a reading that is not followed, until all is read. What is told comes
/// in batches; a full channel holds the streams back, nothing is dropped.
///
/// [`Reading::Stdout`] and [`Reading::Previous`] are read here.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn open(
    cluster: &Cluster,
    of: Vec<LogsOf>,
    reading: Reading,
    begin: Begin,
    follows: bool,
    to: mpsc::Sender<Vec<Told>>,
) -> Hub {
    let mut task = JoinSet::new();
    let cluster = cluster.clone();
    task.spawn(async move {
        let run = Run::new(cluster, reading, begin, follows, to);
        // Nobody listens: there is nobody to tell.
        let _ = run.forever(&of).await;
    });
    Hub { _task: task }
}

struct Run {
    cluster: Cluster,
    link: Arc<Monitored>,
    reading: Reading,
    begin: Begin,
    follows: bool,
    sources: Sources,
    cast: Cast,
    fresh: Option<Freshness>,
    /// By the uid of the pod, then by container.
    live: HashMap<Clean, HashMap<Clean, watch::Sender<Status>>>,
    streams: JoinSet<()>,
    permits: Arc<Semaphore>,
    said: (mpsc::Sender<Said>, mpsc::Receiver<Said>),
    out: Outlet,
}

impl Run {
    fn new(cluster: Cluster, reading: Reading, begin: Begin, follows: bool, to: mpsc::Sender<Vec<Told>>) -> Self {
        Self {
            link: cluster.pulse.link(&cluster.client, Pace::default()),
            cluster,
            reading,
            begin,
            follows,
            sources: Sources::default(),
            cast: Cast::default(),
            fresh: None,
            live: HashMap::new(),
            streams: JoinSet::new(),
            permits: Arc::new(Semaphore::new(STREAMS)),
            said: mpsc::channel(ROOM),
            out: Outlet::new(to),
        }
    }

    async fn forever(mut self, of: &[LogsOf]) -> Result<(), Gone> {
        let scope = match Scope::of(&self.cluster, of).await {
            Ok(scope) => scope,
            Err(error) => {
                self.out.say(Told::Failed(error.to_string().into()));
                return self.out.send().await;
            }
        };
        let (to, mut pods) = mpsc::channel::<(usize, Vec<KeptEvent<Subject>>)>(PODS);
        let (_followings, mut relays) = self.follow(&scope, &to);
        self.cast = Cast::new(scope.targets.len());
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
                Some(_) = relays.join_next() => {}
            }
        }
        self.out.say(Told::Complete);
        self.out.send().await
    }

    /// Follows the pods.
    fn follow(
        &self,
        scope: &Scope,
        to: &mpsc::Sender<(usize, Vec<KeptEvent<Subject>>)>,
    ) -> (Vec<Following>, JoinSet<()>) {
        let (mut followings, mut relays) = (Vec::new(), JoinSet::new());
        for (at, target) in scope.targets.iter().enumerate() {
            let (events, mut come) = mpsc::channel(PODS);
            followings.push(follow(&self.cluster, target.clone(), subject::read, events));
            let to = to.clone();
            relays.spawn(async move {
                while let Some(events) = come.recv().await {
                    if to.send((at, events)).await.is_err() {
                        return;
                    }
                }
            });
        }
        (followings, relays)
    }

    /// All that is to be read has been read, and what comes later is not.
    fn is_read(&self) -> bool {
        !self.follows && self.streams.is_empty() && !matches!(self.cast.fresh(), Freshness::Loading { .. })
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
        self.tell_pods();
    }

    fn tell_pods(&mut self) {
        let fresh = self.cast.fresh();
        if self.fresh.as_ref() != Some(&fresh) {
            self.fresh = Some(fresh.clone());
            self.out.say(Told::Pods(fresh));
        }
    }

    fn there(&mut self, scope: &Scope, name: &Name, pod: &Subject, later: bool) {
        if later && !self.follows {
            return;
        }
        let mut joined = Vec::new();
        for container in pod.containers.iter().filter(|container| scope.takes(name, pod, &container.name)) {
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
            if self.reading == Reading::Previous && !container.has_previous {
                continue;
            }
            joined.extend(self.join(name, pod, container));
        }
        if !joined.is_empty() {
            self.out.say(Told::Sources(joined.iter().map(|(id, source, _)| (*id, source.clone())).collect()));
            for (id, source, status) in joined {
                self.begin(id, &source, status, later);
            }
        }
    }

    /// Takes a container in as a source.
    fn join(&mut self, name: &Name, pod: &Subject, container: &Container) -> Option<(SourceId, Source, Status)> {
        let mut source = pod.source((&name.namespace, &name.name), &container.name);
        if self.reading == Reading::Previous {
            source.kind = Kind::Previous;
        }
        match self.sources.add(source.clone()) {
            Ok(id) => Some((id, source, container.status.clone())),
            Err(error) => {
                self.out.say(Told::Failed(error.to_string().into()));
                None
            }
        }
    }

    /// Begins to read a source.
    fn begin(&mut self, id: SourceId, source: &Source, status: Status, later: bool) {
        if !self.follows
            && let Status::NotStarted(why) = &status
        {
            let why = Clean::from(format!("it has not started: {why}"));
            let ended = SourceState::Ended(nanos(chrono::Utc::now()), Ended::Refused(why));
            self.out.state(&mut self.sources, id, ended);
            return;
        }
        let address = Address {
            namespace: source.namespace.clone(),
            pod: source.pod.clone(),
            container: source.container.clone(),
        };
        let of = match (&self.reading, self.follows) {
            (Reading::Previous, _) => Of::Previous,
            (_, true) => Of::Newest,
            (_, false) => Of::NewestToNow,
        };
        let begin = if later { Begin::Head } else { self.begin };
        let (tell, told) = watch::channel(status.clone());
        let looks_back = of != Of::Previous;
        let machine = Machine::new(id, address.clone(), (of, begin), status, u64::from(id.0));
        self.streams.spawn(stream::run(Plan {
            client: self.cluster.client.clone(),
            link: self.link.clone(),
            source: id,
            address,
            machine,
            status: told,
            permits: self.permits.clone(),
            looks_back,
            to: self.said.0.clone(),
        }));
        self.live.entry(source.uid.clone()).or_default().insert(source.container.clone(), tell);
    }

    fn heard(&mut self, said: Said) {
        match said {
            Said::Blocks(blocks) => self.out.take(blocks),
            Said::State(id, state) => self.out.state(&mut self.sources, id, state),
            Said::Rotated(id, rotated) => self.out.say(Told::Rotated(id, rotated)),
        }
    }
}
