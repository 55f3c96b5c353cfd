//! The pods of a cluster, as its API server asks for their logs and shells.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use http::{Request, Response, header};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Frame, Incoming};
use serde_json::Value;

use super::{
    exec,
    logs::{self, Life, Options, Source},
    userland::{Drafts, Host},
};
use crate::{
    api::{Body, PodStreams, Query},
    store::{Refusal, Store},
};

/// Containers whose files are kept though no shell is open in them.
const KEPT: usize = 256;

/// Files of containers by their identity, and when each was touched last.
type Files = HashMap<String, (DateTime<Utc>, Drafts)>;

/// Logs and shells of the pods in a store. Clones are the same.
#[derive(Clone, Debug)]
pub struct Pods {
    store: Store,
    seed: u64,
    files: Arc<Mutex<Files>>,
}

impl Pods {
    /// The pods of a store; the same seed says the same.
    pub fn new(store: Store, seed: u64) -> Self {
        Self { store, seed, files: Arc::default() }
    }

    /// What was written so far in an instance of a container.
    fn drafts(&self, pod: &Value, life: &Life) -> Drafts {
        let key = format!("{}/{}", pod["metadata"]["uid"].as_str().unwrap_or_default(), life.container);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((started, drafts)) = files.get(&key)
            && *started == life.started
        {
            return drafts.clone();
        }
        if files.len() >= KEPT
            && let Some(oldest) = files.iter().min_by_key(|(_, (started, _))| *started).map(|(key, _)| key.clone())
        {
            files.remove(&oldest);
        }
        let drafts = Drafts::default();
        files.insert(key, (life.started, drafts.clone()));
        drafts
    }

    fn host(&self, pod: Value, life: Life) -> Host {
        let drafts = self.drafts(&pod, &life);
        let container = life.container.clone();
        let source = Source::new(self.seed, &pod, life);
        Host { pod, container, source, clock: self.store.clock().clone(), store: self.store.clone(), drafts }
    }
}

impl PodStreams for Pods {
    fn log(&self, pod: Value, query: Query) -> BoxFuture<'static, Result<Response<Body>, Refusal>> {
        let answer = || {
            let options = Options::read(|name| query.get(name), self.store.clock().now())?;
            let stream = logs::answer(&self.store, self.seed, pod, options)?;
            let body = BodyExt::boxed_unsync(StreamBody::new(stream.map(|block| Ok(Frame::data(block)))));
            Response::builder()
                .header(header::CONTENT_TYPE, "text/plain")
                .body(body)
                .map_err(|error| Refusal::new(500, "InternalError", error.to_string()))
        };
        futures::future::ready(answer()).boxed()
    }

    fn exec(
        &self,
        pod: Value,
        query: Query,
        request: Request<Incoming>,
    ) -> BoxFuture<'static, Result<Response<Body>, Refusal>> {
        let answer = || {
            let (wanted, life) = exec::wanted(&pod, &query)?;
            exec::answer(self.host(pod, life), wanted, request)
        };
        futures::future::ready(answer()).boxed()
    }
}
