//! Create.

use http::Response;
use serde_json::{Value, json};

use super::super::call::Call;
use super::super::hooks::Body;
use super::super::{read, rules};
use super::change::{Means, record};
use super::{body, replace};
use crate::store::Refusal;
use crate::store::kind::NAMESPACE;

/// Answers a create.
///
/// # Errors
/// 400, 404 for a namespace that is not there, 409, 422.
pub fn create(call: &Call, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let mut object = body::object(call, call.kind.kind, content)?;
    let warnings = prepare(call, &mut object)?;
    let made = if call.dry_run()? {
        call.server.store.rehearse_create(call.kind, object)?
    } else {
        call.server.store.create(call.kind, object)?
    };
    Ok(replace::warned(read::shown(call, 201, &made), &warnings))
}

/// Makes of an object what is stored when it is new.
///
/// # Errors
/// 400, 404, 422.
pub fn prepare(call: &Call, object: &mut Value) -> Result<Vec<String>, Refusal> {
    place(call, object)?;
    let warnings = body::checked(call, call.kind, object)?;
    object["apiVersion"] = call.kind.api_version().into();
    object["kind"] = call.kind.kind.into();
    for key in
        ["uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp", "managedFields", "selfLink"]
    {
        object["metadata"].as_object_mut().map(|metadata| metadata.remove(key));
    }
    if call.kind.has("status") {
        object["status"] = first_status(call.kind.kind);
    }
    rules::defaults(call.kind, object);
    rules::validate(call.kind, None, object)?;
    if call.kind.kind == "Service" {
        address(call, object);
    }
    let means = Means { operation: "Update", named: None, subresource: "" };
    record(call, call.kind, &Value::Null, object, &means);
    Ok(warnings)
}

fn place(call: &Call, object: &mut Value) -> Result<(), Refusal> {
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    if object["metadata"]["resourceVersion"].as_str().is_some_and(|version| !version.is_empty()) {
        return Err(Refusal::new(500, "", "resourceVersion should not be set on objects to be created"));
    }
    if !call.kind.namespaced {
        return Ok(());
    }
    let namespace = call.namespace();
    let given = object["metadata"]["namespace"].as_str().unwrap_or_default();
    if !given.is_empty() && given != namespace {
        let why = "the namespace of the provided object does not match the namespace sent on the request";
        return Err(Refusal::bad_request(why));
    }
    object["metadata"]["namespace"] = namespace.into();
    let Some(home) = call.server.store.get(&NAMESPACE, "", namespace) else {
        return Err(Refusal::not_found(&NAMESPACE, namespace));
    };
    if home["metadata"].get("deletionTimestamp").is_some() {
        let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        return Err(Refusal::forbidden(call.kind, &name, &why));
    }
    Ok(())
}

fn first_status(kind: &str) -> Value {
    match kind {
        "Pod" => json!({ "phase": "Pending", "qosClass": "BestEffort" }),
        "Service" => json!({ "loadBalancer": {} }),
        "PersistentVolumeClaim" | "PersistentVolume" => json!({ "phase": "Pending" }),
        "Ingress" => json!({ "loadBalancer": {} }),
        "DaemonSet" => json!({
            "currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0,
        }),
        "StatefulSet" => json!({ "replicas": 0, "availableReplicas": 0 }),
        "ReplicaSet" | "ReplicationController" => json!({ "replicas": 0 }),
        "HorizontalPodAutoscaler" => json!({ "desiredReplicas": 0, "currentMetrics": null }),
        _ => json!({}),
    }
}

/// Gives a Service an address of its own, counted up from those that there are.
fn address(call: &Call, object: &mut Value) {
    let spec = &mut object["spec"];
    if spec["type"] == "ExternalName" || spec["clusterIP"].is_string() {
        return;
    }
    let count = u32::try_from(call.server.store.count(call.kind)).unwrap_or(0) + 10;
    let address = format!("10.96.{}.{}", (count >> 8) & 0xff, count & 0xff);
    spec["clusterIPs"] = json!([address]);
    spec["clusterIP"] = address.into();
}

/// A complaint about a name that a path and a body do not share.
pub fn mismatch(path: &str, body: &str) -> Refusal {
    Refusal::bad_request(format!("the name of the object ({body}) does not match the name on the URL ({path})"))
}
