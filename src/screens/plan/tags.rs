//! The list of rules and tags: opened, and what is picked in it done.

use rolldeck_core::batch::{Check, Intent};

use super::{
    PlanEffect,
    forms::tags::{Said, TagsForm},
    reading::running,
    screen::{Mode, PlanScreen, note},
    table::Stop,
};
use crate::{Action, ContextsEffect, Ctx, Effect};

impl PlanScreen {
    /// Opens the list of rules and of tags that the cluster has seen.
    pub(super) fn tags(&mut self, ctx: &Ctx, stop: Stop) -> Vec<Action> {
        if self.plan.intent != Intent::Release {
            return note("Only a release takes a tag.");
        }
        let reading = self.plan.steps.iter().filter(|step| step.check == Check::Reading).count();
        if reading > 0 {
            return note(&format!("{reading} of the apps are still being read."));
        }
        let mut form = TagsForm::new(ctx, &self.plan, stop);
        let mut actions = Vec::new();
        match &self.seen {
            Some(seen) => form.know(ctx, &self.plan, Ok(seen.clone())),
            None => {
                let live = running(ctx);
                let places = self.plan.steps.iter().map(|step| step.key.namespace.clone()).collect();
                actions.push(Action::Effect(Effect::Plan(PlanEffect::Seen { places, live })));
            }
        }
        self.mode = Mode::Tags(form);
        actions
    }

    /// What a key made of the list.
    pub(super) fn said_of_tags(&mut self, ctx: &Ctx, said: Said) -> Vec<Action> {
        let effect = match said {
            Said::Open => return Vec::new(),
            Said::Cancelled => return self.back(ctx),
            Said::Picked(refused) => {
                (self.mode, self.errors) = (Mode::Table, refused);
                let actions = self.checks();
                self.lay(ctx);
                return actions;
            }
            Said::Contexts => Effect::Contexts(ContextsEffect::Read),
            Said::Enough => Effect::Plan(PlanEffect::Enough),
            Said::Read(context) => {
                self.asked += 1;
                let keys = || self.plan.steps.iter().map(|step| &step.key);
                let names = keys().map(|key| key.name.clone()).collect();
                let namespaces = keys().map(|key| key.namespace.clone()).collect();
                Effect::Plan(PlanEffect::Elsewhere { asked: self.asked, context, names, namespaces })
            }
        };
        vec![Action::Effect(effect)]
    }
}
