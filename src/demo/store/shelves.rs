//! The objects by kind, namespace and name.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::kind::Kind;
use super::object::Stored;

type ByName = BTreeMap<Box<str>, Arc<Stored>>;

/// Where every object lies. Cluster-wide kinds use the empty namespace.
#[derive(Debug, Default)]
pub(super) struct Shelves {
    kinds: HashMap<&'static Kind, BTreeMap<Box<str>, ByName>>,
}

impl Shelves {
    pub(super) fn get(&self, kind: &'static Kind, namespace: &str, name: &str) -> Option<&Arc<Stored>> {
        self.kinds.get(kind)?.get(namespace)?.get(name)
    }

    pub(super) fn put(&mut self, object: Arc<Stored>) {
        let shelf = self.kinds.entry(object.kind).or_default().entry(object.namespace.clone()).or_default();
        shelf.insert(object.name.clone(), object);
    }

    pub(super) fn take(&mut self, kind: &'static Kind, namespace: &str, name: &str) {
        if let Some(namespaces) = self.kinds.get_mut(kind)
            && let Some(shelf) = namespaces.get_mut(namespace)
        {
            shelf.remove(name);
            if shelf.is_empty() {
                namespaces.remove(namespace);
            }
        }
    }

    /// All of a kind, or those of one namespace, by namespace and name.
    pub(super) fn list(&self, kind: &'static Kind, namespace: Option<&str>) -> Vec<Arc<Stored>> {
        let Some(namespaces) = self.kinds.get(kind) else { return Vec::new() };
        match namespace {
            Some(namespace) => namespaces.get(namespace).map(|shelf| shelf.values().cloned().collect()),
            None => Some(namespaces.values().flat_map(|shelf| shelf.values().cloned()).collect()),
        }
        .unwrap_or_default()
    }

    pub(super) fn count(&self, kind: &'static Kind) -> usize {
        self.kinds.get(kind).map_or(0, |namespaces| namespaces.values().map(BTreeMap::len).sum())
    }
}
