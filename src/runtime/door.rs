//! The one door for writes, as the driver holds it: the same through a new login.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rolldeck_core::{
    batch::{ConfigMap, Lease, Port, PortError, Updates},
    model::AppKey,
};
use serde_json::Value;

/// A [`Port`] whose way to the cluster can be replaced, so that a batch in flight goes on after a new login.
pub struct Door<P>(RwLock<Arc<P>>);

impl<P> Door<P> {
    /// A door onto `port`.
    pub fn new(port: P) -> Self {
        Self(RwLock::new(Arc::new(port)))
    }

    /// From now on everything goes through `port`. What is under way ends where it began.
    pub fn replace(&self, port: P) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(port);
    }

    fn now(&self) -> Arc<P> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<P: Port> Port for Door<P> {
    fn write_timeout(&self) -> Duration {
        self.now().write_timeout()
    }

    async fn read(&self, app: &AppKey) -> Result<Value, PortError> {
        self.now().read(app).await
    }

    async fn patch(&self, app: &AppKey, patch: &Value, dry_run: bool) -> Result<Value, PortError> {
        self.now().patch(app, patch, dry_run).await
    }

    async fn delete_pod(&self, namespace: &str, name: &str, uid: &str) -> Result<(), PortError> {
        self.now().delete_pod(namespace, name, uid).await
    }

    async fn may(&self, verb: &str, group: &str, resource: &str, namespace: &str) -> Result<Option<String>, PortError> {
        self.now().may(verb, group, resource, namespace).await
    }

    async fn create_config_map(&self, map: &ConfigMap, dry_run: bool) -> Result<String, PortError> {
        self.now().create_config_map(map, dry_run).await
    }

    async fn update_config_map(&self, map: &ConfigMap) -> Result<String, PortError> {
        self.now().update_config_map(map).await
    }

    async fn config_maps(&self, namespace: Option<&str>, selector: &str) -> Result<Vec<ConfigMap>, PortError> {
        self.now().config_maps(namespace, selector).await
    }

    async fn lease(&self, namespace: &str, name: &str) -> Result<Lease, PortError> {
        self.now().lease(namespace, name).await
    }

    async fn put_lease(&self, lease: &Lease) -> Result<String, PortError> {
        self.now().put_lease(lease).await
    }

    fn watch(&self, namespace: &str) -> Updates {
        self.now().watch(namespace)
    }
}
