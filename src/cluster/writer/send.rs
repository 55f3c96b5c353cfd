//! How a write leaves: read-only asked first, one try, an end.

use http::{Method, Request};
use kube::client::Body;
use rolldeck_core::batch::PortError;
use serde_json::Value;

use super::{Writer, door::WRITE_TIMEOUT};
use crate::access::{of_answer, of_failure};

/// A request with a body, and what it is about: `deployment qa/gateway`.
pub(super) struct Write<'a> {
    pub method: Method,
    /// The namespace that it writes into.
    pub namespace: &'a str,
    pub path: String,
    pub content_type: &'static str,
    pub body: &'a Value,
    pub what: &'a str,
    /// It only asks what would happen.
    pub dry_run: bool,
}

pub(super) const JSON: &str = "application/json";
pub(super) const JSON_PATCH: &str = "application/json-patch+json";

impl Writer {
    /// Sends it once. A write that finds no connection is [`PortError::Unreached`]; one that left and was not answered in time
    /// is [`PortError::NoAnswer`].
    pub(super) async fn send(&self, write: Write<'_>) -> Result<Value, PortError> {
        let Write { method, namespace, path, content_type, body, what, dry_run } = write;
        if self.reader.readonly && !dry_run {
            return Err(PortError::Forbidden(format!("read-only: {method} of {what} was not sent")));
        }
        if !dry_run && let Some(why) = self.keep.refuses(&self.reader, namespace).await {
            return Err(PortError::Forbidden(format!("guarded: {method} of {what} was not sent: {why}")));
        }
        let query = if dry_run { "dryRun=All&fieldManager=rolldeck" } else { "fieldManager=rolldeck" };
        let uri = if method == Method::DELETE { path } else { format!("{path}?{query}") };
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("accept", JSON)
            .header("content-type", content_type)
            .body(Body::from(body.to_string().into_bytes()))
            .map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
        let client = if dry_run { &self.reader.client } else { &self.door };
        let whole = async {
            let answer = client.send(request).await.map_err(|error| of_failure(&error, what))?;
            let (parts, body) = answer.into_parts();
            let bytes = body.collect_bytes().await.map_err(|error| of_failure(&error, what))?;
            if !parts.status.is_success() {
                return Err(of_answer(&parts, &bytes, what, !dry_run));
            }
            // It was done; an answer that cannot be read leaves its result in doubt.
            serde_json::from_slice(&bytes).map_err(|error| PortError::NoAnswer(format!("{what}: {error}")))
        };
        tokio::time::timeout(WRITE_TIMEOUT, whole).await.unwrap_or_else(|_| {
            Err(PortError::NoAnswer(format!("{what}: nothing within {} s", WRITE_TIMEOUT.as_secs())))
        })
    }
}
