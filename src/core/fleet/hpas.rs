//! The autoscalers, and which apps they aim at.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::sources::Mark;
use crate::{
    model::{AppKey, Hpa},
    text::Clean,
};

#[derive(Debug)]
struct Known {
    hpa: Box<Hpa>,
    mark: Mark,
}

/// Every autoscaler in view.
#[derive(Debug, Default)]
pub(super) struct Hpas {
    /// By namespace and name.
    known: BTreeMap<(Clean, Clean), Known>,
    /// The names of the autoscalers that aim at an app.
    aims: HashMap<AppKey, BTreeSet<Clean>>,
}

impl Hpas {
    /// Takes an autoscaler as it is now; returns whether it was not known. The apps whose rows it changes are added to `dirty`.
    pub(super) fn put(&mut self, hpa: Box<Hpa>, mark: Mark, dirty: &mut Vec<AppKey>) -> bool {
        let name = (hpa.namespace.clone(), hpa.name.clone());
        if let Some(known) = self.known.get_mut(&name)
            && known.hpa == hpa
        {
            known.mark = mark;
            return false;
        }
        let new = !self.remove(&name, dirty);
        if let Some(target) = target(&hpa) {
            self.aims.entry(target.clone()).or_default().insert(hpa.name.clone());
            dirty.push(target);
        }
        self.known.insert(name, Known { hpa, mark });
        new
    }

    /// Forgets one; returns whether it was known.
    pub(super) fn remove(&mut self, name: &(Clean, Clean), dirty: &mut Vec<AppKey>) -> bool {
        let Some(known) = self.known.remove(name) else { return false };
        let Some(target) = target(&known.hpa) else { return true };
        if let Some(aims) = self.aims.get_mut(&target) {
            aims.remove(&name.1);
            if aims.is_empty() {
                self.aims.remove(&target);
            }
        }
        dirty.push(target);
        true
    }

    /// The names of those that a list which began at `mark` did not name.
    pub(super) fn unnamed(&self, mark: Mark) -> Vec<(Clean, Clean)> {
        let gone = self.known.iter().filter(|(_, known)| known.mark.is_before(mark));
        gone.map(|(name, _)| name.clone()).collect()
    }

    /// The autoscaler of an app: of several the first by name.
    pub(super) fn of(&self, app: &AppKey) -> Option<&Hpa> {
        let name = self.aims.get(app)?.first()?;
        let known = self.known.get(&(app.namespace.clone(), name.clone()))?;
        Some(&known.hpa)
    }

    /// All of them, for tests that build the store anew.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Hpa> {
        self.known.values().map(|known| &*known.hpa)
    }
}

fn target(hpa: &Hpa) -> Option<AppKey> {
    let (kind, name) = hpa.target.as_ref()?;
    Some(AppKey { namespace: hpa.namespace.clone(), name: name.clone(), kind: *kind })
}
