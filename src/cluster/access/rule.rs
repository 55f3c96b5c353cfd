//! Which requests write nothing, by method and path alone.
//!
//! What is not known to be harmless is refused: a path that a server might read otherwise than we do (`..`, `%2f`, `//`), a
//! method that is neither GET, HEAD nor OPTIONS, a subresource that does something when it is read.

use http::{HeaderMap, Method, Uri, header::UPGRADE};

/// Reviews of one's own access: a POST by form, a question by nature.
const REVIEWS: [&str; 4] = [
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    "/apis/authentication.k8s.io/v1beta1/selfsubjectreviews",
];

/// Groups that kube-apiserver itself serves: only these are known to honour `dryRun`.
const DRY_GROUPS: [&str; 7] =
    ["", "apps", "autoscaling", "batch", "coordination.k8s.io", "networking.k8s.io", "policy"];

/// Subresources that do something, whatever the method and the query.
const ACTS: [&str; 6] = ["exec", "attach", "portforward", "proxy", "ephemeralcontainers", "eviction"];

/// Whether a request writes nothing and runs nothing.
pub(super) fn is_harmless(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    if is_pod_log(uri.path()) {
        return *method == Method::GET && uri.query().is_none() && !headers.contains_key(UPGRADE);
    }
    let Some(segments) = segments(uri.path()) else { return false };
    if headers.contains_key(UPGRADE) {
        return false;
    }
    if acts(&segments) {
        return *method == Method::GET && uri.query().is_none() && is_summary(&segments);
    }
    match *method {
        Method::GET | Method::HEAD | Method::OPTIONS => true,
        Method::POST if REVIEWS.contains(&uri.path()) => true,
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE => is_dry(uri) && honours_dry_run(&segments),
        _ => false,
    }
}

/// The path's segments, or `None` where it is not in plain form.
fn segments(path: &str) -> Option<Vec<&str>> {
    let trimmed = path.strip_prefix('/')?;
    let segments: Vec<&str> = trimmed.split('/').collect();
    let plain = |segment: &&str| !segment.is_empty() && *segment != "." && *segment != "..";
    let is_root = trimmed.is_empty();
    (is_root || segments.iter().all(plain) && !path.contains(['%', '\\', ';'])).then_some(segments)
}

/// Whether the path names a subresource that acts. Objects and namespaces may bear such a name; the place decides.
fn acts(segments: &[&str]) -> bool {
    let Some(resource) = resource(segments) else {
        // Outside /api and /apis nothing is an object: no such word belongs there.
        return segments.iter().any(|segment| ACTS.contains(segment));
    };
    // `proxy` and `redirect` once stood before the resource, too.
    matches!(resource.first(), Some(&"proxy" | &"redirect")) || resource.get(2).is_some_and(|sub| ACTS.contains(sub))
}

/// `[resource, name, subresource, …]`, less group, version and namespace.
fn resource<'s, 'p>(segments: &'s [&'p str]) -> Option<&'s [&'p str]> {
    let rest = match segments {
        ["api", _, rest @ ..] | ["apis", _, _, rest @ ..] => rest,
        _ => return None,
    };
    match rest {
        ["namespaces", _, "status" | "finalize"] => Some(rest),
        ["namespaces", _, inner @ ..] if !inner.is_empty() => Some(inner),
        _ => Some(rest),
    }
}

/// What the kubelet says of a node's use: the one path behind a proxy that is known to do nothing but tell
/// (k8s.io/kubernetes, pkg/kubelet/server/server.go, `/stats/summary`).
fn is_summary(segments: &[&str]) -> bool {
    matches!(segments, ["api", "v1", "nodes", _, "proxy", "stats", "summary"])
}

/// The folder of a container's logs on its node, and a rotated file in it: the kubelet only reads them out
/// (k8s.io/kubernetes, pkg/kubelet/server/server.go, `/logs/`).
fn is_pod_log(path: &str) -> bool {
    let Some(segments) = segments(path.strip_suffix('/').unwrap_or(path)) else { return false };
    let ["api", "v1", "nodes", _, "proxy", "logs", "pods", pod, _, file @ ..] = segments.as_slice() else {
        return false;
    };
    let of_pod = pod.split('_').count() == 3;
    match file {
        [] => of_pod && path.ends_with('/'),
        [file] => of_pod && file.contains(".log.") && !path.ends_with('/'),
        _ => false,
    }
}

