//! What whoever watches the batch sees of it.

use super::{
    leg::{Leg, Stage},
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{
        Order, Phase, Run, RunStep,
        journal::{Happening, RecordPhase},
    },
    text::Clean,
};

/// What is kept of notes and of what happened: the newest.
const KEPT: usize = 50;

impl Machine {
    /// Something to tell whoever looks at the batch.
    pub fn note(&mut self, text: impl Into<Clean>) {
        let text = text.into();
        if self.notes.last() != Some(&text) {
            self.notes.push(text);
        }
        let surplus = self.notes.len().saturating_sub(KEPT);
        self.notes.drain(..surplus);
    }

    /// Something that happened to the batch as a whole: it is told, and recorded.
    pub fn happen(&mut self, text: impl Into<Clean>, now: Time) {
        let text = text.into();
        self.log.push(Happening { at: now, text: text.clone() });
        let surplus = self.log.len().saturating_sub(KEPT);
        self.log.drain(..surplus);
        self.note(text);
        self.mark_all();
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
            expected: leg.expected,
            soaks: if let Stage::Soaking(until) = leg.stage { Some(until) } else { None },
            retries: leg.may_retry() && self.refuses(&Order::Retry(leg.key.clone())).is_none(),
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
            // Not told yet where to go: nothing is done.
            _ if self.recovered => Phase::Held("it is being taken over".into()),
            Course::Back => Phase::Reverting,
            Course::Stopping | Course::Leaving => Phase::Stopping,
            Course::Forward if self.paused => Phase::Paused,
            Course::Forward if self.waits_at_gate() => Phase::Gated(self.opened, self.waves()),
            // Of one that was taken over, apps may have been touched long ago.
            Course::Forward if self.left.is_none() && self.pages.values().all(|page| page.written == 0) => {
                Phase::Recording
            }
            Course::Forward => Phase::Running,
        }
    }
}
