//! Pod templates as opaque JSON: compared by meaning, never re-written.

use serde_json::{Map, Value};

use crate::{model::Image, text::Clean};

/// The label that the Deployment controller puts on a ReplicaSet's template; never part of the Deployment's own.
pub const POD_TEMPLATE_HASH: &str = "pod-template-hash";
/// What `kubectl rollout restart` sets on the template.
pub const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Fields of a pod template whose Go type is a plain map or struct, so that `{}` and an absent field are the same to the
/// API server. Everywhere else an empty object says something (`emptyDir: {}`).
const EMPTY_IS_ABSENT: [&str; 9] =
    ["annotations", "labels", "limits", "matchLabels", "metadata", "nodeSelector", "overhead", "requests", "resources"];

/// The template in the one form that all templates of its meaning share: without nulls, empty lists, empty maps where
/// Kubernetes takes them as absent, empty values of environment variables, and the label `pod-template-hash`.
pub fn canonical(template: &Value) -> Value {
    let mut canonical = simplify(template).unwrap_or_else(|| Value::Object(Map::new()));
    let Some(object) = canonical.as_object_mut() else { return canonical };
    object.remove("$patch");
    let hollow = object.get_mut("metadata").and_then(Value::as_object_mut).is_some_and(|metadata| {
        if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
            labels.remove(POD_TEMPLATE_HASH);
            if labels.is_empty() {
                metadata.remove("labels");
            }
        }
        metadata.is_empty()
    });
    if hollow {
        object.remove("metadata");
    }
    canonical
}

fn simplify(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(Value::Array(items.iter().map(|v| simplify(v).unwrap_or(Value::Null)).collect())),
        Value::Object(fields) => {
            let kept = fields.iter().filter_map(|(name, value)| {
                let value = simplify(value)?;
                let hollow = value.as_object().is_some_and(Map::is_empty) && EMPTY_IS_ABSENT.contains(&name.as_str());
                let unset = name == "value" && value == "" && fields.contains_key("name");
                (!hollow && !unset).then(|| (name.clone(), value))
            });
            Some(Value::Object(kept.collect()))
        }
        other => Some(other.clone()),
    }
}

/// Whether two templates mean the same to Kubernetes.
pub fn same(a: &Value, b: &Value) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// A fingerprint of what a template means: equal for templates that are the [`same`], stable across versions of the program
/// (FNV-1a, 64 bits, of the canonical JSON with sorted keys).
pub fn fingerprint(template: &Value) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in canonical(template).to_string().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// The template as `/spec/template` of an app holds it: without what belongs to a revision alone.
pub fn of_revision(template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(object) = template.as_object_mut() {
        object.remove("$patch");
    }
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(POD_TEMPLATE_HASH);
    }
    template
}

/// The lists of containers of a pod spec: field and whether they are init containers; init containers come first.
pub(super) const LISTS: [(&str, bool); 2] = [("initContainers", true), ("containers", false)];

/// The containers and their images, init containers first.
pub fn images(template: &Value) -> Vec<Image> {
    let spec = &template["spec"];
    let lists = LISTS.iter().flat_map(|&(list, init)| {
        let items = spec[list].as_array().map(Vec::as_slice).unwrap_or_default();
        items.iter().map(move |container| Image {
            container: Clean::new(container["name"].as_str().unwrap_or_default()),
            image: Clean::new(container["image"].as_str().unwrap_or_default()),
            init,
        })
    });
    lists.collect()
}

/// Sets the image of the container, or init container, of this name.
pub fn set_image(template: &mut Value, container: &str, image: &str) {
    for (list, _) in LISTS {
        let found = template.pointer_mut(&format!("/spec/{list}")).and_then(Value::as_array_mut);
        for found in found.into_iter().flatten() {
            if found["name"] == container {
                found["image"] = image.into();
            }
        }
    }
}

