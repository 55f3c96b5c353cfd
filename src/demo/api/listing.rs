//! A list on its way to the client: in pieces, never built as a whole.

use std::io::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::stream;
use http::Response;
use http::header::{CONTENT_ENCODING, HeaderValue, VARY};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde_json::{Value, json};

use super::accept::Media;
use super::call::{Call, protobuf};
use super::hooks::Body;
use super::schema;
use super::{proto, respond};
use crate::store::Stored;

/// How much is handed to the connection at once.
pub const PIECE: usize = 64 * 1024;

/// From this size on a list is packed for who takes it.
const GZIP_FROM: usize = 128 * 1024;

/// What a list answers.
pub struct Page {
    /// The objects.
    pub objects: Vec<Arc<Stored>>,
    /// The version at which they were so.
    pub version: u64,
    /// The token for the next page.
    pub next: Option<String>,
    /// How many follow, where that is told.
    pub remaining: Option<usize>,
}

impl Page {
    /// The list's metadata.
    pub fn meta(&self) -> Value {
        let mut meta = json!({ "resourceVersion": self.version.to_string() });
        if let Some(next) = &self.next {
            meta["continue"] = next.as_str().into();
        }
        if let Some(remaining) = self.remaining {
            meta["remainingItemCount"] = remaining.into();
        }
        meta
    }
}

/// Answers with a page of objects.
pub fn answer(call: &Call, page: Page) -> Response<Body> {
    let (version, kind) = (call.kind.api_version(), format!("{}List", call.kind.kind));
    let pieces = match call.form.media {
        Media::Json => {
            let size = page.objects.iter().map(|one| one.json_item().len() + 2).sum();
            let head = format!(r#"{{"kind":"{kind}","apiVersion":"{version}","metadata":{},"items":["#, page.meta());
            Pieces::new(head.into_bytes(), page.objects, json_item, b"]}\n", size)
        }
        Media::Protobuf => {
            let meta =
                schema::named("ListMeta").map(|message| proto::encode(message, page.meta().to_string().as_bytes()));
            let meta = meta.and_then(Result::ok).unwrap_or_default();
            let lengths = || page.objects.iter().filter_map(|one| protobuf(one)).map(<[u8]>::len);
            let size = lengths().sum();
            let head = proto::list_head(&version, &kind, &meta, lengths());
            Pieces::new(head, page.objects, proto_item, b"", size)
        }
    };
    pieces.respond(respond::content_type(call.form.media), call.gzip)
}

fn json_item(out: &mut Vec<u8>, object: &Stored, first: bool) {
    if !first {
        out.push(b',');
    }
    out.push(b'{');
    out.extend_from_slice(object.json_item());
}

fn proto_item(out: &mut Vec<u8>, object: &Stored, _first: bool) {
    if let Some(raw) = protobuf(object) {
        proto::list_item(out, raw);
    }
}

type Item = fn(&mut Vec<u8>, &Stored, bool);

struct Pieces {
    head: Option<Vec<u8>>,
    objects: std::vec::IntoIter<Arc<Stored>>,
    item: Item,
    tail: Option<&'static [u8]>,
    size: usize,
    first: bool,
    packer: Option<GzEncoder<Vec<u8>>>,
}

impl Pieces {
    fn new(head: Vec<u8>, objects: Vec<Arc<Stored>>, item: Item, tail: &'static [u8], size: usize) -> Pieces {
        let (head, tail, objects) = (Some(head), Some(tail), objects.into_iter());
        Pieces { head, objects, item, tail, size, first: true, packer: None }
    }

    fn respond(mut self, content_type: &str, gzip: bool) -> Response<Body> {
        let packed = gzip && self.size >= GZIP_FROM;
        if packed {
            // The API server packs at level 1, which is the fastest.
            self.packer = Some(GzEncoder::new(Vec::with_capacity(PIECE), Compression::fast()));
        }
        let mut response = if self.size < PIECE {
            respond::bytes(200, content_type, self.next().unwrap_or_default())
        } else {
            let pieces = stream::iter(self.map(|piece| Ok(Frame::data(piece))));
            let mut response = respond::bytes(200, content_type, Bytes::new());
            *response.body_mut() = StreamBody::new(pieces).boxed_unsync();
            response
        };
        if packed {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        response
    }

    /// The next piece of the list's own bytes; empty at the end.
    fn plain(&mut self) -> Vec<u8> {
        let mut out = self.head.take().unwrap_or_default();
        while out.len() < PIECE {
            let Some(object) = self.objects.next() else {
                out.extend_from_slice(self.tail.take().unwrap_or_default());
                return out;
            };
            (self.item)(&mut out, &object, self.first);
            self.first = false;
        }
        out
    }
}

impl Iterator for Pieces {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        loop {
            let plain = self.plain();
            let Some(packer) = self.packer.as_mut() else { return (!plain.is_empty()).then(|| plain.into()) };
            if plain.is_empty() {
                // Packing into memory cannot fail.
                let rest = self.packer.take()?.finish().unwrap_or_default();
                self.size = 0;
                return (!rest.is_empty()).then(|| rest.into());
            }
            let _ = packer.write_all(&plain);
            if packer.get_ref().len() >= PIECE / 4 {
                return Some(std::mem::take(packer.get_mut()).into());
            }
        }
    }
}
