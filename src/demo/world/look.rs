//! How a controller's look at an object is made, and how what it wants is done.

use super::agenda::{Action, Key};
use super::controllers::{budget, daemon_set, deployment, quota, replica_set, slices, stateful_set};
use super::engine::World;
use super::json::{deleting, int, merge, stamp, uid};
use super::kinds::{
    CONTROLLER_REVISION, DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, PDB, POD, PVC, REPLICA_SET, RESOURCE_QUOTA, SERVICE,
    STATEFUL_SET,
};
use super::outcome::{Note, Outcome, Target, Write};
use crate::store::{Kind, Refusal};
use chrono::Duration;
use serde_json::{Value, json};

impl World {
    /// Has the controller of an object look at it.
    pub(super) fn look(&mut self, key: Key) {
        let out = match &key {
            Key::Deployment(namespace, name) => self.look_deployment(namespace, name),
            Key::ReplicaSet(namespace, name) => self.look_replica_set(namespace, name),
            Key::StatefulSet(namespace, name) => self.look_stateful_set(namespace, name),
            Key::DaemonSet(namespace, name) => self.look_daemon_set(namespace, name),
            Key::Slice(namespace, name) => self.look_slice(namespace, name),
            Key::Budget(namespace, name) => {
                let Some(budget) = self.store.get(&PDB, namespace, name) else { return };
                let wanted = |pod: &super::pods::Pod| self.expected(pod);
                Some(budget::reconcile(&budget, self.index.in_namespace(namespace), wanted, self.now))
            }
            Key::Quotas(namespace) => {
                let (quotas, _) = self.store.list(&RESOURCE_QUOTA, Some(namespace));
                let pods: Vec<_> = self.index.in_namespace(namespace).cloned().collect();
                Some(quota::status(&quotas, &pods))
            }
        };
        if let Some(out) = out {
            self.carry_out(out, key);
        }
    }

    fn owned_objects(&self, owner: &Value, kind: &'static Kind) -> Vec<Value> {
        let items: Vec<_> = self.index.owned(uid(owner), kind.resource).cloned().collect();
        items.iter().filter_map(|item| self.store.get(kind, &item.namespace, &item.name)).collect()
    }

    fn look_deployment(&mut self, namespace: &str, name: &str) -> Option<Outcome> {
        let deployment = self.store.get(&DEPLOYMENT, namespace, name)?;
        let sets = self.owned_objects(&deployment, &REPLICA_SET);
        let owners: Vec<String> = sets.iter().map(|set| uid(set).to_owned()).collect();
        let index = &self.index;
        let old_pods = |newest: Option<&str>| {
            owners
                .iter()
                .filter(|owner| Some(owner.as_str()) != newest)
                .any(|owner| index.pods_of(owner).iter().any(|pod| pod.phase != super::pods::Phase::Ended))
        };
        Some(deployment::reconcile(deployment, sets, old_pods, self.now))
    }

    fn look_replica_set(&mut self, namespace: &str, name: &str) -> Option<Outcome> {
        let set = self.store.get(&REPLICA_SET, namespace, name)?;
        let pods = self.index.pods_of(uid(&set));
        let quotas = match self.index.quotas.contains(namespace) {
            true => self.store.list(&RESOURCE_QUOTA, Some(namespace)).0,
            false => Vec::new(),
        };
        let mut used = quota::Used::new(&quotas, self.index.in_namespace(namespace));
        Some(replica_set::reconcile(&set, &pods, |pod| used.take(pod), &mut self.dice, self.now))
    }

    fn look_stateful_set(&mut self, namespace: &str, name: &str) -> Option<Outcome> {
        let set = self.store.get(&STATEFUL_SET, namespace, name)?;
        let revisions = self.owned_objects(&set, &CONTROLLER_REVISION);
        let pods = self.index.pods_of(uid(&set));
        let claimed = |claim: &str| self.store.stored(&PVC, namespace, claim).is_some();
        Some(stateful_set::reconcile(&set, revisions, &pods, claimed, &mut self.dice, self.now))
    }

