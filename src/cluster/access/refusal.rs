//! From answers and failures to what a driver must know: was it refused, or may it have been done?

use std::time::Duration;

use http::{StatusCode, header::RETRY_AFTER, response::Parts};
use rolldeck_core::{batch::PortError, text::Clean};
use serde_json::Value;

use super::Refused;
use crate::connect::{find, find_io_kind};

/// What an answer that is no success means. `writes`: the request could have changed something.
pub(crate) fn of_answer(parts: &Parts, body: &[u8], what: &str, writes: bool) -> PortError {
    let message = message(parts.status, body);
    let told = || format!("{what}: {message}");
    match parts.status.as_u16() {
        401 => PortError::Unauthorized(message),
        403 if is_about_rights(&message) => PortError::Forbidden(message),
        404 => PortError::NotFound(what.to_owned()),
        409 => PortError::Conflict(what.to_owned()),
        422 => PortError::Invalid(message),
        429 | 503 => PortError::Busy(message, retry_after(parts)),
        500..=599 if writes => PortError::NoAnswer(told()),
        500..=599 => PortError::Busy(message, retry_after(parts)),
        _ => PortError::Refused(message),
    }
}

/// What it means that no answer came. Only a connection that was never made is certain to have carried nothing.
pub(crate) fn of_failure(error: &kube::Error, what: &str) -> PortError {
    if let Some(refused) = find::<Refused>(error) {
        return PortError::Forbidden(refused.to_string());
    }
    let why = format!("{what}: {}", Clean::from(reason(error)));
    let never_left = find::<hyper_util::client::legacy::Error>(error).is_some_and(|error| error.is_connect());
    if never_left { PortError::Unreached(why) } else { PortError::NoAnswer(why) }
}

fn reason(error: &kube::Error) -> String {
    match find_io_kind(error) {
        Some(std::io::ErrorKind::ConnectionRefused) => "connection refused".into(),
        Some(std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe) => "the connection was cut".into(),
        _ => crate::connect::with_sources(error),
    }
}

/// The server's own sentence, else the status.
fn message(status: StatusCode, body: &[u8]) -> String {
    let told = serde_json::from_slice::<Value>(body).ok();
    let budget = told.as_ref().and_then(broken_budget).map(|words| format!(" ({words})")).unwrap_or_default();
    let told = told.as_ref().and_then(|status| status.get("message")).and_then(Value::as_str).unwrap_or_default();
    let text = if told.is_empty() {
        String::from_utf8_lossy(body).trim().chars().take(200).collect()
    } else {
        format!("{told}{budget}")
    };
    let text = if text.is_empty() { status.to_string() } else { text };
    Clean::from(text).to_string()
}

/// An eviction that is refused names the budget among its causes only: `The disruption budget web needs 3 healthy pods and has 3
/// currently` (kubernetes/pkg/registry/core/pod/storage/eviction.go).
fn broken_budget(status: &Value) -> Option<&str> {
    let causes = status.pointer("/details/causes")?.as_array()?;
    causes.iter().find(|cause| cause["reason"] == "DisruptionBudget")?["message"].as_str()
}

/// RBAC says `User "x" cannot patch resource …`; quotas, pod security and webhooks say 403 in other words.
fn is_about_rights(message: &str) -> bool {
    message.contains(" cannot ")
        || !["exceeded quota", "admission webhook", "violates", "denied"].iter().any(|w| message.contains(w))
}

fn retry_after(parts: &Parts) -> Option<Duration> {
    let seconds = parts.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn answer(status: u16, message: &str, writes: bool) -> PortError {
        let body = serde_json::json!({ "kind": "Status", "message": message }).to_string();
        let (parts, ()) = Response::builder().status(status).header(RETRY_AFTER, "3").body(()).unwrap().into_parts();
        of_answer(&parts, body.as_bytes(), "deployment qa/web", writes)
    }

    #[test]
    fn each_status_has_its_meaning() {
        use PortError::*;
        let rbac = r#"deployments.apps "web" is forbidden: User "u" cannot patch resource "deployments""#;
        let quota = r#"pods "web" is forbidden: exceeded quota: q"#;
        let hook = r#"admission webhook "images.example.org" denied the request: no latest"#;
        assert_eq!(answer(401, "Unauthorized", true), Unauthorized("Unauthorized".into()));
        assert_eq!(answer(403, rbac, true), Forbidden(rbac.into()));
        assert_eq!(answer(403, quota, true), Refused(quota.into()));
        assert_eq!(answer(403, hook, true), Refused(hook.into()));
        assert_eq!(answer(404, "gone", true), NotFound("deployment qa/web".into()));
        assert_eq!(answer(409, "changed", true), Conflict("deployment qa/web".into()));
        assert_eq!(
            answer(422, "the server rejected our request", true),
            Invalid("the server rejected our request".into())
        );
        assert_eq!(answer(413, "too large", true), Refused("too large".into()));
        assert_eq!(answer(429, "slow down", true), Busy("slow down".into(), Some(Duration::from_secs(3))));
        assert_eq!(answer(503, "starting", true), Busy("starting".into(), Some(Duration::from_secs(3))));
    }

    #[test]
    fn a_server_error_leaves_a_write_in_doubt_and_a_read_to_be_repeated() {
        for status in [500, 502, 504] {
            assert_eq!(answer(status, "etcd", true), PortError::NoAnswer("deployment qa/web: etcd".into()));
            assert_eq!(answer(status, "etcd", false), PortError::Busy("etcd".into(), Some(Duration::from_secs(3))));
        }
    }

    #[test]
    fn an_eviction_that_is_refused_names_the_budget() {
        let body = serde_json::json!({ "message": "Cannot evict pod as it would violate the pod's disruption budget.",
            "details": { "causes": [{ "reason": "DisruptionBudget", "message": "The disruption budget web needs 3" }] } });
        let (parts, ()) = Response::builder().status(429).body(()).unwrap().into_parts();
        let PortError::Busy(said, None) = of_answer(&parts, body.to_string().as_bytes(), "pod qa/web-1", true) else {
            panic!("a 429 is busy");
        };
        assert!(said.ends_with("budget. (The disruption budget web needs 3)"), "{said}");
    }

    #[test]
    fn a_message_cannot_move_the_cursor() {
        assert_eq!(answer(422, "a\u{1b}[2Jb", false), PortError::Invalid("a␛[2Jb".into()));
    }
}
