//! What stands around an object: the magic, `runtime.Unknown`, lists and watch events.

use super::wire;

const MAGIC: &[u8] = b"k8s\0";

/// A whole answer: the magic, then `Unknown { typeMeta, raw }`.
pub fn unknown(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 64);
    put_unknown(&mut out, api_version, kind, raw);
    out
}

fn put_unknown(out: &mut Vec<u8>, api_version: &str, kind: &str, raw: &[u8]) {
    unknown_head(out, api_version, kind, raw.len());
    out.extend_from_slice(raw);
    unknown_tail(out);
}

fn unknown_head(out: &mut Vec<u8>, api_version: &str, kind: &str, length: usize) {
    out.extend_from_slice(MAGIC);
    let at = wire::begin(out, 1);
    wire::bytes(out, 1, api_version.as_bytes());
    wire::bytes(out, 2, kind.as_bytes());
    wire::end(out, at);
    wire::varint(out, 2 << 3 | 2);
    wire::varint(out, length as u64);
}

fn unknown_tail(out: &mut Vec<u8>) {
    wire::bytes(out, 3, b"");
    wire::bytes(out, 4, b"");
}

/// The beginning of a list whose items have these lengths: magic, envelope and `ListMeta`. The items follow as
/// [`list_item`]s, then nothing.
pub fn list_head(api_version: &str, kind: &str, meta: &[u8], items: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut list = Vec::new();
    wire::bytes(&mut list, 1, meta);
    let body: usize = items.map(|length| 1 + wire::size(length as u64) + length).sum();
    let mut out = Vec::with_capacity(list.len() + 64);
    unknown_head(&mut out, api_version, kind, list.len() + body);
    out.extend_from_slice(&list);
    out
}

/// One item of a list.
pub fn list_item(out: &mut Vec<u8>, raw: &[u8]) {
    wire::bytes(out, 2, raw);
}

/// One event of a watch: 4 bytes of length, then `WatchEvent { type, object { raw: magic and Unknown } }`.
pub fn event_frame(out: &mut Vec<u8>, what: &str, api_version: &str, kind: &str, raw: &[u8]) {
    let frame = out.len();
    out.extend_from_slice(&[0; 4]);
    wire::bytes(out, 1, what.as_bytes());
    let object = wire::begin(out, 2);
    let extension = wire::begin(out, 1);
    put_unknown(out, api_version, kind, raw);
    wire::end(out, extension);
    wire::end(out, object);
    let length = u32::try_from(out.len() - frame - 4).unwrap_or(u32::MAX);
    out[frame..frame + 4].copy_from_slice(&length.to_be_bytes());
}
