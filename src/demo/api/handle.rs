//! One request from its first byte to the answer's.

use std::io;

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use super::accept::{Media, negotiate};
use super::broken;
use super::call::Call;
use super::faults::{self, Wrong};
use super::hooks::{Body, Door};
use super::query::Query;
use super::route::Route;
use super::writes::Asked;
use super::{discovery, metrics, no_such_resource, read, respond, review, watch, write};
use crate::server::Server;
use crate::store::kind::NODE;
use crate::store::{Kind, Refusal};

/// The largest body that a request may have, as the API server has it.
const LARGEST: usize = 3 * 1024 * 1024;

/// Answers a request; an error ends the connection without an answer.
pub async fn handle(server: Server, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let path = request.uri().path().to_owned();
    if let Some(control) = server.control.clone().filter(|control| control.owns(&path)) {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        return Ok(control.answer(Request::from_parts(parts, body)).await);
    }
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let verb = Route::read(&path).map_or("get", |route| route.verb(request.method(), &query));
    let media = negotiate(request.headers(), true).map_or(Media::Json, |form| form.media);
    let outcome = match wrong(&server, verb, &path).await? {
        Some(refusal) => Err(refusal),
        None => answer(&server, request, &path, query, verb).await,
    };
    let mut response = outcome.unwrap_or_else(|refusal| respond::refusal(&refusal, media));
    let date = server.store.clock().now() + server.faults.skew();
    if let Ok(date) = HeaderValue::from_str(&date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
        response.headers_mut().insert(DATE, date);
    }
    response.headers_mut().insert(http::header::CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    Ok(response)
}

/// What goes wrong with this request on purpose.
async fn wrong(server: &Server, verb: &str, path: &str) -> io::Result<Option<Refusal>> {
    let mut refused = None;
    for wrong in server.faults.meet(verb, path) {
        match wrong {
            Wrong::Latency(span) => tokio::time::sleep(span).await,
            Wrong::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
            Wrong::HalfOpen => server.faults.silence(verb, path).await,
            other => refused = refused.or_else(|| faults::refusal(other)),
        }
    }
    Ok(refused)
}

async fn answer(
    server: &Server,
    request: Request<Incoming>,
    path: &str,
    query: Query,
    verb: &'static str,
) -> Result<Response<Body>, Refusal> {
    if *request.method() == Method::GET
        && let Some(found) = discovery::answer(server, path, request.headers())
    {
        return Ok(found);
    }
    if *request.method() == Method::POST && path.contains("/selfsubject") {
        let media = negotiate(request.headers(), true)?.media;
        let content = whole(request).await?;
        return review::answer(server, path, &content, media).unwrap_or_else(|| Err(no_such_resource()));
    }
    let Some(route) = Route::read(path) else { return Ok(page_not_found()) };
    let deed = route.deed(verb);
    let kind = find(server, &route);
    if !server.access.may(&deed) {
        return Err(forbidden(kind, &route, &deed.forbidden()));
    }
    if route.group == "metrics.k8s.io" {
        let metrics = server.metrics.as_ref().filter(|metrics| metrics.served() && route.version == "v1beta1");
        let metrics = metrics.ok_or_else(no_such_resource)?;
        return metrics::answer(server, metrics, &route, &query, request.headers());
    }
    let kind = kind.ok_or_else(no_such_resource)?;
    // A list of a namespaced kind names no object without its namespace.
    if kind.namespaced && route.name.is_some() && route.namespace.is_none() {
        return Err(no_such_resource());
    }
    let subresource = route.subresource.clone().unwrap_or_default();
    if matches!(subresource.as_str(), "log" | "exec" | "attach" | "portforward" | "proxy") && kind.has(&subresource) {
        return stream(server, kind, &route, query, &subresource, request).await;
    }
    let call = Call::new(server, kind, route, query, verb, request.headers())?;
    dispatch(call, &subresource, request).await
}

async fn dispatch(call: Call, subresource: &str, request: Request<Incoming>) -> Result<Response<Body>, Refusal> {
    if !subresource.is_empty() && !call.kind.has(subresource) {
        return Err(no_such_resource());
    }
    if !matches!(call.verb, "create" | "update" | "patch" | "delete" | "deletecollection") {
        return look(call, subresource);
    }
    let (writes, store) = (call.server.writes.clone(), call.server.store.clone());
    let agent = request.headers().get(http::header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let (agent, path) = (agent.unwrap_or_default().to_owned(), request.uri().path().to_owned());
    let content = whole(request).await?;
    let asked = Asked {
        verb: call.verb,
        path,
        manager: call.manager.clone(),
        agent,
        dry_run: call.dry_run().unwrap_or_default(),
        body: serde_json::from_slice(&content).unwrap_or_default(),
    };
    let arrived = writes.arrived(asked, content.len(), store.clock().now());
    let outcome = change(&call, subresource, &content);
    let code = outcome.as_ref().map_or_else(|refusal| refusal.code, |response| response.status().as_u16());
    writes.answered(arrived, code, store.version());
    outcome
}

fn look(call: Call, subresource: &str) -> Result<Response<Body>, Refusal> {
    match (call.verb, subresource) {
        ("get", "" | "status" | "ephemeralcontainers") => read::get(&call),
        ("get", "scale") => write::read_scale(&call),
        ("list", "") => read::list(&call),
        ("watch", "") => watch::watch(call),
        _ => Err(not_allowed()),
    }
}

fn change(call: &Call, subresource: &str, content: &[u8]) -> Result<Response<Body>, Refusal> {
    match (call.verb, subresource) {
        ("create", "") if call.route.name.is_none() && (!call.kind.namespaced || call.route.namespace.is_some()) => {
            write::create(call, content)
        }
        ("create", "eviction") => write::evict(call, content),
        ("update", "" | "status" | "ephemeralcontainers") if call.route.name.is_some() => {
            write::update(call, subresource, content)
        }
        ("patch", "" | "status" | "ephemeralcontainers") if call.route.name.is_some() => {
            write::patch(call, subresource, content)
        }
        ("update" | "patch", "scale") => write::write_scale(call, content),
        ("delete", "") => write::delete(call, content),
        ("deletecollection", "") => write::delete_collection(call, content),
        _ => Err(not_allowed()),
    }
}

async fn stream(
    server: &Server,
    kind: &'static Kind,
    route: &Route,
    query: Query,
    subresource: &str,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let (namespace, name) = (route.namespace.as_deref().unwrap_or_default(), route.name.as_deref().unwrap_or_default());
    let object = server.store.get(kind, namespace, name).ok_or_else(|| Refusal::not_found(kind, name))?;
    match (subresource, &server.streams, &server.metrics) {
        ("log", Some(streams), _) => {
            let response = streams.log(object, query).await?;
            let path = request.uri().path().to_owned();
            Ok(response.map(|body| broken::breakable(server.faults.clone(), path, body)))
        }
        ("exec" | "attach" | "portforward", Some(streams), _) => {
            let (faults, path) = (server.faults.clone(), request.uri().path().to_owned());
            let cut = async move { faults.cut("get", &path).await };
            let door = match subresource {
                "exec" => Door::Exec,
                "attach" => Door::Attach,
                _ => Door::Forward,
            };
            streams.open(door, object, query, request, Box::pin(cut)).await
        }
        ("proxy", Some(streams), _) if kind == &NODE && route.rest.split('/').next() == Some("logs") => {
            let response = streams.files(name.to_owned(), route.rest["logs".len()..].to_owned()).await?;
            let path = request.uri().path().to_owned();
            Ok(response.map(|body| broken::breakable(server.faults.clone(), path, body)))
        }
        ("proxy", _, Some(metrics)) if route.rest == "stats/summary" => {
            let summary = metrics.summary(&object, server.store.clock().now());
            summary.map(|summary| respond::json(200, &summary)).ok_or_else(no_such_resource)
        }
        ("proxy", ..) => Err(no_such_resource()),
        _ => Err(Refusal::new(501, "NotImplemented", format!("the demo cluster has no {subresource}"))),
    }
}

fn find(server: &Server, route: &Route) -> Option<&'static Kind> {
    let kind = crate::store::kind::kind(&route.group, &route.resource)?;
    let place = route.namespace.is_none() || kind.namespaced;
    (kind.version == route.version && place && discovery::is_served(server, kind)).then_some(kind)
}

fn forbidden(kind: Option<&'static Kind>, route: &Route, why: &str) -> Refusal {
    let name = route.name.as_deref().unwrap_or_default();
    match kind {
        Some(kind) if route.group == kind.group => Refusal::forbidden(kind, name, why),
        _ => {
            let group = if route.group.is_empty() { String::new() } else { format!(".{}", route.group) };
            let object = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
            let message = format!("{}{group}{object} is forbidden: {why}", route.resource);
            let mut refusal = Refusal::new(403, "Forbidden", message);
            refusal.details = Some(serde_json::json!({ "kind": route.resource, "group": route.group }));
            refusal
        }
    }
}

async fn whole(request: Request<Incoming>) -> Result<Bytes, Refusal> {
    let body = Limited::new(request.into_body(), LARGEST).collect().await;
    let body = body.map_err(|error| match error.downcast::<http_body_util::LengthLimitError>() {
        Ok(_) => {
            let message = format!("Request entity too large: limit is {LARGEST}");
            Refusal::new(413, "RequestEntityTooLarge", message)
        }
        Err(error) => Refusal::bad_request(format!("the body could not be read: {error}")),
    })?;
    Ok(body.to_bytes())
}

fn not_allowed() -> Refusal {
    let message = "the server does not allow this method on the requested resource";
    let mut refusal = Refusal::new(405, "MethodNotAllowed", message);
    refusal.details = Some(serde_json::json!({}));
    refusal
}

fn page_not_found() -> Response<Body> {
    respond::bytes(404, "text/plain; charset=utf-8", "404 page not found\n")
}
