//! ConfigMaps as the journal has them.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use rolldeck_core::batch::{ConfigMap, PortError};
use serde_json::{Value, json};

/// As the API has it.
pub(super) fn to_json(map: &ConfigMap) -> Value {
    let binary: BTreeMap<&String, String> =
        map.binary.iter().map(|(key, bytes)| (key, STANDARD.encode(bytes))).collect();
    let mut object = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "namespace": map.namespace, "name": map.name, "labels": map.labels },
        "data": map.data,
        "binaryData": binary,
    });
    if map.immutable {
        object["immutable"] = json!(true);
    }
    if !map.resource_version.is_empty() {
        object["metadata"]["resourceVersion"] = json!(map.resource_version);
    }
    object
}

/// As the journal has it. Fails where `binaryData` is no base64.
pub(crate) fn from_json(object: &Value) -> Result<ConfigMap, PortError> {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let name = text("/metadata/name");
    let mut binary = BTreeMap::new();
    for (key, packed) in texts(object.get("binaryData")) {
        let bytes = STANDARD
            .decode(packed)
            .map_err(|error| PortError::Refused(format!("configmap {name}: binaryData {key}: {error}")))?;
        binary.insert(key, bytes);
    }
    Ok(ConfigMap {
        namespace: text("/metadata/namespace"),
        name,
        resource_version: text("/metadata/resourceVersion"),
        labels: texts(object.pointer("/metadata/labels")),
        immutable: object.get("immutable").and_then(Value::as_bool).unwrap_or_default(),
        data: texts(object.get("data")),
        binary,
    })
}

fn texts(map: Option<&Value>) -> BTreeMap<String, String> {
    let entries = map.and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(
            data in proptest::collection::btree_map("[a-z.]{1,8}", ".*", 0..3),
            binary in proptest::collection::btree_map("[a-z.]{1,8}", proptest::collection::vec(any::<u8>(), 0..40), 0..3),
            labels in proptest::collection::btree_map("[a-z/.]{1,8}", "[a-z]{0,5}", 0..3),
            immutable: bool,
            resource_version in "[0-9]{0,4}",
        ) {
            let map = ConfigMap { namespace: "qa".into(), name: "rolldeck-x".into(), resource_version, labels, immutable, data, binary };
            prop_assert_eq!(from_json(&to_json(&map)).unwrap(), map);
        }
    }
}