    fn look_daemon_set(&mut self, namespace: &str, name: &str) -> Option<Outcome> {
        let set = self.store.get(&DAEMON_SET, namespace, name)?;
        let revisions = self.owned_objects(&set, &CONTROLLER_REVISION);
        let pods = self.index.pods_of(uid(&set));
        let nodes: Vec<_> = self.index.nodes.values().collect();
        Some(daemon_set::reconcile(&set, revisions, &pods, &nodes, &mut self.dice, self.now))
    }

    fn look_slice(&mut self, namespace: &str, name: &str) -> Option<Outcome> {
        let service = self.store.get(&SERVICE, namespace, name)?;
        let slice = self.owned_objects(&service, &ENDPOINT_SLICE).into_iter().next();
        let pods: Vec<_> = self.index.in_namespace(namespace).cloned().collect();
        let zone = |node: &str| {
            let labels = &self.index.nodes.get(node)?.labels;
            labels.get("topology.kubernetes.io/zone").and_then(Value::as_str)
        };
        Some(slices::reconcile(&service, slice.as_ref(), &pods, zone, self.dice.clone().suffix().as_str(), self.now))
    }

    /// How many pods the controller of a pod wants.
    fn expected(&self, pod: &super::pods::Pod) -> Option<i64> {
        let owner = pod.owner.as_ref()?;
        let kind = match owner.kind.as_str() {
            "ReplicaSet" => &REPLICA_SET,
            "StatefulSet" => &STATEFUL_SET,
            _ => return None,
        };
        int(&self.store.get(kind, &pod.namespace, &owner.name)?, "/spec/replicas")
    }

    fn carry_out(&mut self, out: Outcome, key: Key) {
        for write in out.writes {
            self.write(write);
        }
        for note in out.notes {
            self.say(&note);
        }
        if let Some(time) = out.again {
            self.agenda.at(time, Action::Look(key));
        }
    }

    /// Records an event.
    pub(super) fn say(&mut self, note: &Note) {
        self.recorder.record(&self.store, note, self.now);
    }

    /// Makes one write. What it is about may be gone or another by now: then there is nothing to write, and the notice of
    /// that brings the next look.
    pub(super) fn write(&mut self, write: Write) {
        let now = self.now;
        match write {
            Write::Create(kind, mut object) => {
                let own = json!({"metadata": {"creationTimestamp": stamp(now)}});
                if object.pointer("/metadata/creationTimestamp").is_none() {
                    merge(&mut object, &own);
                }
                if object.pointer("/metadata/uid").is_none() {
                    object["metadata"]["uid"] = json!(self.dice.uid());
                }
                let _ = self.store.create(kind, object);
            }
            Write::Merge(kind, target, patch) => self.change(kind, &target, |object| merge(object, &patch)),
            Write::Status(kind, target, status) => self.change(kind, &target, |object| object["status"] = status),
            Write::Delete(kind, target) if kind == &POD => self.delete_pod(&target),
            Write::Delete(kind, target) => {
                let same = self.store.get(kind, &target.namespace, &target.name);
                if same.is_some_and(|object| uid(&object) == target.uid) {
                    let _ = self.store.delete(kind, &target.namespace, &target.name);
                }
            }
        }
    }

    fn change(&self, kind: &'static Kind, target: &Target, change: impl FnOnce(&mut Value)) {
        let _ = self.store.update(kind, &target.namespace, &target.name, |object| {
            if target.uid.is_empty() || uid(object) == target.uid {
                change(object);
                return Ok(());
            }
            Err(Refusal::not_found(kind, &target.name))
        });
    }

    /// Deletes a pod as a client does: one that has a node ends in its grace period, another is gone at once.
    fn delete_pod(&mut self, target: &Target) {
        let Some(pod) = self.store.get(&POD, &target.namespace, &target.name) else { return };
        if uid(&pod) != target.uid || deleting(&pod) {
            return;
        }
        if pod.pointer("/spec/nodeName").is_none() {
            let _ = self.store.delete(&POD, &target.namespace, &target.name);
            return;
        }
        let grace = int(&pod, "/spec/terminationGracePeriodSeconds").unwrap_or(30);
        let until = stamp(self.now + Duration::seconds(grace));
        let patch = json!({"metadata": {"deletionTimestamp": until, "deletionGracePeriodSeconds": grace}});
        self.change(&POD, target, |pod| merge(pod, &patch));
    }
}
