//! The pods of a cluster, as its API server asks for their logs and shells.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use http::{Request, Response, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use serde_json::Value;

use super::{
    exec,
    logs::{self, Burst, Bursts, Life, Options, Source},
    userland::{Drafts, Host, Processes},
};
use crate::{
    api::{Body, Door, PodStreams, Query},
    store::{Refusal, Store, kind::POD},
};

/// Containers whose files are kept though no shell is open in them.
const KEPT: usize = 256;

/// Files of containers by their identity, and when each was touched last.
type Files = HashMap<String, (DateTime<Utc>, Drafts, Processes)>;

/// Logs and shells of the pods in a store. Clones are the same.
#[derive(Clone, Debug)]
pub struct Pods {
    pub(super) store: Store,
    seed: u64,
    files: Arc<Mutex<Files>>,
    bursts: Bursts,
    /// Debug containers whose process was begun, by uid of the pod and name.
    pub(super) debuggers: Arc<Mutex<HashSet<String>>>,
}

impl Pods {
    /// The pods of a store; the same seed says the same.
    pub fn new(store: Store, seed: u64) -> Self {
        Self { store, seed, files: Arc::default(), bursts: Bursts::default(), debuggers: Arc::default() }
    }

    /// What was written and started so far in an instance of a container.
    fn inside(&self, pod: &Value, life: &Life) -> (Drafts, Processes) {
        let key = format!("{}/{}", pod["metadata"]["uid"].as_str().unwrap_or_default(), life.container);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((started, drafts, processes)) = files.get(&key)
            && *started == life.started
        {
            return (drafts.clone(), processes.clone());
        }
        if files.len() >= KEPT
            && let Some(oldest) = files.iter().min_by_key(|(_, (started, ..))| *started).map(|(key, _)| key.clone())
        {
            files.remove(&oldest);
        }
        let (drafts, processes) = (Drafts::default(), Processes::default());
        files.insert(key, (life.started, drafts.clone(), processes.clone()));
        (drafts, processes)
    }

    pub(super) fn host(&self, pod: Value, life: Life) -> Host {
        let (drafts, processes) = self.inside(&pod, &life);
        let container = life.container.clone();
        let source = Source::new(self.seed, &pod, life);
        let (clock, store) = (self.store.clock().clone(), self.store.clone());
        Host { pod, container, source, clock, store, drafts, processes, seed: self.seed }
    }
}

/// What a container is told to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chatter {
    /// Lines.
    pub(crate) lines: u64,
    /// Bytes of each, with its end.
    pub(crate) width: usize,
    /// Over how long a time.
    pub(crate) over: Duration,
    /// How large the container's log may become before it is rotated.
    pub(crate) limit: Option<u64>,
}

impl Pods {
    /// Has a container say numbered lines from now on: `chatter 000000001 …`. None of them is held in memory.
    ///
    /// # Errors
    /// Where there is no such container.
    pub(crate) fn chatter(&self, namespace: &str, pod: &str, container: &str, say: Chatter) -> Result<(), String> {
        let found = self.store.get(&POD, namespace, pod).ok_or_else(|| format!("there is no pod {namespace}/{pod}"))?;
        let container = logs::choose(&found, (!container.is_empty()).then_some(container));
        let container = container.map_err(|refusal| refusal.message)?;
        let nanos =
            i64::try_from(say.over.as_nanos()).unwrap_or(i64::MAX) / i64::try_from(say.lines).unwrap_or(1).max(1);
        let burst = Burst {
            from: self.store.clock().now() + TimeDelta::nanoseconds(1),
            lines: say.lines,
            step: nanos.max(LEAST_STEP),
            width: say.width.max(LEAST_WIDTH),
            limit: say.limit.unwrap_or(logs::LIMIT),
        };
        self.bursts.add(&found, &container, burst);
        Ok(())
    }
}

/// Nanoseconds between two lines that are said as fast as can be.
const LEAST_STEP: i64 = 1000;
/// A line has its number at least.
const LEAST_WIDTH: usize = 20;

impl PodStreams for Pods {
    fn log(&self, pod: Value, query: Query) -> BoxFuture<'static, Result<Response<Body>, Refusal>> {
        let answer = || {
            let options = Options::read(|name| query.get(name), self.store.clock().now())?;
            let stream = logs::answer(&self.store, self.seed, &self.bursts, pod, options)?;
            let body = BodyExt::boxed_unsync(StreamBody::new(stream.map(|block| Ok(Frame::data(block)))));
            Response::builder()
                .header(header::CONTENT_TYPE, "text/plain")
                .body(body)
                .map_err(|error| Refusal::new(500, "InternalError", error.to_string()))
        };
        futures::future::ready(answer()).boxed()
    }

    fn open(
        &self,
        door: Door,
        pod: Value,
        query: Query,
        request: Request<Incoming>,
        cut: BoxFuture<'static, ()>,
    ) -> BoxFuture<'static, Result<Response<Body>, Refusal>> {
        let answer = || {
            if door == Door::Forward {
                return exec::forward(pod, &query, request, cut);
            }
            let (wanted, life) = exec::wanted(door, &pod, &query)?;
            exec::answer(self.host(pod, life), self.bursts.clone(), door, wanted, request, cut)
        };
        futures::future::ready(answer()).boxed()
    }

    fn files(&self, node: String, path: String) -> BoxFuture<'static, Result<Response<Body>, Refusal>> {
        let answer = || {
            let (kind, body) = match logs::files(&self.store, self.seed, &self.bursts, &node, &path)? {
                logs::Answer::Page(page) => ("text/html; charset=utf-8", whole(page)),
                logs::Answer::File(stream) => {
                    let body = StreamBody::new(stream.map(|block| Ok(Frame::data(block))));
                    (if path.ends_with(".gz") { "application/gzip" } else { "text/plain" }, BodyExt::boxed_unsync(body))
                }
            };
            let response = Response::builder().header(header::CONTENT_TYPE, kind).body(body);
            response.map_err(|error| Refusal::new(500, "InternalError", error.to_string()))
        };
        futures::future::ready(answer()).boxed()
    }
}

fn whole(text: String) -> Body {
    http_body_util::Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed_unsync()
}
