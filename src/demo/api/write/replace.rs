//! Update and patch.

use http::Response;
use http::header::{HeaderName, HeaderValue};
use serde_json::Value;

use super::super::call::Call;
use super::super::hooks::Body;
use super::super::patch::{self, Patch};
use super::super::{read, schema};
use super::change::{Means, settle};
use super::{body, create, delete};
use crate::store::Refusal;

/// Answers an update of an object or of its status.
///
/// # Errors
/// 400, 404, 409, 422.
pub fn update(call: &Call, subresource: &str, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let object = body::object(call, call.kind.kind, content)?;
    let given = object["metadata"]["name"].as_str().unwrap_or_default();
    if given != call.name() {
        return Err(create::mismatch(call.name(), given));
    }
    let means = Means { operation: "Update", named: None, subresource };
    change(call, &means, |_| Ok(object))
}

/// Answers a patch of an object or of its status.
///
/// # Errors
/// 400, 404, 409, 415, 422.
pub fn patch(call: &Call, subresource: &str, content: &[u8]) -> Result<Response<Body>, Refusal> {
    let patch = Patch::read(call.kind, &call.content_type, content)?;
    if let Patch::Apply(wanted) = patch {
        return applied(call, subresource, wanted);
    }
    let means = Means { operation: "Update", named: None, subresource };
    change(call, &means, |before| patch.to(call.kind, before))
}

fn applied(call: &Call, subresource: &str, wanted: Value) -> Result<Response<Body>, Refusal> {
    if call.query.text("fieldManager").is_none() {
        let why = "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
        return Err(Refusal::new(422, "Invalid", why));
    }
    if call.server.store.stored(call.kind, call.namespace(), call.name()).is_none() && subresource.is_empty() {
        let mut object = wanted;
        object["metadata"]["name"] = call.name().into();
        return create::create(&call.as_json(), object.to_string().as_bytes());
    }
    let means = Means { operation: "Apply", named: Some(&wanted), subresource };
    change(call, &means, |before| {
        let entries = before["metadata"]["managedFields"].as_array().map(Vec::as_slice).unwrap_or_default();
        let own = entries.iter().find(|entry| entry["manager"] == call.manager && entry["operation"] == "Apply");
        let owned = own.map_or(Value::Null, |entry| entry["fieldsV1"].clone());
        Ok(patch::apply(before, &wanted, &owned, schema::message_of(call.kind)))
    })
}

fn change(
    call: &Call,
    means: &Means<'_>,
    make: impl FnOnce(&Value) -> Result<Value, Refusal>,
) -> Result<Response<Body>, Refusal> {
    let mut warnings = Vec::new();
    let rewrite = |object: &mut Value| {
        let mut wanted = make(object)?;
        warnings = settle(call, call.kind, object, &mut wanted, means)?;
        *object = wanted;
        Ok(())
    };
    let (store, kind) = (&call.server.store, call.kind);
    let made = if call.dry_run()? {
        store.rehearse(kind, call.namespace(), call.name(), rewrite)?
    } else {
        store.update(kind, call.namespace(), call.name(), rewrite)?
    };
    if !call.dry_run()? {
        delete::finish(store, kind, &made);
    }
    Ok(warned(read::shown(call, 200, &made), &warnings))
}

/// Adds warnings to an answer.
pub fn warned(mut response: Response<Body>, warnings: &[String]) -> Response<Body> {
    for warning in warnings {
        let text = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{text}\"")) {
            response.headers_mut().append(HeaderName::from_static("warning"), value);
        }
    }
    response
}
