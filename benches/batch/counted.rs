//! The way to the cluster, with every request counted.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rolldeck_cluster::writer::Writer;
use rolldeck_core::{
    around::{ConfigKind, Known},
    batch::{ConfigMap, Lease, Look, Port, PortError, Target, Updates, findings::Room},
    model::AppKey,
};
use serde_json::Value;

/// What a batch has asked of the cluster.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Requests, by what they are.
    pub requests: BTreeMap<&'static str, usize>,
    /// Bytes of the immutable part of the journal, as it is stored.
    pub steps: usize,
    /// Bytes of the state records as they were written last, by namespace.
    pub states: BTreeMap<String, usize>,
    /// Bytes of all state records that were sent.
    pub sent: usize,
}

impl Counts {
    /// All requests.
    pub fn all(&self) -> usize {
        self.requests.values().sum()
    }
}

/// A port that counts.
pub struct Counted {
    door: Arc<Writer>,
    counts: Mutex<Counts>,
}

impl Counted {
    /// Over the real door.
    pub fn new(door: Arc<Writer>) -> Arc<Self> {
        Arc::new(Self { door, counts: Mutex::default() })
    }

    /// What was asked since the last time that this was asked.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut *self.counts.lock().expect("not poisoned"))
    }

    fn count(&self, what: &'static str) {
        *self.counts.lock().expect("not poisoned").requests.entry(what).or_default() += 1;
    }

    fn weigh(&self, map: &ConfigMap) {
        let data: usize = map.data.iter().map(|(key, text)| key.len() + text.len()).sum();
        let binary: usize = map.binary.iter().map(|(key, bytes)| key.len() + STANDARD.encode(bytes).len()).sum();
        let mut counts = self.counts.lock().expect("not poisoned");
        if map.immutable {
            counts.steps += data + binary;
        } else {
            counts.sent += data;
            counts.states.insert(map.namespace.clone(), data);
        }
    }
}

impl Port for Counted {
    fn write_timeout(&self) -> Duration {
        self.door.write_timeout()
    }

    async fn read(&self, target: &Target) -> Result<Value, PortError> {
        self.count("read an app");
        self.door.read(target).await
    }

    async fn patch(&self, target: &Target, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        self.count(if dry_run { "dry run" } else { "patch" });
        self.door.patch(target, patch, dry_run).await
    }

    async fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), PortError> {
        self.count("delete a pod");
        self.door.delete_pod(namespace, name, uid).await
    }

    async fn may(&self, verb: &str, group: &str, resource: &str, namespace: &str) -> Result<Option<String>, PortError> {
        self.count("review of rights");
        self.door.may(verb, group, resource, namespace).await
    }

    async fn create_config_map(&self, map: &ConfigMap, dry_run: bool) -> Result<String, PortError> {
        self.count("write of the journal");
        if !dry_run {
            self.weigh(map);
        }
        self.door.create_config_map(map, dry_run).await
    }

    async fn update_config_map(&self, map: &ConfigMap) -> Result<String, PortError> {
        self.count("write of the journal");
        self.weigh(map);
        self.door.update_config_map(map).await
    }

    async fn config_maps(&self, namespace: Option<&str>, selector: &str) -> Result<Vec<ConfigMap>, PortError> {
        self.count("look for batches");
        self.door.config_maps(namespace, selector).await
    }

    async fn delete_config_map(&self, map: &ConfigMap) -> Result<(), PortError> {
        self.count("write of the journal");
        self.door.delete_config_map(map).await
    }

    async fn lease(&self, namespace: &str, name: &str) -> Result<Lease, PortError> {
        self.count("lease");
        self.door.lease(namespace, name).await
    }

    async fn put_lease(&self, lease: &Lease) -> Result<String, PortError> {
        self.count("lease");
        self.door.put_lease(lease).await
    }

    async fn delete_lease(&self, lease: &Lease) -> Result<(), PortError> {
        self.count("lease");
        self.door.delete_lease(lease).await
    }

    fn watch(&self, namespace: &str) -> Updates {
        self.door.watch(namespace)
    }
}

impl Look for Counted {
    async fn quotas(&self, namespace: &str) -> Result<Vec<Value>, PortError> {
        self.count("look around");
        self.door.quotas(namespace).await
    }

    async fn budgets(&self, namespace: &str) -> Result<Vec<Value>, PortError> {
        self.count("look around");
        self.door.budgets(namespace).await
    }

    async fn room(&self) -> Result<Room, PortError> {
        self.count("look around");
        self.door.room().await
    }

    async fn config(&self, kind: ConfigKind, namespace: &str, name: &str) -> Known {
        self.count("look around");
        self.door.config(kind, namespace, name).await
    }

    async fn has_revision(&self, app: &AppKey, name: &str) -> Result<bool, PortError> {
        self.count("look around");
        self.door.has_revision(app, name).await
    }
}
