//! The StatefulSet controller (pkg/controller/statefulset): pods with an ordinal each, one after the other.

use super::super::json::{deleting, int, list, name, namespace, text};
use super::super::kinds::{POD, PVC, STATEFUL_SET};
use super::super::names::Dice;
use super::super::outcome::{Note, Outcome, Target, Write};
use super::super::pods::{Phase, Pod};
use super::history;
use super::replica_set::pod_of;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const COMPONENT: &str = "statefulset-controller";

/// What is looked at: the set, its revisions and its pods by ordinal.
struct Look<'a> {
    set: &'a Value,
    pods: Vec<(i64, &'a Pod)>,
    current: Value,
    update: Value,
    now: DateTime<Utc>,
    out: Outcome,
}

/// Looks at a StatefulSet, its ControllerRevisions and pods. `claimed` says whether a claim of a name is there.
pub fn reconcile(
    set: &Value,
    revisions: Vec<Value>,
    pods: &[&Pod],
    claimed: impl Fn(&str) -> bool,
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> Outcome {
    let mut out = Outcome::default();
    let (revisions, update) = history::present(set, "StatefulSet", revisions, &mut out);
    let named = text(set, "/status/currentRevision");
    let current = revisions.iter().find(|revision| name(revision) == named).unwrap_or(&update).clone();
    let prefix = format!("{}-", name(set));
    let mut ordered: Vec<_> =
        pods.iter().filter_map(|pod| Some((pod.name.strip_prefix(&prefix)?.parse().ok()?, *pod))).collect();
    ordered.sort_by_key(|(ordinal, _)| *ordinal);
    let mut look = Look { set, pods: ordered, current, update, now, out };
    if !deleting(set) {
        look.act(&claimed, dice);
    }
    look.status();
    let in_use = |revision: &Value| {
        name(revision) == name(&look.current)
            || name(revision) == name(&look.update)
            || look.pods.iter().any(|(_, pod)| pod.revision() == name(revision))
    };
    history::clean_up(set, &revisions, in_use, &mut look.out);
    look.out
}

impl Look<'_> {
    fn wanted(&self) -> i64 {
        int(self.set, "/spec/replicas").unwrap_or(1)
    }

    fn first(&self) -> i64 {
        int(self.set, "/spec/ordinals/start").unwrap_or(0)
    }

    fn partition(&self) -> Option<i64> {
        int(self.set, "/spec/updateStrategy/rollingUpdate/partition")
    }

    fn rolling(&self) -> bool {
        text(self.set, "/spec/updateStrategy/type") != "OnDelete"
    }

    fn pod(&self, ordinal: i64) -> Option<&Pod> {
        self.pods.iter().find(|(at, _)| *at == ordinal).map(|(_, pod)| *pod)
    }

    fn available(&self, pod: &Pod) -> bool {
        pod.phase == Phase::Running && pod.available(int(self.set, "/spec/minReadySeconds").unwrap_or(0), self.now)
    }

    fn healthy(&self, pod: &Pod) -> bool {
        self.available(pod) && !pod.deleting
    }

    fn act(&mut self, claimed: &impl Fn(&str) -> bool, dice: &mut Dice) {
        let monotonic = text(self.set, "/spec/podManagementPolicy") != "Parallel";
        let (first, end) = (self.first(), self.first() + self.wanted());
        for ordinal in first..end {
            let state = self.pod(ordinal).map(|pod| (pod.phase, pod.deleting, self.available(pod), pod.uid.clone()));
            let wait = match state {
                None => {
                    self.create(ordinal, claimed, dice);
                    true
                }
                Some((Phase::Ended, false, ..)) => {
                    self.delete(ordinal);
                    true
                }
                Some((_, deleting, available, _)) => deleting || !available,
            };
            if wait && monotonic {
                return self.wake();
            }
        }
        if self.scale_down(first, end, monotonic) || !self.rolling() {
            return self.wake();
        }
        self.roll(first, end);
        self.wake();
    }

    /// Ends the pods beyond the wanted ordinals, the highest first; true when something is still to be waited for.
    fn scale_down(&mut self, first: i64, end: i64, monotonic: bool) -> bool {
        let condemned: Vec<i64> =
            self.pods.iter().rev().map(|(at, _)| *at).filter(|at| *at < first || *at >= end).collect();
        let unhealthy = condemned.iter().rev().copied().find(|at| self.pod(*at).is_some_and(|pod| !self.healthy(pod)));
        for ordinal in &condemned {
            let Some(pod) = self.pod(*ordinal) else { continue };
            let (going, blocked) = (pod.deleting, !self.available(pod) && unhealthy != Some(*ordinal));
            if monotonic && (going || blocked) {
                return true;
            }
            if !going {
                self.delete(*ordinal);
            }
            if monotonic {
                return true;
            }
        }
        false
    }

    /// Ends the pod of the highest ordinal that runs another revision, once all above it are available.
    fn roll(&mut self, first: i64, end: i64) {
        let least = first + self.partition().unwrap_or(0);
        for ordinal in (least..end).rev() {
            let Some(pod) = self.pod(ordinal) else { return };
            if pod.revision() != name(&self.update) && !pod.deleting {
                return self.delete(ordinal);
            }
            if !self.healthy(pod) {
                return;
            }
        }
    }

    /// Looks again when a pod that is ready becomes available.
    fn wake(&mut self) {
        let seconds = int(self.set, "/spec/minReadySeconds").unwrap_or(0);
        for (_, pod) in &self.pods {
            if let Some(at) = pod.available_at(seconds).filter(|at| *at > self.now) {
                self.out.look_again(at);
            }
        }
    }

    fn delete(&mut self, ordinal: i64) {
        let Some(pod) = self.pod(ordinal) else { return };
        let target = Target { namespace: pod.namespace.to_string(), name: pod.name.to_string(), uid: pod.uid.clone() };
        let message = format!("Delete Pod {} in StatefulSet {} successful", pod.name, name(self.set));
        self.out.writes.push(Write::Delete(&POD, target));
        self.note("SuccessfulDelete", message);
    }

    /// Whether a new pod of this ordinal still gets the current revision.
    fn keeps_current(&self, ordinal: i64) -> bool {
        if !self.rolling() {
            return false;
        }
        let kept = match self.set.pointer("/spec/updateStrategy/rollingUpdate") {
            None => int(self.set, "/status/currentReplicas").unwrap_or(0),
            Some(_) => self.partition().unwrap_or(0),
        };
        ordinal < self.first() + kept
    }

    fn create(&mut self, ordinal: i64, claimed: &impl Fn(&str) -> bool, dice: &mut Dice) {
        let revision = if self.keeps_current(ordinal) { self.current.clone() } else { self.update.clone() };
        let (pod, claims) = pod(self.set, &revision, ordinal, self.now);
        let pod_name = name(&pod).to_owned();
        for claim in claims.into_iter().filter(|claim| !claimed(name(claim))) {
            let message =
                format!("Create Claim {} Pod {pod_name} in StatefulSet {} success", name(&claim), name(self.set));
            self.out.writes.push(Write::Create(&PVC, claim));
            self.note("SuccessfulCreate", message);
        }
        let mut pod = pod;
        pod["metadata"]["uid"] = json!(dice.uid());
        self.out.writes.push(Write::Create(&POD, pod));
        self.note("SuccessfulCreate", format!("Create Pod {pod_name} in StatefulSet {} successful", name(self.set)));
    }

    fn note(&mut self, reason: &'static str, message: String) {
        let mut note = Note::about(self.set, false, reason, message, COMPONENT);
        note.about = ("apps/v1".into(), "StatefulSet".into());
        self.out.notes.push(note);
    }

    fn status(&mut self) {
        let count = |wanted: &dyn Fn(&Pod) -> bool| self.pods.iter().filter(|(_, pod)| wanted(pod)).count() as i64;
        let of = |revision: &Value| count(&|pod| !pod.deleting && pod.revision() == name(revision));
        let (mut current, updated) = (of(&self.current), of(&self.update));
        let ready = count(&|pod| pod.phase == Phase::Running && pod.ready);
        let replicas = count(&|_| true);
        let mut revision = name(&self.current);
        let all = [updated, ready, replicas].iter().all(|count| *count == self.wanted());
        if self.rolling() && all {
            (current, revision) = (updated, name(&self.update));
        }
        let mut status = json!({
            "observedGeneration": int(self.set, "/metadata/generation").unwrap_or(1),
            "replicas": replicas,
            "availableReplicas": count(&|pod| self.available(pod)),
            "currentRevision": revision,
            "updateRevision": name(&self.update),
            "collisionCount": 0,
        });
        for (field, count) in [("readyReplicas", ready), ("currentReplicas", current), ("updatedReplicas", updated)] {
            if count > 0 {
                status[field] = json!(count);
            }
        }
        if self.set.get("status") != Some(&status) {
            self.out.writes.push(Write::Status(&STATEFUL_SET, Target::of(self.set), status));
        }
    }
}

