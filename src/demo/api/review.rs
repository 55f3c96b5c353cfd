//! Reviews of the user's own rights.

use http::Response;
use serde_json::{Value, json};

use super::accept::Media;
use super::access::{Deed, USER};
use super::hooks::Body;
use super::respond;
use super::write::body::beside;
use crate::server::Server;
use crate::store::Refusal;

/// Answers a review; `None` where the path names none.
pub fn answer(server: &Server, path: &str, content: &[u8], media: Media) -> Option<Result<Response<Body>, Refusal>> {
    let (review, kind): (fn(&Server, &Value) -> Value, _) = match path.trim_end_matches('/') {
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews" => (access, "SelfSubjectAccessReview"),
        "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews" => (rules, "SelfSubjectRulesReview"),
        "/apis/authentication.k8s.io/v1/selfsubjectreviews" => (myself, "SelfSubjectReview"),
        _ => return None,
    };
    Some(beside(kind, content).map(|asked| {
        let group = if kind == "SelfSubjectReview" { "authentication" } else { "authorization" };
        let answer = json!({
            "kind": kind, "apiVersion": format!("{group}.k8s.io/v1"), "metadata": {},
            "spec": asked["spec"], "status": review(server, &asked["spec"]),
        });
        respond::object(201, &answer, media)
    }))
}

fn access(server: &Server, spec: &Value) -> Value {
    let attributes = &spec["resourceAttributes"];
    if attributes.is_null() {
        return json!({ "allowed": true });
    }
    let text = |key: &str| attributes[key].as_str().unwrap_or_default().to_owned();
    let deed = Deed {
        verb: text("verb"),
        group: text("group"),
        resource: text("resource"),
        subresource: text("subresource"),
        namespace: text("namespace"),
        name: text("name"),
    };
    let allowed = server.access.may(&deed);
    let mut status = json!({ "allowed": allowed });
    if !allowed {
        status["reason"] = deed.forbidden().into();
    }
    status
}

/// Every right, less what was taken away: a rule for each verb that is left.
fn rules(server: &Server, spec: &Value) -> Value {
    let namespace = spec["namespace"].as_str().unwrap_or_default();
    let denials = server.access.denials();
    let everything = json!([{ "verbs": ["*"], "apiGroups": ["*"], "resources": ["*"] }]);
    let rules = if denials.is_empty() { everything } else { left(server, namespace) };
    json!({
        "resourceRules": rules, "nonResourceRules": [{ "verbs": ["*"], "nonResourceURLs": ["*"] }],
        "incomplete": false,
    })
}

fn left(server: &Server, namespace: &str) -> Value {
    let verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];
    let mut rules = Vec::new();
    for kind in crate::store::kind::KINDS {
        for subresource in std::iter::once("").chain(kind.subresources.iter().copied()) {
            let deed = |verb: &str| Deed {
                verb: verb.to_owned(),
                group: kind.group.to_owned(),
                resource: kind.resource.to_owned(),
                subresource: subresource.to_owned(),
                namespace: namespace.to_owned(),
                name: String::new(),
            };
            let may: Vec<&str> = verbs.into_iter().filter(|verb| server.access.may(&deed(verb))).collect();
            if !may.is_empty() {
                rules.push(json!({ "verbs": may, "apiGroups": [kind.group], "resources": [deed("get").path()] }));
            }
        }
    }
    rules.into()
}

fn myself(_server: &Server, _spec: &Value) -> Value {
    json!({ "userInfo": { "username": USER, "groups": ["system:masters", "system:authenticated"] } })
}
