//! The small types that Kubernetes writes in its own way: text, times, quantities, maps.
//!
//! Each decodes from protobuf (field numbers of k8s.io/apimachinery's `generated.proto` files) and from JSON alike.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use chrono::DateTime;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};

/// `meta.v1.Time`: in JSON an RFC 3339 text.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Time {
    /// Seconds since 1970, UTC.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// Nanoseconds within the second.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

impl Time {
    /// The moment, or `None` where it is beyond what a calendar holds.
    pub fn moment(&self) -> Option<rolldeck_core::Time> {
        DateTime::from_timestamp(self.seconds, u32::try_from(self.nanos).unwrap_or(0))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let at = DateTime::parse_from_rfc3339(&String::deserialize(from)?).map_err(serde::de::Error::custom)?;
        Ok(Self { seconds: at.timestamp(), nanos: at.timestamp_subsec_nanos().try_into().unwrap_or(0) })
    }
}

/// `meta.v1.Duration`: in JSON a text as Go writes it, `15.2s`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Duration {
    /// Nanoseconds.
    #[prost(int64, tag = "1")]
    pub nanos: i64,
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let nanos = go_duration(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no duration")))?;
        Ok(Self { nanos })
    }
}

/// Nanoseconds of a duration as Go's `time.Duration.String` writes it: `1m2.5s`, `300ms`.
fn go_duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut nanos = 0.0;
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, tail) = rest.split_at(unit_at);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, next) = tail.split_at(unit_end);
        let factor = match unit {
            "h" => 3600e9,
            "m" => 60e9,
            "s" => 1e9,
            "ms" => 1e6,
            "us" | "µs" => 1e3,
            "ns" => 1.0,
            _ => return None,
        };
        nanos += number.parse::<f64>().ok()? * factor;
        rest = next;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a window of more than 292 years saturates")]
    Some(nanos as i64)
}

/// `resource.Quantity`: `250m`, `64Mi`; in JSON a text, or a number.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Quantity {
    /// As written.
    #[prost(bytes = "bytes", tag = "1")]
    pub text: Bytes,
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self { text: from.deserialize_any(Scalar)? })
    }
}

/// `intstr.IntOrString`: `1` or `25%`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct IntOrString {
    /// 0 where it is a number, 1 where it is text.
    #[prost(int64, tag = "1")]
    pub kind: i64,
    /// The number.
    #[prost(int32, tag = "2")]
    pub number: i32,
    /// The text.
    #[prost(bytes = "bytes", tag = "3")]
    pub text: Bytes,
}

impl IntOrString {
    /// As written.
    pub fn shown(&self) -> Bytes {
        if self.kind == 0 { self.number.to_string().into() } else { self.text.clone() }
    }
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Number(i32),
            Text(String),
        }
        Ok(match Either::deserialize(from)? {
            Either::Number(number) => Self { kind: 0, number, text: Bytes::new() },
            Either::Text(text) => Self { kind: 1, number: 0, text: text.into() },
        })
    }
}

/// One pair of a `map<string, string>`. A prost map would refuse a key that is no UTF-8; on the wire a map is a list of these.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Entry {
    /// The key.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// The value.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

/// One pair of a `map<string, Quantity>`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Amount {
    /// The resource: `cpu`.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// How much.
    #[prost(message, optional, tag = "2")]
    pub value: Option<Quantity>,
}

/// Text from JSON; null is empty.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
    from.deserialize_any(Scalar)
}

/// A list or a struct from JSON; null is empty.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A JSON object as a list of pairs; null is empty.
pub(super) fn entries<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Entry>, D::Error> {
    pairs(from, |key, Raw(value)| Entry { key, value })
}

/// A JSON object of quantities as a list of pairs; null is empty.
pub(super) fn amounts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Amount>, D::Error> {
    pairs(from, |key, Raw(text)| Amount { key, value: Some(Quantity { text }) })
}

struct Raw(Bytes);

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text(from).map(Self)
    }
}

fn pairs<'de, D, V, T>(from: D, make: fn(Bytes, V) -> T) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct Pairs<V, T>(fn(Bytes, V) -> T, PhantomData<V>);
    impl<'de, V: Deserialize<'de>, T> Visitor<'de> for Pairs<V, T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map or null")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut list = Vec::with_capacity(map.size_hint().unwrap_or(4).min(64));
            while let Some(Raw(key)) = map.next_key()? {
                list.push((self.0)(key, map.next_value()?));
            }
            Ok(list)
        }
    }
    from.deserialize_any(Pairs(make, PhantomData))
}

/// Text, a number or a truth value as text; null is empty.
struct Scalar;

impl<'de> Visitor<'de> for Scalar {
    type Value = Bytes;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number or null")
    }
    fn visit_unit<E>(self) -> Result<Bytes, E> {
        Ok(Bytes::new())
    }
    fn visit_str<E>(self, text: &str) -> Result<Bytes, E> {
        Ok(Bytes::copy_from_slice(text.as_bytes()))
    }
    fn visit_string<E>(self, text: String) -> Result<Bytes, E> {
        Ok(text.into())
    }
    fn visit_i64<E>(self, number: i64) -> Result<Bytes, E> {
        Ok(number.to_string().into())
    }
    fn visit_u64<E>(self, number: u64) -> Result<Bytes, E> {
        Ok(number.to_string().into())
    }
    fn visit_f64<E>(self, number: f64) -> Result<Bytes, E> {
        Ok(number.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_go_writes_them() {
        assert_eq!(go_duration("15.2s"), Some(15_200_000_000));
        assert_eq!(go_duration("1m0s"), Some(60_000_000_000));
        assert_eq!(go_duration("300ms"), Some(300_000_000));
        assert_eq!(go_duration("soon"), None);
    }

    #[test]
    fn int_or_string_reads_both() {
        let shown = |json: &str| serde_json::from_str::<IntOrString>(json).unwrap().shown();
        assert_eq!((shown("1"), shown("\"25%\"")), (Bytes::from("1"), Bytes::from("25%")));
    }
}
