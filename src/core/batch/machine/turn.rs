//! The machine itself: one input in, the next actions out.

use std::collections::BTreeMap;

use super::{
    Action, Head, Input, LeaseState,
    leg::{Ask, Leg, Stage, Way},
    pages::Page,
};
use crate::{
    Time,
    batch::{
        Phase, Run, RunStep, StepState, Target,
        journal::{Mark, RecordPhase},
    },
    text::Clean,
};

/// Seconds that the first observation of an app's pods is waited for before its change starts without.
const PATIENCE: i64 = 30;

/// Where the batch is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// Step by step to the change.
    Forward,
    /// Something failed: nothing new starts.
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
    pub(super) course: Course,
    pub(super) pages: BTreeMap<String, Page>,
    pub(super) began: Time,
    pub(super) held_by_lease: Option<(Clean, Time)>,
    pub(super) held_by_server: Option<Clean>,
    pub(super) lost: bool,
    pub(super) at_once: bool,
    /// Taken over from a journal, and not told to revert yet.
    pub(super) recovered: bool,
    pub(super) settled: Option<RecordPhase>,
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
            Input::Revert { at_once } => self.revert(at_once, now),
            Input::Interrupt if self.ended.is_none() && !self.recovered => self.course = Course::Leaving,
            Input::Order(_) | Input::Interrupt | Input::Tick => {}
        }
        self.advance(now);
        std::mem::take(&mut self.actions)
    }

    /// Whether nothing is left to do. A revert may still be asked for.
    pub fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Whether another driver has taken the batch: nothing may be written any more.
    pub fn is_lost(&self) -> bool {
        self.lost
    }

    /// The apps, in the order of the steps.
    pub fn apps(&self) -> impl Iterator<Item = &crate::model::AppKey> {
        self.legs.iter().map(|leg| &leg.key)
    }

    /// Something to tell whoever looks at the batch.
    pub fn note(&mut self, text: impl Into<Clean>) {
        let text = text.into();
        if self.notes.last() != Some(&text) {
            self.notes.push(text);
        }
        // Bounded: the newest are told.
        let surplus = self.notes.len().saturating_sub(50);
        self.notes.drain(..surplus);
    }

    fn advance(&mut self, now: Time) {
        if self.recovered || self.ended.is_some() {
            return;
        }
        match self.course {
            Course::Forward | Course::Stopping => {
                self.stop_after_failure(now);
                self.start_forward(now);
            }
            Course::Back => self.start_back(now),
            Course::Leaving => self.park(now),
        }
        self.judge_hold();
        self.check_deadlines(now);
        if self.course != Course::Leaving {
            self.ask_due(now);
        }
        self.settle();
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

    fn stop_after_failure(&mut self, now: Time) {
        let bad = |leg: &Leg| matches!(leg.state, StepState::Failed(_) | StepState::Refused(_) | StepState::Drifted(_));
        if self.course == Course::Forward && self.legs.iter().any(bad) {
            self.course = Course::Stopping;
            self.never_start(now);
        }
    }

    /// What has not started will not.
    pub(super) fn never_start(&mut self, now: Time) {
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            let queued =
                matches!(leg.stage, Stage::Journal(..) | Stage::Due(..)) && !leg.sent && leg.way == Way::Forward;
            if leg.mark == Mark::Waiting || queued && leg.mark == Mark::Applying {
                self.end(nth, StepState::NotStarted, Mark::NotStarted, now);
            }
        }
    }

    fn start_forward(&mut self, now: Time) {
        if self.course != Course::Forward {
            return;
        }
        let impatient = self.is_impatient(now);
        let mut free = self.head.options.width.saturating_sub(self.legs.iter().filter(|leg| leg.is_active()).count());
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            if free > 0 && leg.mark == Mark::Waiting && (leg.seen.is_some() || impatient) {
                self.begin_forward(nth, now);
                free -= 1;
            }
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
        let leg = &mut self.legs[nth];
        if ask != Ask::Read && self.held_by_lease.is_some() {
            leg.stage = Stage::Due(now, ask);
            return;
        }
        leg.stage = Stage::Asked(ask);
        let target = Target::App(leg.key.clone());
        match ask {
            Ask::Read => self.actions.push(Action::Read { step: nth, target }),
            Ask::Patch => {
                leg.sent = true;
                self.actions.push(Action::Patch { step: nth, target, patch: leg.patch.clone() });
            }
            Ask::Delete => leg.stage = Stage::Rolling,
        }
    }

    fn settle(&mut self) {
        if self.settled.is_some() {
            return;
        }
        let back = |leg: &Leg| {
            leg.stage == Stage::Idle
                && match leg.mark {
                    Mark::Reverted => true,
                    Mark::RevertFailed => leg.way != Way::Forward,
                    mark => !mark.touched(),
                }
        };
        let any = |wanted: fn(&Leg) -> bool| self.legs.iter().any(wanted);
        self.settled = match self.course {
            Course::Forward | Course::Stopping if self.legs.iter().all(Leg::is_at_end) => {
                let well = |leg: &Leg| !matches!(leg.mark, Mark::Healthy | Mark::NothingRan);
                Some(if any(well) { RecordPhase::Failed } else { RecordPhase::Done })
            }
            Course::Back if self.legs.iter().all(back) => {
                let failed = any(|leg| leg.mark == Mark::RevertFailed);
                Some(if failed { RecordPhase::RevertFailed } else { RecordPhase::Reverted })
            }
            Course::Leaving if !any(|leg| matches!(leg.stage, Stage::Asked(_))) => Some(RecordPhase::Interrupted),
            _ => None,
        };
        if self.settled.is_some() {
            self.mark_all();
        }
    }

    /// A leg has come to its end.
    pub(super) fn end(&mut self, nth: usize, state: StepState, mark: Mark, now: Time) {
        let leg = &mut self.legs[nth];
        leg.stage = Stage::Idle;
        leg.enter(state, now);
        self.mark(nth, mark);
    }

    fn lease(&mut self, state: LeaseState, now: Time) {
        match state {
            LeaseState::Held => {
                if let Some((_, since)) = self.held_by_lease.take() {
                    // What could not be seen does not count against a rollout.
                    self.legs.iter_mut().for_each(|leg| leg.rolling_since += now - since);
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

    /// A snapshot for whoever looks at it.
    pub fn run(&self) -> Run {
        let step = |leg: &Leg| RunStep {
            key: leg.key.clone(),
            before: leg.words.0.clone(),
            after: leg.words.1.clone(),
            state: leg.state.clone(),
            since: leg.since,
            began: leg.began,
            expected: None,
            soaks: None,
            retries: false,
        };
        Run {
            id: self.head.id.clone(),
            intent: self.head.intent,
            phase: self.phase(),
            steps: self.legs.iter().map(step).collect(),
            started: self.head.started,
            ended: self.ended,
            by: self.head.by.clone(),
            claimed: self.head.claimed.clone(),
            reason: self.head.reason.clone(),
            options: self.head.options.clone(),
            notes: self.notes.clone(),
        }
    }

    fn phase(&self) -> Phase {
        match (self.ended, self.settled) {
            (Some(_), _) if self.lost => return Phase::Interrupted,
            (Some(_), Some(RecordPhase::Done)) => return Phase::Done,
            (Some(_), Some(RecordPhase::Failed)) => return Phase::Failed,
            (Some(_), Some(RecordPhase::Reverted)) => return Phase::Reverted,
            (Some(_), Some(RecordPhase::RevertFailed)) => return Phase::RevertFailed,
            (Some(_), _) => return Phase::Interrupted,
            (None, _) => {}
        }
        if let Some(why) = self.held_by_lease.as_ref().map(|(why, _)| why).or(self.held_by_server.as_ref()) {
            return Phase::Held(why.clone());
        }
        match self.course {
            _ if self.recovered => Phase::Reverting,
            Course::Back => Phase::Reverting,
            Course::Stopping | Course::Leaving => Phase::Stopping,
            Course::Forward if self.pages.values().all(|page| page.written == 0) => Phase::Recording,
            Course::Forward => Phase::Running,
        }
    }
}
