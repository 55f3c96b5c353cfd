//! Watches: the state first where that is asked for, then every change.

mod event;
mod stream;

use std::time::Duration;

use bytes::Bytes;
use futures::stream::unfold;
use http::Response;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;

use super::accept::{Media, Shown};
use super::call::Call;
use super::hooks::Body;
use super::options::{self, At};
use super::respond;
use super::selector::Selection;
use crate::store::Refusal;
use event::Writer;
use stream::{Start, Watch};

/// Answers a watch.
///
/// # Errors
/// Options that contradict each other, and a version that is not yet there. An expired version is told in the stream.
pub fn watch(call: Call) -> Result<Response<Body>, Refusal> {
    let mut selection = Selection::read(call.kind, call.route.namespace.as_deref(), &call.query)?;
    if let Some(name) = &call.route.name {
        selection.only(name);
    }
    let at = options::at(&call.query, true)?;
    let start = start(&call, at)?;
    let content_type = match call.form.media {
        Media::Json => "application/json",
        Media::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
    };
    let seconds = call.query.text("timeoutSeconds").and_then(|text| text.parse().ok()).unwrap_or(2700);
    let writer = Writer::new(call.kind, call.form, call.query.get("includeObject"), call.server.store.clock().clone());
    let bookmarks = call.query.flag("allowWatchBookmarks") && !matches!(call.form.shown, Shown::Table("v1beta1"));
    let path = call.route.path.clone();
    let watch = Watch::new(&call.server, selection, writer, start, bookmarks, Duration::from_secs(seconds), path);
    let pieces = unfold(watch, |mut watch| async move {
        let piece = watch.next().await?;
        Some((piece.map(|bytes: Bytes| Frame::data(bytes)), watch))
    });
    let mut response = respond::bytes(200, content_type, Bytes::new());
    *response.body_mut() = StreamBody::new(pieces).boxed_unsync();
    Ok(response)
}

fn start(call: &Call, at: At) -> Result<Start, Refusal> {
    let current = call.server.store.version();
    let version = match at {
        At::Newest | At::Any => 0,
        At::NotOlderThan(version) | At::Exact(version) => version,
    };
    if version > current {
        return Err(options::too_large(version, current));
    }
    Ok(match call.query.get("sendInitialEvents") {
        Some("true" | "1") => Start::State { told: true },
        Some(_) => Start::After(if version == 0 { current } else { version }),
        None if version == 0 => Start::State { told: false },
        None => Start::After(version),
    })
}
