//! What a path and a method mean.

use http::Method;

use super::access::Deed;
use super::query::{Query, decode};

/// A path under `/api/v1` or `/apis/GROUP/VERSION` that names a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// Group, empty for the core.
    pub group: String,
    /// Version.
    pub version: String,
    /// Namespace, where one is named.
    pub namespace: Option<String>,
    /// Plural.
    pub resource: String,
    /// Name, where one is named.
    pub name: Option<String>,
    /// Subresource, where one is named.
    pub subresource: Option<String>,
    /// The path itself.
    pub path: String,
    /// What stands after the subresource, for a proxy.
    pub rest: String,
}

impl Route {
    /// Reads a path; `None` where it names no resource.
    pub fn read(path: &str) -> Option<Route> {
        let mut parts =
            path.trim_matches('/').split('/').map(|part| decode(part, false)).collect::<Vec<_>>().into_iter();
        let (group, version) = match parts.next()?.as_str() {
            "api" => (String::new(), parts.next()?),
            "apis" => (parts.next()?, parts.next()?),
            _ => return None,
        };
        let rest: Vec<String> = parts.collect();
        let mut route = Route { group, version, path: path.to_owned(), ..Route::default() };
        let words = match rest.as_slice() {
            [first, namespace, words @ ..] if first == "namespaces" && names_a_resource(words) => {
                route.namespace = Some(namespace.clone());
                words
            }
            words => words,
        };
        route.resource = words.first()?.clone();
        route.name = words.get(1).cloned();
        route.subresource = words.get(2).cloned();
        route.rest = words.get(3..).unwrap_or_default().join("/");
        Some(route)
    }

    /// Kubernetes' verb for a method on this path.
    pub fn verb(&self, method: &Method, query: &Query) -> &'static str {
        match (method.as_str(), &self.name) {
            ("GET" | "HEAD", _) if query.flag("watch") && self.subresource.is_none() => "watch",
            ("GET" | "HEAD", Some(_)) => "get",
            ("GET" | "HEAD", None) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", Some(_)) => "delete",
            ("DELETE", None) => "deletecollection",
            _ => "",
        }
    }

    /// What the request wants to do, for the question whether it may.
    pub fn deed(&self, verb: &str) -> Deed {
        let own = self.group.is_empty() && self.resource == "namespaces";
        Deed {
            verb: verb.to_owned(),
            group: self.group.clone(),
            resource: self.resource.clone(),
            subresource: self.subresource.clone().unwrap_or_default(),
            namespace: self.namespace.clone().or_else(|| self.name.clone().filter(|_| own)).unwrap_or_default(),
            name: self.name.clone().unwrap_or_default(),
        }
    }
}

/// Whether what follows `namespaces/NAME` is a resource in it, and not a subresource of the namespace itself.
fn names_a_resource(words: &[String]) -> bool {
    words.first().is_some_and(|word| word != "status" && word != "finalize" && !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> Route {
        Route::read(path).expect("a route")
    }

    #[test]
    fn paths_name_group_namespace_resource_name_and_subresource() {
        let log = route("/api/v1/namespaces/prod/pods/shop-1/log");
        assert_eq!((log.namespace.as_deref(), log.resource.as_str()), (Some("prod"), "pods"));
        assert_eq!((log.name.as_deref(), log.subresource.as_deref()), (Some("shop-1"), Some("log")));
        let all = route("/apis/apps/v1/deployments");
        assert_eq!((all.group.as_str(), all.namespace, all.name), ("apps", None, None));
        let namespace = route("/api/v1/namespaces/prod");
        assert_eq!((namespace.resource.as_str(), namespace.name.as_deref()), ("namespaces", Some("prod")));
        let status = route("/api/v1/namespaces/prod/status");
        assert_eq!((status.resource.as_str(), status.subresource.as_deref()), ("namespaces", Some("status")));
        let summary = route("/api/v1/nodes/n1/proxy/stats/summary");
        assert_eq!((summary.subresource.as_deref(), summary.rest.as_str()), (Some("proxy"), "stats/summary"));
        assert_eq!((Route::read("/api/v1"), Route::read("/version")), (None, None));
    }

    #[test]
    fn a_method_on_a_path_is_a_verb() {
        let (one, all) = (route("/api/v1/namespaces/prod/pods/a"), route("/api/v1/pods"));
        let watch = Query::parse("watch=true");
        assert_eq!(all.verb(&Method::GET, &watch), "watch");
        assert_eq!(
            (one.verb(&Method::GET, &Query::default()), all.verb(&Method::GET, &Query::default())),
            ("get", "list")
        );
        assert_eq!(
            (one.verb(&Method::DELETE, &watch), all.verb(&Method::DELETE, &watch)),
            ("delete", "deletecollection")
        );
    }
}
