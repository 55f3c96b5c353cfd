//! `managedFields`: who changed what, computed from what a request changed.

use serde_json::{Map, Value, json};

use super::schema::{Field, Message};

/// Who writes, and how.
pub struct Author<'a> {
    /// The field manager.
    pub manager: &'a str,
    /// `Update` or `Apply`.
    pub operation: &'static str,
    /// `apps/v1`
    pub api_version: &'a str,
    /// The subresource that is written, or empty.
    pub subresource: &'a str,
    /// Now, as RFC 3339.
    pub time: &'a str,
}

/// What nobody owns.
const UNOWNED: &[&str] =
    &["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "name", "namespace", "selfLink"];

/// Rewrites `after.metadata.managedFields`: the author owns what differs from `before` (for an apply: what it names),
/// and nobody else owns it any more.
pub fn record(
    before: &Value,
    after: &mut Value,
    author: &Author<'_>,
    message: Option<&'static Message>,
    named: Option<&Value>,
) {
    let mut changed = Map::new();
    let mut gone = Map::new();
    for (key, value) in after.as_object().into_iter().flatten() {
        match key.as_str() {
            "apiVersion" | "kind" => {}
            // The status that a new object begins with is nobody's.
            "status" if author.subresource.is_empty() => {}
            "metadata" => metadata(before, value, &mut changed, &mut gone),
            _ => field(
                &before[key.as_str()],
                value,
                key,
                message.and_then(|message| message.field(key)),
                &mut changed,
                &mut gone,
            ),
        }
    }
    for key in before.as_object().into_iter().flat_map(Map::keys).filter(|key| after.get(*key).is_none()) {
        gone.insert(format!("f:{key}"), json!({}));
    }
    let owned = match named {
        Some(named) => all(named, message),
        None => changed.clone(),
    };
    if changed.is_empty() && gone.is_empty() && named.is_none() {
        return;
    }
    write(after, author, owned, &changed, &gone);
}

fn write(
    after: &mut Value,
    author: &Author<'_>,
    owned: Map<String, Value>,
    changed: &Map<String, Value>,
    gone: &Map<String, Value>,
) {
    let mut entries = after["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    let own = |entry: &Value| {
        entry["manager"] == author.manager
            && entry["operation"] == author.operation
            && entry["subresource"].as_str().unwrap_or_default() == author.subresource
    };
    let mut fields = Map::new();
    for entry in &mut entries {
        let others = !own(entry);
        let Some(tree) = entry["fieldsV1"].as_object_mut() else { continue };
        subtract(tree, gone);
        if others {
            subtract(tree, changed);
        }
    }
    if let Some(at) = entries.iter().position(own) {
        if let (Value::Object(tree), "Update") = (entries[at]["fieldsV1"].take(), author.operation) {
            fields = tree;
        }
        entries.remove(at);
    }
    unite(&mut fields, owned);
    entries.retain(|entry| entry["fieldsV1"].as_object().is_some_and(|tree| !tree.is_empty()));
    if !fields.is_empty() {
        let mut entry = json!({
            "manager": author.manager, "operation": author.operation, "apiVersion": author.api_version,
            "time": author.time, "fieldsType": "FieldsV1", "fieldsV1": fields,
        });
        if !author.subresource.is_empty() {
            entry["subresource"] = author.subresource.into();
        }
        entries.push(entry);
    }
    after["metadata"]["managedFields"] = Value::Array(entries);
}

fn metadata(before: &Value, after: &Value, changed: &mut Map<String, Value>, gone: &mut Map<String, Value>) {
    let strip = |value: &Value| {
        let mut value = value.clone();
        if let Some(object) = value.as_object_mut() {
            object.retain(|key, _| !UNOWNED.contains(&key.as_str()));
        }
        value
    };
    let message = super::schema::named("ObjectMeta");
    let (before, after) = (strip(&before["metadata"]), strip(after));
    let (mut inner, mut lost) = (Map::new(), Map::new());
    object(&before, &after, message, &mut inner, &mut lost);
    for (tree, found) in [(changed, inner), (gone, lost)] {
        if !found.is_empty() {
            tree.insert("f:metadata".into(), Value::Object(found));
        }
    }
}

/// Every field that an applied object names.
fn all(named: &Value, message: Option<&'static Message>) -> Map<String, Value> {
    let (mut tree, mut none) = (Map::new(), Map::new());
    for (key, value) in named.as_object().into_iter().flatten() {
        match key.as_str() {
            "apiVersion" | "kind" => {}
            "metadata" => metadata(&Value::Null, value, &mut tree, &mut none),
            _ => field(&Value::Null, value, key, message.and_then(|message| message.field(key)), &mut tree, &mut none),
        }
    }
    tree
}

fn object(
    before: &Value,
    after: &Value,
    message: Option<&'static Message>,
    changed: &mut Map<String, Value>,
    gone: &mut Map<String, Value>,
) {
    for (key, value) in after.as_object().into_iter().flatten() {
        field(&before[key.as_str()], value, key, message.and_then(|message| message.field(key)), changed, gone);
    }
    for key in before.as_object().into_iter().flat_map(Map::keys).filter(|key| after.get(*key).is_none()) {
        gone.insert(format!("f:{key}"), json!({}));
    }
}

fn field(
    before: &Value,
    after: &Value,
    key: &str,
    rule: Option<&Field>,
    changed: &mut Map<String, Value>,
    gone: &mut Map<String, Value>,
) {
    if before == after {
        return;
    }
    let name = format!("f:{key}");
    let message = rule.and_then(|rule| rule.scalar.message());
    let (mut inner, mut lost) = (Map::new(), Map::new());
    match (after, rule.and_then(|rule| rule.merge.key)) {
        (Value::Object(entries), _) if !atomic(message) && !entries.is_empty() => {
            if before.is_null() && message.is_none() {
                inner.insert(".".into(), json!({}));
            }
            object(before, after, message, &mut inner, &mut lost);
        }
        (Value::Array(items), Some(id)) => list(before, items, id, message, &mut inner, &mut lost),
        _ => {}
    }
    if inner.is_empty() && lost.is_empty() || !inner.is_empty() {
        changed.insert(name.clone(), Value::Object(inner));
    }
    if !lost.is_empty() {
        gone.insert(name, Value::Object(lost));
    }
}

fn list(
    before: &Value,
    items: &[Value],
    id: &str,
    message: Option<&'static Message>,
    changed: &mut Map<String, Value>,
    gone: &mut Map<String, Value>,
) {
    let key = |item: &Value| {
        let mut key = json!({ id: item[id] });
        if id == "containerPort" || id == "port" {
            key["protocol"] = item.get("protocol").cloned().unwrap_or_else(|| "TCP".into());
        }
        format!("k:{key}")
    };
    let old = before.as_array().map(Vec::as_slice).unwrap_or_default();
    for item in items {
        let prior = old.iter().find(|one| one[id] == item[id]).unwrap_or(&Value::Null);
        if prior != item {
            let (mut inner, mut lost) = (Map::new(), Map::new());
            if prior.is_null() {
                inner.insert(".".into(), json!({}));
            }
            object(prior, item, message, &mut inner, &mut lost);
            if !inner.is_empty() {
                changed.insert(key(item), Value::Object(inner));
            }
            if !lost.is_empty() {
                gone.insert(key(item), Value::Object(lost));
            }
        }
    }
    for item in old.iter().filter(|one| !items.iter().any(|item| item[id] == one[id])) {
        gone.insert(key(item), json!({}));
    }
}

/// Messages that are owned as a whole.
fn atomic(message: Option<&'static Message>) -> bool {
    message.is_some_and(|message| {
        matches!(message.name, "LabelSelector" | "ObjectFieldSelector" | "SecretKeySelector" | "ConfigMapKeySelector")
    })
}

fn unite(tree: &mut Map<String, Value>, more: Map<String, Value>) {
    for (key, below) in more {
        match (tree.get_mut(&key), below) {
            (Some(Value::Object(tree)), Value::Object(below)) => unite(tree, below),
            (_, below) => {
                tree.insert(key, below);
            }
        }
    }
}

fn subtract(tree: &mut Map<String, Value>, less: &Map<String, Value>) {
    for (key, below) in less {
        let Some(own) = tree.get_mut(key) else { continue };
        let leaf = below.as_object().is_none_or(|below| below.keys().all(|key| key == "."));
        let empty = match own.as_object_mut() {
            Some(own) if !leaf => {
                subtract(own, below.as_object().unwrap_or(&Map::new()));
                own.keys().all(|key| key == ".")
            }
            _ => true,
        };
        if empty {
            tree.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema::named;
    use super::*;

    fn author<'a>(manager: &'a str, subresource: &'a str) -> Author<'a> {
        Author { manager, operation: "Update", api_version: "apps/v1", subresource, time: "2026-01-01T00:00:00Z" }
    }

    #[test]
    fn who_changes_a_field_owns_it_and_who_had_it_no_longer_does() {
        let mut made = json!({
            "metadata": { "name": "shop", "labels": { "app": "shop" } },
            "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "shop" } },
                "template": { "spec": { "containers": [{ "name": "a", "image": "a:1" }] } } },
        });
        record(&Value::Null, &mut made, &author("kubectl-create", ""), named("Deployment"), None);
        let entry = &made["metadata"]["managedFields"][0];
        assert_eq!((&entry["manager"], &entry["operation"]), (&json!("kubectl-create"), &json!("Update")));
        let fields = &entry["fieldsV1"];
        assert_eq!(fields["f:spec"]["f:selector"], json!({}));
        let container = &fields["f:spec"]["f:template"]["f:spec"]["f:containers"]["k:{\"name\":\"a\"}"];
        assert_eq!(*container, json!({ ".": {}, "f:name": {}, "f:image": {} }));
        assert_eq!(fields["f:metadata"]["f:labels"], json!({ ".": {}, "f:app": {} }));

        let mut scaled = made.clone();
        scaled["spec"]["replicas"] = 5.into();
        record(&made, &mut scaled, &author("autoscaler", "scale"), named("Deployment"), None);
        let entries = scaled["metadata"]["managedFields"].as_array().expect("entries");
        assert_eq!(entries.len(), 2);
        assert!(entries[0]["fieldsV1"]["f:spec"].get("f:replicas").is_none());
        assert_eq!(entries[1]["fieldsV1"], json!({ "f:spec": { "f:replicas": {} } }));
        assert_eq!(entries[1]["subresource"], "scale");
    }

    #[test]
    fn a_write_that_changes_nothing_leaves_the_record_as_it_was() {
        let mut made = json!({ "metadata": { "name": "shop" }, "spec": { "replicas": 1 } });
        record(&Value::Null, &mut made, &author("one", ""), named("Deployment"), None);
        let mut again = made.clone();
        record(&made, &mut again, &author("two", ""), named("Deployment"), None);
        assert_eq!(made, again);
    }
}
