//! What the room knows of its pod.

use std::collections::{BTreeMap, BTreeSet};

use rolldeck_core::{
    fleet::Freshness,
    kept::{Kept, Name},
    model::{ContainerUsage, EnvValue, PodDetail},
    text::Clean,
};

use super::{ContainersReply, Secrets};

/// A pod, what its containers use, and what was revealed.
pub(super) struct Known {
    pub name: Name,
    pub kept: Kept<PodDetail>,
    /// The pod as it was last, once it is gone.
    pub was: Option<PodDetail>,
    pub usage: Vec<ContainerUsage>,
    pub metered: Option<Freshness>,
    /// Whether the operator asked to see Secrets' values.
    pub revealing: bool,
    pub secrets: BTreeMap<Clean, Secrets>,
}

impl Known {
    pub(super) fn new(name: Name) -> Self {
        Self {
            name,
            kept: Kept::default(),
            was: None,
            usage: Vec::new(),
            metered: None,
            revealing: false,
            secrets: BTreeMap::new(),
        }
    }

    /// The pod, also where it is gone by now.
    pub(super) fn pod(&self) -> Option<&PodDetail> {
        self.kept.get(&self.name).or(self.was.as_ref())
    }

    pub(super) fn gone(&self) -> bool {
        self.kept.listed() && self.kept.get(&self.name).is_none()
    }

    pub(super) fn take(&mut self, reply: &ContainersReply) {
        match reply {
            ContainersReply::Pod(events) => {
                let before = self.kept.get(&self.name).cloned();
                self.kept.take_all(events.iter().cloned());
                self.was = before.or(self.was.take());
            }
            ContainersReply::Usage(usage) => (self.usage, self.metered) = (usage.clone(), Some(Freshness::Live)),
            ContainersReply::NoUsage(fresh) => {
                if matches!(fresh, Freshness::Absent | Freshness::Forbidden(_)) {
                    self.usage.clear();
                }
                self.metered = Some(fresh.clone());
            }
            // An answer that comes after the values were hidden again is not kept.
            ContainersReply::Secret(name, values) if self.revealing => {
                self.secrets.insert(name.clone(), values.clone());
            }
            ContainersReply::Secret(..) => {}
        }
    }

    /// The Secrets that the environment refers to.
    pub(super) fn referred(&self) -> Vec<Clean> {
        let containers = self.pod().into_iter().flat_map(|pod| &pod.containers);
        let names: BTreeSet<Clean> = containers
            .flat_map(|container| &container.env)
            .filter_map(|variable| match &variable.value {
                EnvValue::Secret(name, _) | EnvValue::Secrets(name, _) => Some(name.clone()),
                EnvValue::Plain(_) | EnvValue::Reference(_) => None,
            })
            .collect();
        names.into_iter().collect()
    }
}
