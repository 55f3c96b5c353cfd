//! Bodies of writes: read, held against the table, complaints answered as the client asked for.

use serde_json::Value;

use super::super::call::Call;
use super::super::patch;
use super::super::proto;
use super::super::schema::{self, Finding};
use crate::store::{Kind, Refusal};

/// Reads an object from a body of JSON or protobuf.
///
/// # Errors
/// 415 for another content type, 400 for what is no such object.
pub fn object(call: &Call, kind: &str, body: &[u8]) -> Result<Value, Refusal> {
    if proto::is(body) {
        return protobuf(kind, body);
    }
    if !matches!(call.content_type.as_str(), "" | "application/json" | "application/x-www-form-urlencoded") {
        let media = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
        let message =
            format!("the body of the request was in an unknown format - accepted media types include: {media}");
        return Err(Refusal::new(415, "UnsupportedMediaType", message));
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| {
        let why = patch::go_error(&error, body);
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {why}"
        ))
    })?;
    let given = value["kind"].as_str().unwrap_or(kind);
    if given != kind {
        let version = value["apiVersion"].as_str().unwrap_or_default();
        let message = format!(
            "{given} in version \"{version}\" cannot be handled as a {kind}: no kind \"{given}\" is registered for that version"
        );
        return Err(Refusal::bad_request(message));
    }
    Ok(value)
}

fn protobuf(kind: &str, body: &[u8]) -> Result<Value, Refusal> {
    let unreadable = || Refusal::bad_request(format!("the body cannot be read as a {kind} in protobuf"));
    proto::decode(body, |given| schema::named(given).filter(|_| given == kind)).ok_or_else(unreadable)
}

/// Reads a body that accompanies a request, such as `DeleteOptions`, and may be empty.
///
/// # Errors
/// 400 for what is no such object.
pub fn beside(kind: &str, body: &[u8]) -> Result<Value, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    if proto::is(body) {
        return protobuf(kind, body);
    }
    let bad = |error| Refusal::bad_request(format!("couldn't get version/kind; json parse error: {error}"));
    serde_json::from_slice(body).map_err(bad)
}

/// Holds an object against its kind's table: unknown fields are dropped, and told or refused as `fieldValidation`
/// has it.
///
/// # Errors
/// 400 for a value of the wrong type, and for unknown fields where validation is strict.
pub fn checked(call: &Call, kind: &Kind, value: &mut Value) -> Result<Vec<String>, Refusal> {
    let Some(message) = schema::message_of(kind) else { return Ok(Vec::new()) };
    let mut unknown = Vec::new();
    for finding in schema::check(value, message) {
        match finding {
            Finding::Unknown(path) => unknown.push(format!("unknown field \"{path}\"")),
            Finding::Mistyped(why) => {
                let (name, version) = (kind.kind, kind.version);
                let message = format!("{name} in version \"{version}\" cannot be handled as a {name}: {why}");
                return Err(Refusal::bad_request(message));
            }
        }
    }
    match call.query.text("fieldValidation") {
        Some("Ignore") => Ok(Vec::new()),
        Some("Strict") if !unknown.is_empty() => {
            let (name, version) = (kind.kind, kind.version);
            let why = unknown.join(", ");
            let message =
                format!("{name} in version \"{version}\" cannot be handled as a {name}: strict decoding error: {why}");
            Err(Refusal::bad_request(message))
        }
        _ => Ok(unknown),
    }
}
