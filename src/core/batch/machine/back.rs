//! A leg on its way back to the recorded state from before.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    forward::wanted,
    graph,
    leg::{Ask, Leg, Stage, Way},
    turn::{Course, Machine},
};
use crate::{
    Time,
    batch::{Intent, Snapshot, StepState, journal::Mark, patch},
    model::AppKey,
    text::Clean,
};

/// Failed tests of a revert after which it is given up: each is followed by a fresh look.
const REFUSALS: u32 = 5;

impl Machine {
    /// Takes back everything that was touched, or these apps alone: the others stay as they are.
    pub(super) fn revert(&mut self, at_once: bool, only: &[AppKey], now: Time) {
        let wanted = |leg: &Leg| only.is_empty() || only.contains(&leg.key);
        self.at_once |= at_once;
        if self.course == Course::Back && self.settled.is_none() {
            let more = self.legs.iter().any(|leg| !leg.wanted_back && wanted(leg));
            self.legs.iter_mut().filter(|leg| wanted(leg)).for_each(|leg| leg.wanted_back = true);
            if more {
                self.happen(told(only), now);
            }
            return;
        }
        self.at_once = at_once;
        self.epoch += 1;
        (self.course, self.paused, self.recovered, self.failure) = (Course::Back, false, false, None);
        (self.settled, self.settled_at, self.ended) = (None, None, None);
        for leg in &mut self.legs {
            leg.wanted_back = wanted(leg);
            if !matches!(leg.stage, Stage::Asked(_)) {
                leg.way = Way::Forward;
            }
        }
        self.never_start(now);
        self.follow_what_stays(now);
        self.happen(told(only), now);
    }

