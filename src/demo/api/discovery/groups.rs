//! Groups and their resources, one by one and all at once.

use serde_json::{Value, json};

use super::{metrics_served, served};
use crate::server::Server;
use crate::store::Kind;

const VERBS: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// Reviews: resources that are only created. Group, kind, plural.
const REVIEWS: &[(&str, &str, &str)] = &[
    ("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews"),
    ("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
    ("authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews"),
];

/// One resource, as both kinds of discovery tell it.
struct Resource {
    kind: String,
    plural: String,
    singular: String,
    namespaced: bool,
    verbs: Vec<&'static str>,
    short: Vec<&'static str>,
    categories: Vec<&'static str>,
    /// Name, group, version, kind and verbs.
    subresources: Vec<(&'static str, &'static str, &'static str, String, Vec<&'static str>)>,
}

impl Resource {
    fn of(kind: &Kind) -> Resource {
        Resource {
            kind: kind.kind.to_owned(),
            plural: kind.resource.to_owned(),
            singular: kind.singular.to_owned(),
            namespaced: kind.namespaced,
            verbs: VERBS.to_vec(),
            short: kind.short.to_vec(),
            categories: kind.categories.to_vec(),
            subresources: kind.subresources.iter().map(|name| subresource(kind, name)).collect(),
        }
    }

    fn plain(kind: &str, plural: &str, namespaced: bool, verbs: &[&'static str]) -> Resource {
        Resource {
            kind: kind.to_owned(),
            plural: plural.to_owned(),
            singular: if verbs == ["create"] { kind.to_lowercase() } else { String::new() },
            namespaced,
            verbs: verbs.to_vec(),
            short: Vec::new(),
            categories: Vec::new(),
            subresources: Vec::new(),
        }
    }
}

fn subresource(
    kind: &Kind,
    name: &'static str,
) -> (&'static str, &'static str, &'static str, String, Vec<&'static str>) {
    let (group, version, of, verbs): (_, _, &str, &[&str]) = match name {
        "scale" => ("autoscaling", "v1", "Scale", &["get", "patch", "update"]),
        "log" => ("", "", kind.kind, &["get"]),
        "exec" => ("", "", "PodExecOptions", &["create", "get"]),
        "attach" => ("", "", "PodAttachOptions", &["create", "get"]),
        "portforward" => ("", "", "PodPortForwardOptions", &["create", "get"]),
        "eviction" => ("policy", "v1", "Eviction", &["create"]),
        "proxy" => ("", "", "NodeProxyOptions", &["create", "delete", "get", "patch", "update"]),
        _ => ("", "", kind.kind, &["get", "patch", "update"]),
    };
    (name, group, version, of.to_owned(), verbs.to_vec())
}

/// Every group with its version and resources, the core first.
fn all(server: &Server) -> Vec<(&'static str, &'static str, Vec<Resource>)> {
    let mut groups: Vec<_> = served(server)
        .into_iter()
        .map(|((group, version), kinds)| (group, version, kinds.into_iter().map(Resource::of).collect::<Vec<_>>()))
        .collect();
    for group in ["authentication.k8s.io", "authorization.k8s.io"] {
        let reviews = REVIEWS.iter().filter(|review| review.0 == group);
        let resources = reviews.map(|(_, kind, plural)| Resource::plain(kind, plural, false, &["create"]));
        groups.push((group, "v1", resources.collect()));
    }
    if metrics_served(server) {
        let resources = vec![
            Resource::plain("NodeMetrics", "nodes", false, &["get", "list"]),
            Resource::plain("PodMetrics", "pods", true, &["get", "list"]),
        ];
        groups.push(("metrics.k8s.io", "v1beta1", resources));
    }
    groups
}

/// `APIGroupList`.
pub fn list(server: &Server) -> Value {
    let groups: Vec<Value> = all(server)
        .iter()
        .filter(|(group, ..)| !group.is_empty())
        .map(|(group, version, _)| api_group(group, version))
        .collect();
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
}

fn api_group(group: &str, version: &str) -> Value {
    let version = json!({ "groupVersion": format!("{group}/{version}"), "version": version });
    json!({ "name": group, "versions": [version], "preferredVersion": version })
}

/// `APIGroup` of one group.
pub fn group(server: &Server, name: &str) -> Option<Value> {
    let groups = all(server);
    let (group, version, _) = groups.iter().find(|(group, ..)| *group == name && !group.is_empty())?;
    let mut found = api_group(group, version);
    found["kind"] = "APIGroup".into();
    found["apiVersion"] = "v1".into();
    Some(found)
}

/// `APIResourceList` of one group and version.
pub fn resources(server: &Server, group: &str, version: &str) -> Option<Value> {
    let groups = all(server);
    let (_, _, resources) = groups.iter().find(|(name, of, _)| *name == group && *of == version)?;
    let mut told = Vec::new();
    for resource in resources {
        let mut one = json!({
            "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
            "kind": resource.kind, "verbs": resource.verbs,
        });
        if !resource.short.is_empty() {
            one["shortNames"] = resource.short.clone().into();
        }
        if !resource.categories.is_empty() {
            one["categories"] = resource.categories.clone().into();
        }
        told.push(one);
        for (name, group, version, kind, verbs) in &resource.subresources {
            let mut one = json!({
                "name": format!("{}/{name}", resource.plural), "singularName": "",
                "namespaced": resource.namespaced, "kind": kind, "verbs": verbs,
            });
            if !group.is_empty() {
                one["group"] = (*group).into();
                one["version"] = (*version).into();
            }
            told.push(one);
        }
    }
    let version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    Some(json!({ "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": told }))
}

/// The items of aggregated discovery: the core group alone, or all others.
pub fn aggregated(server: &Server, core: bool) -> Value {
    let groups = all(server);
    let items = groups.iter().filter(|(group, ..)| group.is_empty() == core).map(|(group, version, resources)| {
        let resources: Vec<Value> = resources.iter().map(aggregated_resource).collect();
        let metadata = if core { json!({}) } else { json!({ "name": group }) };
        let version = json!({ "version": version, "resources": resources, "freshness": "Current" });
        json!({ "metadata": metadata, "versions": [version] })
    });
    items.collect()
}

fn aggregated_resource(resource: &Resource) -> Value {
    let mut one = json!({
        "resource": resource.plural, "responseKind": { "group": "", "version": "", "kind": resource.kind },
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular, "verbs": resource.verbs,
    });
    if !resource.short.is_empty() {
        one["shortNames"] = resource.short.clone().into();
    }
    if !resource.categories.is_empty() {
        one["categories"] = resource.categories.clone().into();
    }
    let subresources: Vec<Value> = resource
        .subresources
        .iter()
        .map(|(name, group, version, kind, verbs)| {
            let kind = json!({ "group": group, "version": version, "kind": kind });
            json!({ "subresource": name, "responseKind": kind, "verbs": verbs })
        })
        .collect();
    if !subresources.is_empty() {
        one["subresources"] = subresources.into();
    }
    one
}
