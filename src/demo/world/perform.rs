//! What happens at its time: the steps of pods, volumes that are bound, events that are forgotten, churn.

use super::agenda::Action;
use super::controllers::scheduler;
use super::engine::World;
use super::index::Place;
use super::json::{int, moment, stamp, text, uid};
use super::kinds::{EVENT, POD, PV, PVC};
use super::kubelet::{self, Step, Turn};
use super::names::{Dice, hash64};
use super::outcome::Note;
use super::pods::Pod;
use super::recorder::KEPT;
use chrono::Duration;
use serde_json::{Value, json};
use std::sync::Arc;

/// How often an autoscaler looks.
const AUTOSCALE: Duration = Duration::seconds(15);
/// How long a pod without a place waits for the scheduler's next try, if nothing changes before.
const RESCHEDULE: Duration = Duration::minutes(5);

impl World {
    /// Does what is due.
    pub(super) fn perform(&mut self, action: Action) {
        match action {
            Action::Look(key) => self.dirty(key),
            Action::Pod { namespace, name, uid, step } => {
                let place = Self::at(&namespace, &name);
                let Some(pod) = self.index.pods.get(&place).filter(|pod| pod.uid == uid).cloned() else { return };
                self.step(&place, &pod, &step);
            }
            Action::Reschedule => {
                if self.reschedule_at.take_if(|time| *time <= self.now).is_none() {
                    return;
                }
                for place in std::mem::take(&mut self.unplaced) {
                    if let Some(pod) = self.index.pods.get(&place).cloned() {
                        self.schedule(&place, &pod);
                    }
                }
            }
            Action::Autoscale(namespace, name) => {
                if self.autoscale(&namespace, &name) {
                    self.later(AUTOSCALE, Action::Autoscale(namespace, name));
                }
            }
            Action::Bind(namespace, name) => self.bind(&namespace, &name),
            Action::Forget(namespace, name) => self.forget(&namespace, &name),
            Action::Churn => self.churn(),
        }
    }

    fn step(&mut self, place: &Place, pod: &Arc<Pod>, step: &Step) {
        match step {
            Step::Schedule => return self.schedule(place, pod),
            Step::Remove => {
                let _ = self.store.delete(&POD, &place.0, &place.1);
                return;
            }
            _ => {}
        }
        let addresses = self.addresses(pod, *step == Step::Start);
        let mut dice = self.dice.clone();
        let mut turn = Turn { now: self.now, dice: &mut dice, addresses, notes: Vec::new(), next: Vec::new() };
        let _ = self.store.update(&POD, &place.0, &place.1, |value| {
            if uid(value) == pod.uid {
                kubelet::take(value, step, &mut turn);
            }
            Ok(())
        });
        let (notes, next) = (turn.notes, turn.next);
        self.dice = dice;
        if *step == Step::Debug {
            (self.on_debug)(&place.0, &place.1);
        }
        for note in notes {
            self.say(&note);
        }
        for (after, step) in next {
            self.step_later(pod, after, step);
        }
    }

    /// The address of a pod's node, and a free one on it for the pod.
    fn addresses(&self, pod: &Pod, fresh: bool) -> (String, String) {
        let Some(node) = pod.node.as_ref().and_then(|node| self.index.nodes.get(node)) else {
            return ("192.0.2.1".into(), pod.ip.clone().unwrap_or_else(|| "10.42.0.2".into()));
        };
        if !fresh {
            return (node.ip.clone(), pod.ip.clone().unwrap_or_default());
        }
        let taken: std::collections::HashSet<&str> =
            self.index.on_node(&node.name).filter_map(|pod| pod.ip.as_deref()).collect();
        let first = hash64(&pod.uid) % 251;
        let free = (0..251)
            .map(|step| format!("{}.{}", node.network, 2 + (first + step) % 251))
            .find(|ip| !taken.contains(ip.as_str()));
        (node.ip.clone(), free.unwrap_or_else(|| format!("{}.254", node.network)))
    }

    fn schedule(&mut self, place: &Place, pod: &Arc<Pod>) {
        if pod.node.is_some() || pod.deleting {
            return;
        }
        let Some(value) = self.store.get(&POD, &place.0, &place.1) else { return };
        let owner = pod.owner.as_ref().map(|owner| owner.uid.clone());
        let peers = |node: &str| {
            self.index
                .on_node(node)
                .filter(|other| other.owner.as_ref().map(|owner| &owner.uid) == owner.as_ref())
                .count()
        };
        let found = scheduler::place(&value, &self.index.nodes, peers);
        let now = stamp(self.now);
        match found {
            Ok(node) => {
                let condition = json!({
                    "type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": now,
                });
                let _ = self.store.update(&POD, &place.0, &place.1, |pod| {
                    pod["spec"]["nodeName"] = json!(node);
                    super::json::set_condition(&mut pod["status"], condition);
                    Ok(())
                });
                let message = format!("Successfully assigned {}/{} to {node}", place.0, place.1);
                self.say(&scheduler_note(&value, false, "Scheduled", message));
            }
            Err(why) => {
                self.unplaced.insert(place.clone());
                let condition = json!({
                    "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": why,
                    "lastProbeTime": null, "lastTransitionTime": now,
                });
                let _ = self.store.update(&POD, &place.0, &place.1, |pod| {
                    super::json::set_condition(&mut pod["status"], condition);
                    Ok(())
                });
                self.say(&scheduler_note(&value, true, "FailedScheduling", why));
                self.reschedule(RESCHEDULE);
            }
        }
    }

