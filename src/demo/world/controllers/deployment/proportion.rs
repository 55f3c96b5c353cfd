//! Scaling outside of a rollout's steps: to the one ReplicaSet with pods, or in proportion over several.

use super::{Look, MAXIMUM};

impl Look {
    /// Brings the ReplicaSets to the wanted replicas without moving the rollout on (`DeploymentController.scale`).
    pub(super) fn scale(&mut self) {
        let wanted = self.wanted();
        let active: Vec<usize> = (0..self.sets.len()).filter(|at| self.sets[*at].replicas > 0).collect();
        let single = match active.as_slice() {
            [] => self.newest.or_else(|| self.old().last().copied()),
            [one] => Some(*one),
            _ => None,
        };
        if let Some(single) = single {
            self.scale_set(single, wanted, false);
            return;
        }
        if self.saturated() {
            for at in self.old() {
                self.scale_set(at, 0, false);
            }
        } else if !self.recreates() && !active.is_empty() {
            self.share_out(active);
        }
    }

    fn saturated(&self) -> bool {
        self.newest.is_some_and(|newest| {
            let set = &self.sets[newest];
            let desired = set.annotated(super::DESIRED);
            let wanted = self.wanted();
            set.replicas == wanted && desired == Some(wanted) && set.status("availableReplicas") == wanted
        })
    }

    fn share_out(&mut self, mut active: Vec<usize>) {
        let allowed = if self.wanted() > 0 { self.wanted() + self.bounds().0 } else { 0 };
        let add = allowed - active.iter().map(|at| self.sets[*at].replicas).sum::<i64>();
        // `sets` is ordered by age: at equal size the newer grow first, and the older shrink first.
        active.sort_by_key(|at| (-self.sets[*at].replicas, if add > 0 { -(*at as i64) } else { *at as i64 }));
        let mut added = 0;
        let mut sizes: Vec<i64> = Vec::with_capacity(active.len());
        for at in &active {
            let share = self.share(*at, add, added);
            added += share;
            sizes.push(self.sets[*at].replicas + share);
        }
        if let Some(largest) = sizes.first_mut() {
            *largest = (*largest + add - added).max(0);
        }
        for (at, size) in active.into_iter().zip(sizes) {
            self.scale_set(at, size, true);
        }
    }

    /// The part of `add` that one ReplicaSet takes (`GetReplicaSetProportion`).
    fn share(&self, at: usize, add: i64, added: i64) -> i64 {
        let set = &self.sets[at];
        if set.replicas == 0 || add == 0 || add == added {
            return 0;
        }
        let fraction = if self.wanted() == 0 {
            -set.replicas
        } else {
            let before = set.annotated(MAXIMUM).filter(|most| *most > 0).or_else(|| {
                let replicas = super::int(&self.deployment, "/status/replicas")?;
                Some(replicas).filter(|replicas| *replicas > 0)
            });
            let Some(before) = before else { return 0 };
            let most = self.wanted() + self.bounds().0;
            ((set.replicas * most) as f64 / before as f64).round() as i64 - set.replicas
        };
        if add > 0 { fraction.min(add - added) } else { fraction.max(add - added) }
    }
}
