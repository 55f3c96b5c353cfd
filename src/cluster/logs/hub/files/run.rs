//! The task of one reading of files.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use rolldeck_core::{
    fleet::Freshness,
    kept::Name,
    logs::{Begin, Ended, Kind, LogsOf, Picked, Source, SourceId, SourceState, Sources, Told},
    text::Clean,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinSet,
};

use super::{
    super::{
        outlet::{Gone, Outlet},
        revisions::Key,
        run::PODS,
    },
    container::Container,
    looks::{Looker, Looks},
    picks::{ByContainer, Picks},
    pods::Pods,
    reach::Reach,
    set::{Said, now},
};
use crate::logs::subject::{self, Instance, Status, Subject};

/// What files have said and nobody has taken.
const ROOM: usize = 64;

/// A reading of files.
pub(super) struct Run<R> {
    reach: R,
    of: Vec<LogsOf>,
    picks: Picks,
    begin: Begin,
    looks: Arc<Looks>,
    /// Pods that were met, by uid, with how those of their containers stand that are read.
    known: HashMap<Clean, HashMap<Clean, watch::Sender<Status>>>,
    /// Names of the pods that were met.
    met: BTreeSet<Name>,
    /// Pods that came before all are known: whether they were there when files were picked is not known yet.
    unsure: Vec<(Name, Subject, Begin)>,
    /// It is known which pods there are, or that this cannot be known.
    settled: bool,
    sources: Sources,
    numbers: Vec<(Key, u64)>,
    said: (mpsc::Sender<Said>, mpsc::Receiver<Said>),
    tasks: JoinSet<()>,
    out: Outlet,
}

impl<R: Reach> Run<R> {
    /// Of these files. It is looked for others so often.
    pub(super) fn new(
        reach: R,
        (of, picked): (Vec<LogsOf>, Picked),
        (begin, look): (Begin, Duration),
        out: Outlet,
    ) -> Self {
        Self {
            reach,
            picks: Picks::new(&of, picked),
            of,
            begin,
            looks: Looks::new(look),
            known: HashMap::new(),
            met: BTreeSet::new(),
            unsure: Vec::new(),
            settled: false,
            sources: Sources::default(),
            numbers: Vec::new(),
            said: mpsc::channel(ROOM),
            tasks: JoinSet::new(),
            out,
        }
    }

    /// Follows them until nobody listens.
    pub(super) async fn forever(mut self) -> Result<(), Gone> {
        let (to, mut pods) = mpsc::channel(PODS);
        let (reach, of) = (self.reach.clone(), self.of.clone());
        self.tasks.spawn(async move { reach.pods(of, to).await });
        loop {
            let full = self.out.is_full();
            tokio::select! {
                biased;
                Some(news) = pods.recv() => self.pods(news),
                Some(said) = self.said.1.recv(), if !full => self.heard(said),
                sent = self.out.send() => sent?,
                Some(_) = self.tasks.join_next() => {}
            }
        }
    }

    fn heard(&mut self, said: Said) {
        match said {
            Said::Blocks(blocks) => self.out.take(blocks),
            Said::State(id, state) => self.out.state(&mut self.sources, id, state),
            Said::Note(note) => self.out.say(Told::Note(note)),
            // Whoever asked may have ended since.
            Said::Join(source, answer) => drop(answer.send(self.join(source))),
            Said::Gone(ids) => {
                for id in ids {
                    if self.sources.get(id).is_some_and(|source| source.ended.is_none()) {
                        self.out.state(&mut self.sources, id, SourceState::Ended(now(), Ended::PodGone));
                    }
                }
            }
        }
    }

    fn join(&mut self, mut source: Source) -> Option<SourceId> {
        source.revision.number = self.numbers.iter().rev().find(|(key, _)| key.has(&source)).map(|(_, number)| *number);
        match self.sources.add(source.clone()) {
            Ok(id) => {
                self.out.say(Told::Sources(vec![(id, source)]));
                self.out.state(&mut self.sources, id, SourceState::Connecting);
                Some(id)
            }
            Err(error) => {
                self.out.say(Told::Note(error.to_string().into()));
                None
            }
        }
    }

    fn pods(&mut self, news: Pods) {
        match news {
            Pods::There { name, pod, later } => self.there(name, pod, if later { Begin::Head } else { self.begin }),
            Pods::Gone(uid) => {
                self.unsure.retain(|(_, pod, _)| pod.uid != uid);
                for live in self.known.remove(&uid).into_iter().flat_map(HashMap::into_values) {
                    live.send_replace(Status::Gone);
                }
            }
            Pods::Numbered(key, number) => self.numbered(key, number),
            Pods::Fresh(fresh) => {
                match &fresh {
                    Freshness::Live => self.settle(|run, name, picks| run.missing(name, picks)),
                    Freshness::Forbidden(_) | Freshness::Unauthorized(_) | Freshness::Absent => {
                        self.settle(|run, name, picks| run.blindly(name, picks));
                    }
                    Freshness::Loading { .. } | Freshness::Stale { .. } => {}
                }
                self.out.say(Told::Pods(fresh));
            }
            Pods::Failed(why) => {
                self.settle(|run, name, picks| run.blindly(name, picks));
                self.out.say(Told::Note(format!("files of pods that start later do not join: {why}").into()));
                self.out.say(Told::Pods(Freshness::Live));
            }
        }
    }

