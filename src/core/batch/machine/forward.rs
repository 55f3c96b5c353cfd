//! A leg on its way to the change.

use std::sync::Arc;

use serde_json::Value;

use super::{
    graph,
    leg::{Ask, Leg, Stage},
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{Intent, OnFailure, Snapshot, StepState, journal::Mark, snapshot, template},
    model::AppKind,
    text::Clean,
};

impl Machine {
    /// A failure does what the options say.
    pub(super) fn react_to_failure(&mut self, now: Time) {
        let Some(nth) = self.failure.take().filter(|_| self.course == Course::Forward) else { return };
        match self.head.options.on_failure {
            OnFailure::Continue => {}
            OnFailure::Stop => {
                self.course = Course::Stopping;
                self.never_start(now);
            }
            OnFailure::Revert => {
                let text = format!("{} failed: everything that was touched goes back", self.legs[nth].key);
                self.happen(text, now);
                self.revert(self.head.options.incident, &[], now);
            }
        }
    }

    /// What has not started will not.
    pub(super) fn never_start(&mut self, now: Time) {
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            if leg.mark == Mark::Waiting || leg.is_queued() {
                self.end(nth, StepState::NotStarted, Mark::NotStarted, now);
            }
        }
    }

    /// Starts what may start: as many at once as the width allows, behind those that they wait for, up to the gate.
    pub(super) fn start_forward(&mut self, now: Time) {
        if self.course != Course::Forward || self.paused {
            return;
        }
        let impatient = self.is_impatient(now);
        let mut free = self.head.options.width.saturating_sub(self.legs.iter().filter(|leg| leg.is_active()).count());
        for place in 0..self.queue.len() {
            if free == 0 || self.wave_of(place) >= self.opened {
                return;
            }
            let nth = self.queue[place];
            let leg = &self.legs[nth];
            let ready = leg.mark == Mark::Waiting && (leg.seen.is_some() || impatient);
            let ready = ready && !graph::waits_for_unknown(&self.legs, leg);
            if ready && graph::parents(&self.legs, leg).all(|parent| self.legs[parent].is_done()) {
                self.begin_forward(nth, now);
                free -= 1;
            }
        }
    }

    fn begin_forward(&mut self, nth: usize, now: Time) {
        let token = self.legs[nth].token(&self.head.id.0, self.epoch);
        let leg = &mut self.legs[nth];
        leg.old = leg.revisions_left_behind();
        leg.began = Some(now);
        let Some(live) = leg.live.clone() else {
            // Tried again, or taken over: it is looked at first.
            leg.enter(StepState::Applying, now);
            let version = self.mark(nth, Mark::Applying);
            self.legs[nth].stage = Stage::Journal(version, Ask::Read);
            return;
        };
        match leg.forward_patch(&live, &token) {
            Ok(patch) => {
                leg.patch = patch;
                leg.enter(StepState::Applying, now);
                let version = self.mark(nth, Mark::Applying);
                self.legs[nth].stage = Stage::Journal(version, Ask::Patch);
            }
            Err(why) => self.end(nth, StepState::Refused(why.into()), Mark::Refused, now),
        }
    }

    /// The server took the patch, and this is the object that it made of it.
    pub(super) fn accepted_forward(&mut self, nth: usize, object: &Value, now: Time) {
        let (least, leg) = (self.head.options.deadline, &mut self.legs[nth]);
        let made = leg.take(object).fingerprint();
        leg.made = (made != leg.after.fingerprint()).then_some(made);
        leg.accepted.get_or_insert(now);
        if leg.intent == Intent::Pause {
            return self.end(nth, StepState::Healthy, Mark::Healthy, now);
        }
        leg.leaves = leg.old.clone();
        leg.roll(object, least, now);
        leg.enter(StepState::RollingOut(0, wanted(leg, object), "accepted".into()), now);
        self.mark(nth, Mark::Applied);
    }

    /// After a refusal or a lost answer: what the app says of itself.
    pub(super) fn decide_forward(&mut self, nth: usize, object: Value, now: Time) {
        let (batch, epoch) = (self.head.id.0.clone(), self.epoch);
        let leg = &mut self.legs[nth];
        let live = leg.take(&object);
        if live.uid != leg.before.uid {
            let why = "it was deleted and created anew since the plan".into();
            return self.end(nth, StepState::Drifted(why), Mark::Drifted, now);
        }
        if leg.is_ours(&batch, live.token.as_deref()) {
            if leg.is_after(&live) {
                leg.doubt = false;
                return self.accepted_forward(nth, &object, now);
            }
            let why = "it was written, and changed by someone else since".into();
            return self.end(nth, StepState::Failed(why), Mark::Failed, now);
        }
        if let Some(why) = drift(leg, &live) {
            // The lost patch, should it still arrive, fails its test of what has changed.
            return self.end(nth, StepState::Drifted(why), Mark::Drifted, now);
        }
        if leg.refusals > 1 {
            let why = leg.refusal.clone();
            return match leg.doubt {
                true => self.end(nth, StepState::Failed(why), Mark::Failed, now),
                false => self.end(nth, StepState::Refused(why), Mark::Refused, now),
            };
        }
        let token = leg.token(&batch, epoch);
        match leg.forward_patch(&object, &token) {
            Ok(patch) => {
                leg.patch = patch;
                leg.live = Some(Arc::new(object));
                leg.stage = Stage::Due(now, Ask::Patch);
            }
            Err(why) => self.end(nth, StepState::Refused(why.into()), Mark::Refused, now),
        }
    }
}

