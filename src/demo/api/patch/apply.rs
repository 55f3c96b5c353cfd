//! Server-side apply: what a manager wants, merged over what others have.

use serde_json::{Map, Value};

use super::super::schema::{Field, Message};

/// The object with what a manager applies merged in: maps are merged, keyed lists by their keys, all else replaced;
/// what the manager owned (`owned`, its fieldsV1) and no longer names goes away.
pub fn apply(current: &Value, wanted: &Value, owned: &Value, message: Option<&'static Message>) -> Value {
    let mut object = current.clone();
    drop_unnamed(&mut object, wanted, owned);
    overlay(&mut object, wanted, message);
    object
}

fn overlay(current: &mut Value, wanted: &Value, message: Option<&'static Message>) {
    let Some(wanted) = wanted.as_object() else {
        *current = wanted.clone();
        return;
    };
    if !current.is_object() {
        *current = Value::Object(Map::new());
    }
    for (key, value) in wanted.iter().filter(|(_, value)| !value.is_null()) {
        let field = message.and_then(|message| message.field(key));
        let inner = field.and_then(|field| field.scalar.message());
        match (field.and_then(|field| field.merge.key), value) {
            (Some(id), Value::Array(items)) => keyed(&mut current[key.as_str()], items, id, field),
            (None, Value::Array(_)) => current[key.as_str()] = value.clone(),
            _ => overlay(&mut current[key.as_str()], value, inner),
        }
    }
}

fn keyed(current: &mut Value, items: &[Value], id: &str, field: Option<&Field>) {
    if !current.is_array() {
        *current = Value::Array(Vec::new());
    }
    let Some(list) = current.as_array_mut() else { return };
    let message = field.and_then(|field| field.scalar.message());
    for item in items {
        let at = list.iter().position(|one| one[id] == item[id]).unwrap_or_else(|| {
            list.push(Value::Object(Map::new()));
            list.len() - 1
        });
        overlay(&mut list[at], item, message);
    }
}

/// Takes away what `owned` names and `wanted` does not.
fn drop_unnamed(current: &mut Value, wanted: &Value, owned: &Value) {
    let Some(owned) = owned.as_object() else { return };
    for (key, below) in owned {
        if let Some(name) = key.strip_prefix("f:") {
            match (wanted.get(name), current.as_object_mut()) {
                (None, Some(object)) => {
                    object.remove(name);
                }
                (Some(wanted), Some(object)) => {
                    if let Some(inner) = object.get_mut(name) {
                        drop_unnamed(inner, wanted, below);
                    }
                }
                _ => {}
            }
        } else if let Some(Ok(id)) = key.strip_prefix("k:").map(serde_json::from_str::<Value>) {
            let is = |item: &Value| id.as_object().is_some_and(|id| id.iter().all(|(key, value)| &item[key] == value));
            let Some(list) = current.as_array_mut() else { continue };
            match wanted.as_array().and_then(|items| items.iter().find(|item| is(item))) {
                None => list.retain(|item| !is(item)),
                Some(wanted) => {
                    list.iter_mut().filter(|item| is(item)).for_each(|one| drop_unnamed(one, wanted, below))
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::schema::named;
    use super::*;

    #[test]
    fn what_is_applied_lies_over_what_others_have_and_what_is_no_longer_named_goes() {
        let current = json!({
            "metadata": { "labels": { "mine": "1", "theirs": "2" } },
            "spec": { "replicas": 3, "template": { "spec": { "containers": [{ "name": "a", "image": "a:1", "tty": true }] } } },
        });
        let wanted = json!({ "metadata": { "labels": {} }, "spec": { "template": { "spec": {
            "containers": [{ "name": "a", "image": "a:2" }] } } } });
        let owned = json!({ "f:metadata": { "f:labels": { "f:mine": {} } } });
        assert_eq!(
            apply(&current, &wanted, &owned, named("Deployment")),
            json!({
                "metadata": { "labels": { "theirs": "2" } },
                "spec": { "replicas": 3, "template": { "spec": { "containers": [{ "name": "a", "image": "a:2", "tty": true }] } } },
            })
        );
    }
}