    fn there(&mut self, name: Name, pod: Subject, begin: Begin) {
        if let Some(known) = self.known.get(&pod.uid) {
            for container in &pod.containers {
                if let Some(live) = known.get(&container.name) {
                    live.send_if_modified(|status| {
                        let news = *status != container.status;
                        if news {
                            *status = container.status.clone();
                        }
                        news
                    });
                }
            }
            return;
        }
        self.met.insert(name.clone());
        if let Some(picks) = self.picks.of_pod(&name).cloned() {
            self.picks.learn(&name, Some(&pod));
            return self.begin(&name, &pod, picks, begin);
        }
        if self.picks.is_passed(&name) {
            self.known.insert(pod.uid, HashMap::new());
        } else if self.settled {
            self.follow_as_its_app(&name, &pod, begin);
        } else {
            match self.unsure.iter_mut().find(|(_, known, _)| known.uid == pod.uid) {
                Some((_, known, _)) => *known = pod,
                None => self.unsure.push((name, pod, begin)),
            }
        }
    }

    fn follow_as_its_app(&mut self, name: &Name, pod: &Subject, begin: Begin) {
        let picks = self.picks.of_app(name, pod).cloned().unwrap_or_default();
        self.begin(name, pod, picks, begin);
    }

    /// Follows what was picked of a pod.
    fn begin(&mut self, name: &Name, pod: &Subject, picks: ByContainer, begin: Begin) {
        let mut live = HashMap::new();
        for (container, paths) in picks {
            let source = pod.source((&name.namespace, &name.name), &container);
            let Some(there) = pod.containers.iter().find(|there| there.name == container) else {
                let why = "its pod has no container of this name: list the files again to pick others";
                self.over(&source, &paths, &Ended::Refused(why.into()));
                continue;
            };
            let (tell, told) = watch::channel(there.status.clone());
            let looker = Looker::join(&self.looks);
            let reader = Container::new(self.reach.clone(), source, &paths, (looker, told), self.said.0.clone());
            self.tasks.spawn(reader.live(begin));
            live.insert(container, tell);
        }
        self.known.insert(pod.uid.clone(), live);
    }

    /// Tells of each path that nothing can be read of it.
    fn over(&mut self, source: &Source, paths: &BTreeSet<Arc<str>>, why: &Ended) {
        for path in paths {
            let source = Source { kind: Kind::File(Clean::new(path)), ..source.clone() };
            if let Some(id) = self.join(source) {
                self.out.state(&mut self.sources, id, SourceState::Ended(now(), why.clone()));
            }
        }
    }

    /// From now on it is known which pods there are, or that this is never known; `missing` is done about those of which something
    /// was picked and that nobody met.
    fn settle(&mut self, missing: impl Fn(&mut Self, &Name, ByContainer)) {
        if std::mem::replace(&mut self.settled, true) {
            return;
        }
        let picked = self.picks.pods().filter(|(name, _)| !self.met.contains(*name));
        let unmet: Vec<(Name, ByContainer)> = picked.map(|(name, picks)| (name.clone(), picks.clone())).collect();
        for (name, picks) in unmet {
            self.picks.learn(&name, None);
            missing(self, &name, picks);
        }
        for (name, pod, begin) in std::mem::take(&mut self.unsure) {
            self.follow_as_its_app(&name, &pod, begin);
        }
    }

    /// A pod is gone of which something was picked.
    fn missing(&mut self, name: &Name, picks: ByContainer) {
        let gone = subject::nothing(Clean::default());
        for (container, paths) in picks {
            self.over(&gone.source((&name.namespace, &name.name), &container), &paths, &Ended::PodGone);
        }
    }

    /// It is not to be known how a pod stands: it is tried, and whoever tries says why not.
    fn blindly(&mut self, name: &Name, picks: ByContainer) {
        let mut pod = subject::nothing(Clean::default());
        pod.containers =
            picks.keys().map(|name| subject::Container::of(name.clone(), Status::There(Instance::default()))).collect();
        self.begin(name, &pod, picks, self.begin);
    }

    fn numbered(&mut self, key: Key, number: u64) {
        let of_it = self.sources.iter().filter(|(_, source)| key.has(source));
        let better: Vec<(SourceId, Source)> = of_it
            .map(|(id, source)| {
                let mut source = source.clone();
                source.revision.number = Some(number);
                (id, source)
            })
            .collect();
        self.numbers.push((key, number));
        if !better.is_empty() {
            self.out.say(Told::Sources(better));
        }
    }
}

/// Asks for a number for a source. `None`: nobody listens any more; `Some(None)`: there are too many.
pub(super) async fn number(to: &mpsc::Sender<Said>, source: Source) -> Option<Option<SourceId>> {
    let (answer, id) = oneshot::channel();
    to.send(Said::Join(source, answer)).await.ok()?;
    id.await.ok()
}
