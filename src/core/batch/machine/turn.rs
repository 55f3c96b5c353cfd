//! The machine itself: one input in, the next actions out.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Action, Head, Input, LeaseState,
    leg::{Ask, Leg, Stage, Way},
    pages::Page,
};
use crate::{
    Time,
    batch::{
        StepState,
        journal::{Happening, Mark, RecordPhase},
    },
    model::{App, Pod},
    text::Clean,
};

/// Seconds that the first observation of an app's pods is waited for before its change starts without.
const PATIENCE: i64 = 30;

/// Where the batch is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// Step by step to the change.
    Forward,
    /// Something failed, or the operator stopped it: nothing new starts.
    Stopping,
    /// Back to before.
    Back,
    /// The driver leaves.
    Leaving,
}

/// A batch in flight. Feed it what happened; carry out what it returns.
#[derive(Debug)]
pub struct Machine {
    pub(super) head: Head,
    pub(super) epoch: u64,
    pub(super) legs: Vec<Leg>,
    /// Their positions in the order of the start: each behind all that it waits for.
    pub(super) queue: Vec<usize>,
    pub(super) course: Course,
    /// The operator holds back what has not started.
    pub(super) paused: bool,
    /// Waves that may start, and the last of which it was told that it is through.
    pub(super) opened: usize,
    pub(super) told: usize,
    /// A leg that has just failed on its way to the change.
    pub(super) failure: Option<usize>,
    /// All namespaces of the batch, and those whose part of the journal cannot be read.
    pub(super) namespaces: BTreeSet<String>,
    pub(super) unread: BTreeSet<String>,
    /// Where the driver before had left it.
    pub(super) left: Option<RecordPhase>,
    pub(super) log: Vec<Happening>,
    pub(super) pages: BTreeMap<String, Page>,
    pub(super) began: Time,
    pub(super) held_by_lease: Option<(Clean, Time)>,
    pub(super) held_by_server: Option<Clean>,
    pub(super) lost: bool,
    pub(super) at_once: bool,
    /// Taken over from a journal, and not told yet where to go.
    pub(super) recovered: bool,
    pub(super) settled: Option<RecordPhase>,
    pub(super) settled_at: Option<Time>,
    pub(super) ended: Option<Time>,
    pub(super) notes: Vec<Clean>,
    pub(super) actions: Vec<Action>,
}

impl Machine {
    /// Takes one input; returns what is to be done.
    pub fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action> {
        match input {
            Input::Recorded { namespace, version, result } => self.recorded(&namespace, version, result, now),
            Input::Patched { step, result } => self.patched(step, result, now),
            Input::Read { step, result } => self.was_read(step, result, now),
            Input::PodDeleted { step, result } => self.pod_deleted(step, result, now),
            Input::Observed { app, state } => self.observed(app, state, now),
            Input::Lease(state) => self.lease(state, now),
            Input::Order(order) => self.take_order(order, now),
            Input::Tick => {}
        }
        self.advance(now);
        std::mem::take(&mut self.actions)
    }

    /// Takes a look at an app in without acting on it yet: [`Self::handle`] of what comes next does. So that many apps that
    /// are seen at once share one write of the journal.
    pub fn observe(&mut self, app: &crate::model::AppKey, state: Option<(&App, &[&Pod])>, now: Time) {
        self.observed(app, state, now);
    }

    /// Whether nothing is left to do. A revert may still be asked for.
    pub fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Whether another driver has taken the batch: nothing may be written any more.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// Raised by each revert and each takeover.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The apps, in the order of the steps.
    pub fn apps(&self) -> impl Iterator<Item = &crate::model::AppKey> {
        self.legs.iter().map(|leg| &leg.key)
    }

    fn advance(&mut self, now: Time) {
        if self.recovered || self.ended.is_some() {
            return;
        }
        match self.course {
            Course::Forward | Course::Stopping => {
                self.react_to_failure(now);
                self.end_soaks(now);
                self.start_forward(now);
                self.end_blocked(now);
                self.tell_gate(now);
            }
            Course::Back => self.start_back(now),
            Course::Leaving => self.park(now),
        }
        self.judge_hold();
        self.check_deadlines(now);
        if self.course != Course::Leaving {
            self.ask_due(now);
        }
        self.settle(now);
        self.send_records(now);
        if self.settled.is_some() && self.all_written() {
            self.ended = Some(now);
            self.actions.push(Action::End);
        }
    }

    pub(super) fn is_impatient(&self, now: Time) -> bool {
        now - self.began > chrono::Duration::seconds(PATIENCE)
    }

    /// The server holds the batch up only while something is tried again.
    fn judge_hold(&mut self) {
        let again = |leg: &Leg| leg.tries > 0 && matches!(leg.stage, Stage::Due(..) | Stage::Asked(_));
        if !self.legs.iter().any(again) && !self.pages.values().any(Page::is_tried_again) {
            self.held_by_server = None;
        }
    }

