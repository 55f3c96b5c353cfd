//! What every change of an object goes through.

use serde_json::{Value, json};

use super::super::call::Call;
use super::super::managed::{self, Author};
use super::super::{rules, schema};
use super::body;
use crate::clock::rfc3339;
use crate::store::{Kind, Refusal};

/// The subresource that adds debug containers.
const EPHEMERAL: &str = "ephemeralcontainers";

/// How a change comes about.
pub struct Means<'a> {
    /// `Update` or `Apply`.
    pub operation: &'static str,
    /// What was applied, for an apply.
    pub named: Option<&'a Value>,
    /// The subresource that is written, or empty.
    pub subresource: &'a str,
}

/// Makes of `wanted` what is stored in place of `before`; answers the warnings.
///
/// # Errors
/// 409 for a resourceVersion or uid that is not the current one, 400 and 422 for what does not fit.
pub fn settle(
    call: &Call,
    kind: &'static Kind,
    before: &Value,
    wanted: &mut Value,
    means: &Means<'_>,
) -> Result<Vec<String>, Refusal> {
    let name = before["metadata"]["name"].as_str().unwrap_or_default();
    preconditions(kind, name, before, wanted)?;
    confine(kind, before, wanted, means.subresource);
    keep_address(kind, before, wanted);
    let warnings = body::checked(call, kind, wanted)?;
    // What was put there without its defaults is not changed by a write that is about something else.
    if wanted.get("spec") != before.get("spec") || wanted.get("spec").is_none() {
        rules::defaults(kind, wanted);
    }
    keep_meta(before, wanted);
    if means.subresource == EPHEMERAL {
        rules::ephemeral(before, wanted)?;
    } else {
        rules::validate(kind, Some(before), wanted)?;
    }
    record(call, kind, before, wanted, means);
    Ok(warnings)
}

/// Notes who changed what.
pub fn record(call: &Call, kind: &'static Kind, before: &Value, after: &mut Value, means: &Means<'_>) {
    let time = rfc3339(call.server.store.clock().now());
    let author = Author {
        manager: &call.manager,
        operation: means.operation,
        api_version: &kind.api_version(),
        subresource: means.subresource,
        time: &time,
    };
    managed::record(before, after, &author, schema::message_of(kind), means.named);
}

fn preconditions(kind: &Kind, name: &str, before: &Value, wanted: &Value) -> Result<(), Refusal> {
    let (old, new) = (&before["metadata"], &wanted["metadata"]);
    let given = |key: &str| new[key].as_str().filter(|text| !text.is_empty());
    if let Some(uid) = given("uid")
        && old["uid"] != uid
    {
        let record = old["uid"].as_str().unwrap_or_default();
        let why = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {record}");
        return Err(Refusal::conflict(kind, name, &why));
    }
    if let Some(version) = given("resourceVersion")
        && old["resourceVersion"] != version
    {
        return Err(Refusal::modified(kind, name));
    }
    Ok(())
}

/// A write of the status changes nothing else, and a write of the object does not change the status.
fn confine(kind: &Kind, before: &Value, wanted: &mut Value, subresource: &str) {
    if subresource == "status" {
        let status = wanted.get("status").cloned();
        let version = wanted["metadata"]["managedFields"].clone();
        *wanted = before.clone();
        if !version.is_null() {
            wanted["metadata"]["managedFields"] = version;
        }
        put(wanted, "status", status);
    } else if subresource == EPHEMERAL {
        let containers = wanted["spec"].get("ephemeralContainers").cloned();
        *wanted = before.clone();
        put(&mut wanted["spec"], "ephemeralContainers", containers);
        complete(&mut wanted["spec"]["ephemeralContainers"]);
    } else if kind.has("status") {
        put(wanted, "status", before.get("status").cloned());
    }
}

/// Gives ephemeral containers what the API server gives those that do not say it.
fn complete(containers: &mut Value) {
    for container in containers.as_array_mut().into_iter().flatten() {
        let tagged =
            container["image"].as_str().is_some_and(|image| !image.ends_with(":latest") && image.contains(':'));
        let pull = if tagged { "IfNotPresent" } else { "Always" };
        let usual = [
            ("imagePullPolicy", json!(pull)),
            ("terminationMessagePath", json!("/dev/termination-log")),
            ("terminationMessagePolicy", json!("File")),
            ("resources", json!({})),
        ];
        for (key, value) in usual {
            if container.get(key).is_none_or(Value::is_null) {
                container[key] = value;
            }
        }
    }
}

/// The address that a Service was given stays where a write does not name it.
fn keep_address(kind: &Kind, before: &Value, wanted: &mut Value) {
    if kind.kind == "Service" && wanted["spec"]["type"] != "ExternalName" {
        for key in ["clusterIP", "clusterIPs"] {
            if wanted["spec"].get(key).is_none_or(Value::is_null) {
                put(&mut wanted["spec"], key, before["spec"].get(key).cloned());
            }
        }
    }
}

fn put(object: &mut Value, key: &str, value: Option<Value>) {
    match value {
        Some(value) => object[key] = value,
        None => {
            object.as_object_mut().map(|object| object.remove(key));
        }
    }
}

/// Metadata that only the server writes.
fn keep_meta(before: &Value, wanted: &mut Value) {
    const OWN: &[&str] = &[
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "generation",
        "resourceVersion",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "selfLink",
    ];
    wanted["apiVersion"] = before["apiVersion"].clone();
    wanted["kind"] = before["kind"].clone();
    for key in OWN {
        let kept = before["metadata"].get(*key).cloned();
        put(&mut wanted["metadata"], key, kept);
    }
    let dropped = wanted["metadata"].get("managedFields").is_none_or(|fields| fields.is_null() || *fields == json!([]));
    if dropped {
        put(&mut wanted["metadata"], "managedFields", before["metadata"].get("managedFields").cloned());
    }
    if let Some(metadata) = wanted["metadata"].as_object_mut() {
        for key in ["labels", "annotations", "finalizers", "ownerReferences"] {
            let empty = metadata.get(key).is_some_and(|value| {
                value.as_object().is_some_and(serde_json::Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
            });
            if empty {
                metadata.remove(key);
            }
        }
    }
}
