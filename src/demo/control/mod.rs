//! The demo's own controls, under `/demo/`: a test in another process moves its time and makes things go wrong. A real
//! cluster has nothing of this, and faults and rights do not touch it.

mod orders;
mod state;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use futures::{FutureExt, future::BoxFuture};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    Pods,
    api::{Body, Control, access::Access, faults::Faults, writes::Writes},
    server::Server,
    store::Store,
};
use orders::{ChatterOrder, ClockOrder, FaultOrder, RightOrder, SkewOrder};

/// What there is under `/demo/`.
const PATHS: [&str; 8] = [
    "/demo/state",
    "/demo/chatter",
    "/demo/clock",
    "/demo/faults",
    "/demo/rights",
    "/demo/skew",
    "/demo/compact",
    "/demo/writes",
];

/// The furthest that time may be moved at once: a longer way is gone in several steps.
const FURTHEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// The controls of one cluster:
///
/// | request | body | what it does |
/// | --- | --- | --- |
/// | `GET /demo/state` | | says how things are |
/// | `POST /demo/clock` | `{"advance": seconds, "rate": number}` | moves the time; lets it run so many times as fast, or stand (0) |
/// | `POST /demo/faults` | `{"kind", "milliseconds", "retryAfter", "verb", "path", "times"}` | makes something go wrong |
/// | `DELETE /demo/faults` | | ends all that |
/// | `POST /demo/rights` | `{"verbs", "groups", "resources", "namespaces"}` | takes a right away |
/// | `DELETE /demo/rights` | | gives all back |
/// | `POST /demo/skew` | `{"seconds"}` | puts the server's `Date` ahead of its time |
/// | `POST /demo/compact` | | forgets the history of versions |
/// | `POST /demo/chatter` | `{"namespace", "pod", "container", "lines", "width", "seconds", "limit"}` | has a container say so many numbered lines of so many bytes, over so many seconds; `limit`: bytes after which its log is rotated |
/// | `GET /demo/writes` | | tells what clients wrote, dry runs included |
/// | `DELETE /demo/writes` | | forgets that |
///
/// Each but `GET /demo/writes` answers with the state then; kinds of faults are `latency`, `reset`, `half-open`, `gone`, `too-many-requests` and
/// `internal-error`.
#[derive(Clone, Debug)]
pub struct Controls {
    store: Store,
    faults: Faults,
    access: Access,
    writes: Writes,
    pods: Option<Pods>,
}

impl Controls {
    /// The controls of this server.
    pub fn of(server: &Server) -> Self {
        let Server { store, faults, access, writes, .. } = server.clone();
        Self { store, faults, access, writes, pods: None }
    }

    /// The same, with what is behind these pods.
    pub fn with(self, pods: Pods) -> Self {
        Self { pods: Some(pods), ..self }
    }

    fn obey(&self, method: &Method, path: &str, body: &[u8]) -> Result<(), (StatusCode, String)> {
        match (method.as_str(), path) {
            ("GET", "/demo/state" | "/demo/writes") => {}
            ("DELETE", "/demo/writes") => self.writes.clear(),
            ("POST", "/demo/clock") => self.move_time(read(body)?)?,
            ("POST", "/demo/faults") => self.faults.add(read::<FaultOrder>(body)?.fault().map_err(bad)?),
            ("DELETE", "/demo/faults") => self.faults.clear(),
            ("POST", "/demo/rights") => self.access.deny(read::<RightOrder>(body)?.denial()),
            ("DELETE", "/demo/rights") => self.access.restore(),
            ("POST", "/demo/skew") => {
                let seconds = read::<SkewOrder>(body)?.seconds;
                self.faults.set_skew(TimeDelta::try_seconds(seconds).ok_or_else(|| bad("seconds: too many"))?);
            }
            ("POST", "/demo/compact") => self.store.compact(),
            ("POST", "/demo/chatter") => {
                let order: ChatterOrder = read(body)?;
                let say = order.chatter().map_err(bad)?;
                let pods = self.pods.as_ref().ok_or_else(|| bad("there is nothing behind the pods of this cluster"))?;
                pods.chatter(&order.namespace, &order.pod, &order.container, say).map_err(bad)?;
            }
            _ if PATHS.contains(&path) => {
                return Err((StatusCode::METHOD_NOT_ALLOWED, format!("{path} does not take {method}")));
            }
            _ => return Err((StatusCode::NOT_FOUND, format!("there is no control {path}"))),
        }
        Ok(())
    }

    fn move_time(&self, order: ClockOrder) -> Result<(), (StatusCode, String)> {
        let clock = self.store.clock();
        if let Some(rate) = order.rate {
            if !(0.0..=10_000.0).contains(&rate) {
                return Err(bad("rate: from 0 to 10000"));
            }
            clock.set_rate(rate);
        }
        if let Some(seconds) = order.advance {
            let by = Duration::try_from_secs_f64(seconds).ok().filter(|by| *by <= FURTHEST);
            clock.advance(by.ok_or_else(|| bad("advance: seconds, from 0 to a week"))?);
        }
        Ok(())
    }
}

fn bad(why: impl Into<String>) -> (StatusCode, String) {
    (StatusCode::BAD_REQUEST, why.into())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|error| bad(format!("the body: {error}")))
}

fn answer(status: StatusCode, value: &Value) -> Response<Body> {
    let body = Full::new(Bytes::from(format!("{value}\n"))).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

impl Control for Controls {
    fn owns(&self, path: &str) -> bool {
        path == "/demo" || path.starts_with("/demo/")
    }

    fn answer(&self, request: Request<Bytes>) -> BoxFuture<'static, Response<Body>> {
        let (method, path) = (request.method(), request.uri().path());
        let response = match self.obey(method, path, request.body()) {
            Ok(()) if method == Method::GET && path == "/demo/writes" => answer(StatusCode::OK, &self.writes.to_json()),
            Ok(()) => answer(StatusCode::OK, &state::of(&self.store, &self.faults, &self.access)),
            Err((status, why)) => answer(status, &json!({ "error": why })),
        };
        futures::future::ready(response).boxed()
    }
}
