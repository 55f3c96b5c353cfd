//! A Deployment that was paused before and resumed by the change is paused again once it has rolled back.

use serde_json::Value;

use super::{
    leg::{Ask, Stage, Way},
    turn::Machine,
};
use crate::{
    Time,
    batch::{StepState, journal::Mark, patch},
};

impl Machine {
    pub(super) fn begin_pause(&mut self, nth: usize, now: Time) {
        let leg = &mut self.legs[nth];
        (leg.way, leg.refusals) = (Way::Pause, 0);
        leg.stage = Stage::Due(now, Ask::Read);
        leg.enter(StepState::Reverting, now);
    }

    pub(super) fn decide_pause(&mut self, nth: usize, object: &Value, now: Time) {
        let token = self.legs[nth].token(&self.head.id.0, self.epoch);
        let leg = &mut self.legs[nth];
        let live = leg.take(object);
        if live.paused {
            return self.end(nth, StepState::Reverted, Mark::Reverted, now);
        }
        let untouched = live.uid == leg.before.uid && live.same_spec(&leg.before);
        let why = match patch::pause(object, &token) {
            Ok(patch) if untouched && leg.refusals < 3 => {
                leg.patch = patch;
                leg.stage = Stage::Due(now, Ask::Patch);
                return;
            }
            Ok(_) if untouched => format!("it is back, but could not be paused again: {}", leg.refusal),
            Ok(_) => "it was back, and changed by someone else before it could be paused again".to_owned(),
            Err(error) => error.to_string(),
        };
        self.end(nth, StepState::RevertFailed(why.into()), Mark::RevertFailed, now);
    }
}
