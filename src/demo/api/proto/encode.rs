//! JSON text to protobuf, by the table of messages, without a tree in between.

use std::fmt;

use base64::Engine as _;
use chrono::DateTime;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::schema::{Field, Message, Scalar, Shape};
use super::wire;

/// Encodes a JSON object as `message`; fields that the message does not name are left out.
///
/// # Errors
/// What is no JSON, or holds a value of another type than the message's.
pub fn encode(message: &'static Message, json: &[u8]) -> Result<Vec<u8>, serde_json::Error> {
    let mut out = Vec::with_capacity(json.len());
    let mut reader = serde_json::Deserializer::from_slice(json);
    Fields { message, out: &mut out }.deserialize(&mut reader)?;
    Ok(out)
}

/// The fields of one message.
struct Fields<'o> {
    message: &'static Message,
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", self.message.name)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key_seed(Name(self.message))? {
            match field {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(field) => {
                    let outer = field.within.map(|tag| wire::begin(self.out, tag));
                    map.next_value_seed(Content { field, out: self.out })?;
                    if let Some(at) = outer {
                        wire::end(self.out, at);
                    }
                }
            }
        }
        Ok(())
    }
}

/// A key: the field of that name.
struct Name(&'static Message);

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<&'static Field>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<&'static Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.field(name))
    }
}

/// A field's content: one, a list or a map.
struct Content<'o> {
    field: &'static Field,
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for Content<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        match self.field.shape {
            Shape::One => One { scalar: self.field.scalar, tag: self.field.tag, out: self.out }.deserialize(reader),
            Shape::Many | Shape::Map => reader.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Content<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list or map ({})", self.field.name)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Field { scalar, tag, shape, .. } = *self.field;
        if shape != Shape::Many {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        }
        while seq.next_element_seed(One { scalar, tag, out: self.out })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.field.shape != Shape::Map {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Map, &self));
        }
        loop {
            let start = self.out.len();
            let at = wire::begin(self.out, self.field.tag);
            if map.next_key_seed(One { scalar: Scalar::Text, tag: 1, out: self.out })?.is_none() {
                self.out.truncate(start);
                return Ok(());
            }
            map.next_value_seed(One { scalar: self.field.scalar, tag: 2, out: self.out })?;
            wire::end(self.out, at);
        }
    }
}

/// One value with its tag.
struct One<'o> {
    scalar: Scalar,
    tag: u32,
    out: &'o mut Vec<u8>,
}

impl<'de> DeserializeSeed<'de> for One<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        match self.scalar {
            Scalar::Raw => {
                let raw: &'de RawValue = serde::Deserialize::deserialize(reader)?;
                let at = wire::begin(self.out, self.tag);
                wire::bytes(self.out, 1, raw.get().as_bytes());
                wire::end(self.out, at);
                Ok(())
            }
            _ => reader.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for One<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.scalar)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        match self.scalar {
            Scalar::Bool => wire::number(self.out, self.tag, u64::from(value)),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self)),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.visit_i64(value.cast_signed())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        match self.scalar {
            Scalar::Int => wire::number(self.out, self.tag, value.cast_unsigned()),
            Scalar::Quantity => nested(self.out, self.tag, |out| wire::bytes(out, 1, value.to_string().as_bytes())),
            Scalar::IntOrString => nested(self.out, self.tag, |out| {
                wire::number(out, 1, 0);
                wire::number(out, 2, value.cast_unsigned());
            }),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Signed(value), &self)),
        }
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        match self.scalar {
            Scalar::Quantity => nested(self.out, self.tag, |out| wire::bytes(out, 1, value.to_string().as_bytes())),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Float(value), &self)),
        }
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        let wrong = |what: &'static str| E::custom(format!("{value:?} is not {what}"));
        match self.scalar {
            Scalar::Text => wire::bytes(self.out, self.tag, value.as_bytes()),
            Scalar::Bytes => {
                let bytes = base64::engine::general_purpose::STANDARD.decode(value).map_err(|_| wrong("base64"))?;
                wire::bytes(self.out, self.tag, &bytes);
            }
            Scalar::Time | Scalar::MicroTime => {
                let at = DateTime::parse_from_rfc3339(value).map_err(|_| wrong("a time"))?;
                nested(self.out, self.tag, |out| {
                    wire::number(out, 1, at.timestamp().cast_unsigned());
                    wire::number(out, 2, u64::from(at.timestamp_subsec_nanos()));
                });
            }
            Scalar::Duration => {
                let nanos = nanoseconds(value).ok_or_else(|| wrong("a duration"))?;
                nested(self.out, self.tag, |out| wire::number(out, 1, nanos));
            }
            Scalar::Quantity => nested(self.out, self.tag, |out| wire::bytes(out, 1, value.as_bytes())),
            Scalar::IntOrString => nested(self.out, self.tag, |out| {
                wire::number(out, 1, 1);
                wire::bytes(out, 3, value.as_bytes());
            }),
            Scalar::Bool | Scalar::Int | Scalar::Raw | Scalar::Message(_) => {
                return Err(E::invalid_type(serde::de::Unexpected::Str(value), &self));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let Some(message) = self.scalar.message() else {
            return Err(serde::de::Error::invalid_type(serde::de::Unexpected::Map, &self));
        };
        let at = wire::begin(self.out, self.tag);
        Fields { message, out: self.out }.visit_map(map)?;
        wire::end(self.out, at);
        Ok(())
    }
}

fn nested(out: &mut Vec<u8>, tag: u32, write: impl FnOnce(&mut Vec<u8>)) {
    let at = wire::begin(out, tag);
    write(out);
    wire::end(out, at);
}

/// Go's text of a duration, such as `1m30s` or `15.5s`, in nanoseconds.
fn nanoseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total = 0.0_f64;
    while !rest.is_empty() && rest != "0" {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let units = [("ns", 1.0), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];
        let (unit, scale) = units.into_iter().find(|(unit, _)| tail.starts_with(unit))?;
        total += number.parse::<f64>().ok()? * scale;
        rest = &tail[unit.len()..];
    }
    Some(total.round() as u64)
}
