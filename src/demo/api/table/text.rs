//! Words that many cells share.

use serde_json::Value;

/// Text, or `<none>`.
pub fn or_none(value: &Value) -> Value {
    or(value, "<none>")
}

/// Text, or a word for its absence.
pub fn or(value: &Value, absent: &str) -> Value {
    match value.as_str() {
        Some(text) if !text.is_empty() => text.into(),
        _ => absent.into(),
    }
}

/// A number, 0 where there is none.
pub fn number(value: &Value) -> Value {
    value.as_i64().unwrap_or(0).into()
}

/// The items of a list; none where it is absent.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The texts of a list, with commas.
pub fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(",")
}

/// `a=b,c=d`, or `<none>`.
pub fn labels(value: &Value) -> String {
    let Some(labels) = value.as_object().filter(|labels| !labels.is_empty()) else { return "<none>".to_owned() };
    let all: Vec<String> =
        labels.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    all.join(",")
}

/// A selector with labels and expressions.
pub fn selector(value: &Value) -> String {
    let mut terms: Vec<String> = Vec::new();
    if value["matchLabels"].as_object().is_some_and(|labels| !labels.is_empty()) {
        terms.push(labels(&value["matchLabels"]));
    }
    for expression in items(&value["matchExpressions"]) {
        let key = expression["key"].as_str().unwrap_or_default();
        let values = joined(items(&expression["values"]).iter().filter_map(Value::as_str));
        terms.push(match expression["operator"].as_str() {
            Some("In") => format!("{key} in ({values})"),
            Some("NotIn") => format!("{key} notin ({values})"),
            Some("DoesNotExist") => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    if terms.is_empty() { "<none>".to_owned() } else { terms.join(",") }
}

/// Names and images of a template's containers.
pub fn containers(template: &Value) -> [Value; 2] {
    let all = items(&template["spec"]["containers"]);
    ["name", "image"].map(|key| joined(all.iter().filter_map(|one| one[key].as_str())).into())
}

/// A number or a percentage, or a word for its absence.
pub fn int_or_string(value: &Value, absent: &str) -> Value {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => number.to_string().into(),
        _ => absent.into(),
    }
}
