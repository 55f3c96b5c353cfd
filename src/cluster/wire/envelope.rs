//! What an object travels in: the magic number, `runtime.Unknown`, `WatchEvent`, `Status`.
//!
//! Sources: k8s.io/apimachinery/pkg/runtime/serializer/protobuf, pkg/runtime/generated.proto, pkg/apis/meta/v1/generated.proto.

use bytes::Bytes;
use prost::Message;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

use super::{
    frame::WireError,
    scalars::{or_default, text},
};

/// What every protobuf answer and every object of a watch begins with.
pub const MAGIC: &[u8; 4] = b"k8s\0";

/// The two languages that a server may answer in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/vnd.kubernetes.protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

impl Encoding {
    /// What to accept for a list or one object: protobuf first, JSON from those who speak no other.
    pub const ACCEPT: &str = "application/vnd.kubernetes.protobuf, application/json;q=0.9";
    /// What to accept for a watch.
    pub const ACCEPT_WATCH: &str =
        "application/vnd.kubernetes.protobuf;stream=watch, application/json;stream=watch;q=0.9, application/json;q=0.8";

    /// What a `Content-Type` names; JSON unless it says protobuf.
    pub fn of(content_type: &str) -> Self {
        if content_type.trim_start().starts_with("application/vnd.kubernetes.protobuf") {
            Self::Protobuf
        } else {
            Self::Json
        }
    }
}

/// `runtime.Unknown`, of which only the object is read.
#[derive(Clone, PartialEq, prost::Message)]
struct Unknown {
    #[prost(bytes = "bytes", tag = "2")]
    raw: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RawExtension {
    #[prost(bytes = "bytes", tag = "1")]
    raw: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ProtoEvent {
    #[prost(bytes = "bytes", tag = "1")]
    kind: Bytes,
    #[prost(message, optional, tag = "2")]
    object: Option<RawExtension>,
}

#[derive(Deserialize)]
struct JsonEvent<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(borrow)]
    object: &'a RawValue,
}

/// `meta.v1.Status`: how a server says no.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default)]
pub struct Status {
    /// A sentence.
    #[prost(bytes = "bytes", tag = "3")]
    #[serde(deserialize_with = "text")]
    pub message: Bytes,
    /// One word: `Expired`, `Forbidden`.
    #[prost(bytes = "bytes", tag = "4")]
    #[serde(deserialize_with = "text")]
    pub reason: Bytes,
    /// More of it.
    #[prost(message, optional, tag = "5")]
    #[serde(deserialize_with = "or_default")]
    pub details: Option<Details>,
    /// The HTTP code; 0 where it is not told.
    #[prost(int32, tag = "6")]
    pub code: i32,
}

/// `meta.v1.StatusDetails`.
#[derive(Clone, PartialEq, prost::Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Details {
    /// When to try again.
    #[prost(int32, tag = "5")]
    pub retry_after_seconds: i32,
}

/// What a watch tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// ADDED or MODIFIED.
    Applied,
    /// DELETED.
    Deleted,
    /// BOOKMARK: nothing but a resourceVersion, and a mark at the end of the initial events.
    Bookmark,
    /// ERROR: the object is a [`Status`].
    Error,
}

impl EventKind {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"ADDED" | b"MODIFIED" => Self::Applied,
            b"DELETED" => Self::Deleted,
            b"BOOKMARK" => Self::Bookmark,
            b"ERROR" => Self::Error,
            _ => return None,
        })
    }
}

/// Takes the object out of `k8s\0` and `Unknown`.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn unwrap(bytes: &Bytes) -> Result<Bytes, WireError> {
    if !bytes.starts_with(MAGIC) {
        return Err(WireError::Malformed("protobuf object that does not begin with k8s\\0"));
    }
    let unknown = Unknown::decode(bytes.slice(MAGIC.len()..)).map_err(|_| WireError::Malformed("broken envelope"))?;
    Ok(unknown.raw)
}

/// One event of a watch: its kind, and the object without its envelope.
///
/// # Errors
/// [`WireError::Malformed`] where the frame is none; an object that cannot be understood is found out later.
pub fn event(encoding: Encoding, frame: &Bytes) -> Result<(EventKind, Bytes), WireError> {
    const UNKNOWN: WireError = WireError::Malformed("watch event of an unknown type");
    match encoding {
        Encoding::Protobuf => {
            let event =
                ProtoEvent::decode(frame.clone()).map_err(|_| WireError::Malformed("frame that is no watch event"))?;
            let kind = EventKind::of(&event.kind).ok_or(UNKNOWN)?;
            Ok((kind, unwrap(&event.object.unwrap_or_default().raw)?))
        }
        Encoding::Json => {
            let event: JsonEvent<'_> =
                serde_json::from_slice(frame).map_err(|_| WireError::Malformed("line that is no watch event"))?;
            let kind = EventKind::of(event.kind.as_bytes()).ok_or(UNKNOWN)?;
            Ok((kind, frame.slice_ref(event.object.get().as_bytes())))
        }
    }
}

/// One object without its envelope.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn object<T: Message + Default + DeserializeOwned>(encoding: Encoding, bytes: &Bytes) -> Result<T, WireError> {
    const BROKEN: WireError = WireError::Malformed("object whose fields are not what its kind has");
    match encoding {
        Encoding::Protobuf => T::decode(bytes.clone()).map_err(|_| BROKEN),
        Encoding::Json => serde_json::from_slice(bytes).map_err(|_| BROKEN),
    }
}

/// The `Status` of an ERROR event, without its envelope.
///
/// # Errors
/// [`WireError::Malformed`].
pub fn status_object(encoding: Encoding, bytes: &Bytes) -> Result<Status, WireError> {
    object(encoding, bytes)
}

/// The body of an answer that says no. One that is no Status (a proxy's page) gives its first line as the message.
pub fn status(encoding: Encoding, body: &Bytes) -> Status {
    let read = match encoding {
        Encoding::Protobuf => unwrap(body).and_then(|raw| object(encoding, &raw)),
        Encoding::Json => object(encoding, body),
    };
    read.unwrap_or_else(|_| {
        let line = body.split(|&byte| byte == b'\n').next().unwrap_or_default();
        Status { message: body.slice_ref(&line[..line.len().min(200)]), ..Status::default() }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_of_a_proxy_is_a_status_of_its_first_line() {
        let status = status(Encoding::Json, &Bytes::from("upstream is down\n<html>"));
        assert_eq!(status.message, "upstream is down");
    }

    #[test]
    fn the_content_type_decides() {
        assert_eq!(Encoding::of("application/vnd.kubernetes.protobuf;stream=watch"), Encoding::Protobuf);
        assert_eq!(Encoding::of("application/json;stream=watch"), Encoding::Json);
    }

    proptest! {
        #[test]
        fn garbage_is_an_error_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), magic in any::<bool>()) {
            let bytes = Bytes::from(if magic { [&MAGIC[..], &bytes].concat() } else { bytes });
            for encoding in [Encoding::Protobuf, Encoding::Json] {
                let _ = event(encoding, &bytes);
                let _ = status(encoding, &bytes);
            }
            prop_assert!(magic || unwrap(&bytes).is_err() || bytes.starts_with(MAGIC));
        }
    }
}