/// The pod of an ordinal at a revision, and the claims that it mounts.
pub fn pod(set: &Value, revision: &Value, ordinal: i64, now: DateTime<Utc>) -> (Value, Vec<Value>) {
    let mut pod = pod_of(&history::template(revision), set, "StatefulSet", namespace(set), now);
    let pod_name = format!("{}-{ordinal}", name(set));
    pod["metadata"]["name"] = json!(pod_name);
    pod["metadata"]["generateName"] = json!(format!("{}-", name(set)));
    let labels = json!({
        "controller-revision-hash": name(revision),
        "statefulset.kubernetes.io/pod-name": pod_name,
        "apps.kubernetes.io/pod-index": ordinal.to_string(),
    });
    super::super::json::merge(&mut pod["metadata"]["labels"], &labels);
    pod["spec"]["hostname"] = json!(pod_name);
    pod["spec"]["subdomain"] = json!(text(set, "/spec/serviceName"));
    let mut claims = Vec::new();
    let mut volumes = list(&pod, "/spec/volumes").to_vec();
    for template in list(set, "/spec/volumeClaimTemplates") {
        let claim_name = format!("{}-{pod_name}", name(template));
        volumes.push(json!({"name": name(template), "persistentVolumeClaim": {"claimName": claim_name}}));
        claims.push(json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "name": claim_name, "namespace": namespace(set),
                "labels": set.pointer("/spec/selector/matchLabels"),
            },
            "spec": template.get("spec"),
            "status": {"phase": "Pending"},
        }));
    }
    if !volumes.is_empty() {
        pod["spec"]["volumes"] = json!(volumes);
    }
    (pod, claims)
}