fn is_dry(uri: &Uri) -> bool {
    let named = |pair: &&str| pair.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case("dryrun"));
    let query = uri.query().unwrap_or_default();
    let dry: Vec<&str> = query.split('&').filter(named).collect();
    dry == ["dryRun=All"] && !query.contains(['%', ';', '+'])
}

/// Objects of these groups, and their scale and status; a token, for one, is issued whatever the query says.
fn honours_dry_run(segments: &[&str]) -> bool {
    let group = match segments {
        ["api", "v1", ..] => "",
        ["apis", group, ..] => group,
        _ => return false,
    };
    let object = resource(segments).unwrap_or_default();
    DRY_GROUPS.contains(&group) && matches!(object, [_] | [_, _] | [_, _, "scale" | "status"])
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};
    use rstest::rstest;

    use super::*;

    fn harmless(method: &str, path: &str) -> bool {
        is_harmless(&method.parse().unwrap(), &path.parse().unwrap(), &HeaderMap::new())
    }

    #[rstest]
    #[case("GET", "/version")]
    #[case("GET", "/")]
    #[case("GET", "/api/v1/namespaces/qa/pods/exec")]
    #[case("GET", "/api/v1/namespaces/proxy/pods")]
    #[case("GET", "/api/v1/namespaces/exec")]
    #[case("GET", "/api/v1/nodes/n1/proxy/stats/summary")]
    #[case("GET", "/api/v1/namespaces/qa/pods/x/log?follow=true")]
    #[case("GET", "/api/v1/nodes/n1/proxy/logs/pods/qa_web-1_u/main/")]
    #[case("GET", "/api/v1/nodes/n1/proxy/logs/pods/qa_web-1_u/main/0.log.20261123-093000.gz")]
    #[case("GET", "/apis/apps/v1/deployments?watch=true&allowWatchBookmarks=true")]
    #[case("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/qa/pods")]
    #[case("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")]
    #[case("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews")]
    #[case("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews")]
    #[case("PATCH", "/apis/apps/v1/namespaces/qa/deployments/gateway?dryRun=All&fieldManager=rolldeck")]
    #[case("POST", "/api/v1/namespaces/qa/configmaps?dryRun=All")]
    fn what_writes_nothing_passes(#[case] method: &str, #[case] path: &str) {
        assert!(harmless(method, path));
    }

    #[rstest]
    #[case("GET", "/api/v1/namespaces/qa/pods/x/exec?command=sh")]
    #[case("GET", "/api/v1/namespaces/qa/pods/x/attach")]
    #[case("GET", "/api/v1/namespaces/qa/pods/x/portforward")]
    #[case("GET", "/api/v1/nodes/n1/proxy/exec/qa/x/c")]
    #[case("GET", "/api/v1/nodes/n1/proxy/logs/")]
    #[case("GET", "/api/v1/nodes/n1/proxy/logs/pods/qa_web-1_u/main/?follow=true")]
    #[case("GET", "/api/v1/nodes/n1/proxy/logs/pods/qa_web-1_u/../x.log.1")]
    #[case("GET", "/api/v1/nodes/n1/proxy/logs/pods/qa_web-1_u/main//")]
    #[case("POST", "/api/v1/nodes/n1/proxy/logs/pods/qa_web-1_u/main/")]
    #[case("GET", "/api/v1/nodes/n1/proxy/stats/summary/x")]
    #[case("GET", "/api/v1/nodes/n1/proxy/stats")]
    #[case("GET", "/api/v1/nodes/n1/proxy/stats/summary?x=1")]
    #[case("HEAD", "/api/v1/nodes/n1/proxy/stats/summary")]
    #[case("POST", "/api/v1/nodes/n1/proxy/stats/summary")]
    #[case("POST", "/api/v1/nodes/n1/proxy/stats/summary?dryRun=All")]
    #[case("GET", "/api/v1/namespaces/qa/services/web/proxy/stats/summary")]
    #[case("GET", "/api/v1/namespaces/nodes/pods/n1/proxy/stats/summary")]
    #[case("GET", "/api/v1/nodes/n1/proxy/stats/../summary")]
    #[case("GET", "/api/v1/namespaces/qa/services/web:80/proxy/")]
    #[case("GET", "/api/v1/proxy/nodes/n1/run")]
    #[case("GET", "/api/v1/namespaces/qa/pods/x/%65xec")]
    #[case("GET", "/api/v1/namespaces/qa/pods//x/exec")]
    #[case("GET", "/api/v1/namespaces/qa/pods/../pods/x/exec")]
    #[case("POST", "/api/v1/namespaces/qa/pods/x/eviction?dryRun=All")]
    #[case("PATCH", "/api/v1/namespaces/qa/pods/x/ephemeralcontainers?dryRun=All")]
    #[case("POST", "/api/v1/namespaces/qa/services/web/proxy/pay?dryRun=All")]
    #[case("PATCH", "/apis/apps/v1/namespaces/qa/deployments/gateway")]
    #[case("PATCH", "/apis/apps/v1/namespaces/qa/deployments/gateway?dryRun=")]
    #[case("PATCH", "/apis/apps/v1/namespaces/qa/deployments/gateway?dryRun=All&dryRun=None")]
    #[case("PATCH", "/apis/apps/v1/namespaces/qa/deployments/gateway?x=dryRun=All")]
    #[case("PATCH", "/apis/example.org/v1/namespaces/qa/things/x?dryRun=All")]
    #[case("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/x")]
    #[case("DELETE", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews")]
    #[case("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews")]
    #[case("DELETE", "/api/v1/namespaces/qa/pods/x")]
    #[case("DELETE", "/api/v1/namespaces/qa")]
    #[case("CONNECT", "/api/v1/namespaces/qa/pods/x")]
    #[case("PROPPATCH", "/api/v1/namespaces/qa/pods/x?dryRun=All")]
    fn what_writes_or_runs_something_does_not_pass(#[case] method: &str, #[case] path: &str) {
        assert!(!harmless(method, path));
    }

    #[test]
    fn an_upgrade_does_not_pass_whatever_its_path() {
        let headers = HeaderMap::from_iter([(UPGRADE, "websocket".parse().unwrap())]);
        assert!(!is_harmless(&Method::GET, &"/api/v1/pods".parse().unwrap(), &headers));
    }

    /// A path as the API has it, and whether it names an acting subresource.
    fn paths() -> impl Strategy<Value = (String, bool)> {
        let prefix =
            select(vec!["/api/v1", "/apis/apps/v1", "/apis/batch/v1", "/apis/example.org/v1", "/apis/policy/v1"]);
        let word = || select(vec!["qa", "exec", "proxy", "web-1", "eviction", "pods", "status"]);
        let resource = select(vec!["pods", "services", "deployments", "nodes", "secrets"]);
        let sub = select(vec![
            "",
            "exec",
            "attach",
            "portforward",
            "proxy",
            "ephemeralcontainers",
            "eviction",
            "scale",
            "log",
        ]);
        (prefix, proptest::option::of(word()), resource, proptest::option::of((word(), sub, any::<bool>()))).prop_map(
            |(prefix, namespace, resource, object)| {
                let mut path = prefix.to_owned();
                if let Some(namespace) = namespace {
                    path += &format!("/namespaces/{namespace}");
                }
                path += &format!("/{resource}");
                let Some((name, sub, deep)) = object else { return (path, false) };
                path += &format!("/{name}");
                if !sub.is_empty() {
                    path += &format!("/{sub}{}", if deep { "/more/path" } else { "" });
                }
                (path, ACTS.contains(&sub))
            },
        )
    }

    proptest! {
        #[test]
        fn acting_subresources_never_pass_and_reads_of_others_do(
            (path, acts) in paths(),
            method in select(vec!["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE", "X"]),
            query in select(vec!["", "?dryRun=All", "?dryRun=All&force=true", "?watch=true", "?dryRun=all", "?dryRun", "?DryRun=All",
                "?dryRun=All&dryrun=x", "?dryRun=%41ll"]),
        ) {
            let passes = harmless(method, &format!("{path}{query}"));
            let reads = ["GET", "HEAD", "OPTIONS"].contains(&method);
            let dry = ["?dryRun=All", "?dryRun=All&force=true"].contains(&query)
                && ["POST", "PUT", "PATCH", "DELETE"].contains(&method)
                && !path.starts_with("/apis/example.org")
                && !path.ends_with("/log")
                && !path.ends_with("/more/path");
            prop_assert_eq!(passes, !acts && (reads || dry));
        }

        #[test]
        fn no_write_without_a_dry_run_passes_but_the_reviews(path in "/[a-z0-9./%]{0,40}", method in select(vec!["POST", "PUT", "PATCH", "DELETE"])) {
            let Ok(uri) = path.parse::<Uri>() else { return Ok(()) };
            prop_assert!(!is_harmless(&method.parse().unwrap(), &uri, &HeaderMap::new()));
        }
    }
}
