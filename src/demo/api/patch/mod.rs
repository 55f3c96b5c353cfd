//! Patches: the three kinds, and what an apply merges.

mod apply;
mod json;
mod strategic;

use serde_json::Value;

use super::schema;
use crate::store::{Kind, Refusal};

pub(super) use apply::apply;

/// What a patch request holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Patch {
    /// RFC 6902.
    Json(Vec<Value>),
    /// RFC 7386.
    Merge(Value),
    /// Kubernetes' own.
    Strategic(Value),
    /// Server-side apply.
    Apply(Value),
}

impl Patch {
    /// Reads a patch of this content type.
    ///
    /// # Errors
    /// 415 for another content type, 400 for a body that is no such patch.
    pub fn read(kind: &Kind, content_type: &str, body: &[u8]) -> Result<Patch, Refusal> {
        let parse = || {
            serde_json::from_slice::<Value>(body)
                .map_err(|error| Refusal::bad_request(format!("error decoding patch: {}", go_error(&error, body))))
        };
        match content_type {
            "application/json-patch+json" => match parse()? {
                Value::Array(operations) => Ok(Patch::Json(operations)),
                Value::Null => Ok(Patch::Json(Vec::new())),
                other => Err(Refusal::bad_request(format!(
                    "error decoding patch: json: cannot unmarshal {} into Go value of type []handlers.jsonPatchOp",
                    named(&other)
                ))),
            },
            "application/merge-patch+json" => object(parse()?).map(Patch::Merge),
            "application/strategic-merge-patch+json" if kind.built_in() => object(parse()?).map(Patch::Strategic),
            "application/apply-patch+yaml" => object(parse()?).map(Patch::Apply),
            _ => {
                let mut refusal = Refusal::new(415, "UnsupportedMediaType", "415: Unsupported Media Type");
                refusal.details = Some(serde_json::json!({}));
                Err(refusal)
            }
        }
    }

    /// Applies it to an object; server-side apply is [`apply`]'s.
    ///
    /// # Errors
    /// 422 or 400, as the API server has it.
    pub fn to(&self, kind: &'static Kind, object: &Value) -> Result<Value, Refusal> {
        match self {
            Patch::Json(operations) => json::patched(object, operations),
            Patch::Merge(patch) | Patch::Apply(patch) => {
                let mut object = object.clone();
                merge(&mut object, patch);
                Ok(object)
            }
            Patch::Strategic(patch) => strategic::patched(object, patch, schema::message_of(kind)),
        }
    }
}

fn object(value: Value) -> Result<Value, Refusal> {
    if value.is_object() {
        return Ok(value);
    }
    let what = named(&value);
    let why =
        format!("error decoding patch: json: cannot unmarshal {what} into Go value of type map[string]interface {{}}");
    Err(Refusal::bad_request(why))
}

fn named(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What Go's decoder says of text that is no JSON.
pub(super) fn go_error(error: &serde_json::Error, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    match line.chars().nth(error.column().saturating_sub(1)) {
        _ if error.is_eof() => "unexpected end of JSON input".to_owned(),
        Some(found) => format!("invalid character '{found}' looking for beginning of value"),
        None => error.to_string(),
    }
}

/// RFC 7386: null removes, objects merge, everything else replaces.
pub fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::kind::{DEPLOYMENT, INGRESS_ROUTE};

    #[test]
    fn a_merge_patch_removes_by_null_and_replaces_lists() {
        let object = json!({ "spec": { "a": 1, "b": [1, 2], "c": { "d": 1, "e": 2 } } });
        let patch = json!({ "spec": { "a": null, "b": [3], "c": { "d": null }, "f": { "g": null } } });
        let patched = Patch::Merge(patch).to(&DEPLOYMENT, &object).expect("patched");
        assert_eq!(patched, json!({ "spec": { "b": [3], "c": { "e": 2 }, "f": {} } }));
    }

    #[test]
    fn bodies_and_content_types_that_are_no_patch_are_refused_in_the_servers_words() {
        let read = |content_type: &str, body: &str| Patch::read(&DEPLOYMENT, content_type, body.as_bytes());
        let said = |content_type: &str, body: &str| read(content_type, body).expect_err("refused").message;
        assert_eq!(
            said("application/json-patch+json", "{}"),
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        );
        assert_eq!(
            said("application/json-patch+json", "xx"),
            "error decoding patch: invalid character 'x' looking for beginning of value"
        );
        assert_eq!(read("text/plain", "{}").expect_err("refused").code, 415);
        let strategic = "application/strategic-merge-patch+json";
        assert_eq!(Patch::read(&INGRESS_ROUTE, strategic, b"{}").expect_err("refused").code, 415);
    }
}
