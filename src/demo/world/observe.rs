//! What the world hears of the store's writes, and what it makes dirty by that.

use super::agenda::{Action, Key};
use super::engine::{WATCHED, World};
use super::index::Place;
use super::json::{deleting, list, moment, selects, text, uid};
use super::kinds;
use super::kubelet;
use super::pods::Pod;
use super::recorder::KEPT;
use crate::store::{Kind, Notice, What};
use chrono::Duration;
use serde_json::Value;
use std::sync::Arc;

impl World {
    /// Takes in all that the store holds at the start.
    pub(super) fn load(&mut self) {
        for kind in WATCHED {
            for stored in self.store.listing(kind, None).objects {
                let place: Place = (Arc::from(&*stored.namespace), Arc::from(&*stored.name));
                if *kind == &kinds::POD {
                    let (_, now) = self.index.take_pod(&self.store, &place);
                    if let Some(pod) = now {
                        self.meter.take(None, Some(&pod));
                        self.resume(&pod);
                    }
                } else {
                    self.take(kind, &place, Some(stored.value()));
                }
            }
        }
        self.meter.settle_shares(self.now);
        self.measure_scaled();
        if self.options.churn > 0.0 {
            self.later(Duration::seconds(1), Action::Churn);
        }
    }

    /// Takes a pod up where its life was.
    fn resume(&mut self, pod: &Arc<Pod>) {
        let quiet = pod.node.is_some() && pod.ready && !pod.deleting;
        let leaks = || {
            pod.shapes
                .iter()
                .any(|shape| super::behaviour::behaviour(&shape.image) != super::behaviour::Behaviour::Well)
        };
        if quiet && !leaks() {
            return;
        }
        let started = pod.phase != super::pods::Phase::Pending || pod.started.is_some();
        let value = self.store.get(&kinds::POD, &pod.namespace, &pod.name).unwrap_or_default();
        let begun = started || !list(&value, "/status/containerStatuses").is_empty();
        if pod.deleting || pod.node.is_none() || !begun {
            let (after, step) = kubelet::first(pod, &mut self.dice);
            return self.step_later(pod, after, step);
        }
        if let Some((time, step)) = kubelet::resume(&value, pod, self.now) {
            self.step_later(pod, time - self.now, step);
        }
    }

    pub(super) fn step_later(&mut self, pod: &Pod, after: Duration, step: kubelet::Step) {
        let action = Action::Pod {
            namespace: pod.namespace.to_string(),
            name: pod.name.to_string(),
            uid: pod.uid.clone(),
            step,
        };
        self.later(after, action);
    }

    /// Takes a notice in.
    pub(super) fn observe(&mut self, notice: &Notice) {
        let place: Place = (Arc::from(&*notice.namespace), Arc::from(&*notice.name));
        if notice.kind == &kinds::POD {
            return self.observe_pod(&place);
        }
        if notice.kind == &kinds::EVENT && notice.what != What::Added {
            if notice.what == What::Deleted {
                self.recorder.forget(&place.0, &place.1);
            }
            return;
        }
        let object = self.store.get(notice.kind, &place.0, &place.1);
        self.take(notice.kind, &place, object);
    }

    fn observe_pod(&mut self, place: &Place) {
        let (before, now) = self.index.take_pod(&self.store, place);
        let reborn = match (&before, &now) {
            (Some(before), Some(now)) => before.uid != now.uid,
            _ => true,
        };
        self.meter.take(before.as_deref(), now.as_deref());
        for pod in before.iter().chain(&now) {
            self.dirty_owner(pod);
        }
        if let Some(before) = before.as_ref().filter(|_| reborn) {
            self.bereaved();
            if before.node.is_some() {
                self.reschedule(Duration::seconds(2));
            }
        }
        if let Some(pod) = &now {
            let was = before.as_ref().filter(|_| !reborn);
            let newly_bound = pod.node.is_some() && was.is_none_or(|was| was.node.is_none());
            let newly_deleted = pod.deleting && was.is_none_or(|was| !was.deleting);
            if newly_deleted || (!pod.deleting && (newly_bound || was.is_none())) {
                let (after, step) = kubelet::first(pod, &mut self.dice);
                self.step_later(&Arc::clone(pod), after, step);
            }
            if newly_deleted {
                self.say_killing(pod);
            }
            if pod.debuggers && pod.started.is_some() && !pod.deleting && was.is_none_or(|was| !was.debuggers) {
                let after = Duration::milliseconds(self.dice.between(200, 900));
                self.step_later(&Arc::clone(pod), after, kubelet::Step::Debug);
            }
        }
        self.dirty_selectors(before.as_deref(), now.as_deref());
    }

    fn dirty_owner(&mut self, pod: &Pod) {
        let Some(owner) = &pod.owner else { return };
        let (namespace, name) = (pod.namespace.to_string(), owner.name.clone());
        match owner.kind.as_str() {
            "ReplicaSet" => {
                // `Recreate` waits for the last old pod, not for the ReplicaSet's count of it.
                let place: Place = (Arc::clone(&pod.namespace), name.as_str().into());
                if let Some((kind, app)) = self.index.controller(&kinds::REPLICA_SET, &place)
                    && kind == "Deployment"
                    && pod.deleting
                {
                    self.dirty(Key::Deployment(namespace.clone(), app.to_string()));
                }
                self.dirty(Key::ReplicaSet(namespace, name));
            }
            "StatefulSet" => self.dirty(Key::StatefulSet(namespace, name)),
            "DaemonSet" => self.dirty(Key::DaemonSet(namespace, name)),
            _ => {}
        }
    }

