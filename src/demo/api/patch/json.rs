//! JSON patch (RFC 6902), with the API server's failures: whatever does not apply is 422 Invalid without a cause.

use serde_json::{Value, json};

use crate::store::Refusal;

/// The largest number of operations that the API server takes.
const MOST: usize = 10_000;

/// The operations applied one after the other; either all or none.
///
/// # Errors
/// 422 where one does not apply or a test fails, 413 where there are too many.
pub fn patched(object: &Value, operations: &[Value]) -> Result<Value, Refusal> {
    if operations.len() > MOST {
        let count = operations.len();
        let message = format!("The allowed maximum operations in a JSON patch is {MOST}, got {count}");
        return Err(Refusal::new(413, "RequestEntityTooLarge", message));
    }
    let mut object = object.clone();
    for operation in operations {
        one(&mut object, operation).ok_or_else(rejected)?;
    }
    Ok(object)
}

fn rejected() -> Refusal {
    let message = "the server rejected our request due to an error in our request";
    let mut refusal = Refusal::new(422, "Invalid", message);
    refusal.details = Some(json!({}));
    refusal
}

fn one(object: &mut Value, operation: &Value) -> Option<()> {
    let path = pointer(operation["path"].as_str()?);
    let from = || operation["from"].as_str().map(pointer);
    // A value that is null is there; one that is missing is none.
    let value = || operation.get("value").cloned();
    match operation["op"].as_str()? {
        "add" => add(object, &path, value()?),
        "remove" => remove(object, &path).map(drop),
        "replace" => replace(object, &path, value()?),
        "move" => {
            let moved = remove(object, &from()?)?;
            add(object, &path, moved)
        }
        "copy" => {
            let copied = find(object, &from()?)?.cloned().unwrap_or(Value::Null);
            add(object, &path, copied)
        }
        "test" => test(object, &path, operation.get("value")),
        _ => None,
    }
}

fn pointer(text: &str) -> Vec<String> {
    text.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

/// An index of a list of this length: a number, counted from the end where it is negative.
fn index(key: &str, length: usize) -> Option<usize> {
    let at: i64 = key.parse().ok()?;
    let at = if at < 0 { at + i64::try_from(length).ok()? } else { at };
    usize::try_from(at).ok()
}

/// The value that holds the last part of the path, where all before it is there.
fn holder<'a>(object: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(object, |at, key| match at {
        Value::Object(map) => map.get_mut(key),
        Value::Array(list) => {
            let at = index(key, list.len())?;
            list.get_mut(at)
        }
        _ => None,
    })
}

/// `None` where the path leads nowhere, `Some(None)` where only its last part is missing in an object.
#[allow(clippy::option_option)]
fn find<'a>(object: &'a Value, path: &[String]) -> Option<Option<&'a Value>> {
    let Some((last, before)) = path.split_last() else { return Some(Some(object)) };
    let holder = before.iter().try_fold(object, |at, key| match at {
        Value::Object(map) => map.get(key),
        Value::Array(list) => list.get(index(key, list.len())?),
        _ => None,
    })?;
    match holder {
        Value::Object(map) => Some(map.get(last)),
        Value::Array(list) => list.get(index(last, list.len())?).map(Some),
        _ => None,
    }
}

