//! Restarts that count: those since the operator had an app tried again, where that was so.

use std::{borrow::Cow, collections::BTreeMap};

use super::leg::Leg;
use crate::{
    health::{Rollout, rollout},
    model::{App, Pod},
    text::Clean,
};

/// Containers of which a record remembers the restarts, those with the most: a record has to fit into one object.
const REMEMBERED: usize = 500;

impl Leg {
    /// Judges its rollout by the restarts that count.
    pub(super) fn rollout(&self, app: &App, pods: &[&Pod], max_restarts: u32) -> Rollout {
        let counted: Vec<Cow<Pod>> = pods.iter().map(|pod| self.counted(pod)).collect();
        let counted: Vec<&Pod> = counted.iter().map(AsRef::as_ref).collect();
        rollout(app, &counted, &self.leaves, self.generation, max_restarts)
    }

    /// The pod, with the restarts that count.
    fn counted<'p>(&self, pod: &'p Pod) -> Cow<'p, Pod> {
        if self.forgiven.is_empty() || pod.containers.iter().all(|container| container.restarts == 0) {
            return Cow::Borrowed(pod);
        }
        let mut pod = pod.clone();
        let counts = pod.containers.iter().cloned().map(|mut container| {
            let forgiven = self.forgiven.get(&name(&pod, &container.name)).copied().unwrap_or(0);
            container.restarts = container.restarts.saturating_sub(forgiven);
            container
        });
        pod.containers = counts.collect();
        Cow::Owned(pod)
    }

    /// Takes in the restarts of its pods; returns whether they are those that do not count.
    pub(super) fn count_restarts(&mut self, pods: &[&Pod]) -> bool {
        let counts = pods.iter().flat_map(|pod| pod.containers.iter().map(move |container| (pod, container)));
        let counts = counts.filter(|(_, container)| container.restarts > 0);
        self.restarts = counts.map(|(pod, container)| (name(pod, &container.name), container.restarts)).collect();
        let forgives = std::mem::take(&mut self.forgives);
        if forgives {
            self.forgiven = most(&self.restarts);
        }
        forgives
    }

    /// It is tried again: what its pods have done until now does not count.
    pub(super) fn forgive(&mut self) {
        self.forgives = self.seen.is_none();
        if !self.forgives {
            self.forgiven = most(&self.restarts);
        }
    }
}

fn name(pod: &Pod, container: &str) -> Clean {
    format!("{}/{container}", pod.uid).into()
}

fn most(restarts: &BTreeMap<Clean, u32>) -> BTreeMap<Clean, u32> {
    let mut all: Vec<_> = restarts.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    all.into_iter().take(REMEMBERED).map(|(name, count)| (name.clone(), *count)).collect()
}
