//! The DaemonSet controller (pkg/controller/daemon): one pod on every node that takes it.

use super::super::json::{deleting, int, list, name, namespace, scaled, text};
use super::super::kinds::{DAEMON_SET, POD};
use super::super::names::Dice;
use super::super::outcome::{Note, Outcome, Target, Write};
use super::super::pods::{Phase, Pod};
use super::history;
use super::replica_set::pod_of;
use super::scheduler::Node;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const COMPONENT: &str = "daemonset-controller";

/// Looks at a DaemonSet, its ControllerRevisions, its pods and the nodes of the cluster.
pub fn reconcile(
    set: &Value,
    revisions: Vec<Value>,
    pods: &[&Pod],
    nodes: &[&Node],
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> Outcome {
    let mut out = Outcome::default();
    let (revisions, update) = history::present(set, "DaemonSet", revisions, &mut out);
    let template = set.pointer("/spec/template").cloned().unwrap_or_default();
    let meant: Vec<&Node> = nodes.iter().copied().filter(|node| node.runs_daemons(&template)).collect();
    let look = Look { set, pods, meant, hash: history::hash(&update).to_owned(), now };
    if !deleting(set) {
        look.manage(&template, dice, &mut out);
        if text(set, "/spec/updateStrategy/type") != "OnDelete" {
            look.roll(&mut out);
        }
    }
    look.status(&mut out);
    let in_use = |revision: &Value| {
        name(revision) == name(&update) || pods.iter().any(|pod| pod.revision() == history::hash(revision))
    };
    history::clean_up(set, &revisions, in_use, &mut out);
    out
}

struct Look<'a> {
    set: &'a Value,
    pods: &'a [&'a Pod],
    meant: Vec<&'a Node>,
    hash: String,
    now: DateTime<Utc>,
}

/// The node that a DaemonSet's pod is for: the one it is bound to, or the one that its affinity names.
fn place(pod: &Pod) -> Option<&str> {
    pod.node.as_deref()
}