    /// Has Services, budgets and quotas looked at that a pod's change concerns.
    fn dirty_selectors(&mut self, before: Option<&Pod>, now: Option<&Pod>) {
        let face =
            |pod: Option<&Pod>| pod.map(|pod| (pod.ready, pod.deleting, pod.ip.clone(), pod.node.clone(), pod.phase));
        if face(before) == face(now) {
            return;
        }
        let Some(pod) = now.or(before) else { return };
        let from: Place = (Arc::clone(&pod.namespace), "".into());
        let here = |place: &Place| place.0 == pod.namespace;
        let services: Vec<Place> = self
            .index
            .services
            .range(from.clone()..)
            .take_while(|(place, _)| here(place))
            .filter(|(_, selector)| selects(Some(selector), Some(&pod.labels)))
            .map(|(place, _)| place.clone())
            .collect();
        let budgets: Vec<Place> = self
            .index
            .budgets
            .range(from..)
            .take_while(|(place, _)| here(place))
            .filter(|(_, selector)| selects(Some(selector), Some(&pod.labels)))
            .map(|(place, _)| place.clone())
            .collect();
        for (namespace, name) in services {
            self.dirty(Key::Slice(namespace.to_string(), name.to_string()));
        }
        for (namespace, name) in budgets {
            self.dirty(Key::Budget(namespace.to_string(), name.to_string()));
        }
        if self.index.quotas.contains(&pod.namespace) {
            self.dirty(Key::Quotas(pod.namespace.to_string()));
        }
    }

    fn take(&mut self, kind: &'static Kind, place: &Place, object: Option<Value>) {
        let owner = self.index.controller(kind, place);
        let before = self.index.take(kind, place, object.as_ref());
        let owner = self.index.controller(kind, place).or(owner);
        let same = object.as_ref().is_some_and(|object| before.as_deref() == Some(uid(object)));
        if let Some(gone) = before.filter(|_| !same) {
            self.collect(&gone, false);
            self.bereaved();
        }
        let (namespace, name) = (place.0.to_string(), place.1.to_string());
        match object {
            Some(object) => {
                if deleting(&object) {
                    self.end(kind, place, &object);
                }
                self.present(kind, place, &object, !same);
            }
            None => self.absent(kind, place),
        }
        let key = match kind.resource {
            "deployments" => Key::Deployment(namespace, name),
            "replicasets" => {
                // Its pods first: a Deployment counts replicas that are wanted, and bounds hold for those that are there.
                self.dirty(Key::ReplicaSet(namespace.clone(), name));
                match owner {
                    Some((kind, app)) if kind == "Deployment" => Key::Deployment(namespace, app.to_string()),
                    _ => return,
                }
            }
            "statefulsets" => Key::StatefulSet(namespace, name),
            "daemonsets" => Key::DaemonSet(namespace, name),
            "services" => Key::Slice(namespace, name),
            "poddisruptionbudgets" => Key::Budget(namespace, name),
            "resourcequotas" => Key::Quotas(namespace),
            _ => return,
        };
        self.dirty(key);
    }

    fn present(&mut self, kind: &'static Kind, place: &Place, object: &Value, new: bool) {
        let (namespace, name) = (place.0.to_string(), place.1.to_string());
        match kind.resource {
            "nodes" => {
                self.index.take_node(&place.1, Some(object));
                self.dirty_daemons();
                self.reschedule(Duration::seconds(1));
            }
            "services" => {
                if let Some(selector) = object.pointer("/spec/selector") {
                    self.index.services.insert(place.clone(), serde_json::json!({"matchLabels": selector}));
                }
            }
            "poddisruptionbudgets" => {
                let selector = object.pointer("/spec/selector").cloned().unwrap_or_default();
                self.index.budgets.insert(place.clone(), selector);
            }
            "resourcequotas" => {
                self.index.quotas.insert(Arc::clone(&place.0));
            }
            "horizontalpodautoscalers" if new => {
                let after = Duration::milliseconds(self.dice.between(800, 15_000));
                self.later(after, Action::Autoscale(namespace, name));
            }
            "persistentvolumeclaims" if new && text(object, "/status/phase") != "Bound" => {
                let after = Duration::milliseconds(self.dice.between(700, 2600));
                self.later(after, Action::Bind(namespace, name));
            }
            "events" if new => {
                let said = moment(text(object, "/lastTimestamp")).or_else(|| moment(text(object, "/eventTime")));
                let until = said.unwrap_or(self.now) + KEPT;
                self.agenda.at(until.max(self.now), Action::Forget(namespace, name));
            }
            _ => {}
        }
    }

    fn absent(&mut self, kind: &'static Kind, place: &Place) {
        match kind.resource {
            "nodes" => {
                self.index.take_node(&place.1, None);
                self.dirty_daemons();
            }
            "services" => {
                self.index.services.remove(place);
            }
            "poddisruptionbudgets" => {
                self.index.budgets.remove(place);
            }
            "resourcequotas" => {
                let left = self.store.listing(&kinds::RESOURCE_QUOTA, Some(&place.0)).objects;
                if left.is_empty() {
                    self.index.quotas.remove(&place.0);
                }
            }
            "horizontalpodautoscalers" => {
                self.scalers.remove(place);
            }
            _ => {}
        }
    }

    fn dirty_daemons(&mut self) {
        for stored in self.store.listing(&kinds::DAEMON_SET, None).objects {
            self.dirty(Key::DaemonSet(stored.namespace.to_string(), stored.name.to_string()));
        }
    }
}
