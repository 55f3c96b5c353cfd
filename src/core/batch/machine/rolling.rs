//! Rollouts under way: how the observed app is judged, until its deadline.

use std::collections::BTreeMap;

use super::{
    Action,
    leg::{Ask, Leg, Stage, Way},
    turn::Machine,
};
use crate::{
    Time,
    batch::{Intent, PortError, StepState, journal::Mark, template},
    health::Rollout,
    model::{App, AppKey, AppKind, Pod, Strategy},
    text::Clean,
};

/// Why nothing ran of a change that was accepted.
const AT_ZERO: &str = "nothing ran: it is at 0 replicas";
const STOPPED: &str = "it is at 0 replicas: its autoscaler is stopped until someone scales it up";
const PAUSED: &str = "it is paused: nothing rolls until it is resumed";

impl Machine {
    pub(super) fn observed(&mut self, key: &AppKey, state: Option<(&App, &[&Pod])>, now: Time) {
        let Some(nth) = self.legs.iter().position(|leg| leg.key == *key) else { return };
        let leg = &mut self.legs[nth];
        if let Some((_, pods)) = state {
            let revisions = pods.iter().map(|pod| pod.revision.clone());
            leg.seen = Some(revisions.filter(|revision| !revision.is_empty()).collect());
            let forgives = leg.count_restarts(pods);
            if forgives {
                let mark = leg.mark;
                self.mark(nth, mark);
            }
        } else {
            leg.seen.get_or_insert_default();
        }
        let leg = &mut self.legs[nth];
        if !matches!(leg.stage, Stage::Rolling | Stage::Soaking(_)) {
            return;
        }
        let Some((app, pods)) = state else { return self.fail(nth, "it was deleted".into(), now) };
        if leg.intent == Intent::Bounds {
            return self.judge_bounds(nth, app, now);
        }
        if *app.uid != *leg.before.uid {
            return self.fail(nth, "it was deleted and created anew".into(), now);
        }
        if app.generation < leg.generation {
            return;
        }
        let unpaused = if leg.way == Way::Forward { !leg.before.paused } else { false };
        let rolls = leg.intent.writes_template() || leg.intent == Intent::Resume;
        if app.paused && !unpaused && rolls && app.observed >= leg.generation {
            return self.complete(nth, Some(PAUSED), now);
        }
        if let Some(pod) = stuck(leg, app, pods)
            && self.held_by_lease.is_none()
        {
            return self.delete(nth, pod, now);
        }
        let leg = &mut self.legs[nth];
        match leg.rollout(app, pods, self.head.options.max_restarts) {
            Rollout::Progressing { done, wanted, waits } => self.rolls(nth, (done, wanted), waits, now),
            Rollout::Failed(why) => self.fail(nth, why, now),
            _ if !leg.holds(app) => self.fail(nth, "changed by someone else during the rollout".into(), now),
            Rollout::Complete | Rollout::NothingRan if leg.is_to_be_paused() && !app.paused => {
                self.begin_pause(nth, now)
            }
            Rollout::Complete => {
                leg.digests = digests(leg, pods);
                self.complete(nth, None, now);
            }
            Rollout::NothingRan => self.complete(nth, Some(AT_ZERO), now),
        }
    }

    /// It is on its way; one that soaked is so again.
    fn rolls(&mut self, nth: usize, (done, wanted): (u32, u32), waits: Clean, now: Time) {
        let leg = &mut self.legs[nth];
        let soaked = matches!(leg.stage, Stage::Soaking(_));
        let state = match leg.way {
            Way::Forward => StepState::RollingOut(done, wanted, waits),
            Way::Back | Way::Pause => StepState::RollingBack(done, wanted, waits),
        };
        leg.enter(state, now);
        if soaked {
            (leg.stage, leg.rolling_since) = (Stage::Rolling, now);
            self.mark(nth, Mark::Applied);
        }
    }

