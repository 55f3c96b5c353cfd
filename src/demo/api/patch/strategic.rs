//! Strategic merge patches: lists of objects are merged by their keys.

use serde_json::{Map, Value, json};

use super::super::schema::{Field, Merge, Message, Shape};
use crate::store::Refusal;

const DIRECTIVE: &str = "$patch";
const RETAIN: &str = "$retainKeys";
const ORDER: &str = "$setElementOrder/";
const DELETE: &str = "$deleteFromPrimitiveList/";

/// The object with the patch merged in, by the merge rules of its message.
///
/// # Errors
/// 400 for an unknown directive, 500 for an element without its merge key.
pub fn patched(object: &Value, patch: &Value, message: Option<&'static Message>) -> Result<Value, Refusal> {
    let (Some(object), Some(patch)) = (object.as_object(), patch.as_object()) else {
        return Err(Refusal::bad_request("invalid JSON document"));
    };
    merge_map(object.clone(), patch, message).map(Value::Object)
}

type Object = Map<String, Value>;

fn merge_map(mut object: Object, patch: &Object, message: Option<&'static Message>) -> Result<Object, Refusal> {
    match patch.get(DIRECTIVE).and_then(Value::as_str) {
        Some("replace") => return Ok(without_directives(patch)),
        Some("delete") => return Ok(Object::new()),
        Some("merge") | None => {}
        Some(other) => return Err(Refusal::bad_request(format!("unknown patch type: {other} in map"))),
    }
    if let Some(kept) = patch.get(RETAIN).and_then(Value::as_array) {
        object.retain(|key, _| kept.iter().any(|kept| kept == key));
    }
    for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
        if value.is_null() {
            object.remove(key);
            continue;
        }
        let field = message.and_then(|message| message.field(key));
        let current = object.remove(key);
        let order = patch.get(&format!("{ORDER}{key}"));
        object.insert(key.clone(), merge_value(current, value, field, order)?);
    }
    for (key, gone) in patch.iter().filter_map(|(key, gone)| Some((key.strip_prefix(DELETE)?, gone.as_array()?))) {
        if let Some(list) = object.get_mut(key).and_then(Value::as_array_mut) {
            list.retain(|item| !gone.contains(item));
        }
    }
    // An order may be given for a list that the patch does not otherwise touch.
    for (key, order) in patch.iter().filter_map(|(key, order)| Some((key.strip_prefix(ORDER)?, order))) {
        let merge = message.and_then(|message| message.field(key)).map(|field| field.merge).unwrap_or_default();
        if let Some(list) = object.get_mut(key).and_then(Value::as_array_mut) {
            reorder(list, order, merge.key);
        }
    }
    Ok(object)
}

fn merge_value(
    current: Option<Value>,
    patch: &Value,
    field: Option<&Field>,
    order: Option<&Value>,
) -> Result<Value, Refusal> {
    let message = field.and_then(|field| field.scalar.message());
    let merge = field.map(|field| field.merge).unwrap_or_default();
    match (current, patch) {
        (current, Value::Object(patch)) => {
            let one = field.is_none_or(|field| field.shape == Shape::One);
            let object = match current {
                Some(Value::Object(object)) => object,
                _ => Object::new(),
            };
            merge_map(object, patch, if one { message } else { None }).map(Value::Object)
        }
        (current, Value::Array(patch)) => {
            let current = match current {
                Some(Value::Array(list)) => list,
                _ => Vec::new(),
            };
            let mut list = merge_list(current, patch, merge, message)?;
            if let Some(order) = order {
                reorder(&mut list, order, merge.key);
            }
            Ok(Value::Array(list))
        }
        (_, scalar) => Ok(scalar.clone()),
    }
}

fn merge_list(
    current: Vec<Value>,
    patch: &[Value],
    merge: Merge,
    message: Option<&'static Message>,
) -> Result<Vec<Value>, Refusal> {
    let Some(key) = merge.key else {
        if !merge.unite {
            return Ok(patch.iter().map(cleaned).collect());
        }
        let mut list = current;
        for item in patch.iter().filter(|item| item.is_string() || item.is_number()) {
            if !list.contains(item) {
                list.push(item.clone());
            }
        }
        return Ok(list);
    };
    if patch.iter().any(|item| item[DIRECTIVE] == "replace") {
        return Ok(patch.iter().filter(|item| item[DIRECTIVE] != "replace").map(cleaned).collect());
    }
    let mut list = current;
    for item in patch {
        let Some(item) = item.as_object() else { continue };
        let Some(id) = item.get(key) else {
            let why = format!("map: {} does not contain declared merge key: {key}", json!(item));
            return Err(Refusal::new(500, "", why));
        };
        let at = list.iter().position(|one| &one[key] == id);
        match (at, item.get(DIRECTIVE).and_then(Value::as_str)) {
            (_, Some("delete")) => list.retain(|one| &one[key] != id),
            (Some(at), _) => {
                let Value::Object(one) = std::mem::take(&mut list[at]) else { continue };
                list[at] = Value::Object(merge_map(one, item, message)?);
            }
            (None, _) => list.push(Value::Object(merge_map(Object::new(), item, message)?)),
        }
    }
    Ok(list)
}

