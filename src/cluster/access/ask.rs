//! Reads of single answers, as raw JSON.

use bytes::Bytes;
use http::{Request, request::Builder};
use kube::{Client, client::Body};
use rolldeck_core::{batch::PortError, model::AppKey};
use serde_json::Value;

use super::{of_answer, of_failure};

/// The object at a path. `what` names it in errors: `deployment qa/gateway`.
pub(crate) async fn get(client: &Client, path: &str, what: &str) -> Result<Value, PortError> {
    get_as(client, path, what, "application/json").await
}

/// The metadata of the object at a path, and nothing else of it: a server that cannot send them alone refuses (406).
pub(crate) async fn metadata(client: &Client, path: &str, what: &str) -> Result<Value, PortError> {
    get_as(client, path, what, "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1").await
}

async fn get_as(client: &Client, path: &str, what: &str, accept: &str) -> Result<Value, PortError> {
    let bytes = get_text(client, path, what, accept).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| PortError::Refused(format!("{what}: the answer is no JSON: {error}")))
}

/// The body at a path, as it is.
pub(crate) async fn get_text(client: &Client, path: &str, what: &str, accept: &str) -> Result<Bytes, PortError> {
    body(client, Request::get(path).header("accept", accept), what).await
}

/// The same of something long, which the server may send packed.
pub(crate) async fn get_packed(client: &Client, path: &str, what: &str, accept: &str) -> Result<Bytes, PortError> {
    body(client, Request::get(path).header("accept", accept).header("accept-encoding", "gzip"), what).await
}

async fn body(client: &Client, request: Builder, what: &str) -> Result<Bytes, PortError> {
    let request = request.body(Body::empty()).map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
    let answer = client.send(request).await.map_err(|error| of_failure(&error, what))?;
    let (parts, body) = answer.into_parts();
    let bytes = body.collect_bytes().await.map_err(|error| of_failure(&error, what))?;
    if parts.status.is_success() { Ok(bytes) } else { Err(of_answer(&parts, &bytes, what, false)) }
}

/// Objects of a page.
const PAGE: usize = 500;

/// The items of a list, page by page. `query` is encoded already.
///
/// # Errors
/// Any of a read; it has more than so many pages: a part of it is never taken for the whole.
pub(crate) async fn list(
    client: &Client,
    path: &str,
    query: &str,
    what: &str,
    pages: usize,
) -> Result<Vec<Value>, PortError> {
    match first(client, path, query, what, pages).await? {
        (items, true) => Ok(items),
        (items, false) => Err(PortError::Refused(format!("{what} are more than {}: too many to read", items.len()))),
    }
}

/// The items of the first so many pages of a list, and whether that is all of it.
///
/// # Errors
/// Any of a read.
pub(crate) async fn first(
    client: &Client,
    path: &str,
    query: &str,
    what: &str,
    pages: usize,
) -> Result<(Vec<Value>, bool), PortError> {
    let mut items = Vec::new();
    let mut next = String::new();
    for _ in 0..pages {
        let page = get(client, &format!("{path}?limit={PAGE}&{query}&continue={}", encoded(&next)), what).await?;
        next = page.pointer("/metadata/continue").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Value::Object(mut page) = page
            && let Some(Value::Array(found)) = page.remove("items")
        {
            items.extend(found);
        }
        if next.is_empty() {
            return Ok((items, true));
        }
    }
    Ok((items, false))
}

/// Where an app is.
pub(crate) fn app_path(app: &AppKey) -> String {
    format!("/apis/apps/v1/namespaces/{}/{}/{}", app.namespace, app.kind.resource(), app.name)
}

/// An app in an error's words: `deployment qa/gateway`.
pub(crate) fn about(app: &AppKey) -> String {
    format!("{} {}/{}", app.kind.name().to_lowercase(), app.namespace, app.name)
}

/// Percent-encoded for a query: all but RFC 3986's unreserved characters.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
