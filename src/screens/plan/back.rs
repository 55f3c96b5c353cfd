//! The plan at a point in time: each app to what it was, as far as that is proved.

use rolldeck_core::batch::past::Verdict;

use super::{
    PastFound,
    forms::past::absolute,
    screen::{Mode, PlanScreen},
};
use crate::{Action, Ctx, Scope};

impl PlanScreen {
    /// Takes every step to how its app was. Apps that were created since are left out, and named.
    pub(super) fn go_back(&mut self, ctx: &Ctx, found: &PastFound) -> Vec<Action> {
        let when = absolute(found.moment.at, ctx.clock);
        self.mode = Mode::Table;
        self.errors.clear();
        self.verdicts.clear();
        self.told.clear();
        for (key, verdict) in &found.verdicts {
            let Some(step) = self.plan.steps.iter().position(|step| step.key == *key) else { continue };
            let verdict = match verdict {
                Ok(verdict) => verdict.clone(),
                // The default of a rollback must not stand in for what is not known.
                Err(why) => {
                    let why = format!("it could not be read: {why}").into();
                    Verdict::Uncertain { why, candidates: Vec::new() }
                }
            };
            if let Verdict::CreatedSince(at) = verdict {
                self.left_out.retain(|(known, _)| known != key);
                self.left_out.push((key.clone(), format!("created since, at {}", absolute(at, ctx.clock)).into()));
                self.plan.remove(step);
                continue;
            }
            self.errors.extend(self.plan.go_back(step, &verdict, &when).err().map(|why| (key.clone(), why)));
            self.verdicts.insert(key.clone(), verdict);
        }
        self.told.extend(
            found.gone.iter().map(|gone| (Scope::Warn, format!("deleted since: {}: {}", gone.key, gone.words()))),
        );
        self.told.extend(found.lacks.iter().map(|lack| (Scope::Warn, format!("not read: {lack}"))));
        self.moment = Some(found.moment.clone());
        let actions = self.checks();
        self.lay(ctx);
        actions
    }

    /// Takes a step that was read again to what its app was, where the plan is of a point in time.
    pub(super) fn back_again(&mut self, ctx: &Ctx, step: usize) {
        let key = &self.plan.steps[step].key;
        let (Some(moment), Some(verdict)) = (&self.moment, self.verdicts.get(key)) else { return };
        let (when, verdict, key) = (absolute(moment.at, ctx.clock), verdict.clone(), key.clone());
        self.errors.extend(self.plan.go_back(step, &verdict, &when).err().map(|why| (key, why)));
    }
}
