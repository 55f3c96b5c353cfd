//! Field selectors.

use serde_json::Value;

use crate::store::{Kind, Refusal, Stored};

/// One term: a field that must or must not have a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The field as the user names it.
    pub path: String,
    /// What it is held against.
    pub value: String,
    /// Whether it must be equal.
    pub equal: bool,
}

impl Term {
    /// Whether the object meets it.
    pub fn takes(&self, object: &Stored) -> bool {
        let equal = match self.path.as_str() {
            "metadata.name" => *object.name == *self.value,
            "metadata.namespace" => *object.namespace == *self.value,
            path => field(&object.value(), path) == self.value,
        };
        equal == self.equal
    }
}

/// The value of a field as text; empty where it is absent.
fn field(object: &Value, path: &str) -> String {
    let path = match path {
        "reason" | "type" => path,
        "source" => "source.component",
        path => path,
    };
    let pointer = format!("/{}", path.replace('.', "/"));
    match object.pointer(&pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(yes)) => yes.to_string(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Fields besides name and namespace by which a kind can be selected.
fn known(kind: &Kind) -> &'static [&'static str] {
    match (kind.group, kind.resource) {
        ("", "pods") => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        ("", "events") => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ("", "nodes") => &["spec.unschedulable"],
        ("", "namespaces") => &["status.phase"],
        ("", "secrets") => &["type"],
        ("", "services") => &["spec.clusterIP", "spec.type"],
        ("", "replicationcontrollers") | ("apps", "replicasets") => &["status.replicas"],
        ("batch", "jobs") => &["status.successful"],
        _ => &[],
    }
}

/// Reads `spec.nodeName=n1,status.phase!=Running` for a kind.
///
/// # Errors
/// 400 for an unknown field or for what is no selector.
pub fn parse(kind: &Kind, text: &str) -> Result<Vec<Term>, Refusal> {
    text.split(',').filter(|part| !part.trim().is_empty()).map(|part| term(kind, part.trim())).collect()
}

fn term(kind: &Kind, text: &str) -> Result<Term, Refusal> {
    let split = ["!=", "==", "="].into_iter().find_map(|sign| text.split_once(sign).map(|(a, b)| (a, sign, b)));
    let Some((path, sign, value)) = split else {
        return Err(Refusal::bad_request(format!("invalid selector: '{text}'; can't understand '{text}'")));
    };
    let every = kind.namespaced && path == "metadata.namespace";
    if path != "metadata.name" && !every && !known(kind).contains(&path) {
        return Err(Refusal::bad_request(format!("field label not supported: {path}")));
    }
    let value = value.replace("\\,", ",").replace("\\=", "=").replace("\\\\", "\\");
    Ok(Term { path: path.to_owned(), value, equal: sign != "!=" })
}

#[cfg(test)]
mod tests {
    use super::super::super::query::Query;
    use super::super::Selection;
    use super::*;
    use crate::clock::Clock;
    use crate::store::Store;
    use crate::store::kind::POD;
    use serde_json::json;

    #[test]
    fn fields_and_labels_and_the_namespace_select_together() {
        let store = Store::new(Clock::real());
        let pod = json!({
            "metadata": { "name": "a", "namespace": "prod", "labels": { "app": "shop" } },
            "spec": { "nodeName": "n1", "hostNetwork": true }, "status": { "phase": "Running" },
        });
        store.create(&POD, pod).expect("created");
        let pod = store.stored(&POD, "prod", "a").expect("there");
        let takes = |namespace, query: &str| {
            Selection::read(&POD, namespace, &Query::parse(query)).expect("a selection").takes(&pod)
        };
        assert!(takes(None, "fieldSelector=spec.nodeName%3Dn1,status.phase!%3DFailed&labelSelector=app%3Dshop"));
        assert!(takes(Some("prod"), "fieldSelector=spec.hostNetwork%3Dtrue") && !takes(Some("dev"), ""));
        assert!(!takes(None, "fieldSelector=metadata.name!=a") && !takes(None, "labelSelector=app%3Dtill"));
    }

    #[test]
    fn an_unknown_field_is_refused_by_its_name() {
        let refused = parse(&POD, "a.b=c").expect_err("unknown");
        assert_eq!((refused.code, refused.message.as_str()), (400, "field label not supported: a.b"));
        assert_eq!(parse(&POD, "nonsense").expect_err("no selector").code, 400);
    }
}