/// What differs between two templates of the same images, in one to three words each: `restart`, `env`, `resources`, `label app`, ….
pub fn differences(a: &Value, b: &Value) -> Vec<String> {
    let (a, b) = (canonical(a), canonical(b));
    let mut found = Vec::new();
    for name in keys(&a["metadata"]["annotations"], &b["metadata"]["annotations"]) {
        if a["metadata"]["annotations"][&name] != b["metadata"]["annotations"][&name] {
            found.push(if name == RESTARTED_AT { "restart".to_owned() } else { format!("annotation {name}") });
        }
    }
    for name in keys(&a["metadata"]["labels"], &b["metadata"]["labels"]) {
        if a["metadata"]["labels"][&name] != b["metadata"]["labels"][&name] {
            found.push(format!("label {name}"));
        }
    }
    for name in keys(&a["spec"], &b["spec"]) {
        let (x, y) = (&a["spec"][&name], &b["spec"][&name]);
        if x == y {
            continue;
        }
        match (x.as_array(), y.as_array(), LISTS.iter().any(|(list, _)| *list == name)) {
            (Some(x), Some(y), true) if x.len() == y.len() => {
                for (x, y) in x.iter().zip(y) {
                    found.extend(keys(x, y).into_iter().filter(|field| x[field] != y[field]));
                }
            }
            _ => found.push(name),
        }
    }
    found.dedup();
    found
}

fn keys(a: &Value, b: &Value) -> Vec<String> {
    let of =
        |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let mut keys = of(a);
    keys.extend(of(b));
    keys.sort();
    keys.dedup();
    keys
}

/// The difference of two templates as unified diff lines of YAML-like text, for reading.
pub fn diff(before: &Value, after: &Value) -> Vec<Clean> {
    let (before, after) = (readable(&canonical(before)), readable(&canonical(after)));
    let diff = similar::TextDiff::from_lines(&before, &after);
    diff.unified_diff().context_radius(3).to_string().lines().map(Clean::new).collect()
}

/// The JSON as indented text in the manner of YAML, a line an item: for reading, not for applying.
pub fn readable(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, "", &mut text);
    text
}

fn write(value: &Value, indent: usize, lead: &str, text: &mut String) {
    let pad = |indent: usize| " ".repeat(indent);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (nth, (name, value)) in fields.iter().enumerate() {
                let start = if nth == 0 && !lead.is_empty() { lead.to_owned() } else { pad(indent) };
                match value {
                    Value::Object(inner) if !inner.is_empty() => {
                        text.push_str(&format!("{start}{name}:\n"));
                        write(value, indent + 2, "", text);
                    }
                    Value::Array(inner) if !inner.is_empty() => {
                        text.push_str(&format!("{start}{name}:\n"));
                        write(value, indent, "", text);
                    }
                    plain => text.push_str(&format!("{start}{name}: {}\n", scalar(plain))),
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                write(item, indent + 2, &format!("{}- ", pad(indent)), text);
            }
        }
        plain if lead.is_empty() => text.push_str(&format!("{}{}\n", pad(indent), scalar(plain))),
        plain => text.push_str(&format!("{lead}{}\n", scalar(plain))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && !text.contains('\n') => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_and_absent_are_the_same_and_the_hash_label_is_ignored() {
        let live = json!({"metadata": {"creationTimestamp": null, "labels": {"app": "a"}}, "spec": {"containers": []}});
        let revision = json!({"metadata": {"labels": {"app": "a", "pod-template-hash": "5d4f"}}, "spec": {}});
        assert!(same(&live, &revision));
        assert_eq!(fingerprint(&live), fingerprint(&revision));
    }

    #[test]
    fn an_empty_object_that_says_something_is_not_absent() {
        assert!(!same(&json!({"spec": {"volumes": [{"emptyDir": {}}]}}), &json!({"spec": {"volumes": [{}]}})));
        assert!(same(&json!({"spec": {"containers": [{"resources": {}}]}}), &json!({"spec": {"containers": [{}]}})));
    }

    #[test]
    fn an_empty_variable_is_one_without_value() {
        let with = json!({"spec": {"containers": [{"env": [{"name": "A", "value": ""}]}]}});
        let without = json!({"spec": {"containers": [{"env": [{"name": "A"}]}]}});
        assert!(same(&with, &without));
    }

    #[test]
    fn the_text_for_reading_nests_lists_and_maps() {
        let text = readable(&json!({"a": [{"b": 1, "c": ["x"]}, "y"], "d": {}, "e": {"f": "two\nlines"}}));
        insta::assert_snapshot!(text, @r#"
        a:
        - b: 1
          c:
          - x
        - y
        d: {}
        e:
          f: "two\nlines"
        "#);
    }
}
