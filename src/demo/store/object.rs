//! One stored object: its JSON, and what is made of it when somebody asks.

use std::sync::OnceLock;

use serde_json::Value;

use super::kind::Kind;

/// An object as it was at one version. It never changes: a write makes another.
#[derive(Debug)]
pub struct Stored {
    /// What kind of object it is.
    pub kind: &'static Kind,
    /// Namespace; empty for a cluster-wide kind.
    pub namespace: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// The resourceVersion of the write that made it.
    pub version: u64,
    json: Box<[u8]>,
    protobuf: OnceLock<Option<Box<[u8]>>>,
}

impl Stored {
    /// Packs `value`, whose metadata must be complete.
    pub(super) fn new(kind: &'static Kind, value: &Value, version: u64) -> Stored {
        let json = serde_json::to_vec(value).unwrap_or_default().into_boxed_slice();
        let text = |key: &str| value["metadata"][key].as_str().unwrap_or_default().into();
        Stored { kind, namespace: text("namespace"), name: text("name"), version, json, protobuf: OnceLock::new() }
    }

    /// The whole object as JSON text.
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    /// The object as a tree.
    pub fn value(&self) -> Value {
        // What is kept was written by serde_json, so it reads back.
        serde_json::from_slice(&self.json).unwrap_or(Value::Null)
    }

    /// The object in another encoding, made by `encode` when first asked for and kept; `None` where it has none.
    pub fn protobuf(&self, encode: impl FnOnce(&'static Kind, &[u8]) -> Option<Vec<u8>>) -> Option<&[u8]> {
        self.protobuf.get_or_init(|| encode(self.kind, &self.json).map(Vec::into_boxed_slice)).as_deref()
    }
}
