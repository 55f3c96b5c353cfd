//! The Deployment controller (kubernetes/kubernetes, pkg/controller/deployment): rollouts through ReplicaSets, one look at
//! a time.

mod proportion;
mod revisions;
mod rolling;
mod status;

use super::super::json::{deleting, int, name, scaled, text, uid, without_nulls};
use super::super::kinds::REPLICA_SET;
use super::super::outcome::{Note, Outcome, Target, Write};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const COMPONENT: &str = "deployment-controller";
/// The label that tells the pods of one ReplicaSet from those of another.
pub const TEMPLATE_HASH: &str = "pod-template-hash";
/// The annotation that numbers the revisions.
pub const REVISION: &str = "deployment.kubernetes.io/revision";
/// The annotation with the numbers that a ReplicaSet had before.
pub const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
/// The annotation with the replicas that the Deployment wanted when a ReplicaSet was last scaled.
pub const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
/// The annotation with the most replicas that the Deployment then allowed.
pub const MAXIMUM: &str = "deployment.kubernetes.io/max-replicas";

/// A ReplicaSet of the Deployment, with its counts read once.
#[derive(Debug, Clone)]
pub struct Set {
    /// The object.
    pub object: Value,
    replicas: i64,
}

impl Set {
    /// Reads a ReplicaSet.
    pub fn new(object: Value) -> Self {
        let replicas = int(&object, "/spec/replicas").unwrap_or(1);
        Self { object, replicas }
    }

    fn name(&self) -> &str {
        name(&self.object)
    }

    fn status(&self, field: &str) -> i64 {
        self.object.get("status").and_then(|status| status.get(field)).and_then(Value::as_i64).unwrap_or(0)
    }

    fn annotated(&self, key: &str) -> Option<i64> {
        super::super::json::annotation(&self.object, key)?.parse().ok()
    }

    fn created(&self) -> (&str, &str) {
        (text(&self.object, "/metadata/creationTimestamp"), self.name())
    }
}

/// One look at a Deployment: what was read, and what is wanted done.
struct Look {
    deployment: Value,
    status: Value,
    sets: Vec<Set>,
    newest: Option<usize>,
    now: DateTime<Utc>,
    out: Outcome,
}

/// Looks at a Deployment and the ReplicaSets that it owns. `old_pods` says whether pods of another ReplicaSet than the
/// one of the present template live, those that are ending included; asked only for `Recreate`.
pub fn reconcile(
    deployment: Value,
    sets: Vec<Value>,
    old_pods: impl Fn(Option<&str>) -> bool,
    now: DateTime<Utc>,
) -> Outcome {
    let mut sets: Vec<_> = sets.into_iter().map(Set::new).collect();
    sets.sort_by(|left, right| left.created().cmp(&right.created()));
    let wanted = bare_template(&deployment);
    let newest = sets.iter().position(|set| bare_template(&set.object) == wanted);
    let status = deployment.get("status").cloned().unwrap_or_else(|| json!({}));
    let mut look = Look { deployment, status, sets, newest, now, out: Outcome::default() };
    look.run(old_pods);
    look.out
}

/// A template without what the controller adds to it.
fn bare_template(object: &Value) -> Value {
    let mut template = object.pointer("/spec/template").map(without_nulls).unwrap_or_default();
    if let Some(labels) = template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut) {
        labels.remove(TEMPLATE_HASH);
    }
    template
}

impl Look {
    fn run(&mut self, old_pods: impl Fn(Option<&str>) -> bool) {
        if deleting(&self.deployment) {
            return self.sync_status();
        }
        if self.check_paused() {
            return;
        }
        if self.paused() {
            return self.sync();
        }
        if !self.sync_revision(false) {
            return;
        }
        if self.scaling_event() {
            return self.sync();
        }
        if self.recreates() { self.recreate(old_pods) } else { self.roll() }
    }

    fn paused(&self) -> bool {
        self.deployment.pointer("/spec/paused") == Some(&Value::Bool(true))
    }

    fn recreates(&self) -> bool {
        text(&self.deployment, "/spec/strategy/type") == "Recreate"
    }