impl Look<'_> {
    fn on(&self, node: &str) -> impl Iterator<Item = &Pod> {
        self.pods.iter().copied().filter(move |pod| place(pod) == Some(node))
    }

    fn available(&self, pod: &Pod) -> bool {
        pod.available(int(self.set, "/spec/minReadySeconds").unwrap_or(0), self.now) && !pod.deleting
    }

    /// Creates the pods that are missing, and deletes those that ended or are on a node that is not meant.
    fn manage(&self, template: &Value, dice: &mut Dice, out: &mut Outcome) {
        let waiting = self.pods.iter().any(|pod| pod.node.is_none() && !pod.deleting);
        for node in self.meant.iter().filter(|node| !waiting && self.on(&node.name).next().is_none()) {
            let pod = daemon(self.set, template, &self.hash, &node.name, dice, self.now);
            self.note("SuccessfulCreate", format!("Created pod: {}", name(&pod)), out);
            out.writes.push(Write::Create(&POD, pod));
        }
        for pod in self.pods.iter().filter(|pod| !pod.deleting) {
            let stray = place(pod).is_some_and(|place| !self.meant.iter().any(|node| &*node.name == place));
            if stray || pod.phase == Phase::Ended {
                self.delete(pod, out);
            }
        }
    }

    /// Replaces old pods, as many at once as may be unavailable.
    fn roll(&self, out: &mut Outcome) {
        let unavailable = self.set.pointer("/spec/updateStrategy/rollingUpdate/maxUnavailable");
        let most = scaled(unavailable, "1", self.meant.len() as i64, true).max(1);
        let (mut missing, mut at_once, mut candidates) = (0, Vec::new(), Vec::new());
        for node in &self.meant {
            let live: Vec<&Pod> = self.on(&node.name).filter(|pod| !pod.deleting).collect();
            match live.as_slice() {
                [pod] if pod.revision() == self.hash => missing += i64::from(!self.available(pod)),
                [pod] if !self.available(pod) => {
                    at_once.push(*pod);
                    missing += 1;
                }
                [pod] => candidates.push(*pod),
                _ => missing += 1,
            }
        }
        let room = usize::try_from(most - missing).unwrap_or(0);
        for pod in at_once.into_iter().chain(candidates.into_iter().take(room)) {
            self.delete(pod, out);
        }
    }

    fn delete(&self, pod: &Pod, out: &mut Outcome) {
        let target = Target { namespace: pod.namespace.to_string(), name: pod.name.to_string(), uid: pod.uid.clone() };
        out.writes.push(Write::Delete(&POD, target));
        self.note("SuccessfulDelete", format!("Deleted pod: {}", pod.name), out);
    }

    fn note(&self, reason: &'static str, message: String, out: &mut Outcome) {
        let mut note = Note::about(self.set, false, reason, message, COMPONENT);
        note.about = ("apps/v1".into(), "DaemonSet".into());
        out.notes.push(note);
    }

    fn status(&self, out: &mut Outcome) {
        let first = |node: &&Node| self.on(&node.name).find(|pod| !pod.deleting);
        let count = |wanted: &dyn Fn(&Pod) -> bool| {
            self.meant.iter().filter(|node| first(node).is_some_and(wanted)).count() as i64
        };
        let desired = self.meant.len() as i64;
        let available = count(&|pod| self.available(pod));
        let strays = self
            .pods
            .iter()
            .filter(|pod| place(pod).is_some_and(|place| !self.meant.iter().any(|node| &*node.name == place)));
        let mut status = json!({
            "currentNumberScheduled": count(&|_| true),
            "desiredNumberScheduled": desired,
            "numberMisscheduled": strays.count(),
            "numberReady": count(&|pod| pod.ready),
            "observedGeneration": int(self.set, "/metadata/generation").unwrap_or(1),
        });
        for (field, count) in [
            ("numberAvailable", available),
            ("numberUnavailable", desired - available),
            ("updatedNumberScheduled", count(&|pod| pod.revision() == self.hash)),
        ] {
            if count > 0 {
                status[field] = json!(count);
            }
        }
        if self.set.get("status") != Some(&status) {
            out.writes.push(Write::Status(&DAEMON_SET, Target::of(self.set), status));
        }
        let seconds = int(self.set, "/spec/minReadySeconds").unwrap_or(0);
        for pod in self.pods {
            if let Some(at) = pod.available_at(seconds).filter(|at| *at > self.now) {
                out.look_again(at);
            }
        }
    }
}

/// The pod of a DaemonSet for one node.
pub fn daemon(set: &Value, template: &Value, hash: &str, node: &str, dice: &mut Dice, now: DateTime<Utc>) -> Value {
    let mut pod = pod_of(template, set, "DaemonSet", namespace(set), now);
    pod["metadata"]["name"] = json!(format!("{}-{}", name(set), dice.suffix()));
    pod["metadata"]["generateName"] = json!(format!("{}-", name(set)));
    pod["metadata"]["uid"] = json!(dice.uid());
    let generation = int(set, "/metadata/generation").unwrap_or(1).to_string();
    let labels = json!({"controller-revision-hash": hash, "pod-template-generation": generation});
    super::super::json::merge(&mut pod["metadata"]["labels"], &labels);
    pod["spec"]["affinity"] = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [node]}]}],
    }}});
    let mut tolerations = list(&pod, "/spec/tolerations").to_vec();
    tolerations.retain(|toleration| toleration.get("tolerationSeconds").is_none());
    for (key, effect) in [
        ("not-ready", "NoExecute"),
        ("unreachable", "NoExecute"),
        ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"),
        ("pid-pressure", "NoSchedule"),
        ("unschedulable", "NoSchedule"),
    ] {
        let key = format!("node.kubernetes.io/{key}");
        tolerations.push(json!({"key": key, "operator": "Exists", "effect": effect}));
    }
    pod["spec"]["tolerations"] = json!(tolerations);
    pod
}
