//! What the batch driver does through the door.

use std::{future::Future, pin::Pin, time::Duration};

use http::Method;
use rolldeck_core::{
    batch::{ConfigMap, Lease, NextUpdates, Port, PortError, Target, Updates},
    fleet::{Resource, Source, Update},
    text::Clean,
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{
    Writer, config_map,
    door::WRITE_TIMEOUT,
    lease,
    send::{JSON, JSON_PATCH, Write},
};
use crate::{
    access::{self, about, app_path, encoded},
    watch::{self, Watching},
};

/// Batches of updates that may wait for the driver.
const QUEUE: usize = 64;
/// Pages of ConfigMaps that are read at most.
const PAGES: usize = 100;

impl Port for Writer {
    fn write_timeout(&self) -> Duration {
        WRITE_TIMEOUT
    }

    async fn read(&self, target: &Target) -> Result<Value, PortError> {
        within(access::get(&self.reader.client, &path_of(target), &about_target(target))).await
    }

    async fn patch(&self, target: &Target, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        let (path, what, namespace) = (path_of(target), about_target(target), namespace_of(target));
        let method = Method::PATCH;
        self.send(Write { method, namespace, path, content_type: JSON_PATCH, body: patch, what: &what, dry_run }).await
    }

    async fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), PortError> {
        let body = json!({ "apiVersion": "v1", "kind": "DeleteOptions", "preconditions": { "uid": uid } });
        let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
        let what = format!("pod {namespace}/{name}");
        let (method, content_type, dry_run) = (Method::DELETE, JSON, false);
        self.send(Write { method, namespace, path, content_type, body: &body, what: &what, dry_run }).await.map(drop)
    }

    async fn may(&self, verb: &str, group: &str, resource: &str, namespace: &str) -> Result<Option<String>, PortError> {
        within(access::may(&self.reader.client, verb, group, resource, namespace)).await
    }

    async fn create_config_map(&self, map: &ConfigMap, dry_run: bool) -> Result<String, PortError> {
        let path = format!("/api/v1/namespaces/{}/configmaps", map.namespace);
        let body = config_map::to_json(&ConfigMap { resource_version: String::new(), ..map.clone() });
        let what = format!("configmap {}/{}", map.namespace, map.name);
        let (method, namespace, content_type) = (Method::POST, &*map.namespace, JSON);
        self.send(Write { method, namespace, path, content_type, body: &body, what: &what, dry_run })
            .await
            .map(|object| version_of(&object))
    }

    async fn update_config_map(&self, map: &ConfigMap) -> Result<String, PortError> {
        let path = format!("/api/v1/namespaces/{}/configmaps/{}", map.namespace, map.name);
        let body = config_map::to_json(map);
        let what = format!("configmap {}/{}", map.namespace, map.name);
        let (method, namespace, content_type, dry_run) = (Method::PUT, &*map.namespace, JSON, false);
        self.send(Write { method, namespace, path, content_type, body: &body, what: &what, dry_run })
            .await
            .map(|object| version_of(&object))
    }

    async fn config_maps(&self, namespace: Option<&str>, selector: &str) -> Result<Vec<ConfigMap>, PortError> {
        let path = namespace.map_or("/api/v1/configmaps".into(), |ns| format!("/api/v1/namespaces/{ns}/configmaps"));
        let place = namespace.map_or("of all namespaces".into(), |ns| format!("of namespace {ns}"));
        let (query, what) = (format!("labelSelector={}", encoded(selector)), format!("the configmaps {place}"));
        let items = within(access::list(&self.reader.client, &path, &query, &what, PAGES)).await?;
        items.iter().map(config_map::from_json).collect()
    }

    async fn delete_config_map(&self, map: &ConfigMap) -> Result<(), PortError> {
        let path = format!("/api/v1/namespaces/{}/configmaps/{}", map.namespace, map.name);
        let what = format!("configmap {}/{}", map.namespace, map.name);
        self.delete(&map.namespace, path, &map.resource_version, &what).await
    }

    async fn delete_lease(&self, lease: &Lease) -> Result<(), PortError> {
        let path = format!("/apis/coordination.k8s.io/v1/namespaces/{}/leases/{}", lease.namespace, lease.name);
        let what = format!("lease {}/{}", lease.namespace, lease.name);
        self.delete(&lease.namespace, path, &lease.resource_version, &what).await
    }

    async fn lease(&self, namespace: &str, name: &str) -> Result<Lease, PortError> {
        let path = format!("/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases/{name}");
        let what = format!("lease {namespace}/{name}");
        within(access::get(&self.reader.client, &path, &what)).await.map(|object| lease::from_json(&object))
    }

    async fn put_lease(&self, lease: &Lease) -> Result<String, PortError> {
        let all = format!("/apis/coordination.k8s.io/v1/namespaces/{}/leases", lease.namespace);
        let (method, path) = match lease.resource_version.as_str() {
            "" => (Method::POST, all),
            _ => (Method::PUT, format!("{all}/{}", lease.name)),
        };
        let body = lease::to_json(lease);
        let what = format!("lease {}/{}", lease.namespace, lease.name);
        let (namespace, content_type, dry_run) = (&*lease.namespace, JSON, false);
        self.send(Write { method, namespace, path, content_type, body: &body, what: &what, dry_run })
            .await
            .map(|object| version_of(&object))
    }

    fn watch(&self, namespace: &str) -> Updates {
        let (to, from) = mpsc::channel(QUEUE);
        let scope = Some(Clean::new(namespace));
        let resources = [Resource::Deployments, Resource::StatefulSets, Resource::DaemonSets, Resource::Pods];
        let sources = resources.map(|resource| Source { resource, scope: scope.clone() }).to_vec();
        Box::new(Following { from, _watching: watch::watch(&self.reader, sources, to) })
    }
}

