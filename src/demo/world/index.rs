//! What the controllers remember of the store's objects, kept by its notices.

use super::controllers::scheduler::Node;
use super::json::{list, name, namespace, text, uid};
use super::pods::{Pod, Shared};
use crate::store::{Kind, Store};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A namespace and a name.
pub type Place = (Arc<str>, Arc<str>);

/// An object of any kind that has an owner or may be one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// The plural of its kind.
    pub resource: &'static str,
    /// Its namespace.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

#[derive(Debug, Clone)]
struct Kept {
    uid: String,
    owners: Vec<String>,
    controller: Option<(String, Arc<str>)>,
}

/// The indexes.
#[derive(Debug, Default)]
pub struct Index {
    shared: Shared,
    /// All pods.
    pub pods: BTreeMap<Place, Arc<Pod>>,
    /// All nodes.
    pub nodes: BTreeMap<Arc<str>, Node>,
    /// The pods in a row, made when somebody asks for one by number.
    order: Vec<Place>,
    by_node: HashMap<Arc<str>, BTreeSet<Place>>,
    kept: HashMap<Item, Kept>,
    owned: HashMap<String, BTreeSet<Item>>,
    /// The selectors of Services.
    pub services: BTreeMap<Place, Value>,
    /// The selectors of PodDisruptionBudgets.
    pub budgets: BTreeMap<Place, Value>,
    /// The namespaces that have a ResourceQuota.
    pub quotas: BTreeSet<Arc<str>>,
}

impl Index {
    /// Takes a pod in as it now is; answers how it was.
    pub fn take_pod(&mut self, store: &Store, place: &Place) -> (Option<Arc<Pod>>, Option<Arc<Pod>>) {
        let stored = store.stored(&super::kinds::POD, &place.0, &place.1);
        let now = stored.and_then(|stored| self.shared.pod(&place.0, &place.1, stored.json())).map(Arc::new);
        let before = match &now {
            Some(pod) => self.pods.insert(place.clone(), Arc::clone(pod)),
            None => self.pods.remove(place),
        };
        if let Some(pod) = &before {
            self.count(pod, place, false);
        }
        if let Some(pod) = &now {
            self.count(pod, place, true);
        }
        (before, now)
    }

    fn count(&mut self, pod: &Pod, place: &Place, add: bool) {
        if let Some(owner) = &pod.owner {
            let item = Item { resource: "pods", namespace: place.0.clone(), name: place.1.clone() };
            let owned = self.owned.entry(owner.uid.clone()).or_default();
            if add {
                owned.insert(item)
            } else {
                owned.remove(&item)
            };
            if owned.is_empty() {
                self.owned.remove(&owner.uid);
            }
        }
        let Some(node) = pod.node.as_ref().filter(|_| pod.phase != super::pods::Phase::Ended) else { return };
        let here = self.by_node.entry(Arc::clone(node)).or_default();
        if add {
            here.insert(place.clone())
        } else {
            here.remove(place)
        };
        if let Some(node) = self.nodes.get_mut(node) {
            node.count(pod, if add { 1.0 } else { -1.0 });
        }
    }

    /// Takes a node in as it now is.
    pub fn take_node(&mut self, name: &str, node: Option<&Value>) {
        let Some(node) = node else {
            self.nodes.remove(name);
            return;
        };
        let mut node = Node::new(node);
        for place in self.by_node.get(name).into_iter().flatten() {
            if let Some(pod) = self.pods.get(place) {
                node.count(pod, 1.0);
            }
        }
        self.nodes.insert(Arc::clone(&node.name), node);
    }