    /// Everything that is not in flight stops where it is. The record says of each what may have left.
    fn park(&mut self, now: Time) {
        for nth in 0..self.legs.len() {
            let leg = &mut self.legs[nth];
            if matches!(leg.stage, Stage::Asked(_) | Stage::Idle) {
                continue;
            }
            let unsent = !leg.sent && leg.way == Way::Forward && leg.mark == Mark::Applying;
            leg.stage = Stage::Idle;
            if unsent {
                leg.began = None;
                leg.enter(StepState::Waiting, now);
                self.mark(nth, Mark::Waiting);
            }
        }
    }

    fn ask_due(&mut self, now: Time) {
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            match leg.stage {
                Stage::Journal(version, ask) if self.is_written(leg, version) => self.ask(nth, ask, now),
                Stage::Due(at, ask) if at <= now => self.ask(nth, ask, now),
                _ => {}
            }
        }
    }

    fn ask(&mut self, nth: usize, ask: Ask, now: Time) {
        if ask == Ask::Patch && self.legs[nth].way == Way::Forward && self.course != Course::Forward {
            return self.give_up_patch(nth, now);
        }
        let leg = &mut self.legs[nth];
        if ask != Ask::Read && self.held_by_lease.is_some() {
            leg.stage = Stage::Due(now, ask);
            return;
        }
        leg.stage = Stage::Asked(ask);
        let target = leg.target();
        match ask {
            Ask::Read => self.actions.push(Action::Read { step: nth, target }),
            Ask::Patch => {
                leg.sent = true;
                self.actions.push(Action::Patch { step: nth, target, patch: leg.patch.clone() });
            }
            Ask::Delete => leg.stage = Stage::Rolling,
        }
    }

    /// No change leaves any more: what never left was not started, of what may have left a revert will find out.
    fn give_up_patch(&mut self, nth: usize, now: Time) {
        let leg = &mut self.legs[nth];
        match (self.course, leg.sent) {
            (_, false) => self.end(nth, StepState::NotStarted, Mark::NotStarted, now),
            (Course::Back, true) if leg.wanted_back => leg.stage = Stage::Idle,
            (_, true) => {
                let why = "its change has not arrived, and the batch was stopped";
                self.end(nth, StepState::Failed(why.into()), Mark::Failed, now);
            }
        }
    }

    fn settle(&mut self, now: Time) {
        if self.settled.is_some() {
            return;
        }
        let back = |leg: &Leg| {
            leg.stage == Stage::Idle
                && match leg.mark {
                    Mark::Waiting => false,
                    Mark::Reverted => true,
                    Mark::RevertFailed => leg.way != Way::Forward || !leg.wanted_back,
                    mark => !mark.touched() || !leg.wanted_back,
                }
        };
        let any = |wanted: fn(&Leg) -> bool| self.legs.iter().any(wanted);
        self.settled = match self.course {
            Course::Forward | Course::Stopping if self.legs.iter().all(Leg::is_at_end) => {
                let whole = self.unread.is_empty() && self.legs.iter().all(Leg::is_done);
                Some(if whole { RecordPhase::Done } else { RecordPhase::Failed })
            }
            Course::Back if self.legs.iter().all(back) => {
                let failed = !self.unread.is_empty() || any(|leg| leg.mark == Mark::RevertFailed);
                Some(if failed { RecordPhase::RevertFailed } else { RecordPhase::Reverted })
            }
            Course::Leaving if !any(|leg| matches!(leg.stage, Stage::Asked(_))) => Some(RecordPhase::Interrupted),
            _ => None,
        };
        if self.settled.is_some() {
            self.settled_at = Some(now);
            self.mark_all();
        }
    }

    /// A leg has come to its end.
    pub(super) fn end(&mut self, nth: usize, state: StepState, mark: Mark, now: Time) {
        let leg = &mut self.legs[nth];
        leg.stage = Stage::Idle;
        let failed = matches!(state, StepState::Failed(_) | StepState::Refused(_)) && leg.way == Way::Forward;
        leg.enter(state, now);
        self.mark(nth, mark);
        if failed && matches!(self.course, Course::Forward | Course::Stopping) {
            self.failure = Some(nth);
        }
    }

    fn lease(&mut self, state: LeaseState, now: Time) {
        match state {
            LeaseState::Held => {
                if let Some((_, since)) = self.held_by_lease.take() {
                    // What could not be seen does not count against a rollout.
                    for leg in &mut self.legs {
                        leg.rolling_since += now - since;
                        leg.doubted = leg.doubted.map(|at| at + (now - since));
                        if let Stage::Soaking(until) = &mut leg.stage {
                            *until += now - since;
                        }
                    }
                }
            }
            LeaseState::Unsure(why) => {
                let since = self.held_by_lease.as_ref().map_or(now, |(_, since)| *since);
                self.held_by_lease = Some((why, since));
            }
            LeaseState::Lost(who) => self.lose(who, now),
        }
    }

    /// Someone else drives this batch, or nobody may: not one more write.
    pub(super) fn lose(&mut self, why: Clean, now: Time) {
        if self.lost {
            return;
        }
        self.lost = true;
        self.note(why);
        self.legs.iter_mut().for_each(|leg| leg.stage = Stage::Idle);
        self.ended = Some(now);
        self.actions.push(Action::End);
    }
}
