//! What the operator orders, and what makes no sense now.

use super::{
    leg::{Ask, Leg, Stage, Way},
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{Order, StepState, journal::Mark},
    model::AppKey,
    text::Clean,
};

impl Machine {
    /// Why an order makes no sense now; `None` where it would be carried out.
    pub fn refuses(&self, order: &Order) -> Option<Clean> {
        if self.lost && *order != Order::Interrupt {
            return Some("another rolldeck has this batch: see to it there, or find it again".into());
        }
        let over = self.ended.is_some() || self.settled.is_some() || self.recovered;
        let why = match order {
            Order::Interrupt => return None,
            Order::Revert { only, .. } => return only.iter().find_map(|app| self.unknown(app)),
            Order::Proceed => return self.refuses_to_proceed(over),
            Order::Retry(app) => return self.unknown(app).or_else(|| self.refuses_to_retry(app)),
            Order::Skip(app) => return self.unknown(app).or_else(|| self.refuses_to_skip(app, over)),
            Order::Pause | Order::Stop if over => "the batch has ended",
            Order::Pause | Order::Stop if self.course == Course::Back => "the batch is on its way back",
            Order::Pause | Order::Stop if self.course != Course::Forward => "nothing more starts already",
            Order::Pause if self.paused => "it is paused already",
            Order::Pause | Order::Stop => return None,
        };
        Some(why.into())
    }

    fn unknown(&self, app: &AppKey) -> Option<Clean> {
        (!self.legs.iter().any(|leg| leg.key == *app)).then(|| format!("{app} is no app of this batch").into())
    }

    fn refuses_to_proceed(&self, over: bool) -> Option<Clean> {
        if !over && self.course == Course::Forward {
            let held = self.paused || self.waits_at_gate();
            return (!held).then(|| "nothing holds the batch: it goes on".into());
        }
        self.refuses_to_resume()
    }

    fn refuses_to_retry(&self, app: &AppKey) -> Option<Clean> {
        let leg = self.legs.iter().find(|leg| leg.key == *app)?;
        if self.recovered || self.course == Course::Leaving && self.ended.is_none() {
            Some("nobody drives the batch: go on with it first".into())
        } else if self.goes_back() {
            Some(format!("{app}: the batch is on its way back, or was taken back").into())
        } else if !leg.may_retry() {
            Some(format!("{app} did not fail: there is nothing to try again").into())
        } else {
            None
        }
    }

    fn refuses_to_skip(&self, app: &AppKey, over: bool) -> Option<Clean> {
        let leg = self.legs.iter().find(|leg| leg.key == *app)?;
        let parked = matches!(leg.mark, Mark::Waiting | Mark::Refused | Mark::Drifted) && leg.stage == Stage::Idle;
        if over || matches!(self.course, Course::Back | Course::Leaving) {
            Some(format!("{app} cannot be skipped: nothing more starts").into())
        } else if parked || leg.is_queued() {
            None
        } else if leg.mark == Mark::Skipped {
            Some(format!("{app} is skipped already").into())
        } else if leg.mark.touched() {
            Some(format!("{app} cannot be skipped: its change is written, or on its way").into())
        } else {
            Some(format!("{app} cannot be skipped: it will not start").into())
        }
    }

    /// Carries an order out, or says why it makes no sense.
    pub(super) fn take_order(&mut self, order: Order, now: Time) {
        if let Some(why) = self.refuses(&order) {
            return self.note(why);
        }
        match order {
            Order::Pause => {
                self.paused = true;
                self.happen("paused: no new app starts", now);
            }
            Order::Proceed if self.course != Course::Forward || self.settled.is_some() || self.recovered => {
                self.resume(now);
            }
            Order::Proceed if self.paused => {
                self.paused = false;
                self.happen("goes on after the pause", now);
            }
            Order::Proceed => {
                self.opened += 1;
                self.happen(format!("the gate of wave {} of {} was opened", self.opened, self.waves()), now);
            }
            Order::Skip(app) => self.skip(&app, now),
            Order::Retry(app) => self.retry(&app, now),
            Order::Stop => {
                self.course = Course::Stopping;
                self.happen("stopped: nothing more starts", now);
                self.never_start(now);
            }
            Order::Revert { at_once, only } => self.revert(at_once, &only, now),
            Order::Interrupt if self.ended.is_none() && !self.recovered => self.course = Course::Leaving,
            Order::Interrupt => {}
        }
    }

    fn skip(&mut self, app: &AppKey, now: Time) {
        let Some(nth) = self.legs.iter().position(|leg| leg.key == *app) else { return };
        self.legs[nth].began = None;
        self.end(nth, StepState::Skipped, Mark::Skipped, now);
        self.happen(format!("{app} was skipped"), now);
    }

    /// What was never written waits for its turn once more; what was, or may have been, is looked at and followed anew.
    fn retry(&mut self, app: &AppKey, now: Time) {
        let Some(nth) = self.legs.iter().position(|leg| leg.key == *app) else { return };
        if self.settled.is_some() {
            // The records say that it ended: what comes now is another stretch.
            self.epoch += 1;
            (self.settled, self.settled_at, self.ended) = (None, None, None);
        }
        self.course = Course::Forward;
        self.legs[nth].forgive();
        self.again(nth, now);
        self.happen(format!("{app} is tried again"), now);
    }

    /// Sends a leg on its way forward once more, from a fresh look at its app.
    pub(super) fn again(&mut self, nth: usize, now: Time) {
        let leg = &mut self.legs[nth];
        (leg.live, leg.tries, leg.refusals, leg.doubted) = (None, 0, 0, None);
        leg.way = Way::Forward;
        if !leg.mark.touched() {
            (leg.sent, leg.doubt, leg.began, leg.stage) = (false, false, None, Stage::Idle);
            leg.enter(StepState::Waiting, now);
            self.mark(nth, Mark::Waiting);
            return;
        }
        leg.began = Some(now);
        leg.enter(StepState::Applying, now);
        let version = self.mark(nth, Mark::Applying);
        self.legs[nth].stage = Stage::Journal(version, Ask::Read);
    }

    /// Whether the batch goes back, went back, or part of it did.
    pub(super) fn goes_back(&self) -> bool {
        let back = |leg: &Leg| matches!(leg.mark, Mark::Reverting | Mark::RolledBack);
        (self.course == Course::Back && self.settled.is_none()) || self.went_back() || self.legs.iter().any(back)
    }
}
