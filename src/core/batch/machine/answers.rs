//! What the cluster answered to patches, reads and deletions, sorted by whether it may be tried again.

use std::time::Duration;

use serde_json::Value;

use super::{
    leg::{Ask, Stage, Way},
    turn::Machine,
};
use crate::{
    Time,
    batch::{PortError, StepState, journal::Mark},
    text::Clean,
};

/// How a failed request stands.
enum Outcome {
    /// Nothing was done; it may be tried again, at the earliest after so long.
    NotNow(Option<Duration>),
    /// It may or may not have been done.
    Unknown,
    /// A `test` failed, or the object is invalid: a look at the app tells which.
    Tested,
    /// It will not be done.
    Never,
}

fn outcome(error: &PortError) -> Outcome {
    match error {
        PortError::Busy(_, wish) => Outcome::NotNow(*wish),
        PortError::Unreached(_) | PortError::Unauthorized(_) | PortError::Conflict(_) => Outcome::NotNow(None),
        PortError::NoAnswer(_) => Outcome::Unknown,
        PortError::Invalid(_) => Outcome::Tested,
        PortError::NotFound(_) | PortError::Forbidden(_) | PortError::Refused(_) => Outcome::Never,
    }
}

impl Machine {
    pub(super) fn patched(&mut self, step: usize, result: Result<Value, PortError>, now: Time) {
        let Some(leg) = self.legs.get_mut(step).filter(|leg| leg.stage == Stage::Asked(Ask::Patch)) else { return };
        let error = match result {
            Ok(object) => {
                (leg.tries, leg.doubt, leg.doubted) = (0, false, None);
                self.held_by_server = None;
                return self.accepted(step, &object, now);
            }
            Err(error) => error,
        };
        match outcome(&error) {
            Outcome::NotNow(wish) => {
                leg.sent = leg.doubt || leg.way != Way::Forward;
                leg.doubted = None;
                leg.back_off(if leg.sent { Ask::Read } else { Ask::Patch }, now, wish);
                self.held_by_server = Some(error.to_string().into());
            }
            Outcome::Unknown => {
                leg.doubt = true;
                leg.doubted.get_or_insert(now);
                leg.back_off(Ask::Read, now, None);
                self.held_by_server = Some(error.to_string().into());
            }
            Outcome::Tested => {
                leg.refusals += 1;
                leg.refusal = error.to_string().into();
                leg.stage = Stage::Due(now, Ask::Read);
            }
            Outcome::Never => self.refused(step, &error, now),
        }
    }

    pub(super) fn was_read(&mut self, step: usize, result: Result<Value, PortError>, now: Time) {
        let Some(leg) = self.legs.get_mut(step).filter(|leg| leg.stage == Stage::Asked(Ask::Read)) else { return };
        let error = match result {
            Ok(object) => {
                // Tries are counted on: a look that succeeds between writes that do not is no progress.
                return match leg.way {
                    Way::Forward => self.decide_forward(step, object, now),
                    Way::Back => self.decide_back(step, &object, now),
                    Way::Pause => self.decide_pause(step, &object, now),
                };
            }
            Err(error) => error,
        };
        match outcome(&error) {
            Outcome::Never => self.refused(step, &error, now),
            Outcome::NotNow(wish) => {
                leg.doubted = None;
                leg.back_off(Ask::Read, now, wish);
            }
            Outcome::Unknown | Outcome::Tested => leg.back_off(Ask::Read, now, None),
        }
        if matches!(self.legs[step].stage, Stage::Due(..)) {
            self.held_by_server = Some(error.to_string().into());
        }
    }

    fn accepted(&mut self, step: usize, object: &Value, now: Time) {
        match self.legs[step].way {
            Way::Forward => self.accepted_forward(step, object, now),
            Way::Back => self.accepted_back(step, object, now),
            Way::Pause => self.end(step, StepState::Reverted, Mark::Reverted, now),
        }
    }

    fn refused(&mut self, step: usize, error: &PortError, now: Time) {
        let leg = &mut self.legs[step];
        let gone = matches!(error, PortError::NotFound(_));
        let why = Clean::from(error.to_string());
        match leg.way {
            // A patch that may have arrived before this refusal stays a matter for the revert.
            Way::Forward if leg.doubt => self.end(step, StepState::Failed(why), Mark::Failed, now),
            Way::Forward if gone => {
                self.end(step, StepState::Drifted("it was deleted since the plan".into()), Mark::Drifted, now);
            }
            Way::Forward => self.end(step, StepState::Refused(why), Mark::Refused, now),
            Way::Back => {
                leg.owed = !gone;
                let why = if gone { "it was deleted since".into() } else { why };
                self.end(step, StepState::RevertFailed(why), Mark::RevertFailed, now);
            }
            Way::Pause => {
                let why = format!("it is back, but could not be paused again: {error}").into();
                self.end(step, StepState::RevertFailed(why), Mark::RevertFailed, now);
            }
        }
    }
}
