//! The scale subresource.

use http::Response;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::hooks::Body;
use super::super::patch::Patch;
use super::super::respond;
use super::body;
use super::change::{Means, record};
use crate::store::{Cause, Kind, Refusal};

/// What a scale is, for messages about it.
static SCALE: Kind = crate::store::kind::scale();

/// Answers a read of the scale.
///
/// # Errors
/// 404.
pub fn read_scale(call: &Call) -> Result<Response<Body>, Refusal> {
    let object = call.server.store.get(call.kind, call.namespace(), call.name());
    let object = object.ok_or_else(|| Refusal::not_found(call.kind, call.name()))?;
    Ok(respond::object(200, &scale_of(&object), call.form.media))
}

/// Answers an update or a patch of the scale.
///
/// # Errors
/// 400, 404, 409, 422.
pub fn write_scale(call: &Call, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let patch = (call.verb == "patch").then(|| Patch::read(&SCALE, &call.content_type, content)).transpose()?;
    let given = if patch.is_none() { Some(body::object(call, "Scale", content)?) } else { None };
    let rewrite = |object: &mut Value| {
        let before = scale_of(object);
        let wanted = match (&patch, &given) {
            (Some(patch), _) => patch.to(&SCALE, &before)?,
            (None, given) => given.clone().unwrap_or_default(),
        };
        let version = wanted["metadata"]["resourceVersion"].as_str().filter(|version| !version.is_empty());
        if version.is_some_and(|version| before["metadata"]["resourceVersion"] != version) {
            return Err(Refusal::modified(call.kind, call.name()));
        }
        let replicas = wanted["spec"]["replicas"].as_i64().unwrap_or(0);
        if replicas < 0 {
            let cause = Cause::invalid("spec.replicas", &json!(replicas), "must be greater than or equal to 0");
            return Err(Refusal::invalid(&SCALE, call.name(), &[cause]));
        }
        let old = object.clone();
        object["spec"]["replicas"] = replicas.into();
        record(call, call.kind, &old, object, &Means { operation: "Update", named: None, subresource: "scale" });
        Ok(())
    };
    let (store, kind) = (&call.server.store, call.kind);
    let made = if call.dry_run()? {
        store.rehearse(kind, call.namespace(), call.name(), rewrite)?
    } else {
        store.update(kind, call.namespace(), call.name(), rewrite)?
    };
    Ok(respond::object(200, &scale_of(&made), call.form.media))
}

fn scale_of(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let mut kept = serde_json::Map::new();
    for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
        if let Some(value) = metadata.get(key) {
            kept.insert(key.to_owned(), value.clone());
        }
    }
    let replicas = object["spec"]["replicas"].as_i64().unwrap_or(0);
    let spec = if replicas == 0 { json!({}) } else { json!({ "replicas": replicas }) };
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": kept, "spec": spec,
        "status": {
            "replicas": object["status"]["replicas"].as_i64().unwrap_or(0),
            "selector": selector_text(&object["spec"]["selector"]),
        },
    })
}

/// A selector as text; plain labels for a ReplicationController.
fn selector_text(selector: &Value) -> String {
    let labels = if selector.get("matchLabels").is_some() { &selector["matchLabels"] } else { selector };
    let pairs = labels.as_object().into_iter().flatten();
    let pairs: Vec<String> = pairs.filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?))).collect();
    pairs.join(",")
}
