//! Any resource, followed as JSON for as long as a room shows it: what is in no fleet.
//!
//! The rules are those of [`crate::watch`], whose machine and link these streams share.

#[cfg(test)]
mod tests;

use bytes::Bytes;
use rolldeck_core::{
    kept::{Item, KeptEvent, Name},
    text::Clean,
};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::{
    connect::Cluster,
    watch::{One, Watching, link::Pace, machine::Manner, reader::Decode, request::Address, stream_of},
    wire::{Encoding, Seen, name_of},
};

/// Objects a page: a room's tables are read whole, and pages come packed.
const PAGE: u32 = 500;

/// What is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The path of the collection: `/api/v1/nodes`, `/api/v1/namespaces/qa/events`.
    pub path: String,
    /// Selectors, ready for a URL: `fieldSelector=involvedObject.uid%3D…`; empty for all.
    pub query: String,
    /// What it is, for a refusal: `nodes`, `events in namespace qa`. Shown as `list nodes`.
    pub what: Clean,
}

impl Target {
    /// A whole collection.
    pub fn new(path: &str, what: &str) -> Self {
        Self { path: path.to_owned(), query: String::new(), what: what.into() }
    }

    /// A resource of a namespace, or of all where that is empty. `root` is `/api/v1` or `/apis/GROUP/VERSION`, `resource` its
    /// plural, `named` as RBAC rules name it: `events`, `services`, `ingresses.networking.k8s.io`.
    pub fn within(root: &str, resource: &str, named: &str, namespace: &str) -> Self {
        if namespace.is_empty() {
            return Self::new(&format!("{root}/{resource}"), &format!("{named} in all namespaces"));
        }
        let place = crate::access::encoded(namespace);
        Self::new(&format!("{root}/namespaces/{place}/{resource}"), &format!("{named} in namespace {namespace}"))
    }

    /// The same, of which the server sends only what a selector takes: `fieldSelector` or `labelSelector`, and its value.
    #[must_use]
    pub fn only(mut self, selector: &str, value: &str) -> Self {
        let and = if self.query.is_empty() { "" } else { "&" };
        self.query = format!("{}{and}{selector}={}", self.query, crate::access::encoded(value));
        self
    }
}

/// A stream under way. Dropping it ends the stream.
#[must_use = "dropping it ends the stream"]
pub struct Following {
    _watching: Watching,
}

/// Lists and watches what `target` names until the handle is dropped or nobody listens. `decode` makes of an object what is kept
/// of it; where it returns `None` the object is told as unreadable. Events come in batches of bounded size; a full channel holds
/// the stream back, nothing is dropped.
///
/// # Panics
/// Outside of a tokio runtime.
pub fn follow<T: Send + Sync + 'static>(
    cluster: &Cluster,
    target: Target,
    decode: fn(&Value) -> Option<T>,
    to: mpsc::Sender<Vec<KeptEvent<T>>>,
) -> Following {
    follow_at(Pace::default(), cluster, target, decode, to)
}

fn follow_at<T: Send + Sync + 'static>(
    pace: Pace,
    cluster: &Cluster,
    target: Target,
    decode: fn(&Value) -> Option<T>,
    to: mpsc::Sender<Vec<KeptEvent<T>>>,
) -> Following {
    let manner = Manner { what: target.what, first: PAGE, page: PAGE, packed: true, watch_list: false };
    let address = Address { path: target.path, query: target.query, protobuf: false };
    Following { _watching: stream_of(pace, cluster, One { address, manner, decoder: Json(decode), to }) }
}

/// Objects as JSON values, each thrown away once read.
struct Json<T>(fn(&Value) -> Option<T>);

impl<T> Decode for Json<T> {
    type Object = Item<T>;

    fn object(&mut self, encoding: Encoding, bytes: &Bytes) -> Result<Seen<Item<T>>, Clean> {
        let read = || {
            let object: Value = serde_json::from_slice(bytes).ok()?;
            let meta = &object["metadata"];
            let text = |key: &str| meta[key].as_str().unwrap_or_default();
            let name = Name { namespace: text("namespace").into(), name: text("name").into() };
            if name.name.is_empty() {
                return None;
            }
            let version = Bytes::copy_from_slice(text("resourceVersion").as_bytes());
            Some(Seen { object: Item { name, value: (self.0)(&object)? }, version })
        };
        read().ok_or_else(|| name_of(encoding, bytes))
    }
}
