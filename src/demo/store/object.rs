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
    /// Where what follows `apiVersion` and `kind` begins.
    head: usize,
    protobuf: OnceLock<Option<Box<[u8]>>>,
}

impl Stored {
    /// Packs `value`, whose metadata must be complete.
    pub(super) fn new(kind: &'static Kind, value: &Value, version: u64) -> Stored {
        let (json, head) = written(value);
        let text = |key: &str| value["metadata"][key].as_str().unwrap_or_default().into();
        Stored {
            kind,
            namespace: text("namespace"),
            name: text("name"),
            version,
            json,
            head,
            protobuf: OnceLock::new(),
        }
    }

    /// The object without `apiVersion` and `kind`, as an item of a list: all of it but the brace that opens it.
    pub fn json_item(&self) -> &[u8] {
        &self.json[self.head..]
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

/// The object as text, `apiVersion` and `kind` first, and where the rest of it begins.
fn written(value: &Value) -> (Box<[u8]>, usize) {
    let mut out = Vec::with_capacity(1024);
    out.push(b'{');
    let Some(object) = value.as_object() else { return (b"{}".as_slice().into(), 1) };
    for key in ["apiVersion", "kind"] {
        entry(&mut out, key, &value[key]);
    }
    let mut head = out.len();
    for (key, value) in object.iter().filter(|(key, _)| *key != "apiVersion" && *key != "kind") {
        entry(&mut out, key, value);
        if head > 0 && out[head] == b',' {
            head += 1;
        }
    }
    out.push(b'}');
    (out.into_boxed_slice(), head)
}

fn entry(out: &mut Vec<u8>, key: &str, value: &Value) {
    if out.len() > 1 {
        out.push(b',');
    }
    // Writing JSON to memory cannot fail.
    let _ = serde_json::to_writer(&mut *out, key);
    out.push(b':');
    let _ = serde_json::to_writer(&mut *out, value);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind::POD;
    use super::*;

    #[test]
    fn an_item_of_a_list_is_the_object_without_its_type() {
        let value = json!({ "kind": "Pod", "apiVersion": "v1", "data": 1, "metadata": { "name": "a" } });
        let stored = Stored::new(&POD, &value, 1);
        assert_eq!(stored.value(), value);
        let item = [b"{".as_slice(), stored.json_item()].concat();
        let item: Value = serde_json::from_slice(&item).expect("json");
        assert_eq!(item, json!({ "data": 1, "metadata": { "name": "a" } }));
    }
}
