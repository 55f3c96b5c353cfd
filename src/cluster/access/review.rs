//! Questions about one's own rights.

use http::Request;
use kube::{Client, client::Body};
use rolldeck_core::batch::PortError;
use serde_json::{Value, json};

use super::{of_answer, of_failure};

/// Whether we may (SelfSubjectAccessReview); where not, the reason that the server gives, mostly empty. `resource` may name a subresource: `pods/exec`.
pub(crate) async fn may(
    client: &Client,
    verb: &str,
    group: &str,
    resource: &str,
    namespace: &str,
) -> Result<Option<String>, PortError> {
    may_on(client, verb, group, resource, namespace, "").await
}

/// [`may`], of the object of that name: a role may be for that one alone. An empty name means all of them.
pub(crate) async fn may_on(
    client: &Client,
    verb: &str,
    group: &str,
    resource: &str,
    namespace: &str,
    name: &str,
) -> Result<Option<String>, PortError> {
    let (kind, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let question = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": {
            "verb": verb, "group": group, "resource": kind, "subresource": subresource, "namespace": namespace,
            "name": name,
        } },
    });
    let what = "a review of our own rights";
    let request = Request::post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .body(Body::from(question.to_string().into_bytes()))
        .map_err(|error| PortError::Refused(error.to_string()))?;
    let answer = client.send(request).await.map_err(|error| of_failure(&error, what))?;
    let (parts, body) = answer.into_parts();
    let bytes = body.collect_bytes().await.map_err(|error| of_failure(&error, what))?;
    if !parts.status.is_success() {
        return Err(of_answer(&parts, &bytes, what, false));
    }
    let answer: Value =
        serde_json::from_slice(&bytes).map_err(|error| PortError::Refused(format!("{what}: {error}")))?;
    Ok(judge(&answer))
}

fn judge(answer: &Value) -> Option<String> {
    if answer.pointer("/status/allowed").and_then(Value::as_bool) == Some(true) {
        return None;
    }
    Some(answer.pointer("/status/reason").and_then(Value::as_str).unwrap_or_default().to_owned())
}
