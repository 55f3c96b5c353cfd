//! What the cluster in memory has around its apps.

use std::collections::BTreeMap;

use rolldeck_core::{
    around::{ConfigKind, Known},
    batch::{Look, PortError, findings::Room},
    model::AppKey,
};
use serde_json::Value;

use super::faults::Via;

/// What stands around the apps; what is `forbidden` (`quotas`, `budgets`, `nodes`, `revisions`) is refused.
#[derive(Default)]
pub struct Surroundings {
    pub quotas: Vec<Value>,
    pub budgets: Vec<Value>,
    pub room: Room,
    pub configs: BTreeMap<String, Known>,
    pub pruned: Vec<String>,
    pub forbidden: Vec<&'static str>,
    /// Every question, as it was asked.
    pub asked: Vec<String>,
}

impl Via {
    fn asked<T>(&self, what: &'static str, about: &str, of: impl FnOnce(&Surroundings) -> T) -> Result<T, PortError> {
        let mut world = self.cluster.world();
        world.around.asked.push(format!("{what} {about}").trim_end().to_owned());
        if world.around.forbidden.contains(&what) {
            return Err(PortError::Forbidden(format!("{what} is forbidden: User \"ana\" cannot list")));
        }
        Ok(of(&world.around))
    }
}

impl Look for Via {
    async fn quotas(&self, namespace: &str) -> Result<Vec<Value>, PortError> {
        self.asked("quotas", namespace, |around| around.quotas.clone())
    }

    async fn budgets(&self, namespace: &str) -> Result<Vec<Value>, PortError> {
        self.asked("budgets", namespace, |around| around.budgets.clone())
    }

    async fn room(&self) -> Result<Room, PortError> {
        self.asked("nodes", "", |around| around.room.clone())
    }

    async fn config(&self, kind: ConfigKind, namespace: &str, name: &str) -> Known {
        let about = format!("{kind:?} {namespace}/{name}");
        match self.asked("configs", &about, |around| around.configs.get(name).cloned().unwrap_or(Known::Missing)) {
            Ok(known) => known,
            Err(error) => Known::Failed(error.to_string().into()),
        }
    }

    async fn has_revision(&self, _: &AppKey, name: &str) -> Result<bool, PortError> {
        self.asked("revisions", name, |around| !around.pruned.iter().any(|pruned| pruned == name))
    }
}
