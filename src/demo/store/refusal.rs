//! Why the API server refuses: a Kubernetes `Status`.

use serde_json::{Value, json};

use super::kind::Kind;

/// A refusal as the API server answers it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// HTTP status.
    pub code: u16,
    /// CamelCase reason, such as `NotFound`; empty where the server gives none.
    pub reason: &'static str,
    /// What the user reads.
    pub message: String,
    /// `details` of the Status.
    pub details: Option<Value>,
}

/// One complaint of a validation: the field, the reason (`FieldValueInvalid`) and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Cause {
    /// JSON path of the field, such as `spec.replicas`.
    pub field: String,
    /// Machine's word, such as `FieldValueInvalid`.
    pub reason: &'static str,
    /// The user's words, without the field.
    pub message: String,
}

impl Cause {
    /// `field: Invalid value: shown: why`.
    pub fn invalid(field: impl Into<String>, shown: &Value, why: &str) -> Cause {
        let message = format!("Invalid value: {shown}: {why}");
        Cause { field: field.into(), reason: "FieldValueInvalid", message }
    }

    /// `field: Required value: why`.
    pub fn required(field: impl Into<String>, why: &str) -> Cause {
        let message = if why.is_empty() { "Required value".to_owned() } else { format!("Required value: {why}") };
        Cause { field: field.into(), reason: "FieldValueRequired", message }
    }

    /// `field: Forbidden: why`.
    pub fn forbidden(field: impl Into<String>, why: &str) -> Cause {
        Cause { field: field.into(), reason: "FieldValueForbidden", message: format!("Forbidden: {why}") }
    }
}

impl Refusal {
    /// A refusal without details.
    pub fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { code, reason, message: message.into(), details: None }
    }

    fn about(mut self, kind: &Kind, name: &str) -> Refusal {
        let mut details = json!({ "name": name, "kind": kind.resource });
        if !kind.group.is_empty() {
            details["group"] = kind.group.into();
        }
        self.details = Some(details);
        self
    }

    /// 404 for an object that is not there.
    pub fn not_found(kind: &Kind, name: &str) -> Refusal {
        Refusal::new(404, "NotFound", format!("{} \"{name}\" not found", kind.qualified())).about(kind, name)
    }

    /// 409 for a name that is taken.
    pub fn already_exists(kind: &Kind, name: &str) -> Refusal {
        Refusal::new(409, "AlreadyExists", format!("{} \"{name}\" already exists", kind.qualified())).about(kind, name)
    }

    /// 409 for a write that a change has overtaken, with the server's words for why.
    pub fn conflict(kind: &Kind, name: &str, why: &str) -> Refusal {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", kind.qualified());
        Refusal::new(409, "Conflict", message).about(kind, name)
    }

    /// 409 for a resourceVersion that is not the current one.
    pub fn modified(kind: &Kind, name: &str) -> Refusal {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        Refusal::conflict(kind, name, why)
    }

    /// 422 for fields that do not hold what they must; `causes` must not be empty.
    pub fn invalid(kind: &Kind, name: &str, causes: &[Cause]) -> Refusal {
        let all: Vec<String> = causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect();
        let words = if all.len() == 1 { all[0].clone() } else { format!("[{}]", all.join(", ")) };
        let message = format!("{} \"{name}\" is invalid: {words}", kind.qualified_kind());
        let causes: Vec<Value> = causes
            .iter()
            .map(|cause| json!({ "reason": cause.reason, "message": cause.message, "field": cause.field }))
            .collect();
        let mut details = json!({ "name": name, "kind": kind.kind, "causes": causes });
        if !kind.group.is_empty() {
            details["group"] = kind.group.into();
        }
        Refusal { details: Some(details), ..Refusal::new(422, "Invalid", message) }
    }

    /// 403: the user may not.
    pub fn forbidden(kind: &Kind, name: &str, why: &str) -> Refusal {
        let object = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
        let mut refusal = Refusal::new(403, "Forbidden", format!("{}{object} is forbidden: {why}", kind.qualified()))
            .about(kind, name);
        if name.is_empty()
            && let Some(details) = refusal.details.as_mut().and_then(Value::as_object_mut)
        {
            details.remove("name");
        }
        refusal
    }

    /// 400 for a request that cannot be understood.
    pub fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(400, "BadRequest", message)
    }

    /// 410 for a version that the history no longer reaches.
    pub fn gone(message: impl Into<String>) -> Refusal {
        Refusal::new(410, "Expired", message)
    }

    /// The Status that is answered.
    pub fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "code": self.code,
        });
        if !self.reason.is_empty() {
            status["reason"] = self.reason.into();
        }
        if let Some(details) = &self.details {
            status["details"] = details.clone();
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::{DEPLOYMENT, POD};
    use super::*;

    #[test]
    fn a_missing_object_is_refused_in_the_servers_words() {
        let status = Refusal::not_found(&DEPLOYMENT, "shop").status();
        assert_eq!(status["message"], "deployments.apps \"shop\" not found");
        assert_eq!(status["details"], json!({ "name": "shop", "group": "apps", "kind": "deployments" }));
        assert_eq!(Refusal::not_found(&POD, "a").status()["details"], json!({ "name": "a", "kind": "pods" }));
    }

    #[test]
    fn many_complaints_stand_in_brackets() {
        let bad = Cause::invalid("spec.replicas", &json!(-1), "must be greater than or equal to 0");
        let one = Refusal::invalid(&DEPLOYMENT, "shop", std::slice::from_ref(&bad));
        assert_eq!(
            one.message,
            "Deployment.apps \"shop\" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"
        );
        let two = Refusal::invalid(&DEPLOYMENT, "shop", &[bad, Cause::required("spec.selector", "")]);
        assert!(two.message.contains("is invalid: [spec.replicas: "), "{}", two.message);
    }
}
