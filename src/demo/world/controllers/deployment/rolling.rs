//! The two strategies: a rolling update within its bounds, and `Recreate`.

use super::{Look, Set};
use serde_json::Value;

impl Look {
    /// One step of a rolling update: scales up if it can, else down, and says how far it is.
    pub(super) fn roll(&mut self) {
        if !self.sync_revision(true) {
            return;
        }
        if self.scale_up_newest() || self.scale_down_old() {
            return self.sync_rollout();
        }
        if self.complete(&self.status) {
            self.clean_up();
        }
        self.sync_rollout();
    }

    fn total(&self) -> i64 {
        self.sets.iter().map(|set| set.replicas).sum()
    }

    fn available(&self) -> i64 {
        self.sets.iter().map(|set| set.status("availableReplicas")).sum()
    }

    /// How many replicas the newest ReplicaSet may have now (`NewRSNewReplicas`), given those that it has.
    pub(super) fn room_for_newest(&self, has: i64, total: i64) -> i64 {
        if self.recreates() {
            return self.wanted();
        }
        let most = self.wanted() + self.bounds().0;
        if total >= most { has } else { has + (most - total).min(self.wanted() - has) }
    }

    fn scale_up_newest(&mut self) -> bool {
        let Some(newest) = self.newest else { return false };
        let has = self.sets[newest].replicas;
        let to = if has > self.wanted() { self.wanted() } else { self.room_for_newest(has, self.total()) };
        has != self.wanted() && self.scale_set(newest, to, false)
    }

    fn scale_down_old(&mut self) -> bool {
        let Some(newest) = self.newest else { return false };
        let mut old = self.old();
        old.retain(|at| self.sets[*at].replicas > 0);
        if old.is_empty() {
            return false;
        }
        let least = self.wanted() - self.bounds().1;
        let starting = self.sets[newest].replicas - self.sets[newest].status("availableReplicas");
        let most_down = self.total() - least - starting;
        if most_down <= 0 {
            return false;
        }
        let cleaned = self.scale_down(&old, most_down, |set| set.replicas - set.status("availableReplicas"));
        let spare = self.available() - least;
        let rolled = if spare > 0 { self.scale_down(&old, spare, |set| set.replicas) } else { 0 };
        cleaned + rolled > 0
    }

    /// Takes at most `most` replicas from old ReplicaSets, oldest first, of each what `of` allows.
    fn scale_down(&mut self, old: &[usize], most: i64, of: impl Fn(&Set) -> i64) -> i64 {
        let mut taken = 0;
        for at in old {
            let set = &self.sets[*at];
            let some = (most - taken).min(of(set)).min(set.replicas);
            if taken >= most || some <= 0 {
                continue;
            }
            let to = set.replicas - some;
            self.scale_set(*at, to, false);
            taken += some;
        }
        taken
    }

    /// One step of `Recreate`: everything old ends before anything new starts.
    pub(super) fn recreate(&mut self, old_pods: impl Fn(Option<&str>) -> bool) {
        let mut scaled = false;
        for at in self.old() {
            scaled |= self.scale_set(at, 0, false);
        }
        let newest = self.newest.map(|at| super::uid(&self.sets[at].object).to_owned());
        let running = self.old().iter().any(|at| self.sets[*at].status("replicas") > 0);
        if scaled || running || old_pods(newest.as_deref()) {
            return self.sync_rollout();
        }
        if !self.sync_revision(true) {
            return;
        }
        if let Some(newest) = self.newest {
            let wanted = self.wanted();
            self.scale_set(newest, wanted, false);
        }
        if self.complete(&self.status) {
            self.clean_up();
        }
        self.sync_rollout();
    }

    /// Whether a status says that the rollout is done.
    pub(super) fn complete(&self, status: &Value) -> bool {
        let of = |field: &str| status.get(field).and_then(Value::as_i64).unwrap_or(0);
        let generation = super::int(&self.deployment, "/metadata/generation").unwrap_or(0);
        ["updatedReplicas", "replicas", "availableReplicas"].iter().all(|field| of(field) == self.wanted())
            && of("observedGeneration") >= generation
    }
}
