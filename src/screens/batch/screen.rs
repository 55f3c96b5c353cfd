//! The batch as a room. It looks at what the driver publishes, and owns nothing of it.

use rolldeck_core::{
    Time,
    batch::{BatchId, Order, Run},
    text::Clean,
};

use super::{revert, words};
use crate::{
    Action, BatchEffect, Command, Ctx, Effect, Key, Message,
    app::AppPage,
    plan::confirm::{Answer, Confirm},
    pods::Pods,
};

/// The pods, or the page, of an app of the batch.
fn look(run: &Run, at: usize, command: Command) -> Vec<Action> {
    let Some(key) = run.steps.get(at).map(|step| step.key.clone()) else { return Vec::new() };
    if command == Command::Open {
        return vec![Action::Open(Box::new(Pods::new(key)))];
    }
    vec![Action::Open(Box::new(AppPage::new(key)))]
}

/// A batch that is looked at.
pub(super) struct BatchScreen {
    want: Option<BatchId>,
    /// Columns and rows of the room.
    pub(super) size: (u16, u16),
    pub(super) cursor: usize,
    pub(super) question: Option<Confirm>,
    /// Why the driver refused the last command.
    pub(super) refused: Option<Clean>,
    /// A revert was asked for, and the driver has not shown it yet.
    pub(super) asked: bool,
}

impl BatchScreen {
    pub(super) fn new(want: Option<BatchId>) -> Self {
        Self { want, size: (80, 21), cursor: 0, question: None, refused: None, asked: false }
    }

    /// The batch, where the driver has said anything of it yet.
    pub(super) fn batch<'a>(&self, ctx: &Ctx<'a>) -> Option<&'a Run> {
        ctx.run.filter(|run| self.want.as_ref().is_none_or(|want| run.id == *want))
    }

    /// What this room waits for, where it has nothing to show.
    pub(super) fn absence(&self) -> String {
        match &self.want {
            Some(id) => format!("Batch {id}: its driver has not spoken yet …"),
            None => "No batch was started from this console. A plan begins in the fleet.".to_owned(),
        }
    }

    pub(super) fn run(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Some(run) = self.batch(ctx) else { return Vec::new() };
        let last = run.steps.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        match command {
            Command::Up => self.cursor = self.cursor.saturating_sub(1),
            Command::Down => self.cursor = (self.cursor + 1).min(last),
            Command::PageUp => self.cursor = self.cursor.saturating_sub(10),
            Command::PageDown => self.cursor = (self.cursor + 10).min(last),
            Command::Top => self.cursor = 0,
            Command::Bottom => self.cursor = last,
            Command::Revert | Command::Rollback => match revert::of_run(ctx, run) {
                Ok(mut question) => {
                    question.resize(self.size);
                    self.question = Some(question);
                }
                Err(why) => return vec![Action::Note(true, Clean::from(why))],
            },
            Command::Delete => {
                return run.steps.get(self.cursor).map(|step| crate::act::of_app(ctx, &step.key)).unwrap_or_default();
            }
            Command::Open | Command::Page => return look(run, self.cursor, command),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn type_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some(question) = &mut self.question else { return Vec::new() };
        match question.key(key) {
            Answer::Open => return Vec::new(),
            Answer::Cancel => self.question = None,
            Answer::Go => {
                self.question = None;
                if let Some(run) = self.batch(ctx) {
                    (self.asked, self.refused) = (true, None);
                    return vec![Action::Effect(Effect::Batch(BatchEffect::Order(
                        run.id.clone(),
                        Order::Revert { at_once: false, only: Vec::new() },
                    )))];
                }
            }
        }
        Vec::new()
    }

    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> bool {
        match message {
            Message::Run(_) => {
                self.asked = false;
                let stale = self.batch(ctx).is_some_and(|run| revert::of_run(ctx, run).is_err());
                if stale {
                    self.question = None;
                }
                true
            }
            Message::RunRefused(why) => {
                (self.asked, self.refused) = (false, Some(why.clone()));
                true
            }
            _ => false,
        }
    }

    /// Times are shown to the second while something moves.
    pub(super) fn next_second(&self, ctx: &Ctx) -> Option<Time> {
        let run = self.batch(ctx).filter(|run| run.ended.is_none() && !run.phase.ended())?;
        let past = (ctx.clock.now - run.started).subsec_nanos();
        Some(ctx.clock.now + chrono::TimeDelta::nanoseconds(1_000_000_000 - i64::from(past)))
    }

    pub(super) fn name(&self, ctx: &Ctx) -> String {
        match self.batch(ctx) {
            Some(run) => format!("Batch: {}", words::what(run)),
            None => "Batch".to_owned(),
        }
    }
}
