//! Containers become sources, and are read.

use std::time::Duration;

use rolldeck_core::{
    kept::Name,
    logs::{Begin, Ended, Kind, Reading, Source, SourceId, SourceState, Told, nanos},
    text::Clean,
};
use tokio::sync::{mpsc, watch};

use super::{revisions::Key, run::Run};
use crate::logs::{
    machine::{Machine, Of},
    request::Address,
    stream::{self, Plan, Said},
    subject::{Container, Status, Subject},
};

/// A followed stream may be silent for so long before it is asked whether its log went on.
const QUIET: Duration = Duration::from_secs(20);

impl Run {
    /// Takes a source in, and tells of it if it is new.
    pub(super) fn add(&mut self, source: Source) -> Option<SourceId> {
        let known = self.sources.len();
        match self.sources.add(source.clone()) {
            Ok(id) => {
                if self.sources.len() > known {
                    self.out.say(Told::Sources(vec![(id, source)]));
                }
                Some(id)
            }
            Err(error) => {
                self.out.say(Told::Failed(error.to_string().into()));
                None
            }
        }
    }

    /// The source that a container is, with all that is known of its revision.
    pub(super) fn source(&self, name: &Name, pod: &Subject, container: &Clean) -> Source {
        let mut source = pod.source((&name.namespace, &name.name), container);
        source.revision.number = self.numbers.of(name, pod);
        source
    }

    /// Tells the number of a revision, which its sources were told without.
    pub(super) fn numbered(&mut self, key: &Key, number: u64) {
        let better = |source: &Source| {
            let mut source = source.clone();
            source.revision.number = Some(number);
            source
        };
        let of_it = self.sources.iter().filter(|(_, source)| key.has(source));
        let better: Vec<(SourceId, Source)> = of_it.map(|(id, source)| (id, better(source))).collect();
        if !better.is_empty() {
            self.out.say(Told::Sources(better));
        }
    }

    /// Takes a container in as a source.
    pub(super) fn join(
        &mut self,
        name: &Name,
        pod: &Subject,
        container: &Container,
    ) -> Option<(SourceId, Source, Status)> {
        let mut source = self.source(name, pod, &container.name);
        if self.wanted.reading == Reading::Previous {
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
    pub(super) fn begin(&mut self, id: SourceId, source: &Source, status: Status, later: bool) {
        if !self.wanted.follows
            && let Status::NotStarted(why) = &status
        {
            let why = Clean::from(format!("it has not started: {why}"));
            let ended = SourceState::Ended(nanos(chrono::Utc::now()), Ended::Refused(why));
            self.out.state(&mut self.sources, id, ended);
            return;
        }
        let of = match (&self.wanted.reading, self.wanted.follows) {
            (Reading::Previous, _) => Of::Previous,
            (_, true) => Of::Newest,
            (_, false) => Of::NewestToNow,
        };
        let begin = if later { Begin::Head } else { self.wanted.begin };
        let tell = self.stream(id, source, status, (of, begin));
        self.live.entry(source.uid.clone()).or_default().insert(source.container.clone(), tell);
    }

    pub(super) fn stream(
        &mut self,
        id: SourceId,
        source: &Source,
        status: Status,
        (of, begin): (Of, Begin),
    ) -> watch::Sender<Status> {
        let address = Address {
            namespace: source.namespace.clone(),
            pod: source.pod.clone(),
            container: source.container.clone(),
        };
        let (tell, told) = watch::channel(status.clone());
        let to = self.door(id);
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
            quiet: QUIET,
            to,
        }));
        tell
    }

    /// Where a stream says what it has to say. Where all is read to its end, a piece of lines at a time: the next once those before
    /// it have gone on.
    pub(super) fn door(&mut self, id: SourceId) -> mpsc::Sender<Said> {
        let said = self.said.0.clone();
        let Some(turns) = self.out.joins(id) else { return said };
        let (to, mut from) = mpsc::channel(1);
        self.streams.spawn(async move {
            while let Some(one) = from.recv().await {
                if matches!(one, Said::Blocks(_)) {
                    let Ok(turn) = turns.acquire().await else { return };
                    turn.forget();
                }
                if said.send(one).await.is_err() {
                    return;
                }
            }
        });
        to
    }
}
