//! The requests, in order: some build on what those before them made.

use serde_json::{Value, json};

/// One request.
pub struct Request {
    /// What it shows.
    pub what: &'static str,
    /// Its method.
    pub method: &'static str,
    /// Its path and query.
    pub path: String,
    /// What it accepts.
    pub accept: &'static str,
    /// The type of its body.
    pub content: &'static str,
    /// Its body.
    pub body: Value,
}

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
const MERGE: &str = "application/merge-patch+json";
const PATCH: &str = "application/json-patch+json";

fn request(what: &'static str, method: &'static str, path: &str, body: Value) -> Request {
    Request { what, method, path: path.to_owned(), accept: JSON, content: JSON, body }
}

fn with(request: Request, content: &'static str) -> Request {
    Request { content, ..request }
}

fn deployment(name: &str, replicas: i64) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": name, "annotations": { "note": "x" } },
        "spec": {
            "replicas": replicas,
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [{ "name": "main", "image": "registry.local/none:1" }] },
            },
        },
    })
}

/// All of them, in a namespace that the first one makes and the last one removes.
pub fn requests(namespace: &str) -> Vec<Request> {
    let none = || Value::Null;
    let space = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
    let mut all = vec![request("a namespace", "POST", "/api/v1/namespaces", space)];
    all.extend(reads(namespace));
    all.extend(workloads(namespace));
    all.extend(journal(namespace));
    all.push(request("the end", "DELETE", &format!("/api/v1/namespaces/{namespace}"), none()));
    // The end is not compared: a real namespace takes a while to go.
    if let Some(last) = all.last_mut() {
        last.accept = PROTOBUF;
    }
    all
}

fn reads(namespace: &str) -> Vec<Request> {
    let core = format!("/api/v1/namespaces/{namespace}");
    let apps = format!("/apis/apps/v1/namespaces/{namespace}");
    let hpas = format!("/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers");
    let lists = [
        format!("{core}/pods"),
        format!("{core}/events"),
        format!("{apps}/deployments"),
        format!("{apps}/statefulsets"),
        format!("{apps}/daemonsets"),
        format!("{apps}/replicasets"),
        hpas,
    ];
    let mut all = Vec::new();
    for list in &lists {
        all.push(request("a first page", "GET", &format!("{list}?limit=50"), Value::Null));
        all.push(Request {
            accept: PROTOBUF,
            ..request("in protobuf", "GET", &format!("{list}?limit=50"), Value::Null)
        });
    }
    let pods = format!("{core}/pods");
    all.extend([
        request("a missing pod", "GET", &format!("{pods}/none"), Value::Null),
        request("a field selector that is not known", "GET", &format!("{pods}?fieldSelector=a%3Db"), Value::Null),
        request("a label selector that cannot be read", "GET", &format!("{pods}?labelSelector=a%3D%3D%3Db"), Value::Null),
        request("a continue token that cannot be read", "GET", &format!("{pods}?limit=5&continue=x"), Value::Null),
        request("events of one object", "GET", &format!("{core}/events?fieldSelector=involvedObject.name%3Da"), Value::Null),
        request("a missing resource", "GET", "/apis/apps/v1/nothings", Value::Null),
        request("a pod's metrics", "GET", &format!("/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"), Value::Null),
        request("a missing pod is not evicted", "POST", &format!("{pods}/none/eviction"), json!({
            "apiVersion": "policy/v1", "kind": "Eviction", "metadata": { "name": "none", "namespace": namespace },
        })),
        request("a missing pod has no log", "GET", &format!("{pods}/none/log"), Value::Null),
        request("one's rights", "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", json!({
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": { "verb": "patch", "group": "apps", "resource": "deployments", "namespace": namespace } },
        })),
    ]);
    all
}

fn workloads(namespace: &str) -> Vec<Request> {
    let all = format!("/apis/apps/v1/namespaces/{namespace}/deployments");
    let one = format!("{all}/a");
    let dry = format!("{one}?dryRun=All");
    let scale = json!({ "spec": { "replicas": 1 } });
    vec![
        request("a deployment", "POST", &all, deployment("a", 0)),
        request("its name is taken", "POST", &all, deployment("a", 0)),
        request("less than none", "POST", &all, deployment("b", -1)),
        request("it", "GET", &one, Value::Null),
        with(
            request(
                "a test that holds, dry",
                "PATCH",
                &dry,
                json!([
                    { "op": "test", "path": "/spec/replicas", "value": 0 }, { "op": "replace", "path": "/spec/replicas", "value": 1 },
                ]),
            ),
            PATCH,
        ),
        with(
            request(
                "a test that fails",
                "PATCH",
                &one,
                json!([{ "op": "test", "path": "/spec/replicas", "value": 9 }]),
            ),
            PATCH,
        ),
        with(
            request(
                "a test of null where nothing is",
                "PATCH",
                &dry,
                json!([
                    { "op": "test", "path": "/metadata/annotations/x", "value": null },
                ]),
            ),
            PATCH,
        ),
        with(request("what is not valid", "PATCH", &one, json!({ "spec": { "replicas": -5 } })), MERGE),
        with(request("a merge, dry", "PATCH", &dry, scale.clone()), MERGE),
        with(request("a missing deployment", "PATCH", &format!("{all}/none"), scale), MERGE),
        with(request("a patch of an unknown type", "PATCH", &one, json!({})), "text/plain"),
    ]
}

fn journal(namespace: &str) -> Vec<Request> {
    let maps = format!("/api/v1/namespaces/{namespace}/configmaps");
    let leases = format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases");
    let map = |name: &str, version: &str, data: &str, immutable: bool| {
        let mut map = json!({
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name, "namespace": namespace }, "data": { "k": data },
        });
        if immutable {
            map["immutable"] = json!(true);
        }
        if !version.is_empty() {
            map["metadata"]["resourceVersion"] = json!(version);
        }
        map
    };
    let lease = |version: &str| {
        let mut lease = json!({
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": { "name": "l", "namespace": namespace },
            "spec": { "holderIdentity": "me", "leaseDurationSeconds": 30 },
        });
        if !version.is_empty() {
            lease["metadata"]["resourceVersion"] = json!(version);
        }
        lease
    };
    vec![
        request("a record", "POST", &maps, map("r", "", "1", false)),
        request("its name is taken", "POST", &maps, map("r", "", "1", false)),
        request("an update of an older version", "PUT", &format!("{maps}/r"), map("r", "1", "2", false)),
        request("an update of this version", "PUT", &format!("{maps}/r"), map("r", "LAST", "2", false)),
        request("what never changes", "POST", &maps, map("i", "", "1", true)),
        request("and does not", "PUT", &format!("{maps}/i"), map("i", "", "2", true)),
        request("a lease", "POST", &leases, lease("")),
        request("a lease that somebody holds", "POST", &leases, lease("")),
        request("a lease of an older version", "PUT", &format!("{leases}/l"), lease("1")),
        request("a missing record", "DELETE", &format!("{maps}/none"), Value::Null),
        request(
            "another's record",
            "DELETE",
            &format!("{maps}/r"),
            json!({
                "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": { "uid": "not-this" },
            }),
        ),
    ]
}
