//! Answering a request for a log: what there is, then, if it is followed, what comes.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures::{Stream, stream};
use serde_json::Value;

use super::{Line, Options, Source, life};
use crate::{
    clock::Clock,
    store::{Refusal, Store, kind::POD},
};

/// A kubelet keeps this much of a log: `containerLogMaxSize`.
const KEPT: usize = 10 * 1024 * 1024;

/// How many lines are handed over at once.
const BLOCK: usize = 500;

/// How long a follower waits at most before it looks whether its container still runs.
const LOOK: TimeDelta = TimeDelta::seconds(1);

/// The log of a pod's container as a stream of blocks that ends with the container, or at once where it is not followed.
///
/// # Errors
/// 400 in the server's words where there is no such container, or no log of it.
pub(crate) fn answer(
    store: &Store,
    seed: u64,
    pod: Value,
    options: Options,
) -> Result<impl Stream<Item = Bytes> + Send + use<>, Refusal> {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (text("namespace"), text("name"));
    let life = life::of(&pod, &options)?;
    let source = life.map(|life| Source::new(seed, &pod, life));
    let place = Arc::new(Place { store: store.clone(), seed, namespace, name });
    let left = options.limit;
    let state = State {
        place,
        clock: store.clock().clone(),
        options,
        source,
        last: None,
        waiting: Vec::new(),
        left,
        over: false,
    };
    Ok(stream::unfold(state, State::next))
}

struct Place {
    store: Store,
    seed: u64,
    namespace: String,
    name: String,
}

struct State {
    place: Arc<Place>,
    clock: Clock,
    options: Options,
    source: Option<Source>,
    /// Everything up to here was taken; `None` before the first look.
    last: Option<DateTime<Utc>>,
    /// Taken and not yet handed over, the oldest last.
    waiting: Vec<Line>,
    /// Bytes that may still be sent.
    left: Option<u64>,
    /// Nothing comes after what waits.
    over: bool,
}

impl State {
    async fn next(mut self) -> Option<(Bytes, Self)> {
        loop {
            if self.left == Some(0) {
                return None;
            }
            if !self.waiting.is_empty() {
                let block = self.block();
                return Some((block, self));
            }
            let now = self.clock.now();
            let Some(from) = self.last.replace(now) else {
                self.begin(now);
                continue;
            };
            if !self.options.follow || self.over {
                return None;
            }
            let pod = self.place.store.get(&POD, &self.place.namespace, &self.place.name);
            pod.iter().for_each(|pod| self.refresh(pod));
            let source = self.source.as_ref()?;
            self.over = pod.is_none() || source.life.ended.is_some_and(|(end, _)| end <= now);
            self.waiting = source.between(from, now, usize::MAX);
            self.waiting.reverse();
            if self.waiting.is_empty() && !self.over {
                let next = source.next(now).unwrap_or(now + LOOK).min(now + LOOK);
                self.clock.sleep_until(next).await;
            }
        }
    }

    /// What there is before anything is followed.
    fn begin(&mut self, now: DateTime<Utc>) {
        let Some(source) = &self.source else { return };
        let lines = self.options.tail.unwrap_or(u64::MAX);
        self.waiting = source.newest(now, self.options.since, lines, KEPT);
        self.waiting.reverse();
    }

    /// Takes over how the instance that is followed has ended.
    fn refresh(&mut self, pod: &Value) {
        let Some(source) = &self.source else { return };
        let started = source.life.started;
        let container = Some(source.life.container.clone());
        let now = |previous| life::of(pod, &Options { container: container.clone(), previous, ..Options::default() });
        let found = [now(false), now(true)].into_iter().flatten().flatten().find(|life| life.started == started);
        let life = found.unwrap_or_else(|| {
            let mut life = source.life.clone();
            // It has been forgotten altogether: two others came since.
            life.ended = Some((self.last.unwrap_or(started), crate::pods::voice::Death::Stopped));
            life
        });
        if life.ended.is_some() || life.unready != source.life.unready {
            self.source = Some(Source::new(self.place.seed, pod, life));
        }
    }

    fn block(&mut self) -> Bytes {
        let mut text = String::new();
        for _ in 0..BLOCK {
            let Some(line) = self.waiting.pop() else { break };
            if self.options.timestamps {
                text += &line.at.to_rfc3339_opts(SecondsFormat::Nanos, true);
                text.push(' ');
            }
            text += &line.text;
            text.push('\n');
        }
        let mut bytes = Bytes::from(text);
        if let Some(left) = &mut self.left {
            bytes.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
            *left -= bytes.len() as u64;
        }
        bytes
    }
}
