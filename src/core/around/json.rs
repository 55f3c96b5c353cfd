//! Reading raw JSON.

use serde_json::Value;

use crate::{Time, text::Clean};

/// A scalar as text; empty where there is none.
pub(super) fn text(value: &Value) -> Clean {
    match value {
        Value::String(text) => Clean::new(text),
        Value::Null | Value::Object(_) | Value::Array(_) => Clean::default(),
        other => Clean::from(other.to_string()),
    }
}

/// The items of a list; none where there is no list.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A count; 0 where there is none.
pub(super) fn count(value: &Value) -> u32 {
    value.as_u64().and_then(|n| n.try_into().ok()).unwrap_or(0)
}

/// A time of the API.
pub(super) fn time(value: &Value) -> Option<Time> {
    chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.to_utc())
}
