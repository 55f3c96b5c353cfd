//! What answers of the cluster make of the plan.

use rolldeck_core::{
    batch::{Check, Plan, Step},
    model::AppKey,
    text::Clean,
};

use super::{
    PlanEffect, PlanReply,
    screen::{Mode, PlanScreen},
};
use crate::{Action, Ctx, Effect, Message};

/// So many steps are checked at once while others are still being read: what concerns a namespace is then asked once for many.
const TOGETHER: usize = 64;

impl PlanScreen {
    /// A step was edited, or refused to be.
    pub(super) fn edited(&mut self, step: usize, done: Result<(), Clean>) -> Vec<Action> {
        let key = self.plan.steps[step].key.clone();
        self.errors.retain(|(other, _)| *other != key);
        if let Err(why) = done {
            self.errors.push((key, why));
        }
        self.checks()
    }

    /// Asks the preflight of what changed since it was asked last.
    pub(super) fn checks(&mut self) -> Vec<Action> {
        let unasked = |step: &&Step| step.check == Check::Checking && step.asked != Some(step.serial);
        let reading = self.plan.steps.iter().any(|step| step.check == Check::Reading);
        if reading && self.plan.steps.iter().filter(unasked).count() < TOGETHER {
            return Vec::new();
        }
        match self.plan.to_check() {
            steps if steps.is_empty() => Vec::new(),
            steps => vec![Action::Effect(Effect::Plan(PlanEffect::Check(Box::new(self.plan.clone()), steps)))],
        }
    }

    /// Takes an answer; returns whether it was one for this plan, and what to do next.
    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Plan(reply) => match self.answered(ctx, reply) {
                Some(actions) => (true, actions),
                None => self.learnt(ctx, reply),
            },
            Message::Contexts(read) => match &mut self.mode {
                Mode::Tags(form) => (form.know_contexts(read.as_ref().map(drop).map_err(Clone::clone)), Vec::new()),
                _ => (false, Vec::new()),
            },
            Message::RunRefused(why) if matches!(self.mode, Mode::Starting) => {
                (self.mode, self.refused) = (Mode::Table, Some(why.clone()));
                (true, Vec::new())
            }
            _ => (false, Vec::new()),
        }
    }

    /// Takes an answer about a step of the plan, or about the whole that is being started; `None`: it is none.
    fn answered(&mut self, ctx: &Ctx, reply: &PlanReply) -> Option<Vec<Action>> {
        match reply {
            PlanReply::Read(key, read) => {
                let step = self.position(key)?;
                match read {
                    Ok(read) => self.was_read(ctx, step, read),
                    Err(problem) => self.plan.refuse(step, problem.clone()),
                }
                let actions = self.checks();
                match actions.is_empty() {
                    true => self.lay_one(ctx, step),
                    false => self.lay(ctx),
                }
                Some(actions)
            }
            PlanReply::Checking(key, serial, done, of) => {
                let step = self.position(key)?;
                self.plan.progress(key, *serial, *done, *of);
                self.lay_one(ctx, step);
                Some(Vec::new())
            }
            PlanReply::Checked(key, serial, after, problems) => {
                let step = self.position(key)?;
                self.plan.checked(key, *serial, after.clone(), problems.clone());
                let asks = |plan: &Plan| plan.ready().is_err() || plan.lacks_acknowledgement().is_some();
                if matches!(self.mode, Mode::Confirm(_)) && asks(&self.plan) {
                    self.mode = Mode::Table;
                }
                self.lay_one(ctx, step);
                Some(Vec::new())
            }
            PlanReply::Started(id) if matches!(self.mode, Mode::Starting) => {
                Some(vec![Action::ClearMarks, Action::Replace(crate::batch::open(Some(id.clone())))])
            }
            _ => None,
        }
    }

    /// Takes what the plan and its forms know besides; returns whether that is to be seen, and what to do next.
    fn learnt(&mut self, ctx: &Ctx, reply: &PlanReply) -> (bool, Vec<Action>) {
        match (reply, &mut self.mode) {
            (PlanReply::Expected(expected), _) => {
                for step in &mut self.plan.steps {
                    step.expected = expected.get(&step.key).copied();
                }
            }
            (PlanReply::Evidence(seen), _) => self.plan.seen = Some(seen.clone()),
            (PlanReply::Seen(seen), mode) => {
                self.seen = seen.as_ref().ok().cloned();
                if let Mode::Tags(form) = mode {
                    form.know(ctx, &self.plan, seen.clone());
                    return (true, Vec::new());
                }
            }
            (PlanReply::Elsewhere(asked, answer), Mode::Tags(form)) if *asked == self.asked => {
                return (form.know_elsewhere(&self.plan, answer.clone()), Vec::new());
            }
            (PlanReply::Past(Err(why)), Mode::Past(form)) if form.reading => {
                form.refuse(why.clone());
                return (true, Vec::new());
            }
            (PlanReply::Past(Ok(found)), Mode::Past(form)) if form.reading => return (true, self.go_back(ctx, found)),
            _ => {}
        }
        (false, Vec::new())
    }

    fn position(&self, key: &AppKey) -> Option<usize> {
        self.plan.steps.iter().position(|step| step.key == *key)
    }
}
