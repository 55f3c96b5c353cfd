//! Answers.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;

use super::accept::Media;
use super::hooks::Body;
use super::proto;
use super::schema;
use crate::store::Refusal;

/// Bodies from this size on are packed, as the API server does it.
const GZIP_FROM: usize = 128 * 1024;

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// A body that is there as a whole.
pub fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// An answer of these bytes.
pub fn bytes(code: u16, content_type: &str, content: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(whole(content));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

/// An answer of JSON.
pub fn json(code: u16, value: &Value) -> Response<Body> {
    let mut text = serde_json::to_vec(value).unwrap_or_default();
    text.push(b'\n');
    bytes(code, JSON, text)
}

/// Packs an answer when it is big and the client takes it.
pub fn packed(code: u16, content_type: &str, content: Vec<u8>, gzip: bool) -> Response<Body> {
    if !gzip || content.len() < GZIP_FROM {
        return bytes(code, content_type, content);
    }
    // The API server packs at level 1, which is the fastest.
    let mut packer = GzEncoder::new(Vec::with_capacity(content.len() / 8), Compression::fast());
    let done = packer.write_all(&content).and_then(|()| packer.finish());
    match done {
        Ok(small) => {
            let mut response = bytes(code, content_type, small);
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response.headers_mut().append(http::header::VARY, HeaderValue::from_static("Accept-Encoding"));
            response
        }
        Err(_) => bytes(code, content_type, content),
    }
}

/// The content type of a media.
pub fn content_type(media: Media) -> &'static str {
    match media {
        Media::Json => JSON,
        Media::Protobuf => PROTOBUF,
    }
}

/// Writes one object, whose `apiVersion` and `kind` are set, as this media.
pub fn object(code: u16, value: &Value, media: Media) -> Response<Body> {
    if media == Media::Protobuf
        && let (Some(version), Some(kind)) = (value["apiVersion"].as_str(), value["kind"].as_str())
        && let Some(message) = schema::named(kind)
        && let Ok(raw) = serde_json::to_vec(value).and_then(|text| proto::encode(message, &text))
    {
        return bytes(code, PROTOBUF, proto::unknown(version, kind, &raw));
    }
    json(code, value)
}

/// Answers a refusal.
pub fn refusal(refusal: &Refusal, media: Media) -> Response<Body> {
    let mut response = object(refusal.code, &refusal.status(), media);
    let after = refusal.details.as_ref().and_then(|details| details["retryAfterSeconds"].as_u64());
    if let Some(seconds) = after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