impl Writer {
    /// Deletes what is still at this resourceVersion; where that is empty, whatever is there.
    async fn delete(&self, namespace: &str, path: String, version: &str, what: &str) -> Result<(), PortError> {
        let mut body = json!({ "apiVersion": "v1", "kind": "DeleteOptions" });
        if !version.is_empty() {
            body["preconditions"] = json!({ "resourceVersion": version });
        }
        let (method, content_type, dry_run) = (Method::DELETE, JSON, false);
        self.send(Write { method, namespace, path, content_type, body: &body, what, dry_run }).await.map(drop)
    }
}

fn path_of(target: &Target) -> String {
    match target {
        Target::App(app) => app_path(app),
        Target::Autoscaler { namespace, name } => {
            format!("/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers/{name}")
        }
    }
}

fn namespace_of(target: &Target) -> &str {
    match target {
        Target::App(app) => &app.namespace,
        Target::Autoscaler { namespace, .. } => namespace,
    }
}

fn about_target(target: &Target) -> String {
    match target {
        Target::App(app) => about(app),
        Target::Autoscaler { namespace, name } => format!("horizontalpodautoscaler {namespace}/{name}"),
    }
}

/// Streams, and what they have said.
struct Following {
    from: mpsc::Receiver<Vec<Update>>,
    _watching: Watching,
}

impl NextUpdates for Following {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<Update>>> + Send + '_>> {
        Box::pin(self.from.recv())
    }
}

/// A read ends, too; it may be repeated.
async fn within<T>(read: impl Future<Output = Result<T, PortError>>) -> Result<T, PortError> {
    let late = || PortError::NoAnswer(format!("nothing within {} s", WRITE_TIMEOUT.as_secs()));
    tokio::time::timeout(WRITE_TIMEOUT, read).await.unwrap_or_else(|_| Err(late()))
}

fn version_of(object: &Value) -> String {
    object.pointer("/metadata/resourceVersion").and_then(Value::as_str).unwrap_or_default().to_owned()
}