    /// Of a batch that was taken over, what stays although it was under way is followed on.
    fn follow_what_stays(&mut self, now: Time) {
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            let under_way = matches!(leg.mark, Mark::Applying | Mark::Applied) && leg.stage == Stage::Idle;
            if under_way && !leg.wanted_back {
                self.again(nth, now);
            }
        }
    }

    /// Starts what is touched, last first, each before those that it had waited for, at the batch's width unless all at once.
    pub(super) fn start_back(&mut self, now: Time) {
        let on_the_way = self.legs.iter().filter(|leg| leg.way != Way::Forward && leg.is_active()).count();
        let impatient = self.is_impatient(now);
        let mut free = if self.at_once { usize::MAX } else { self.head.options.width.saturating_sub(on_the_way) };
        let owes: Vec<bool> = self.legs.iter().map(owes).collect();
        let held: BTreeSet<usize> = (0..self.legs.len())
            .filter(|nth| owes[*nth] && !self.at_once)
            .flat_map(|nth| graph::parents(&self.legs, &self.legs[nth]))
            .collect();
        for nth in self.queue.clone().into_iter().rev() {
            let leg = &mut self.legs[nth];
            let waits = leg.way == Way::Forward && owes[nth] && !held.contains(&nth);
            let known = leg.seen.is_some() || impatient;
            if free == 0 || !waits || !known || matches!(leg.stage, Stage::Asked(_)) {
                continue;
            }
            free -= 1;
            (leg.way, leg.tries, leg.refusals, leg.owed) = (Way::Back, 0, 0, true);
            leg.doubted = None;
            leg.deleted.clear();
            leg.began = Some(now);
            leg.enter(StepState::Reverting, now);
            let version = self.mark(nth, Mark::Reverting);
            self.legs[nth].stage = Stage::Journal(version, Ask::Read);
        }
    }

    /// What the app says of itself decides: ours and as we left it goes back; what someone else changed is left alone.
    pub(super) fn decide_back(&mut self, nth: usize, object: &Value, now: Time) {
        let token = self.legs[nth].token(&self.head.id.0, self.epoch);
        let leg = &mut self.legs[nth];
        let live = leg.take(object);
        let ours = leg.is_ours(&self.head.id.0, live.token.as_deref());
        let back = live.same_spec(&leg.before);
        let patch = if live.uid != leg.before.uid {
            return self.park_drift(nth, "it was deleted and created anew since".into(), now);
        } else if back && ours {
            // Ours and as before: an earlier revert arrived, or only the fence did.
            leg.fences = false;
            return self.accepted_back(nth, object, now);
        } else if ours && leg.is_after(&live) {
            leg.left = Some(now);
            patch::back(object, &leg.before, &token)
        } else if !ours && live.token == leg.before.token {
            if !back {
                let why = "changed by someone else; this batch's write never arrived".into();
                return self.end(nth, StepState::Drifted(why), Mark::Drifted, now);
            }
            leg.fences = true;
            leg.patch = patch::fence(object, &token).unwrap_or_default();
            return self.send_back(nth, now);
        } else if back {
            return self.accepted_back(nth, object, now);
        } else {
            let why = changed_since(leg, &live);
            return self.park_drift(nth, why, now);
        };
        match patch {
            Ok(patch) => {
                (self.legs[nth].patch, self.legs[nth].fences) = (patch, false);
                self.send_back(nth, now);
            }
            Err(error) => self.end(nth, StepState::RevertFailed(error.to_string().into()), Mark::RevertFailed, now),
        }
    }

    fn send_back(&mut self, nth: usize, now: Time) {
        let leg = &mut self.legs[nth];
        if leg.refusals >= REFUSALS {
            let why = leg.refusal.clone();
            return self.end(nth, StepState::RevertFailed(why), Mark::RevertFailed, now);
        }
        leg.stage = Stage::Due(now, Ask::Patch);
    }

    /// Someone else changed it: it is theirs now, and no debt of this batch.
    fn park_drift(&mut self, nth: usize, why: Clean, now: Time) {
        self.legs[nth].owed = false;
        self.end(nth, StepState::RevertFailed(why), Mark::RevertFailed, now);
    }

    pub(super) fn accepted_back(&mut self, nth: usize, object: &Value, now: Time) {
        let least = self.head.options.deadline;
        let leg = &mut self.legs[nth];
        let live = leg.take(object);
        leg.owed = false;
        if std::mem::take(&mut leg.fences) {
            // Nothing of this batch was ever there, and now nothing can arrive late.
            return self.end(nth, StepState::NotStarted, Mark::NotStarted, now);
        }
        if !live.same_spec(&leg.before) {
            let why = "the server accepted the revert and made something else of it: look at its admission webhooks";
            return self.park_drift(nth, why.into(), now);
        }
        leg.returned = leg.left.take().map(|left| (left, now)).or(leg.returned);
        if leg.intent == Intent::Resume {
            // Paused again: nothing rolls.
            return self.end(nth, StepState::Reverted, Mark::Reverted, now);
        }
        leg.leaves = leg.seen.iter().flatten().filter(|revision| !leg.old.contains(revision)).cloned().collect();
        leg.roll(object, least, now);
        leg.enter(StepState::RollingBack(0, wanted(leg, object), "accepted".into()), now);
        self.mark(nth, Mark::RolledBack);
    }
}

/// Whether a leg still has a way back before it.
fn owes(leg: &Leg) -> bool {
    let at_its_end = leg.mark == Mark::RevertFailed && leg.way != Way::Forward && leg.stage == Stage::Idle;
    leg.wanted_back && leg.mark.touched() && leg.mark != Mark::Reverted && !at_its_end
}

fn told(only: &[AppKey]) -> String {
    match only {
        [] => "taken back".to_owned(),
        [one] => format!("{one} is taken back: the others stay as they are"),
        [first, rest @ ..] => format!("{first} and {} more are taken back: the others stay as they are", rest.len()),
    }
}

fn changed_since(leg: &Leg, live: &Snapshot) -> Clean {
    if let (Some(now), Some(ours)) = (live.bounds, leg.after.bounds) {
        let text = format!(
            "changed by someone else since: its autoscaler has {}–{} replicas now, not the {}–{} that this batch wrote",
            now.min, now.max, ours.min, ours.max
        );
        return text.into();
    }
    match (live.replicas, leg.after.replicas) {
        (Some(now), Some(ours)) if now != ours => {
            format!("changed by someone else since: {now} replicas now, not the {ours} that this batch wrote").into()
        }
        _ => "changed by someone else since: it stays as they left it".into(),
    }
}
