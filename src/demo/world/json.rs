//! Short ways through a JSON object, and the rules that Kubernetes has for its parts.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// A moment as the API writes it: whole seconds, `Z`.
pub fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The moment that the API wrote.
pub fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

/// The text at a JSON pointer, empty if there is none.
pub fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The whole number at a JSON pointer.
pub fn int(object: &Value, pointer: &str) -> Option<i64> {
    object.pointer(pointer).and_then(Value::as_i64)
}

/// The list at a JSON pointer, empty if there is none.
pub fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// An annotation's value.
pub fn annotation<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("annotations")?.get(key)?.as_str()
}

/// A label's value.
pub fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get("metadata")?.get("labels")?.get(key)?.as_str()
}

/// The name of an object.
pub fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

/// The namespace of an object, empty for one of the cluster.
pub fn namespace(object: &Value) -> &str {
    text(object, "/metadata/namespace")
}

/// The uid of an object.
pub fn uid(object: &Value) -> &str {
    text(object, "/metadata/uid")
}

/// Whether an object is on its way out.
pub fn deleting(object: &Value) -> bool {
    object.pointer("/metadata/deletionTimestamp").is_some_and(|time| !time.is_null())
}

/// The owner reference that controls an object.
pub fn controller(object: &Value) -> Option<&Value> {
    list(object, "/metadata/ownerReferences").iter().find(|owner| owner.get("controller") == Some(&Value::Bool(true)))
}

/// An owner reference to a controller.
pub fn owned_by(api: &str, kind: &str, name: &str, uid: &str) -> Value {
    json!({
        "apiVersion": api, "kind": kind, "name": name, "uid": uid, "controller": true, "blockOwnerDeletion": true,
    })
}

/// A number or a percentage of `total`, rounded up or down.
pub fn scaled(value: Option<&Value>, default: &str, total: i64, up: bool) -> i64 {
    let percent = match value {
        Some(Value::Number(number)) => return number.as_i64().unwrap_or(0),
        Some(Value::String(text)) => text.as_str(),
        _ => default,
    };
    let Some(percent) = percent.strip_suffix('%').and_then(|digits| digits.parse::<i64>().ok()) else {
        return percent.parse().unwrap_or(0);
    };
    if up { (percent * total + 99).div_euclid(100) } else { percent * total / 100 }
}

/// An object without its nulls: the API server drops them, and two templates that differ in one are the same.
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key.clone(), without_nulls(value)))
            .collect(),
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// A condition of a type in a status.
pub fn condition<'a>(status: &'a Value, kind: &str) -> Option<&'a Value> {
    list(status, "/conditions").iter().find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
}

/// Puts a condition into a status in place of the one of its type; `lastTransitionTime` stays while its status does.
pub fn set_condition(status: &mut Value, mut condition: Value) {
    let kind = text(&condition, "/type").to_owned();
    if let Some(old) = self::condition(status, &kind)
        && old.get("status") == condition.get("status")
        && let Some(since) = old.get("lastTransitionTime")
    {
        condition["lastTransitionTime"] = since.clone();
    }
    let place = list(status, "/conditions").iter().position(|old| text(old, "/type") == kind);
    if !status["conditions"].is_array() {
        status["conditions"] = json!([]);
    }
    if let Some(conditions) = status["conditions"].as_array_mut() {
        match place {
            Some(at) => conditions[at] = condition,
            None => conditions.push(condition),
        }
    }
}

/// Takes a condition out of a status.
pub fn remove_condition(status: &mut Value, kind: &str) {
    if let Some(conditions) = status.get_mut("conditions").and_then(Value::as_array_mut) {
        conditions.retain(|condition| condition.get("type").and_then(Value::as_str) != Some(kind));
    }
}

/// Merges a patch into an object (RFC 7396).
pub fn merge(object: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *object = patch.clone();
        return;
    };
    if !object.is_object() {
        *object = json!({});
    }
    for (key, change) in changes {
        if change.is_null() {
            if let Some(map) = object.as_object_mut() {
                map.remove(key);
            }
        } else {
            merge(&mut object[key.as_str()], change);
        }
    }
}

/// A quantity in its base unit: cores, bytes or a plain number.
pub fn quantity(text: &str) -> f64 {
    let split = text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let factor = match unit {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => 1.0,
    };
    digits.parse::<f64>().unwrap_or(0.0) * factor
}

/// Whether labels satisfy a selector's `matchLabels` and `matchExpressions`; an absent selector selects nothing.
pub fn selects(selector: Option<&Value>, labels: Option<&Value>) -> bool {
    let Some(selector) = selector.filter(|selector| selector.is_object()) else { return false };
    let of = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
    let equal = selector
        .get("matchLabels")
        .and_then(Value::as_object)
        .is_none_or(|wanted| wanted.iter().all(|(key, value)| of(key) == value.as_str()));
    equal
        && list(selector, "/matchExpressions").iter().all(|rule| {
            let (value, values) = (of(text(rule, "/key")), list(rule, "/values"));
            let named = value.is_some_and(|value| values.iter().any(|one| one.as_str() == Some(value)));
            match text(rule, "/operator") {
                "In" => named,
                "NotIn" => !named,
                "Exists" => value.is_some(),
                _ => value.is_none(),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(json!("25%"), 10, true, 3)]
    #[case(json!("25%"), 10, false, 2)]
    #[case(json!("0%"), 10, true, 0)]
    #[case(json!(4), 10, true, 4)]
    fn percentages_round_up_for_surge_and_down_for_unavailable(
        #[case] value: Value,
        #[case] total: i64,
        #[case] up: bool,
        #[case] expected: i64,
    ) {
        assert_eq!(scaled(Some(&value), "25%", total, up), expected);
    }

    #[test]
    fn a_condition_keeps_its_transition_while_its_status_stays() {
        let mut status = json!({"conditions": [{"type": "A", "status": "True", "lastTransitionTime": "old"}]});
        set_condition(&mut status, json!({"type": "A", "status": "True", "reason": "B", "lastTransitionTime": "new"}));
        assert_eq!(status["conditions"][0]["lastTransitionTime"], "old");
        set_condition(&mut status, json!({"type": "A", "status": "False", "lastTransitionTime": "new"}));
        assert_eq!(status["conditions"], json!([{"type": "A", "status": "False", "lastTransitionTime": "new"}]));
    }

    #[rstest]
    #[case("250m", 0.25)]
    #[case("2", 2.0)]
    #[case("512Mi", 536_870_912.0)]
    fn quantities_are_read_in_their_base_unit(#[case] text: &str, #[case] expected: f64) {
        assert!((quantity(text) - expected).abs() < 1e-9);
    }
}