    /// The autoscaler has its bounds; the app follows.
    fn judge_bounds(&mut self, nth: usize, app: &App, now: Time) {
        let leg = &self.legs[nth];
        let bounds = if leg.way == Way::Forward { leg.after.bounds } else { leg.before.bounds };
        let (Some(bounds), counts) = (bounds, app.counts) else { return };
        let waits = if counts.wanted == 0 {
            return self.complete(nth, Some(STOPPED), now);
        } else if counts.wanted < bounds.min || counts.wanted > bounds.max {
            format!("the autoscaler to bring it from {} to {}–{} replicas", counts.wanted, bounds.min, bounds.max)
        } else if app.observed < app.generation {
            "the controller to see the new number of replicas".to_owned()
        } else if counts.available < counts.wanted {
            format!("{} of {} replicas to become available", counts.wanted - counts.available, counts.wanted)
        } else {
            return self.complete(nth, None, now);
        };
        self.rolls(nth, (counts.available.min(counts.wanted), counts.wanted), waits.into(), now);
    }

    fn complete(&mut self, nth: usize, nothing_ran: Option<&str>, now: Time) {
        if matches!(self.legs[nth].stage, Stage::Soaking(_)) {
            return;
        }
        match (self.legs[nth].way, nothing_ran) {
            (Way::Forward, None) => {
                self.end(nth, StepState::Healthy, Mark::Healthy, now);
                self.soak(nth, now, now);
            }
            (Way::Forward, Some(why)) => self.end(nth, StepState::NothingRan(why.into()), Mark::NothingRan, now),
            (Way::Back | Way::Pause, _) => self.end(nth, StepState::Reverted, Mark::Reverted, now),
        }
    }

    fn fail(&mut self, nth: usize, why: Clean, now: Time) {
        match self.legs[nth].way {
            Way::Forward => self.end(nth, StepState::Failed(why), Mark::Failed, now),
            Way::Back | Way::Pause => {
                let why = format!("its spec is back, but: {why}").into();
                self.end(nth, StepState::RevertFailed(why), Mark::RevertFailed, now);
            }
        }
    }

    /// All kinds have a deadline: StatefulSets and DaemonSets know none of their own.
    pub(super) fn check_deadlines(&mut self, now: Time) {
        self.end_doubts(now);
        if self.held_by_lease.is_some() || self.held_by_server.is_some() {
            return;
        }
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            let limit = chrono::Duration::seconds(i64::from(leg.deadline));
            if leg.stage != Stage::Rolling || now - leg.rolling_since <= limit {
                continue;
            }
            let why = match &leg.state {
                StepState::RollingOut(done, wanted, waits) | StepState::RollingBack(done, wanted, waits) => {
                    format!("not rolled out within {} min: {done} of {wanted} pods, {waits}", leg.deadline / 60)
                }
                _ => format!("not rolled out within {} min", leg.deadline / 60),
            };
            self.fail(nth, why.into(), now);
        }
    }

    /// A change that gets no answer at all, while the cluster answers otherwise, is given up: whether it arrived is not known.
    fn end_doubts(&mut self, now: Time) {
        if self.held_by_lease.is_some() {
            return;
        }
        for nth in 0..self.legs.len() {
            let leg = &self.legs[nth];
            let limit = chrono::Duration::seconds(i64::from(leg.deadline.max(self.head.options.deadline)));
            let late = leg.doubted.is_some_and(|since| now - since > limit);
            if !late || !matches!(leg.stage, Stage::Due(..)) {
                continue;
            }
            let why =
                format!("no answer within {} min: whether it was written is not known", limit.num_minutes()).into();
            self.legs[nth].doubted = None;
            match self.legs[nth].way {
                Way::Forward => self.end(nth, StepState::Failed(why), Mark::Failed, now),
                Way::Back | Way::Pause => self.end(nth, StepState::RevertFailed(why), Mark::RevertFailed, now),
            }
        }
    }

    fn delete(&mut self, nth: usize, pod: &Pod, now: Time) {
        let leg = &mut self.legs[nth];
        leg.deleted.insert(pod.uid.clone());
        leg.stage = Stage::Asked(Ask::Delete);
        leg.enter(StepState::Reverting, now);
        self.actions.push(Action::DeletePod {
            step: nth,
            namespace: pod.namespace.to_string(),
            name: pod.name.to_string(),
            uid: pod.uid.to_string(),
        });
    }

    pub(super) fn pod_deleted(&mut self, step: usize, result: Result<(), PortError>, now: Time) {
        let Some(leg) = self.legs.get_mut(step).filter(|leg| leg.stage == Stage::Asked(Ask::Delete)) else { return };
        leg.stage = Stage::Rolling;
        leg.enter(StepState::RollingBack(0, 0, "a stuck pod was deleted".into()), now);
        match result {
            Ok(()) | Err(PortError::NotFound(_) | PortError::Conflict(_)) => {}
            Err(error @ (PortError::Forbidden(_) | PortError::Refused(_) | PortError::Invalid(_))) => {
                let text = format!("{}: a pod that blocks its revert could not be deleted: {error}", leg.key);
                self.note(text);
            }
            // It is still there: asked again at the next look.
            Err(_) => leg.deleted.clear(),
        }
    }
}

