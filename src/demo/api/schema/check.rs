//! An object held against the table: what it has that no message names, and what is of the wrong type.

use serde_json::Value;

use super::table::{Field, Message, Scalar, Shape};

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A field that the message does not have; it was taken out.
    Unknown(String),
    /// A value of the wrong type, in the words of Go's decoder.
    Mistyped(String),
}

/// Takes unknown fields, nulls and what Go would leave out of `value`, and tells what was found.
pub fn check(value: &mut Value, message: &'static Message) -> Vec<Finding> {
    let mut found = Vec::new();
    walk(value, message, &mut String::new(), &mut found);
    found
}

fn walk(value: &mut Value, message: &'static Message, path: &mut String, found: &mut Vec<Finding>) {
    let Some(object) = value.as_object_mut() else { return };
    object.retain(|name, value| {
        let length = path.len();
        if length > 0 {
            path.push('.');
        }
        path.push_str(name);
        let keep = match message.field(name) {
            // An object, be it inside another, says what it is; protobuf has that outside of it.
            None if matches!(name.as_str(), "apiVersion" | "kind") && message.field("metadata").is_some() => true,
            None => {
                found.push(Finding::Unknown(path.clone()));
                false
            }
            Some(field) if value.is_null() || field.omit && zero(value) => false,
            Some(field) => {
                of_shape(value, field, message, path, found);
                true
            }
        };
        path.truncate(length);
        keep
    });
}

/// What Go leaves out of its JSON.
fn zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(yes) => !yes,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
    }
}

fn of_shape(value: &mut Value, field: &Field, of: &Message, path: &mut String, found: &mut Vec<Finding>) {
    match (field.shape, &mut *value) {
        (Shape::One, one) => of_scalar(one, field, of, path, found),
        (Shape::Many, Value::Array(items)) => {
            for (at, item) in items.iter_mut().enumerate() {
                let length = path.len();
                path.push_str(&format!("[{at}]"));
                of_scalar(item, field, of, path, found);
                path.truncate(length);
            }
        }
        (Shape::Map, Value::Object(entries)) => {
            for (key, entry) in entries.iter_mut() {
                let length = path.len();
                path.push_str(&format!(".{key}"));
                of_scalar(entry, field, of, path, found);
                path.truncate(length);
            }
        }
        (_, other) => found.push(mistyped(other, field, of, path)),
    }
}

fn of_scalar(value: &mut Value, field: &Field, of: &Message, path: &mut String, found: &mut Vec<Finding>) {
    let fits = match field.scalar {
        Scalar::Message(_) => value.is_object() || value.is_null(),
        Scalar::Text | Scalar::Bytes | Scalar::Time | Scalar::MicroTime | Scalar::Duration => {
            value.is_string() || value.is_null()
        }
        Scalar::Bool => value.is_boolean(),
        Scalar::Int => value.is_i64() || value.is_u64(),
        Scalar::Quantity => value.is_string() || value.is_number() || value.is_null(),
        Scalar::IntOrString => value.is_string() || value.is_i64() || value.is_u64(),
        Scalar::Raw => true,
    };
    if !fits {
        found.push(mistyped(value, field, of, path));
    } else if let Some(message) = field.scalar.message() {
        walk(value, message, path, found);
    }
}

fn mistyped(value: &Value, field: &Field, of: &Message, path: &str) -> Finding {
    let got = match value {
        Value::String(_) => "string",
        Value::Number(_) => "number",
        Value::Bool(_) => "bool",
        Value::Array(_) => "array",
        Value::Object(_) | Value::Null => "object",
    };
    let wanted = match field.scalar {
        Scalar::Message(_) => field.scalar.message().map_or("object", |message| message.name),
        Scalar::Bool => "bool",
        Scalar::Int => "int32",
        _ => "string",
    };
    let (owner, list) = (of.name, if field.shape == Shape::Many { "[]" } else { "" });
    Finding::Mistyped(format!(
        "json: cannot unmarshal {got} into Go struct field {owner}.{path} of type {list}{wanted}"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::named;
    use super::*;

    #[test]
    fn unknown_fields_are_named_and_taken_out_and_wrong_types_are_told_in_gos_words() {
        let mut value = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "spec": {
                "replicas": "x", "paused": false, "revisionHistoryLimit": 0,
                "template": { "spec": { "containers": [{ "name": "a", "imagee": "b" }] } },
            },
        });
        let found = check(&mut value, named("Deployment").expect("known"));
        assert_eq!(
            found,
            [
                Finding::Mistyped(
                    "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
                        .into()
                ),
                Finding::Unknown("spec.template.spec.containers[0].imagee".into()),
            ]
        );
        assert_eq!(value["spec"]["template"]["spec"]["containers"][0], json!({ "name": "a" }));
        // A number that may be absent is kept where it is zero; one that may not is left out.
        assert_eq!(value["spec"]["revisionHistoryLimit"], 0);
        assert!(value["spec"].get("paused").is_none() && value["kind"] == "Deployment");
    }
}