    /// The pods on a node.
    pub fn on_node<'a>(&'a self, node: &str) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.by_node.get(node).into_iter().flatten().filter_map(|place| self.pods.get(place))
    }

    /// Takes an object's owners in; answers the uid that an object of this name had before.
    pub fn take(&mut self, kind: &'static Kind, place: &Place, object: Option<&Value>) -> Option<String> {
        let item = Item { resource: kind.resource, namespace: place.0.clone(), name: place.1.clone() };
        let before = self.kept.remove(&item);
        for owner in before.iter().flat_map(|kept| &kept.owners) {
            if let Some(owned) = self.owned.get_mut(owner) {
                owned.remove(&item);
                if owned.is_empty() {
                    self.owned.remove(owner);
                }
            }
        }
        if let Some(object) = object {
            let owners: Vec<String> =
                list(object, "/metadata/ownerReferences").iter().map(|o| text(o, "/uid").into()).collect();
            for owner in &owners {
                self.owned.entry(owner.clone()).or_default().insert(item.clone());
            }
            let controller = super::json::controller(object)
                .map(|owner| (text(owner, "/kind").to_owned(), Arc::from(text(owner, "/name"))));
            self.kept.insert(item, Kept { uid: uid(object).into(), owners, controller });
        }
        before.map(|kept| kept.uid)
    }

    /// Kind and name of what controls an object.
    pub fn controller(&self, kind: &'static Kind, place: &Place) -> Option<(String, Arc<str>)> {
        let item = Item { resource: kind.resource, namespace: place.0.clone(), name: place.1.clone() };
        self.kept.get(&item)?.controller.clone()
    }

    /// What an owner owns, of one kind.
    pub fn owned<'a>(&'a self, owner: &str, resource: &'static str) -> impl Iterator<Item = &'a Item> {
        self.owned.get(owner).into_iter().flatten().filter(move |item| item.resource == resource)
    }

    /// All that an owner owns.
    pub fn all_owned(&self, owner: &str) -> Vec<Item> {
        self.owned.get(owner).into_iter().flatten().cloned().collect()
    }

    /// The pods that an owner controls.
    pub fn pods_of(&self, owner: &str) -> Vec<&Pod> {
        self.owned(owner, "pods")
            .filter_map(|item| self.pods.get(&(item.namespace.clone(), item.name.clone())))
            .map(Arc::as_ref)
            .collect()
    }

    /// The pods of a Deployment, through its ReplicaSets; or of any other owner.
    pub fn pods_of_app(&self, owner: &str) -> Vec<&Pod> {
        let mut pods = self.pods_of(owner);
        for set in self.owned(owner, "replicasets") {
            if let Some(kept) = self.kept.get(set) {
                pods.extend(self.pods_of(&kept.uid));
            }
        }
        pods
    }

    /// The app that a pod belongs to: the name of its Deployment, StatefulSet or DaemonSet.
    pub fn app_of(pod: &Pod) -> Arc<str> {
        let Some(owner) = &pod.owner else { return Arc::clone(&pod.name) };
        let hash = pod.label("pod-template-hash");
        match owner.name.strip_suffix(hash).and_then(|name| name.strip_suffix('-')) {
            Some(app) if owner.kind == "ReplicaSet" && !hash.is_empty() => app.into(),
            _ => owner.name.as_str().into(),
        }
    }

    /// One of the pods, by any number.
    pub fn some_pod(&mut self, number: u64) -> Option<Place> {
        if self.order.len() != self.pods.len() {
            self.order = self.pods.keys().cloned().collect();
        }
        let at = (number % (self.order.len().max(1) as u64)) as usize;
        self.order.get(at).filter(|place| self.pods.contains_key(*place)).cloned()
    }

    /// The pods of a namespace.
    pub fn in_namespace<'a>(&'a self, namespace: &str) -> impl Iterator<Item = &'a Arc<Pod>> {
        let from: Place = (namespace.into(), "".into());
        let namespace = namespace.to_owned();
        self.pods.range(from..).take_while(move |((place, _), _)| **place == *namespace).map(|(_, pod)| pod)
    }
}

/// The place of an object.
pub fn place(object: &Value) -> Place {
    (namespace(object).into(), name(object).into())
}
