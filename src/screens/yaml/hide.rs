//! What is not shown unless it is asked for.

use serde_json::{Map, Value};

/// The annotation in which `kubectl apply` keeps the whole object, a Secret's values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Whether the object holds values that are hidden by default.
pub(crate) fn is_secret(object: &Value) -> bool {
    object["kind"] == "Secret" && object["apiVersion"] == "v1"
}

/// The object without managedFields, unless they are wanted; with a Secret's values in place unless they are to be hidden.
pub(super) fn shown(object: &Value, managed: bool, hide: bool) -> Value {
    let mut object = object.clone();
    if !managed && let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("managedFields");
    }
    if hide && is_secret(&object) {
        for (field, base64) in [("data", true), ("stringData", false)] {
            if let Some(values) = object.get_mut(field).and_then(Value::as_object_mut) {
                values.values_mut().for_each(|value| *value = instead(value, base64));
            }
        }
        let annotations = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut);
        if let Some(last) = annotations.and_then(|all: &mut Map<String, Value>| all.get_mut(LAST_APPLIED)) {
            *last = instead(last, false);
        }
    }
    object
}

fn instead(value: &Value, base64: bool) -> Value {
    let text = value.as_str().unwrap_or_default();
    let bytes = if base64 { decoded_length(text) } else { text.len() };
    format!("‹hidden: {bytes} bytes›").into()
}

/// The bytes that a base64 text stands for.
pub(crate) fn decoded_length(text: &str) -> usize {
    let digits = text.bytes().filter(|byte| !matches!(byte, b'=' | b'\n' | b'\r')).count();
    digits * 3 / 4
}
