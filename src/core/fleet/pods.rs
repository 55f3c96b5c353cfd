//! Where pods are kept: found by name, and by the app that they belong to, whether that app is known yet or not.

use std::collections::{HashMap, HashSet};

use super::{NodeLoad, sources::Mark};
use crate::{
    health::is_over,
    model::{AppKey, AppKind, Pod, PodUsage},
    text::Clean,
};

/// A pod's namespace and name.
pub(super) type PodKey = (Clean, Clean);

#[derive(Debug)]
struct Slot {
    pod: Box<Pod>,
    /// Thousandths of a core, and bytes.
    usage: Option<PodUsage>,
    mark: Mark,
    /// Where it stands in the list of its app's pods.
    place: u32,
    /// Where it stands in the list of its node's pods.
    seat: u32,
}

/// A node's pods, and what is set aside for them together.
#[derive(Debug, Default)]
struct Seats {
    pods: Vec<u32>,
    load: NodeLoad,
}

/// All pods. A slot keeps its index for as long as its pod lives.
#[derive(Debug, Default)]
pub(super) struct Pods {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    by_name: HashMap<PodKey, u32>,
    by_app: HashMap<AppKey, Vec<u32>>,
    /// Pods that belong to no app: bare ones, those of Jobs.
    stray: HashSet<u32>,
    by_node: HashMap<Clean, Seats>,
    by_namespace: HashMap<Clean, u32>,
    /// Usage that came before its pod did.
    early: HashMap<PodKey, PodUsage>,
}

/// The app that a pod belongs to.
fn app_of(pod: &Pod) -> Option<AppKey> {
    pod.app.as_ref().map(|(kind, name)| key(pod, *kind, name))
}

fn key(pod: &Pod, kind: AppKind, name: &Clean) -> AppKey {
    AppKey { namespace: pod.namespace.clone(), name: name.clone(), kind }
}

