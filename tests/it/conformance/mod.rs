//! What the console asks of a cluster, asked of the demo cluster and of a real one: both must answer alike.
//!
//! The real one is the one that `ROLLDECK_TEST_KUBECONFIG` names, reached through `kubectl proxy`. Unset, the test says so and
//! looks at the demo cluster alone.

mod requests;
mod wire;

use serde_json::Value;

use crate::{demo::Demo, real::Cluster};
use requests::{Request, requests};
use wire::{Answer, Proxy, send};

/// What of an answer must be alike: the status, and of the body what the console reads.
fn essence(request: &Request, answer: &Answer) -> String {
    if request.accept.contains("protobuf") {
        return format!("{} {:?} {}", answer.status, answer.kind, answer.body.starts_with(b"k8s\0"));
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let keys = |pointer: &str| {
        let map = body.pointer(pointer).and_then(Value::as_object);
        let mut keys: Vec<&str> = map.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        keys.retain(|key| !["managedFields", "generation", "selfLink", "remainingItemCount"].contains(key));
        keys.join(",")
    };
    let shape = if body["kind"] == "Status" {
        format!("{} {} [{}] {}", text("/reason"), text("/message"), keys("/details"), body["code"])
    } else {
        format!("[{}] metadata[{}] spec[{}]", keys(""), keys("/metadata"), keys("/spec"))
    };
    format!("{} {:?} {} {shape}", answer.status, answer.kind, text("/kind"))
}

/// No two clusters give the same uid.
fn without_uids(text: &str) -> String {
    let is_uid = |word: &str| word.len() == 36 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    text.split_inclusive(['(', ')', ' ', '"'])
        .map(|word| {
            let bare = word.trim_end_matches(['(', ')', ' ', '"']);
            if is_uid(bare) { word.replace(bare, "UID") } else { word.to_owned() }
        })
        .collect()
}

/// Each answer's essence, with the request that it is for.
fn answers(address: &str, namespace: &str) -> Vec<(String, String)> {
    let mut versions = Vec::new();
    requests(namespace)
        .iter()
        .map(|request| {
            let answer = send(address, request, &versions);
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            versions.extend(body.pointer("/metadata/resourceVersion").and_then(Value::as_str).map(str::to_owned));
            (format!("{} {} {}", request.method, request.path, request.what), without_uids(&essence(request, &answer)))
        })
        .collect()
}

#[test]
fn the_demo_cluster_answers_as_a_real_one_does() {
    let namespace = format!("conformance-{}", std::process::id());
    let demo = Demo::start();
    let ours = answers(&demo.address, &namespace);
    let refused: Vec<_> = ours.iter().filter(|(_, answer)| answer.starts_with('5')).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    let Some(cluster) = Cluster::from_env() else { return };
    let proxy = Proxy::start(&cluster.kubeconfig);
    let theirs = answers(&proxy.address, &namespace);
    let differ: Vec<String> = ours
        .iter()
        .zip(&theirs)
        .filter(|((_, ours), (_, theirs))| ours != theirs)
        .map(|((request, ours), (_, theirs))| format!("{request}\n  demo {ours}\n  real {theirs}"))
        .collect();
    assert!(differ.is_empty(), "{} of {} differ:\n{}", differ.len(), ours.len(), differ.join("\n"));
}
