//! The Deployment's status: counts, and the conditions Available, Progressing and ReplicaFailure.

use super::super::super::json::{condition, int, list, moment, name, remove_condition, set_condition, stamp, text};
use super::super::super::kinds::DEPLOYMENT;
use super::{Look, Target, Write};
use chrono::Duration;
use serde_json::{Value, json};

const TIMED_OUT: &str = "ProgressDeadlineExceeded";
const AVAILABLE: &str = "NewReplicaSetAvailable";

impl Look {
    /// Says that the rollout is paused or goes on; true when that was written, and the look ends.
    pub(super) fn check_paused(&mut self) -> bool {
        let reason = condition(&self.status, "Progressing").map(|condition| text(condition, "/reason").to_owned());
        let paused_said = reason.as_deref() == Some("DeploymentPaused");
        if self.deadline().is_none() || reason.as_deref() == Some(TIMED_OUT) || self.paused() == paused_said {
            return false;
        }
        if self.paused() {
            self.progressing("Unknown", "DeploymentPaused", "Deployment is paused".into());
        } else {
            self.progressing("Unknown", "DeploymentResumed", "Deployment is resumed".into());
        }
        self.write_status();
        true
    }

    /// Writes the counts, and whether enough is available.
    pub(super) fn sync_status(&mut self) {
        self.status = self.counted();
        self.write_status();
    }

    /// Writes the counts and how far the rollout is.
    pub(super) fn sync_rollout(&mut self) {
        let before = self.deployment.get("status").cloned().unwrap_or_else(|| json!({}));
        let mut status = self.counted();
        if self.deadline().is_none() {
            remove_condition(&mut status, "Progressing");
        }
        let reason = condition(&self.status, "Progressing").map(|condition| text(condition, "/reason").to_owned());
        let count = |field: &str| status.get(field).and_then(Value::as_i64).unwrap_or(0);
        let done = count("replicas") == count("updatedReplicas") && reason.as_deref() == Some(AVAILABLE);
        self.status = status;
        if self.deadline().is_some() && !done {
            self.judge(&before);
        }
        self.move_failures();
        self.write_status();
        self.watch_deadline();
    }

    fn judge(&mut self, before: &Value) {
        let subject = match self.newest {
            Some(newest) => format!("ReplicaSet \"{}\"", self.sets[newest].name()),
            None => format!("Deployment \"{}\"", name(&self.deployment)),
        };
        if self.complete(&self.status) {
            self.progressing("True", AVAILABLE, format!("{subject} has successfully progressed."));
        } else if advanced(before, &self.status) {
            self.progressing("True", "ReplicaSetUpdated", format!("{subject} is progressing."));
        } else if self.timed_out() {
            let said = condition(&self.status, "Progressing").is_some_and(|old| text(old, "/reason") == TIMED_OUT);
            if !said {
                self.progressing("False", TIMED_OUT, format!("{subject} has timed out progressing."));
            }
        }
    }

    fn timed_out(&self) -> bool {
        let Some(condition) = condition(&self.status, "Progressing") else { return false };
        match text(condition, "/reason") {
            AVAILABLE => false,
            TIMED_OUT => true,
            _ => self.deadline_of(condition).is_some_and(|deadline| deadline < self.now),
        }
    }

    fn deadline_of(&self, condition: &Value) -> Option<chrono::DateTime<chrono::Utc>> {
        Some(moment(text(condition, "/lastUpdateTime"))? + Duration::seconds(self.deadline()?))
    }

    /// Looks again when the deadline has passed.
    fn watch_deadline(&mut self) {
        let Some(condition) = condition(&self.status, "Progressing") else { return };
        if self.complete(&self.status) || text(condition, "/reason") == TIMED_OUT {
            return;
        }
        if let Some(deadline) = self.deadline_of(condition) {
            self.out.look_again(deadline.max(self.now) + Duration::seconds(1));
        }
    }

    /// A ReplicaSet that cannot create pods says so on its Deployment, the newest first.
    fn move_failures(&mut self) {
        let order = self.newest.into_iter().chain(self.old());
        let failure = order.filter_map(|at| condition(self.sets[at].object.get("status")?, "ReplicaFailure")).next();
        match failure.cloned() {
            Some(mut failure) => {
                failure["lastUpdateTime"] = failure["lastTransitionTime"].clone();
                let known = condition(&self.status, "ReplicaFailure")
                    .is_some_and(|old| old["status"] == failure["status"] && old["reason"] == failure["reason"]);
                if !known {
                    set_condition(&mut self.status, failure);
                }
            }
            None => remove_condition(&mut self.status, "ReplicaFailure"),
        }
    }

    fn counted(&self) -> Value {
        let sum = |field: &str| self.sets.iter().map(|set| set.status(field)).sum::<i64>();
        let available = sum("availableReplicas");
        let total: i64 = self.sets.iter().map(|set| set.replicas).sum();
        let updated = self.newest.map_or(0, |newest| self.sets[newest].status("replicas"));
        let mut status = json!({"observedGeneration": int(&self.deployment, "/metadata/generation").unwrap_or(1)});
        for (field, count) in [
            ("replicas", sum("replicas")),
            ("updatedReplicas", updated),
            ("readyReplicas", sum("readyReplicas")),
            ("availableReplicas", available),
            ("unavailableReplicas", (total - available).max(0)),
        ] {
            if count > 0 {
                status[field] = json!(count);
            }
        }
        status["terminatingReplicas"] = json!(sum("terminatingReplicas"));
        if let Some(collisions) = self.status.get("collisionCount") {
            status["collisionCount"] = collisions.clone();
        }
        let conditions = list(&self.status, "/conditions");
        if !conditions.is_empty() {
            status["conditions"] = json!(conditions);
        }
        let (is, reason, has) = if available >= self.wanted() - self.bounds().1 {
            ("True", "MinimumReplicasAvailable", "has")
        } else {
            ("False", "MinimumReplicasUnavailable", "does not have")
        };
        let known = condition(&status, "Available")
            .is_some_and(|old| text(old, "/status") == is && text(old, "/reason") == reason);
        if !known {
            let now = stamp(self.now);
            let condition = json!({
                "type": "Available", "status": is, "reason": reason,
                "message": format!("Deployment {has} minimum availability."),
                "lastUpdateTime": now, "lastTransitionTime": now,
            });
            set_condition(&mut status, condition);
        }
        status
    }

    fn write_status(&mut self) {
        if self.deployment.get("status") != Some(&self.status) {
            let target = Target::of(&self.deployment);
            self.out.writes.push(Write::Status(&DEPLOYMENT, target, self.status.clone()));
        }
    }
}

/// Whether a rollout got anywhere between two statuses (`DeploymentProgressing`).
fn advanced(before: &Value, after: &Value) -> bool {
    let of = |status: &Value, field: &str| status.get(field).and_then(Value::as_i64).unwrap_or(0);
    let old = |status: &Value| of(status, "replicas") - of(status, "updatedReplicas");
    of(after, "updatedReplicas") > of(before, "updatedReplicas")
        || old(after) < old(before)
        || of(after, "readyReplicas") > of(before, "readyReplicas")
        || of(after, "availableReplicas") > of(before, "availableReplicas")
}