impl Pods {
    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The pods of an app with what they use, in no order.
    pub(super) fn of(&self, app: &AppKey) -> impl Iterator<Item = (&Pod, Option<&PodUsage>)> {
        let indices = self.by_app.get(app).map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|&at| self.slots[at as usize].as_ref()).map(|slot| (&*slot.pod, slot.usage.as_ref()))
    }

    /// One pod with what it uses.
    pub(super) fn get(&self, name: &PodKey) -> Option<(&Pod, Option<&PodUsage>)> {
        let slot = self.slots[*self.by_name.get(name)? as usize].as_ref()?;
        Some((&slot.pod, slot.usage.as_ref()))
    }

    /// The pods of a node with what they use, in no order.
    pub(super) fn on(&self, node: &Clean) -> impl Iterator<Item = (&Pod, Option<&PodUsage>)> {
        let seats = self.by_node.get(node).map(|seats| &seats.pods[..]).unwrap_or_default();
        seats.iter().filter_map(|&at| self.slots[at as usize].as_ref()).map(|slot| (&*slot.pod, slot.usage.as_ref()))
    }

    /// The pods that belong to no app, with what they use, in no order.
    pub(super) fn stray(&self) -> impl Iterator<Item = (&Pod, Option<&PodUsage>)> {
        let slots = self.stray.iter().filter_map(|&at| self.slots[at as usize].as_ref());
        slots.map(|slot| (&*slot.pod, slot.usage.as_ref()))
    }

    /// What a node carries.
    pub(super) fn load(&self, node: &Clean) -> NodeLoad {
        self.by_node.get(node).map(|seats| seats.load).unwrap_or_default()
    }

    /// How many pods a namespace has.
    pub(super) fn within(&self, namespace: &Clean) -> usize {
        self.by_namespace.get(namespace).map_or(0, |count| *count as usize)
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = (&Pod, Option<&PodUsage>)> {
        self.slots.iter().flatten().map(|slot| (&*slot.pod, slot.usage.as_ref()))
    }

    /// Takes a pod as it is now. Returns whether it is new or differs; the apps that this touches go to `dirty`.
    pub(super) fn put(&mut self, pod: Box<Pod>, mark: Mark, dirty: &mut Vec<AppKey>) -> Put {
        let name = (pod.namespace.clone(), pod.name.clone());
        let Some(&at) = self.by_name.get(&name) else {
            self.insert(name, pod, mark, dirty);
            return Put::New;
        };
        let slot = self.slots[at as usize].as_mut().expect("a named slot is taken");
        slot.mark = mark;
        if *slot.pod == *pod {
            return Put::Same;
        }
        if slot.pod.uid != pod.uid {
            slot.usage = None;
        }
        let (before, after) = (app_of(&slot.pod), app_of(&pod));
        let moves = slot.pod.node != pod.node;
        if moves {
            self.stand_up(at);
        } else {
            self.weigh(at, false);
        }
        let slot = self.slots[at as usize].as_mut().expect("a named slot is taken");
        slot.pod = pod;
        if moves {
            self.sit_down(at);
        } else {
            self.weigh(at, true);
        }
        if before != after {
            self.leave(before.as_ref(), at);
            self.join(after.as_ref(), at);
            dirty.extend(before);
        }
        dirty.extend(after);
        Put::Changed
    }

    fn insert(&mut self, name: PodKey, pod: Box<Pod>, mark: Mark, dirty: &mut Vec<AppKey>) {
        let app = app_of(&pod);
        let usage = self.early.remove(&name);
        *self.by_namespace.entry(name.0.clone()).or_default() += 1;
        let slot = Some(Slot { pod, usage, mark, place: 0, seat: 0 });
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at as usize] = slot;
                at
            }
            None => {
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
        };
        self.by_name.insert(name, at);
        self.join(app.as_ref(), at);
        self.sit_down(at);
        dirty.extend(app);
    }

    /// Forgets a pod; returns whether it was known.
    pub(super) fn remove(&mut self, name: &PodKey, dirty: &mut Vec<AppKey>) -> bool {
        let Some(at) = self.by_name.remove(name) else { return false };
        let app = self.slots[at as usize].as_ref().and_then(|slot| app_of(&slot.pod));
        self.leave(app.as_ref(), at);
        self.stand_up(at);
        if let Some(count) = self.by_namespace.get_mut(&name.0) {
            *count -= 1;
            if *count == 0 {
                self.by_namespace.remove(&name.0);
            }
        }
        self.slots[at as usize] = None;
        self.free.push(at);
        dirty.extend(app);
        true
    }

    /// Adds a pod to its node's sums, or takes it out of them.
    fn weigh(&mut self, at: u32, adds: bool) {
        let Some(slot) = &self.slots[at as usize] else { return };
        let Some(seats) = self.by_node.get_mut(&slot.pod.node) else { return };
        // What a pod that is over had set aside is free again.
        if !is_over(&slot.pod) {
            seats.load.change(slot.pod.asks, adds);
        }
    }

    fn sit_down(&mut self, at: u32) {
        let Some(slot) = &mut self.slots[at as usize] else { return };
        if slot.pod.node.is_empty() {
            return;
        }
        let seats = self.by_node.entry(slot.pod.node.clone()).or_default();
        slot.seat = seats.pods.len() as u32;
        seats.pods.push(at);
        self.weigh(at, true);
    }

    fn stand_up(&mut self, at: u32) {
        self.weigh(at, false);
        let Some(slot) = &self.slots[at as usize] else { return };
        let seat = slot.seat;
        let Some(seats) = self.by_node.get_mut(&slot.pod.node) else { return };
        seats.pods.swap_remove(seat as usize);
        match seats.pods.get(seat as usize).copied() {
            Some(moved) => {
                if let Some(moved) = &mut self.slots[moved as usize] {
                    moved.seat = seat;
                }
            }
            None if seats.pods.is_empty() => {
                let node = slot.pod.node.clone();
                self.by_node.remove(&node);
            }
            None => {}
        }
    }

    fn join(&mut self, app: Option<&AppKey>, at: u32) {
        let Some(app) = app else {
            self.stray.insert(at);
            return;
        };
        let list = match self.by_app.get_mut(app) {
            Some(list) => list,
            None => self.by_app.entry(app.clone()).or_default(),
        };
        list.push(at);
        if let Some(slot) = &mut self.slots[at as usize] {
            slot.place = (list.len() - 1) as u32;
        }
    }

    fn leave(&mut self, app: Option<&AppKey>, at: u32) {
        let Some(app) = app else {
            self.stray.remove(&at);
            return;
        };
        let (Some(list), Some(slot)) = (self.by_app.get_mut(app), &self.slots[at as usize]) else { return };
        let place = slot.place;
        list.swap_remove(place as usize);
        match list.get(place as usize).copied() {
            Some(moved) => {
                if let Some(moved) = &mut self.slots[moved as usize] {
                    moved.place = place;
                }
            }
            None if list.is_empty() => {
                self.by_app.remove(app);
            }
            None => {}
        }
    }

    /// The names of the pods that a source's finished list did not name.
    pub(super) fn unnamed(&self, mark: Mark) -> Vec<PodKey> {
        let slots = self.slots.iter().flatten().filter(|slot| slot.mark.is_before(mark));
        slots.map(|slot| (slot.pod.namespace.clone(), slot.pod.name.clone())).collect()
    }

    /// Takes the usage of all pods of `scope`; apps whose pods use something else than before go to `dirty`.
    pub(super) fn meter(&mut self, scope: Option<&Clean>, usage: Vec<PodUsage>, dirty: &mut Vec<AppKey>) {
        let within = |namespace: &Clean| scope.is_none_or(|scope| scope == namespace);
        self.early.retain(|(namespace, _), _| !within(namespace));
        let mut told = HashMap::with_capacity(usage.len());
        for pod in usage.into_iter().filter(|pod| within(&pod.namespace)) {
            match self.by_name.get(&(pod.namespace.clone(), pod.pod.clone())) {
                Some(&at) => _ = told.insert(at, pod),
                None => _ = self.early.insert((pod.namespace.clone(), pod.pod.clone()), pod),
            }
        }
        for (at, slot) in self.slots.iter_mut().enumerate() {
            let Some(slot) = slot.as_mut().filter(|slot| within(&slot.pod.namespace)) else { continue };
            let usage = told.remove(&(at as u32)).map(|usage| PodUsage {
                namespace: slot.pod.namespace.clone(),
                pod: slot.pod.name.clone(),
                ..usage
            });
            if slot.usage != usage {
                slot.usage = usage;
                dirty.extend(app_of(&slot.pod));
            }
        }
    }
}

/// What putting an object did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    New,
    Changed,
    Same,
}