    /// Has the scheduler try again after a while, or sooner if that was put down.
    pub(super) fn reschedule(&mut self, after: Duration) {
        let at = self.now + after;
        if !self.unplaced.is_empty() && self.reschedule_at.is_none_or(|sooner| sooner > at) {
            self.reschedule_at = Some(at);
            self.agenda.at(at, Action::Reschedule);
        }
    }

    /// Says that the containers of a pod are being stopped.
    pub(super) fn say_killing(&mut self, pod: &Arc<Pod>) {
        if pod.started.is_none() {
            return;
        }
        let value = json!({
            "metadata": {"namespace": &*pod.namespace, "name": &*pod.name, "uid": pod.uid},
            "spec": {"nodeName": pod.node.as_deref()},
        });
        for shape in pod.shapes.iter() {
            let message = format!("Stopping container {}", shape.name);
            self.say(&Note::kubelet(&value, Some(&shape.name), false, "Killing", message));
        }
    }

    /// Gives a claim a volume of its own.
    fn bind(&mut self, namespace: &str, name: &str) {
        let Some(claim) = self.store.get(&PVC, namespace, name) else { return };
        let volume = super::controllers::volume(&claim, self.now);
        let (volume_name, storage) =
            (super::json::name(&volume).to_owned(), text(&claim, "/spec/resources/requests/storage"));
        let bound = json!({
            "phase": "Bound", "accessModes": claim.pointer("/spec/accessModes"), "capacity": {"storage": storage},
        });
        let _ = self.store.create(&PV, volume);
        let _ = self.store.update(&PVC, namespace, name, |claim| {
            claim["spec"]["volumeName"] = json!(volume_name);
            claim["status"] = bound;
            Ok(())
        });
    }

    /// Takes an event out an hour after it was last told.
    fn forget(&mut self, namespace: &str, name: &str) {
        let Some(event) = self.store.get(&EVENT, namespace, name) else { return };
        let last = moment(text(&event, "/lastTimestamp")).or_else(|| moment(text(&event, "/eventTime")));
        match last.map(|last| last + KEPT).filter(|until| *until > self.now) {
            Some(until) => self.agenda.at(until, Action::Forget(namespace.into(), name.into())),
            None => {
                let _ = self.store.delete(&EVENT, namespace, name);
            }
        }
    }

    /// Something small happens to some pod, and the next is put down so that there are as many a second as asked for.
    fn churn(&mut self) {
        let rate = self.options.churn;
        if rate <= 0.0 {
            return;
        }
        let batch = (rate / 50.0).ceil().max(1.0) as u64;
        for _ in 0..batch {
            self.churned += 1;
            let mut dice = Dice::new(self.options.seed ^ self.churned.wrapping_mul(0x0001_0001));
            self.disturb(&mut dice);
        }
        self.later(Duration::microseconds((batch as f64 / rate * 1e6) as i64), Action::Churn);
    }

    /// One write to a pod that runs: its readiness is lost or comes back, or it has restarted.
    fn disturb(&mut self, dice: &mut Dice) {
        let Some(place) = self.index.some_pod(dice.next()) else { return };
        let now = self.now;
        let restarts = dice.chance(20);
        let id = dice.digest();
        let _ = self.store.update(&POD, &place.0, &place.1, |pod| {
            let Some(status) = pod.pointer_mut("/status/containerStatuses/0") else { return Ok(()) };
            let Some(started) = status.pointer("/state/running/startedAt").and_then(Value::as_str).map(str::to_owned)
            else {
                return Ok(());
            };
            let ready = status.get("ready") == Some(&Value::Bool(true));
            if restarts {
                status["lastState"] = kubelet::exit_state(137, "Error", &started, now, &format!("containerd://{id}"));
                status["restartCount"] = json!(int(status, "/restartCount").unwrap_or(0) + 1);
                status["state"] = json!({"running": {"startedAt": stamp(now)}});
                status["ready"] = json!(true);
            } else {
                status["ready"] = json!(!ready);
            }
            kubelet::judge_ready(pod, now);
            Ok(())
        });
    }
}

fn scheduler_note(pod: &Value, warning: bool, reason: &'static str, message: String) -> Note {
    Note::about(pod, warning, reason, message, "default-scheduler")
}
