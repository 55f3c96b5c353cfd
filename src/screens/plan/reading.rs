//! Reading the apps of a plan: at first, and again with what was asked for.

use rolldeck_core::{
    batch::{Change, Check, Intent, Problem, ProblemKind, seen},
    fleet::{Freshness, Resource},
    model::{AppKey, Image},
    text::Clean,
};

use super::{
    PlanEffect, PlanRead, Wanted, pins,
    screen::{Mode, PlanScreen},
};
use crate::{Action, Ctx, Effect};

impl PlanScreen {
    /// The reads that it begins with; and when it comes back after it was left, all of them anew.
    pub(super) fn enter(&mut self, ctx: &Ctx) -> Vec<Effect> {
        if matches!(self.mode, Mode::Starting) {
            return Vec::new();
        }
        let fresh = self.plan.steps.iter().all(|step| step.check == Check::Reading);
        let effects = if fresh {
            // Of a batch that is done once more, what it changed is known before its apps are read.
            self.keep();
            vec![self.read(ctx)]
        } else {
            self.mode = Mode::Table;
            self.again(ctx)
        };
        self.lay(ctx);
        effects
    }

    /// Reads every app again, and keeps what was asked for.
    pub(super) fn reread(&mut self, ctx: &Ctx) -> Vec<Action> {
        self.again(ctx).into_iter().map(Action::Effect).collect()
    }

    fn again(&mut self, ctx: &Ctx) -> Vec<Effect> {
        self.refused = None;
        self.errors.clear();
        self.keep();
        for step in &mut self.plan.steps {
            step.check = Check::Reading;
            step.problems.clear();
        }
        vec![self.read(ctx)]
    }

    /// Remembers what was asked for, for after the reading.
    fn keep(&mut self) {
        let changes = self.plan.steps.iter().map(|step| Some((step.key.clone(), step.change.clone()?)));
        self.kept = changes.flatten().collect();
    }

    /// The effect that reads all apps of the plan.
    fn read(&self, ctx: &Ctx) -> Effect {
        let apps = self
            .plan
            .steps
            .iter()
            .map(|step| Wanted { key: step.key.clone(), hpa: autoscaler(ctx, &step.key).unwrap_or_default() });
        let (apps, intent) = (apps.collect(), self.plan.intent);
        let (live, digests) = match intent {
            Intent::Release | Intent::Rollback => {
                let places = self.plan.steps.iter().map(|step| step.key.namespace.clone()).collect();
                (running(ctx), pins::running(ctx, &places))
            }
            _ => Default::default(),
        };
        Effect::Plan(PlanEffect::Read { apps, intent, live, digests })
    }

    /// An app of the plan was read.
    pub(super) fn was_read(&mut self, ctx: &Ctx, step: usize, read: &PlanRead) {
        let key = self.plan.steps[step].key.clone();
        self.plan.read(&key, read.live.clone(), read.revisions.clone(), ctx.clock.now);
        let hpa = autoscaler(ctx, &key);
        match (self.plan.intent, &read.autoscaler, hpa) {
            (Intent::Bounds, Some(autoscaler), hpa) => {
                let name = autoscaler["metadata"]["name"].as_str().map(Clean::new).or(hpa).unwrap_or_default();
                self.plan.bounded(&key, &name, autoscaler.clone());
            }
            (Intent::Bounds, None, _) => self.plan.refuse(step, no_autoscaler(ctx)),
            (_, _, Some(name)) => self.plan.autoscaled(&key, &name),
            _ => {}
        }
        self.back_again(ctx, step);
        self.ask_again(step);
    }

    /// Picks once more the revision that was picked before the app was read again, with the digests that were pinned in it. Other
    /// edits outlive the reading.
    fn ask_again(&mut self, step: usize) {
        let key = self.plan.steps[step].key.clone();
        let Some(at) = self.kept.iter().position(|(kept, _)| *kept == key) else { return };
        let (_, change) = self.kept.swap_remove(at);
        let Change::Template { to, revision, .. } = &change else { return };
        if self.plan.pin_as(step, to) {
            return;
        }
        let mut known = self.plan.steps[step].revisions.iter();
        let done = match known.find(|known| seen::pins(&known.template, to).is_some()).map(|known| known.number) {
            Some(number) => self.plan.pick_revision(step, number).map(|()| {
                self.plan.pin_as(step, to);
            }),
            None => Err(Clean::from(format!("revision {revision} is gone: the default is taken instead"))),
        };
        if let Err(why) = done {
            self.errors.push((key, why));
        }
    }
}

/// The autoscaler that scales an app, as far as the fleet knows.
fn autoscaler(ctx: &Ctx, key: &AppKey) -> Option<Clean> {
    ctx.fleet.app(key).and_then(|row| row.hpa.as_ref()).map(|hpa| hpa.name.clone())
}

/// Why there are no bounds to change: none scales it, or none is known.
fn no_autoscaler(ctx: &Ctx) -> Problem {
    let text = match ctx.fleet.freshness(Resource::Hpas) {
        Some(Freshness::Live) => "no autoscaler scales it: scale the app itself, or take it out of the plan".to_owned(),
        Some(Freshness::Forbidden(why)) => {
            format!("its autoscaler is not known: you may not {why}")
        }
        _ => "its autoscaler is not known: horizontalpodautoscalers have not been listed yet, read again later"
            .to_owned(),
    };
    Problem::error(ProblemKind::Autoscaler, text)
}

/// Every app in view, and its images.
pub(super) fn running(ctx: &Ctx) -> Vec<(AppKey, Box<[Image]>)> {
    ctx.fleet.rows().map(|row| (row.app.key.clone(), row.app.images.clone())).collect()
}
