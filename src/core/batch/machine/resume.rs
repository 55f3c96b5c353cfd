//! Going on with a batch that its driver left, or that stopped before its end.

use super::{
    Machine,
    leg::{Leg, Stage, Way},
    turn::Course,
};
use crate::{
    Time,
    batch::{
        StepState,
        journal::{Mark, RecordPhase},
    },
    text::Clean,
};

impl Machine {
    /// Why a batch that nobody drives, or that stopped, cannot be gone on with.
    pub(super) fn refuses_to_resume(&self) -> Option<Clean> {
        let back =
            |leg: &Leg| matches!(leg.mark, Mark::Reverting | Mark::RolledBack | Mark::Reverted | Mark::RevertFailed);
        if self.course == Course::Back && self.settled.is_none() || self.went_back() || self.legs.iter().any(back) {
            return Some("it was taken back, or is on its way back: it cannot be gone on with".into());
        }
        if self.course == Course::Leaving && self.settled.is_none() && !self.recovered {
            return Some("its driver is leaving".into());
        }
        let left = |leg: &Leg| {
            matches!(leg.mark, Mark::Waiting | Mark::NotStarted | Mark::Applying | Mark::Applied) || leg.may_retry()
        };
        if self.settled.or(self.left) == Some(RecordPhase::Done) {
            return Some("it is done: nothing of it is left to go on with".into());
        }
        (!self.legs.iter().any(left)).then(|| "nothing of it is left to go on with".into())
    }

    /// Whether the last that was recorded of it is a revert.
    pub(super) fn went_back(&self) -> bool {
        let phase = self.settled.or(self.left.filter(|_| self.recovered));
        matches!(phase, Some(RecordPhase::Reverting | RecordPhase::Reverted | RecordPhase::RevertFailed))
    }

    /// Forward again: what had not started starts, what may have been written is settled by a look at it, what was is followed.
    pub(super) fn resume(&mut self, now: Time) {
        self.epoch += 1;
        (self.course, self.paused, self.recovered) = (Course::Forward, false, false);
        (self.settled, self.settled_at, self.ended, self.failure) = (None, None, None, None);
        let begun = |place: &usize| {
            let mark = self.legs[self.queue[*place]].mark;
            !matches!(mark, Mark::Waiting | Mark::NotStarted)
        };
        let last = (0..self.queue.len()).rev().find(begun);
        self.opened = self.opened.max(1 + last.map_or(0, |place| self.wave_of(place)));
        for nth in 0..self.legs.len() {
            let leg = &mut self.legs[nth];
            leg.way = Way::Forward;
            match leg.mark {
                Mark::Waiting | Mark::NotStarted => self.again(nth, now),
                // In flight: its answer is still to come.
                Mark::Applying | Mark::Applied if leg.stage == Stage::Idle => self.again_followed(nth, now),
                Mark::Healthy if leg.stage == Stage::Idle => {
                    leg.leaves = leg.old.clone();
                    let since = leg.since;
                    self.soak(nth, since, now);
                }
                _ => {}
            }
        }
        self.happen("gone on with", now);
    }

    fn again_followed(&mut self, nth: usize, now: Time) {
        let (mark, accepted) = (self.legs[nth].mark, self.legs[nth].accepted);
        self.again(nth, now);
        if mark == Mark::Applied {
            // It is known to be written: the record goes on saying so.
            self.legs[nth].state = StepState::RollingOut(0, 0, "taken over".into());
            (self.legs[nth].accepted, self.legs[nth].began) = (accepted, accepted.or(Some(now)));
            self.legs[nth].mark = Mark::Applied;
        }
    }
}
