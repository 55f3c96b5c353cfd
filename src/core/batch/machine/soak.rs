//! Waves, and the time for which an app has to stay healthy before the next one starts.

use super::{
    graph,
    leg::{Leg, Stage},
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{StepState, journal::Mark},
};

impl Machine {
    /// A leg is healthy: it soaks for as long as the options say.
    pub(super) fn soak(&mut self, nth: usize, since: Time, now: Time) {
        let until = since + chrono::Duration::seconds(i64::from(self.head.options.soak));
        if until > now {
            self.legs[nth].stage = Stage::Soaking(until);
        }
    }

    pub(super) fn end_soaks(&mut self, now: Time) {
        for leg in &mut self.legs {
            if matches!(leg.stage, Stage::Soaking(until) if until <= now) {
                leg.stage = Stage::Idle;
            }
        }
    }

    /// How many waves there are: one, unless a gate is between them.
    pub(super) fn waves(&self) -> usize {
        if self.head.options.gate { self.legs.len().div_ceil(self.head.options.width).max(1) } else { 1 }
    }

    /// The wave of each leg of the queue, from 0.
    pub(super) fn wave_of(&self, place: usize) -> usize {
        if self.head.options.gate { place / self.head.options.width } else { 0 }
    }

    /// Whether the open waves are through, and more is to come behind a gate.
    pub(super) fn waits_at_gate(&self) -> bool {
        let behind = self.opened * self.head.options.width;
        self.head.options.gate
            && self.course == Course::Forward
            && !self.legs.iter().any(Leg::is_active)
            && self.startable().any(|place| place >= behind)
            && !self.startable().any(|place| place < behind)
    }

    /// Places in the queue of those that have not started and that no lost one holds back.
    fn startable(&self) -> impl Iterator<Item = usize> {
        let blocked = self.blocked();
        (0..self.queue.len()).filter(move |place| {
            let nth = self.queue[*place];
            self.legs[nth].mark == Mark::Waiting && !blocked[nth]
        })
    }

    /// Of each leg, whether it waits for one that came to a bad end, by whatever way.
    fn blocked(&self) -> Vec<bool> {
        let mut blocked = vec![false; self.legs.len()];
        for nth in &self.queue {
            let bad = |parent: usize| self.legs[parent].is_lost() || blocked[parent];
            let leg = &self.legs[*nth];
            blocked[*nth] = graph::parents(&self.legs, leg).any(bad) || graph::waits_for_unknown(&self.legs, leg);
        }
        blocked
    }

    /// Says once that a wave is through.
    pub(super) fn tell_gate(&mut self, now: Time) {
        if self.told < self.opened && !self.paused && self.settled.is_none() && self.waits_at_gate() {
            self.told = self.opened;
            let text = format!("wave {} of {} is through: the next waits at its gate", self.opened, self.waves());
            self.happen(text, now);
        }
    }

    /// Where all that is left waits for what came to a bad end, it will not start. Until then a retry or a skip may free it.
    pub(super) fn end_blocked(&mut self, now: Time) {
        let idle = self.course == Course::Forward && !self.paused && !self.legs.iter().any(Leg::is_active);
        if !idle || !self.legs.iter().any(|leg| leg.mark == Mark::Waiting) || self.startable().next().is_some() {
            return;
        }
        for nth in 0..self.legs.len() {
            if self.legs[nth].mark == Mark::Waiting {
                self.end(nth, StepState::NotStarted, Mark::NotStarted, now);
            }
        }
    }
}
