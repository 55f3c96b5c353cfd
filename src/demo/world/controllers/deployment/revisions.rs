//! Which ReplicaSet is the newest, what number it bears, and what it copies of the Deployment.

use super::super::super::json::{annotation, condition, name, namespace, set_condition, stamp};
use super::super::super::names::template_hash;
use super::{DESIRED, Look, MAXIMUM, REPLICA_SET, REVISION, REVISION_HISTORY, Set, TEMPLATE_HASH, Target, Write};
use serde_json::{Map, Value, json};

/// Annotations that a ReplicaSet does not take from its Deployment.
const OWN: [&str; 5] =
    ["kubectl.kubernetes.io/last-applied-configuration", REVISION, REVISION_HISTORY, DESIRED, MAXIMUM];
/// The most letters that the history of numbers may have.
const HISTORY_LETTERS: usize = 2000;

impl Look {
    /// Numbers the newest ReplicaSet one above all others, with the Deployment's annotations on it; `create` makes it if
    /// there is none. False when the look ends here, because what was written brings the next one.
    pub(super) fn sync_revision(&mut self, create: bool) -> bool {
        let number = 1 + self.old().into_iter().filter_map(|at| self.sets[at].annotated(REVISION)).max().unwrap_or(0);
        let Some(newest) = self.newest else {
            return !create || self.create_set(number);
        };
        let set = &self.sets[newest];
        let annotations = self.annotations_for(Some(set), number);
        let ready_after = self.deployment.pointer("/spec/minReadySeconds").cloned().unwrap_or(json!(0));
        let ready_now = set.object.pointer("/spec/minReadySeconds").cloned().unwrap_or(json!(0));
        if !annotations.is_empty() || ready_after != ready_now {
            let mut patch = json!({"metadata": {"annotations": annotations}});
            if ready_after != ready_now {
                patch["spec"] = json!({"minReadySeconds": ready_after});
            }
            self.out.writes.push(Write::Merge(&REPLICA_SET, Target::of(&set.object), patch.clone()));
            super::super::super::json::merge(&mut self.sets[newest].object, &patch);
        }
        let (number, named) =
            (self.sets[newest].annotated(REVISION).unwrap_or(number), self.sets[newest].name().to_owned());
        self.number_deployment(number);
        if self.deadline().is_some() && condition(&self.status, "Progressing").is_none() {
            self.progressing("True", "FoundNewReplicaSet", format!("Found new replica set \"{named}\""));
        }
        true
    }

    /// The annotations of a ReplicaSet that must change: what it copies, its number and, once it bears another, the
    /// history of its numbers.
    fn annotations_for(&self, set: Option<&Set>, number: i64) -> Map<String, Value> {
        let has = |key: &str| set.and_then(|set| annotation(&set.object, key));
        let mut changed = Map::new();
        let own = self.deployment.pointer("/metadata/annotations").and_then(Value::as_object);
        for (key, value) in own.into_iter().flatten() {
            if !OWN.contains(&key.as_str()) && has(key) != value.as_str() {
                changed.insert(key.clone(), value.clone());
            }
        }
        let before = set.and_then(|set| set.annotated(REVISION));
        if before.unwrap_or(0) < number {
            changed.insert(REVISION.into(), json!(number.to_string()));
            if let Some(before) = before {
                let mut history: Vec<_> = has(REVISION_HISTORY).unwrap_or("").split(',').map(str::to_owned).collect();
                history.retain(|number| !number.is_empty());
                history.push(before.to_string());
                while history.join(",").len() > HISTORY_LETTERS {
                    history.remove(0);
                }
                changed.insert(REVISION_HISTORY.into(), json!(history.join(",")));
            }
        }
        changed
    }

    fn number_deployment(&mut self, number: i64) {
        if annotation(&self.deployment, REVISION) != Some(number.to_string().as_str()) {
            let patch = json!({"metadata": {"annotations": {REVISION: number.to_string()}}});
            self.out.writes.push(Write::Merge(
                &super::super::super::kinds::DEPLOYMENT,
                Target::of(&self.deployment),
                patch,
            ));
        }
    }

    /// Creates the ReplicaSet of the present template. A name that is taken is a collision of hashes: counted in the
    /// status, and another is tried at the next look.
    fn create_set(&mut self, number: i64) -> bool {
        let collisions = self.status.get("collisionCount").and_then(Value::as_i64).unwrap_or(0);
        let template = super::bare_template(&self.deployment);
        let hash = template_hash(&template, collisions);
        let set_name = format!("{}-{hash}", name(&self.deployment));
        if self.sets.iter().any(|set| set.name() == set_name) {
            self.status["collisionCount"] = json!(collisions + 1);
            self.sync_status();
            return false;
        }
        let total = self.sets.iter().map(|set| set.replicas).sum();
        let replicas = self.room_for_newest(0, total);
        let set = self.replica_set(template, &set_name, &hash, number, replicas);
        self.out.writes.push(Write::Create(&REPLICA_SET, set.clone()));
        if replicas > 0 {
            let message = format!("Scaled up replica set {set_name} from 0 to {replicas}");
            self.note(false, "ScalingReplicaSet", message);
        }
        self.sets.push(Set::new(set));
        self.newest = Some(self.sets.len() - 1);
        self.number_deployment(number);
        if self.deadline().is_some() {
            self.progressing("True", "NewReplicaSetCreated", format!("Created new replica set \"{set_name}\""));
        }
        true
    }

    fn replica_set(&self, template: Value, set_name: &str, hash: &str, number: i64, replicas: i64) -> Value {
        let mut template = template;
        super::super::super::json::merge(&mut template, &json!({"metadata": {"labels": {TEMPLATE_HASH: hash}}}));
        let mut selector = self.deployment.pointer("/spec/selector").cloned().unwrap_or_else(|| json!({}));
        super::super::super::json::merge(&mut selector, &json!({"matchLabels": {TEMPLATE_HASH: hash}}));
        let mut annotations = self.annotations_for(None, number);
        annotations.insert(DESIRED.into(), json!(self.wanted().to_string()));
        annotations.insert(MAXIMUM.into(), json!((self.wanted() + self.bounds().0).to_string()));
        let mut spec = json!({"replicas": replicas, "selector": selector, "template": template});
        if let Some(seconds) = self.deployment.pointer("/spec/minReadySeconds") {
            spec["minReadySeconds"] = seconds.clone();
        }
        json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": set_name,
                "namespace": namespace(&self.deployment),
                "labels": spec.pointer("/template/metadata/labels"),
                "annotations": annotations,
                "ownerReferences": [self.owner()],
            },
            "spec": spec,
            "status": {"replicas": 0},
        })
    }

    /// Puts a Progressing condition into the status to be written.
    pub(super) fn progressing(&mut self, status: &str, reason: &str, message: String) {
        let now = stamp(self.now);
        let condition = json!({
            "type": "Progressing", "status": status, "reason": reason, "message": message,
            "lastUpdateTime": now, "lastTransitionTime": now,
        });
        set_condition(&mut self.status, condition);
    }
}