impl Leg {
    /// Whether it goes back to a state that was paused, from a change that had resumed it.
    fn is_to_be_paused(&self) -> bool {
        self.way != Way::Forward && self.before.paused && self.intent.writes_template()
    }

    /// Whether the observed app runs the images that this way leads to. Where the server made something else of a patch,
    /// the fingerprint of it is all that is known.
    fn holds(&self, app: &App) -> bool {
        let wanted = if self.way == Way::Forward { &self.after } else { &self.before };
        let Some(template) = wanted.template.as_ref().filter(|_| self.way != Way::Forward || self.made.is_none())
        else {
            return true;
        };
        let of = |images: &[crate::model::Image]| {
            images.iter().map(|image| (image.container.clone(), image.image.clone())).collect::<BTreeMap<_, _>>()
        };
        of(&template::images(template)) == of(&app.images)
    }
}

/// A pod of the abandoned revision that is not ready: with OrderedReady it blocks even its own revert
/// (kubernetes/website, "Forced rollback" of StatefulSets).
fn stuck<'a>(leg: &Leg, app: &App, pods: &[&'a Pod]) -> Option<&'a Pod> {
    let ordered =
        leg.key.kind == AppKind::StatefulSet && !app.parallel && matches!(app.strategy, Strategy::Rolling { .. });
    if leg.way != Way::Back || !ordered || app.observed < leg.generation || leg.before.replicas.is_some() {
        return None;
    }
    // A pod of the change may come up only after the revert: what was not there before the change is the change's.
    let abandoned = |pod: &Pod| pod.revision != app.revision && !leg.old.contains(&pod.revision);
    pods.iter().copied().find(|pod| !pod.ready && !pod.ending && abandoned(pod) && !leg.deleted.contains(&pod.uid))
}

/// The digest of each container, where all pods that say one say the same.
fn digests(leg: &Leg, pods: &[&Pod]) -> BTreeMap<Clean, Clean> {
    if !leg.intent.writes_template() || leg.way != Way::Forward {
        return leg.digests.clone();
    }
    let mut found: BTreeMap<Clean, Option<Clean>> = BTreeMap::new();
    let told = pods.iter().filter(|pod| !pod.ending).flat_map(|pod| pod.containers.iter());
    for container in told.filter(|container| !container.digest.is_empty()) {
        let known = found.entry(container.name.clone()).or_insert_with(|| Some(container.digest.clone()));
        if known.as_ref() != Some(&container.digest) {
            *known = None;
        }
    }
    found.into_iter().filter_map(|(name, digest)| Some((name, digest?))).collect()
}
