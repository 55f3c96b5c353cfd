//! What is asked of the server: paths, queries, and the words for them.

use std::time::Duration;

use http::{Request, header};
use kube::client::Body;
use rolldeck_core::{
    fleet::{Resource, Scope, Source},
    text::Clean,
};

use super::machine::Ask;
use crate::wire::Encoding;

/// The path of a source's collection.
pub(crate) fn path(source: &Source) -> String {
    let (root, resource) = match source.resource {
        Resource::Deployments | Resource::StatefulSets | Resource::DaemonSets => {
            ("/apis/apps/v1", source.resource.name())
        }
        Resource::Pods => ("/api/v1", "pods"),
        Resource::Hpas => ("/apis/autoscaling/v2", "horizontalpodautoscalers"),
        Resource::PodMetrics => ("/apis/metrics.k8s.io/v1beta1", "pods"),
    };
    match &source.scope {
        Some(namespace) => format!("{root}/namespaces/{}/{resource}", escaped(namespace)),
        None => format!("{root}/{resource}"),
    }
}

/// `list deployments.apps in namespace qa`.
pub(crate) fn words(verb: &str, source: &Source) -> Clean {
    format!("{verb} {}", what(source)).into()
}

/// `deployments.apps in namespace qa`.
pub(super) fn what(source: &Source) -> Clean {
    let (name, group) = (source.resource.name(), source.resource.group());
    let resource = if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") };
    match &source.scope {
        Scope::Some(namespace) => format!("{resource} in namespace {namespace}").into(),
        Scope::None => format!("{resource} in all namespaces").into(),
    }
}

/// Where a collection is, and how it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// Its path.
    pub(crate) path: String,
    /// Selectors, ready for a URL; may be empty.
    pub(crate) query: String,
    /// Whether protobuf is understood.
    pub(crate) protobuf: bool,
}

impl Address {
    /// Of a source of the fleet.
    pub(super) fn of(source: &Source) -> Self {
        Self { path: path(source), query: String::new(), protobuf: true }
    }
}

/// The request that an [`Ask`] stands for; `None` for a wait.
pub(super) fn build(address: &Address, ask: &Ask, lasts: Duration) -> Option<Request<Body>> {
    const JSON: &str = "application/json";
    let (list, follow) = if address.protobuf { (Encoding::ACCEPT, Encoding::ACCEPT_WATCH) } else { (JSON, JSON) };
    let watch = format!("watch=true&allowWatchBookmarks=true&timeoutSeconds={}", lasts.as_secs());
    let (query, accept, gzip) = match ask {
        Ask::Wait(_) => return None,
        Ask::List { limit, next, gzip } => {
            let next = if next.is_empty() { String::new() } else { format!("&continue={}", escaped(next)) };
            (format!("limit={limit}{next}"), list, *gzip)
        }
        Ask::WatchList { at } => {
            let at = if at.is_empty() { String::new() } else { format!("&resourceVersion={}", escaped(at)) };
            let query = format!("{watch}&sendInitialEvents=true&resourceVersionMatch=NotOlderThan{at}");
            (query, follow, false)
        }
        Ask::Watch { at } => (format!("{watch}&resourceVersion={}", escaped(at)), follow, false),
    };
    let Address { path, query: select, .. } = address;
    let and = if select.is_empty() { "" } else { "&" };
    get(&format!("{path}?{select}{and}{query}"), accept, gzip)
}

/// A GET. Without `gzip` the answer comes as it is, so that its bytes can be timed.
pub(crate) fn get(uri: &str, accept: &str, gzip: bool) -> Option<Request<Body>> {
    let packing = if gzip { "gzip" } else { "identity" };
    let request = Request::get(uri).header(header::ACCEPT, accept).header(header::ACCEPT_ENCODING, packing);
    request.body(Body::empty()).ok()
}

/// Percent-encoding of all but RFC 3986's unreserved characters.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut all, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(char::from(byte)),
            _ => all.push_str(&format!("%{byte:02X}")),
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_cannot_leave_its_place_in_the_path() {
        let source = Source { resource: Resource::Pods, scope: Some(Clean::new("../x?y")) };
        assert_eq!(path(&source), "/api/v1/namespaces/..%2Fx%3Fy/pods");
    }

    #[test]
    fn what_is_forbidden_is_said_with_its_group_and_place() {
        let at = |resource, scope: Option<&str>| Source { resource, scope: scope.map(Clean::new) };
        assert_eq!(words("list", &at(Resource::Pods, Some("qa"))).as_str(), "list pods in namespace qa");
        assert_eq!(
            words("watch", &at(Resource::Deployments, None)).as_str(),
            "watch deployments.apps in all namespaces"
        );
    }
}
