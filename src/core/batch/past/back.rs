//! A plan's steps to how they were.

use std::sync::Arc;

use super::{Verdict, Was};
use crate::{
    batch::{Change, Intent, Plan, Problem, ProblemKind},
    text::Clean,
};

impl Plan {
    /// Takes a step of a rollback to how its app was. `when` names the point in time with its zone: `14:05:00 CET`. What is not
    /// certain becomes something to choose; an app that did not exist cannot start, and is to be taken out of the plan.
    ///
    /// # Errors
    /// The plan is no rollback, or the app is still being read.
    pub fn go_back(&mut self, step: usize, verdict: &Verdict, when: &str) -> Result<(), Clean> {
        let step = self.editable(step, &[Intent::Rollback], "roll back")?;
        (step.change, step.lack) = (None, None);
        step.skipped.clear();
        step.told.clear();
        match verdict {
            Verdict::Was(was) => {
                step.change = Some(change(was));
                step.told.extend(health(was, when));
                if was.revision.is_none() {
                    step.told.push(Problem::note(
                        ProblemKind::Target,
                        format!("no revision of {when} is left in its history: the journal has the template"),
                    ));
                }
            }
            Verdict::Same => {
                let live = step.live.as_deref().map(|live| live["spec"]["template"].clone()).unwrap_or_default();
                let number = step.revisions.iter().find(|revision| revision.live).map(|revision| revision.number);
                let change =
                    Change::Template { to: Arc::new(live), revision: number.unwrap_or(0), cause: Clean::default() };
                step.change = Some(change);
                // Nothing is to be asked of an app that stays as it is.
                step.resume = step.paused().then_some(false);
            }
            Verdict::CreatedSince(created) => {
                let created = created.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                step.lack = Some(Problem::error(
                    ProblemKind::Target,
                    format!("it did not exist at {when}: it was created at {created}; take it out of the plan"),
                ));
            }
            Verdict::Uncertain { why, .. } => {
                step.lack = Some(Problem::warning(
                    ProblemKind::Uncertain,
                    format!("uncertain what it was at {when}, choose a revision: {why}"),
                ));
            }
        }
        step.settle();
        Ok(())
    }
}

fn change(was: &Was) -> Change {
    Change::Template { to: was.template.clone(), revision: was.revision.unwrap_or(0), cause: was.cause.clone() }
}

fn health(was: &Was, when: &str) -> Option<Problem> {
    match was.healthy {
        Some(true) => None,
        Some(false) => Some(Problem::warning(
            ProblemKind::Target,
            format!("what it was at {when} had not become healthy: its rollout failed"),
        )),
        None => Some(Problem::note(
            ProblemKind::Target,
            format!("whether what it was at {when} had become healthy is not known"),
        )),
    }
}