impl Leg {
    /// The server holds the spec that is to be rolled out now.
    pub(super) fn roll(&mut self, object: &Value, least: u32, now: Time) {
        let own = object["spec"]["progressDeadlineSeconds"].as_u64().and_then(|n| u32::try_from(n).ok());
        // Kubernetes takes the largest 32-bit number for "no deadline".
        self.deadline = own.filter(|own| *own < i32::MAX as u32).unwrap_or(0).max(least);
        // Of an autoscaler it says nothing of the app.
        let generation = object["metadata"]["generation"].as_i64().filter(|_| self.intent != Intent::Bounds);
        self.generation = generation.unwrap_or(0);
        self.rolling_since = now;
        self.tries = 0;
        self.stage = Stage::Rolling;
    }

    /// The revisions of its pods, less the one that the change goes to. A scale leaves none behind.
    fn revisions_left_behind(&self) -> Vec<Clean> {
        let ends_as_target = |revision: &str| {
            *revision == *self.target || self.target.strip_suffix(revision).is_some_and(|head| head.ends_with('-'))
        };
        let seen = self.seen.iter().flatten().filter(|_| !matches!(self.intent, Intent::Scale | Intent::Bounds));
        seen.filter(|revision| !ends_as_target(revision)).cloned().collect()
    }
}

/// What someone else changed since the plan, of the fields that the change writes; `None` if nothing.
fn drift(leg: &Leg, live: &Snapshot) -> Option<Clean> {
    if live.token != leg.before.token {
        return Some("another batch has changed it since the plan".into());
    }
    if leg.resume == Some(true) && live.paused != leg.before.paused {
        return Some("it was resumed by someone else since the plan".into());
    }
    if live.same_spec(&leg.before) {
        return None;
    }
    let (Some(was), Some(is)) = (&leg.before.template, &live.template) else {
        return Some(match (live.replicas, live.bounds) {
            (Some(replicas), _) => format!("it was scaled to {replicas} since the plan").into(),
            (_, Some(bounds)) => {
                format!("its autoscaler was set to {}–{} replicas since the plan", bounds.min, bounds.max).into()
            }
            _ if live.paused => "it was paused by someone else since the plan".into(),
            _ => "it was resumed by someone else since the plan".into(),
        });
    };
    let what = if template::images(was) == template::images(is) {
        template::differences(was, is).join(", ")
    } else {
        "images".to_owned()
    };
    Some(format!("changed by someone else since the plan: {what}").into())
}

/// The pods that the object wants, as it says itself.
pub(super) fn wanted(leg: &Leg, object: &Value) -> u32 {
    let status = |field: &str| object["status"][field].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    match leg.key.kind {
        _ if leg.intent == Intent::Bounds => status("currentReplicas"),
        AppKind::DaemonSet => status("desiredNumberScheduled"),
        _ => snapshot::replicas(object),
    }
}
