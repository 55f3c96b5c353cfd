//! Protobuf to JSON, by the table of messages: what clients of built-in kinds may send.

use base64::Engine as _;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use super::super::schema::{Field, Message, Scalar, Shape};

/// The object in a body of protobuf: its magic, `Unknown`, and the message of its kind, which `find` looks up.
pub fn decode(body: &[u8], find: impl FnOnce(&str) -> Option<&'static Message>) -> Option<Value> {
    let (mut version, mut kind, mut raw) = (String::new(), String::new(), &[][..]);
    for (tag, value) in Fields(body.strip_prefix(b"k8s\0")?) {
        match (tag, value?) {
            (1, Wire::Bytes(meta)) => {
                for (tag, value) in Fields(meta) {
                    match (tag, value?) {
                        (1, Wire::Bytes(text)) => version = String::from_utf8_lossy(text).into_owned(),
                        (2, Wire::Bytes(text)) => kind = String::from_utf8_lossy(text).into_owned(),
                        _ => {}
                    }
                }
            }
            (2, Wire::Bytes(bytes)) => raw = bytes,
            _ => {}
        }
    }
    let mut object = Map::new();
    message(find(&kind)?, raw, &mut object, None)?;
    object.insert("apiVersion".into(), version.into());
    object.insert("kind".into(), kind.into());
    Some(Value::Object(object))
}

/// Whether a body is protobuf, whatever its content type says.
pub fn is(body: &[u8]) -> bool {
    body.starts_with(b"k8s\0")
}

enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message, one after the other; a `None` value ends what cannot be read.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, Option<Wire<'a>>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let Some(key) = varint(&mut self.0) else {
            self.0 = &[];
            return Some((0, None));
        };
        let value = match key & 7 {
            0 => varint(&mut self.0).map(Wire::Number),
            2 => varint(&mut self.0).and_then(|length| {
                let (bytes, rest) = self.0.split_at_checked(usize::try_from(length).ok()?)?;
                self.0 = rest;
                Some(Wire::Bytes(bytes))
            }),
            _ => None,
        };
        if value.is_none() {
            self.0 = &[];
        }
        Some((u32::try_from(key >> 3).unwrap_or(0), value))
    }
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Reads the fields of a message, or of the one inside it at `within`, whose fields stand beside the others' in JSON.
fn message(of: &'static Message, bytes: &[u8], object: &mut Map<String, Value>, within: Option<u32>) -> Option<()> {
    for (tag, value) in Fields(bytes) {
        let value = value?;
        if let Some(field) = of.tagged(tag, within) {
            put(object, field, value)?;
        } else if let (None, Wire::Bytes(inner)) = (within, &value)
            && of.fields.iter().any(|field| field.within == Some(tag))
        {
            message(of, inner, object, Some(tag))?;
        }
    }
    Some(())
}

fn put(object: &mut Map<String, Value>, field: &Field, value: Wire<'_>) -> Option<()> {
    match (field.shape, value) {
        (Shape::Map, Wire::Bytes(entry)) => {
            let (mut key, mut content) = (String::new(), empty(field.scalar));
            for (tag, value) in Fields(entry) {
                match (tag, value?) {
                    (1, Wire::Bytes(text)) => key = String::from_utf8_lossy(text).into_owned(),
                    (2, value) => content = one(field.scalar, value)?,
                    _ => {}
                }
            }
            object.entry(field.name).or_insert_with(|| json!({}))[key] = content;
        }
        (Shape::Many, value) => {
            let item = one(field.scalar, value)?;
            object.entry(field.name).or_insert_with(|| json!([])).as_array_mut()?.push(item);
        }
        (_, value) => {
            // What Go writes for a field that is not a pointer and was never set is no value in JSON.
            let item = one(field.scalar, value)?;
            let unset = match &item {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Object(inner) => inner.is_empty() && FILLER.contains(&field.name),
                _ => false,
            };
            if !unset {
                object.insert(field.name.to_owned(), item);
            }
        }
    }
    Some(())
}

/// Messages that are no pointers in Go, and so are written where they are empty.
const FILLER: &[&str] = &["metadata", "status", "resources", "strategy", "updateStrategy", "source", "loadBalancer"];

fn empty(scalar: Scalar) -> Value {
    if scalar.message().is_some() { json!({}) } else { "".into() }
}

fn one(scalar: Scalar, value: Wire<'_>) -> Option<Value> {
    Some(match (scalar, value) {
        (Scalar::Bool, Wire::Number(number)) => (number != 0).into(),
        (Scalar::Int, Wire::Number(number)) => number.cast_signed().into(),
        (Scalar::Text, Wire::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned().into(),
        (Scalar::Bytes, Wire::Bytes(bytes)) => base64::engine::general_purpose::STANDARD.encode(bytes).into(),
        (Scalar::Time, Wire::Bytes(bytes)) => time(bytes, SecondsFormat::Secs),
        (Scalar::MicroTime, Wire::Bytes(bytes)) => time(bytes, SecondsFormat::Micros),
        (Scalar::Quantity, Wire::Bytes(bytes)) => text(bytes, 1).into(),
        (Scalar::Duration, Wire::Bytes(bytes)) => format!("{}ns", number(bytes, 1)).into(),
        (Scalar::IntOrString, Wire::Bytes(bytes)) if number(bytes, 1) == 1 => text(bytes, 3).into(),
        (Scalar::IntOrString, Wire::Bytes(bytes)) => number(bytes, 2).into(),
        (Scalar::Raw, Wire::Bytes(bytes)) => serde_json::from_str(&text(bytes, 1)).ok()?,
        (Scalar::Message(_), Wire::Bytes(bytes)) => {
            let mut object = Map::new();
            message(scalar.message()?, bytes, &mut object, None)?;
            Value::Object(object)
        }
        _ => return None,
    })
}

fn number(bytes: &[u8], wanted: u32) -> i64 {
    let found = Fields(bytes).find_map(|(tag, value)| match value {
        Some(Wire::Number(number)) if tag == wanted => Some(number.cast_signed()),
        _ => None,
    });
    found.unwrap_or(0)
}

fn text(bytes: &[u8], wanted: u32) -> String {
    let found = Fields(bytes).find_map(|(tag, value)| match value {
        Some(Wire::Bytes(text)) if tag == wanted => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// A time; Go's zero time is none.
fn time(bytes: &[u8], format: SecondsFormat) -> Value {
    let seconds = number(bytes, 1);
    let at = DateTime::from_timestamp(seconds, u32::try_from(number(bytes, 2)).unwrap_or(0));
    match at {
        Some(at) if seconds > -62_135_596_800 && !bytes.is_empty() => at.to_rfc3339_opts(format, true).into(),
        _ => Value::Null,
    }
}