fn add(object: &mut Value, path: &[String], value: Value) -> Option<()> {
    let Some((last, before)) = path.split_last() else {
        *object = value;
        return Some(());
    };
    match holder(object, before)? {
        Value::Object(map) => {
            map.insert(last.clone(), value);
        }
        Value::Array(list) if last == "-" => list.push(value),
        Value::Array(list) => {
            let at = index(last, list.len() + 1).filter(|at| *at <= list.len())?;
            list.insert(at, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(object: &mut Value, path: &[String]) -> Option<Value> {
    let (last, before) = path.split_last()?;
    match holder(object, before)? {
        Value::Object(map) => map.remove(last),
        Value::Array(list) => {
            let at = index(last, list.len()).filter(|at| *at < list.len())?;
            Some(list.remove(at))
        }
        _ => None,
    }
}

fn replace(object: &mut Value, path: &[String], value: Value) -> Option<()> {
    let Some((last, before)) = path.split_last() else {
        *object = value;
        return Some(());
    };
    match holder(object, before)? {
        // The API server's library sets a key that is missing where its parent is there.
        Value::Object(map) => {
            map.insert(last.clone(), value);
        }
        Value::Array(list) => {
            let at = index(last, list.len())?;
            *list.get_mut(at)? = value;
        }
        _ => return None,
    }
    Some(())
}

/// An absent field passes where null (or no value) is wanted, and nowhere else.
fn test(object: &Value, path: &[String], wanted: Option<&Value>) -> Option<()> {
    let wanted = wanted.filter(|wanted| !wanted.is_null());
    let found = find(object, path)?.filter(|found| !found.is_null());
    match (wanted, found) {
        (None, None) => Some(()),
        (Some(wanted), Some(found)) if equal(wanted, found) => Some(()),
        _ => None,
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn object() -> Value {
        json!({ "spec": { "replicas": 3, "list": ["a", "b"], "sub": {} }, "a/b": { "m~n": 1 } })
    }

    #[rstest]
    #[case(json!({ "op": "test", "path": "/spec/replicas", "value": 3 }), true)]
    #[case(json!({ "op": "test", "path": "/spec/replicas", "value": 4 }), false)]
    #[case(json!({ "op": "test", "path": "/spec/paused", "value": null }), true)]
    #[case(json!({ "op": "test", "path": "/spec/paused", "value": false }), false)]
    #[case(json!({ "op": "test", "path": "/nothing/deep", "value": null }), false)]
    #[case(json!({ "op": "test", "path": "/a~1b/m~0n", "value": 1 }), true)]
    #[case(json!({ "op": "add", "path": "/spec/labels/x", "value": 1 }), false)]
    #[case(json!({ "op": "add", "path": "/spec/list/7", "value": 1 }), false)]
    #[case(json!({ "op": "add", "path": "/spec/list/-", "value": "c" }), true)]
    #[case(json!({ "op": "remove", "path": "/spec/nothing" }), false)]
    #[case(json!({ "op": "replace", "path": "/spec/nothing", "value": 1 }), true)]
    #[case(json!({ "op": "replace", "path": "/spec/list/x", "value": 1 }), false)]
    #[case(json!({ "op": "bogus", "path": "/spec", "value": 1 }), false)]
    #[case(json!({ "op": "add", "path": "/spec/x" }), false)]
    fn an_operation_applies_where_the_api_server_applies_it(#[case] operation: Value, #[case] applies: bool) {
        let outcome = patched(&object(), &[operation]);
        assert_eq!(outcome.is_ok(), applies, "{outcome:?}");
        if let Err(refusal) = outcome {
            assert_eq!((refusal.code, refusal.reason), (422, "Invalid"));
            assert_eq!(refusal.message, "the server rejected our request due to an error in our request");
        }
    }

    #[test]
    fn operations_work_on_what_those_before_them_left() {
        let operations = [
            json!({ "op": "add", "path": "/spec/list/0", "value": "z" }),
            json!({ "op": "move", "from": "/spec/list/1", "path": "/spec/sub/first" }),
            json!({ "op": "copy", "from": "/spec/sub", "path": "/copied" }),
            json!({ "op": "replace", "path": "/spec/replicas", "value": null }),
            json!({ "op": "remove", "path": "/a~1b" }),
        ];
        assert_eq!(
            patched(&object(), &operations).expect("patched"),
            json!({
                "spec": { "replicas": null, "list": ["z", "b"], "sub": { "first": "a" } },
                "copied": { "first": "a" },
            })
        );
    }
}
