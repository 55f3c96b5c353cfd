//! Answering a request for a log: what there is, then, if it is followed, what comes.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{SecondsFormat, TimeDelta};
use futures::{Stream, stream};
use serde_json::Value;

use super::{Bursts, Cursor, Life, Line, Options, Source, life};
use crate::{
    clock::Clock,
    store::{Refusal, Store, kind::POD},
};

/// How long a follower waits at most before it looks whether its container still runs.
const LOOK: TimeDelta = TimeDelta::seconds(1);

/// The log of a pod's container as a stream of blocks that ends with the container, or at once where it is not followed.
///
/// # Errors
/// 400 in the server's words where there is no such container, or no log of it.
pub(crate) fn answer(
    store: &Store,
    seed: u64,
    bursts: &Bursts,
    pod: Value,
    options: Options,
) -> Result<impl Stream<Item = Bytes> + Send + use<>, Refusal> {
    let text = |field: &str| pod["metadata"][field].as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (text("namespace"), text("name"));
    let life = life::of(&pod, &options)?;
    let place = Arc::new(Place { store: store.clone(), seed, bursts: bursts.clone(), namespace, name });
    let source = life.map(|life| place.source(&pod, life));
    let left = options.limit;
    let state = State { place, clock: store.clock().clone(), options, source, cursor: None, left, over: false };
    Ok(stream::unfold(state, State::next))
}

struct Place {
    store: Store,
    seed: u64,
    bursts: Bursts,
    namespace: String,
    name: String,
}

impl Place {
    /// An instance of the container, with what it was told to say.
    fn source(&self, pod: &Value, life: Life) -> Source {
        let bursts = self.bursts.of(pod, &life.container);
        Source { bursts, ..Source::new(self.seed, pod, life) }
    }
}

struct State {
    place: Arc<Place>,
    clock: Clock,
    options: Options,
    source: Option<Source>,
    /// How far it was read; `None` before the first look.
    cursor: Option<Cursor>,
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
            let now = self.clock.now();
            let source = self.source.as_ref()?;
            let mut cursor = self.cursor.unwrap_or_else(|| source.cursor(now, self.options.since, self.options.tail));
            let lines = source.block(&mut cursor, now);
            self.cursor = Some(cursor);
            if !lines.is_empty() {
                let block = self.text(&lines);
                return Some((block, self));
            }
            if !self.options.follow || self.over {
                return None;
            }
            let pod = self.place.store.get(&POD, &self.place.namespace, &self.place.name);
            pod.iter().for_each(|pod| self.refresh(pod));
            let source = self.source.as_ref()?;
            self.over = pod.is_none() || source.life.ended.is_some_and(|(end, _)| end <= now);
            if !self.over {
                let next = source.next(now).unwrap_or(now + LOOK).min(now + LOOK);
                self.clock.sleep_until(next).await;
            }
        }
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
            life.ended = Some((self.cursor.map_or(started, |cursor| cursor.at), crate::pods::voice::Death::Stopped));
            life
        });
        let told = self.place.bursts.of(pod, &life.container);
        if life.ended.is_some() || life.unready != source.life.unready || told != source.bursts {
            self.source = Some(self.place.source(pod, life));
        }
    }

    fn text(&mut self, lines: &[Line]) -> Bytes {
        let mut text = String::new();
        for line in lines {
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