    fn wanted(&self) -> i64 {
        int(&self.deployment, "/spec/replicas").unwrap_or(1)
    }

    /// The surge and the unavailable pods that a rolling update may have (`ResolveFenceposts`).
    fn bounds(&self) -> (i64, i64) {
        if self.recreates() {
            return (0, 0);
        }
        let of = |field: &str, up| {
            let value = self.deployment.pointer(&format!("/spec/strategy/rollingUpdate/{field}"));
            scaled(value, "25%", self.wanted(), up)
        };
        let (surge, unavailable) = (of("maxSurge", true), of("maxUnavailable", false));
        let unavailable = if surge == 0 && unavailable == 0 { 1 } else { unavailable };
        if self.wanted() == 0 { (surge, 0) } else { (surge, unavailable.min(self.wanted())) }
    }

    fn deadline(&self) -> Option<i64> {
        Some(int(&self.deployment, "/spec/progressDeadlineSeconds").unwrap_or(600))
            .filter(|s| *s != i64::from(i32::MAX))
    }

    fn old(&self) -> Vec<usize> {
        (0..self.sets.len()).filter(|at| Some(*at) != self.newest).collect()
    }

    /// Whether the wanted replicas changed since a ReplicaSet with pods was last scaled.
    fn scaling_event(&self) -> bool {
        self.sets
            .iter()
            .filter(|set| set.replicas > 0)
            .filter_map(|set| set.annotated(DESIRED))
            .any(|desired| desired != self.wanted())
    }

    /// Scales without rolling: after a change of replicas, and while paused.
    fn sync(&mut self) {
        if !self.sync_revision(false) {
            return;
        }
        self.scale();
        if self.paused() {
            self.clean_up();
        }
        self.sync_status();
    }

    /// Scales a ReplicaSet; `annotate` also writes the wanted and allowed replicas where only those differ.
    fn scale_set(&mut self, at: usize, replicas: i64, annotate: bool) -> bool {
        let (wanted, allowed) = (self.wanted(), self.wanted() + self.bounds().0);
        let set = &mut self.sets[at];
        let resized = set.replicas != replicas;
        let noted = set.annotated(DESIRED) == Some(wanted) && set.annotated(MAXIMUM) == Some(allowed);
        if !resized && (!annotate || noted) {
            return false;
        }
        let before = std::mem::replace(&mut set.replicas, replicas);
        self.out.writes.push(Write::Merge(
            &REPLICA_SET,
            Target::of(&set.object),
            json!({
                "metadata": {"annotations": {DESIRED: wanted.to_string(), MAXIMUM: allowed.to_string()}},
                "spec": {"replicas": replicas},
            }),
        ));
        if resized {
            let way = if before < replicas { "up" } else { "down" };
            let message = format!("Scaled {way} replica set {} from {before} to {replicas}", set.name());
            self.note(false, "ScalingReplicaSet", message);
        }
        resized
    }

    fn note(&mut self, warning: bool, reason: &'static str, message: String) {
        let mut note = Note::about(&self.deployment, warning, reason, message, COMPONENT);
        note.about = ("apps/v1".into(), "Deployment".into());
        self.out.notes.push(note);
    }

    fn owner(&self) -> Value {
        super::super::json::owned_by("apps/v1", "Deployment", name(&self.deployment), uid(&self.deployment))
    }

    /// Deletes the oldest ReplicaSets without pods beyond `revisionHistoryLimit`.
    fn clean_up(&mut self) {
        let limit = int(&self.deployment, "/spec/revisionHistoryLimit").unwrap_or(10);
        let mut old = self.old();
        old.retain(|at| !deleting(&self.sets[*at].object));
        let excess = usize::try_from(old.len() as i64 - limit).unwrap_or(0);
        old.sort_by_key(|at| self.sets[*at].annotated(REVISION).unwrap_or(0));
        for at in old.into_iter().take(excess) {
            let set = &self.sets[at];
            let seen = set.status("observedGeneration") >= int(&set.object, "/metadata/generation").unwrap_or(0);
            if set.replicas == 0 && set.status("replicas") == 0 && seen {
                self.out.writes.push(Write::Delete(&REPLICA_SET, Target::of(&set.object)));
            }
        }
    }
}