/// Puts a list in the order given; what the order does not name stays behind its old neighbour.
fn reorder(list: &mut Vec<Value>, order: &Value, key: Option<&str>) {
    let Some(order) = order.as_array() else { return };
    let id = |item: &Value| key.map_or_else(|| item.clone(), |key| item[key].clone());
    let place = |item: &Value| order.iter().position(|one| id(one) == id(item));
    let mut named: Vec<Value> = Vec::with_capacity(list.len());
    let mut others: Vec<(usize, Value)> = Vec::new();
    for item in std::mem::take(list) {
        match place(&item) {
            Some(_) => named.push(item),
            None => others.push((named.len(), item)),
        }
    }
    named.sort_by_key(|item| place(item));
    for (shift, (at, item)) in others.into_iter().enumerate() {
        let at = (at + shift).min(named.len());
        named.insert(at, item);
    }
    *list = named;
}

fn without_directives(object: &Object) -> Object {
    object.iter().filter(|(key, _)| !key.starts_with('$')).map(|(key, value)| (key.clone(), cleaned(value))).collect()
}

/// A value that is new: directives in it mean nothing, and nulls are no values.
fn cleaned(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let kept = object.iter().filter(|(key, value)| !key.starts_with('$') && !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), cleaned(value))).collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(cleaned).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::schema::named;
    use super::*;

    fn patched_deployment(spec: Value, patch: Value) -> Value {
        let object = json!({ "spec": { "template": { "spec": spec } } });
        let patch = json!({ "spec": { "template": { "spec": patch } } });
        patched(&object, &patch, named("Deployment")).expect("patched")["spec"]["template"]["spec"].clone()
    }

    #[test]
    fn containers_merge_by_name_and_their_env_with_them() {
        let spec = json!({ "containers": [
            { "name": "a", "image": "a:1", "env": [{ "name": "X", "value": "1" }, { "name": "Y", "value": "2" }] },
            { "name": "b", "image": "b:1" },
        ] });
        let patch = json!({ "containers": [
            { "name": "a", "image": "a:2", "env": [{ "name": "Y", "$patch": "delete" }, { "name": "Z", "value": "3" }] },
        ] });
        assert_eq!(
            patched_deployment(spec, patch),
            json!({ "containers": [
                { "name": "a", "image": "a:2", "env": [{ "name": "X", "value": "1" }, { "name": "Z", "value": "3" }] },
                { "name": "b", "image": "b:1" },
            ] })
        );
    }

    #[test]
    fn lists_without_a_key_are_replaced_and_directives_replace_whole_values() {
        let spec = json!({
            "tolerations": [{ "key": "a" }],
            "containers": [{ "name": "a", "args": ["x", "y"] }],
            "volumes": [{ "name": "v", "emptyDir": {} }],
            "nodeSelector": { "disk": "ssd" },
        });
        let patch = json!({
            "tolerations": [{ "key": "b" }],
            "containers": [{ "$patch": "replace" }, { "name": "c" }],
            "volumes": [{ "name": "v", "$retainKeys": ["name", "configMap"], "configMap": { "name": "m" } }],
            "nodeSelector": { "$patch": "replace", "zone": "a" },
        });
        assert_eq!(
            patched_deployment(spec, patch),
            json!({
                "tolerations": [{ "key": "b" }],
                "containers": [{ "name": "c" }],
                "volumes": [{ "name": "v", "configMap": { "name": "m" } }],
                "nodeSelector": { "zone": "a" },
            })
        );
    }

    #[test]
    fn an_order_puts_elements_where_it_says() {
        let spec = json!({ "containers": [{ "name": "a" }, { "name": "x" }, { "name": "b" }] });
        let patch = json!({
            "$setElementOrder/containers": [{ "name": "b" }, { "name": "a" }],
            "containers": [{ "name": "b", "image": "b:2" }],
        });
        let names: Vec<Value> = patched_deployment(spec, patch)["containers"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["name"].clone())
            .collect();
        assert_eq!(names, ["b", "x", "a"]);
    }

    #[test]
    fn null_removes_and_finalizers_unite() {
        let object = json!({ "metadata": { "labels": { "a": "1", "b": "2" }, "finalizers": ["x"] } });
        let patch = json!({ "metadata": {
            "labels": { "a": null }, "finalizers": ["y"], "$deleteFromPrimitiveList/finalizers": ["x"],
        } });
        assert_eq!(
            patched(&object, &patch, named("Pod")).expect("patched"),
            json!({ "metadata": { "labels": { "b": "2" }, "finalizers": ["y"] } })
        );
    }
}
