//! What is read besides the logs of the newest instances: why containers do not start, and what the kubelet has rotated away.

use rolldeck_core::{
    events::Happened,
    fleet::{FeedEvent, Freshness},
    kept::{KeptEvent, Name},
    logs::{Ended, Kind, Source, SourceId, SourceState, nanos},
    text::Clean,
};
use tokio::sync::mpsc;

use super::{
    run::{PODS, Run},
    why_not,
};
use crate::{
    events::events,
    logs::{
        machine::Of,
        rotated::{self, Folder},
        subject::{Container, Status, Subject},
    },
};

impl Run {
    /// Reads what the kubelet has rotated away, once.
    pub(super) fn rotated(&mut self, name: &Name, pod: &Subject, container: &Container) {
        let kind = Kind::File("rotated by the kubelet".into());
        let source = Source { kind, ..self.source(name, pod, &container.name) };
        let known = self.sources.len();
        let Some(id) = self.add(source).filter(|_| self.sources.len() > known && !pod.node.is_empty()) else { return };
        self.out.state(&mut self.sources, id, SourceState::Connecting);
        let folder = Folder {
            node: pod.node.clone(),
            namespace: name.namespace.clone(),
            pod: name.name.clone(),
            uid: pod.uid.clone(),
            container: container.name.clone(),
        };
        let to = self.door(id);
        self.streams.spawn(rotated::run(self.cluster.client.clone(), id, folder, to));
    }

    /// Takes in why a container does not start, as far as it is news.
    pub(super) fn why_not(&mut self, name: &Name, pod: &Subject, container: &Container) {
        let news = (container.end.clone(), container.waits.clone());
        let key = (pod.uid.clone(), container.name.clone());
        let before = self.ends.insert(key, news.clone());
        if before.as_ref() == Some(&news) || (before.is_none() && news == (None, None)) {
            return;
        }
        let (old_end, old_wait) = before.unwrap_or_default();
        let now = nanos(chrono::Utc::now());
        let source = self.source(name, pod, &container.name);
        if !self.about.contains_key(&pod.uid) {
            self.follow_events(name, pod);
        }
        let Some(id) = self.add(Source { kind: Kind::Termination, ..source.clone() }) else { return };
        let (end, waits) = news;
        if let Some(end) = end.filter(|end| old_end.as_ref() != Some(end)) {
            self.out.take(vec![why_not::ended(id, &end, now)]);
            self.read_ended(source, container);
        }
        if let Some(why) = waits.filter(|why| old_wait.as_ref() != Some(why)) {
            self.out.take(vec![why_not::waits(id, &why, now)]);
        }
    }

    /// Reads the log of the instance that ended last.
    fn read_ended(&mut self, source: Source, container: &Container) {
        let ended = matches!(&container.status, Status::There(instance) if instance.ended.is_some());
        let of = match (ended, container.previous.is_some()) {
            (true, _) => Of::NewestToNow,
            (_, true) => Of::Previous,
            _ => return,
        };
        let source = Source { kind: Kind::Previous, ..source };
        let known = self.sources.len();
        if let Some(id) = self.add(source.clone())
            && self.sources.len() > known
        {
            self.stream(id, &source, container.status.clone(), (of, self.wanted.begin));
        }
    }

    fn follow_events(&mut self, name: &Name, pod: &Subject) {
        let source = Source { kind: Kind::Events, ..self.source(name, pod, &Clean::default()) };
        let Some(id) = self.add(source) else { return };
        self.about.insert(pod.uid.clone(), id);
        self.out.state(&mut self.sources, id, SourceState::Connecting);
        self.unlisted.insert(id);
        let (to, mut come) = mpsc::channel(PODS);
        self.followings.push(events(&self.cluster, &name.namespace, Some(&why_not::about(name)), to));
        let to = self.happens.0.clone();
        self.relays.spawn(async move {
            while let Some(events) = come.recv().await {
                if to.send((id, events)).await.is_err() {
                    return;
                }
            }
        });
    }

    pub(super) fn happened(&mut self, id: SourceId, events: Vec<KeptEvent<Happened>>) {
        let mut states = Vec::new();
        for event in &events {
            match event {
                // Whoever reads to the end waits for what is there now.
                FeedEvent::Listed if !self.wanted.follows => {
                    states.push(SourceState::Ended(nanos(chrono::Utc::now()), Ended::Complete));
                }
                FeedEvent::Listed => states.push(SourceState::Live),
                FeedEvent::Fresh(Freshness::Forbidden(what)) => states.push(SourceState::Forbidden(what.clone())),
                _ => {}
            }
        }
        let lines = self.events.lines(id, events, nanos(chrono::Utc::now()));
        self.out.take(lines.into_iter().collect());
        for state in states {
            self.unlisted.remove(&id);
            self.out.state(&mut self.sources, id, state);
        }
    }
}
