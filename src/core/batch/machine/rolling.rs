//! Rollouts under way: how the observed app is judged, until its deadline.

use std::collections::BTreeMap;

use super::{
    Action,
    leg::{Ask, Leg, Stage, Way},
    turn::Machine,
};
use crate::{
    Time,
    batch::{PortError, StepState, journal::Mark, template},
    health::{Rollout, rollout},
    model::{App, AppKey, AppKind, Pod, Strategy},
    text::Clean,
};

/// Why nothing ran of a change that was accepted.
const AT_ZERO: &str = "nothing ran: it is at 0 replicas";
const PAUSED: &str = "it is paused: nothing rolls until it is resumed";

impl Machine {
    pub(super) fn observed(&mut self, key: &AppKey, state: Option<(&App, &[&Pod])>, now: Time) {
        let Some(nth) = self.legs.iter().position(|leg| leg.key == *key) else { return };
        let leg = &mut self.legs[nth];
        if let Some((_, pods)) = state {
            let revisions = pods.iter().map(|pod| pod.revision.clone());
            leg.seen = Some(revisions.filter(|revision| !revision.is_empty()).collect());
        } else {
            leg.seen.get_or_insert_default();
        }
        if leg.stage != Stage::Rolling {
            return;
        }
        let Some((app, pods)) = state else { return self.fail(nth, "it was deleted".into(), now) };
        if *app.uid != *leg.before.uid {
            return self.fail(nth, "it was deleted and created anew".into(), now);
        }
        if app.generation < leg.generation {
            return;
        }
        let unpaused = if leg.way == Way::Forward { !leg.before.paused } else { false };
        if app.paused && !unpaused && app.observed >= leg.generation {
            return self.complete(nth, Some(PAUSED), now);
        }
        if let Some(pod) = stuck(leg, app, pods)
            && self.held_by_lease.is_none()
        {
            return self.delete(nth, pod, now);
        }
        let leg = &mut self.legs[nth];
        match rollout(app, pods, &leg.leaves, leg.generation, self.head.options.max_restarts) {
            Rollout::Progressing { done, wanted, waits } => {
                let state = match leg.way {
                    Way::Forward => StepState::RollingOut(done, wanted, waits),
                    Way::Back | Way::Pause => StepState::RollingBack(done, wanted, waits),
                };
                leg.enter(state, now);
            }
            Rollout::Failed(why) => self.fail(nth, why, now),
            _ if !leg.holds(app) => self.fail(nth, "changed by someone else during the rollout".into(), now),
            Rollout::Complete | Rollout::NothingRan if leg.way != Way::Forward && leg.before.paused && !app.paused => {
                self.begin_pause(nth, now)
            }
            Rollout::Complete => self.complete(nth, None, now),
            Rollout::NothingRan => self.complete(nth, Some(AT_ZERO), now),
        }
    }

    fn complete(&mut self, nth: usize, nothing_ran: Option<&str>, now: Time) {
        match (self.legs[nth].way, nothing_ran) {
            (Way::Forward, None) => self.end(nth, StepState::Healthy, Mark::Healthy, now),
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
