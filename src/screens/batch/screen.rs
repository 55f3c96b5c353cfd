//! The batch as a room. It looks at what the driver publishes, and owns nothing of it.

use rolldeck_core::{
    Time,
    batch::{BatchId, Order, Run},
    text::Clean,
};

use super::{
    BatchReply, Tail, TailOf,
    orders::{self, Asked},
    pods, revert, words,
};
use crate::{
    Action, BatchEffect, Command, Ctx, Effect, Key, Message,
    app::AppPage,
    plan::confirm::{Answer, Confirm},
    pods::Pods,
    widgets::{ENTRIES, moved},
};

/// A log is read again after so many seconds, while the batch runs.
const AGAIN: i64 = 5;

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
    /// A question, and the order that it is about.
    pub(super) question: Option<(Order, Confirm)>,
    /// Why the driver refused the last command.
    pub(super) refused: Option<Clean>,
    /// What was asked for, and the driver has not shown yet.
    pub(super) asked: Option<&'static str>,
    /// The log that is looked at, what of it was read, and when it was asked for.
    pub(super) tail: Option<(TailOf, Tail, Time)>,
    /// What was seen of the pods of the app under the cursor.
    seen: Vec<String>,
}

impl BatchScreen {
    pub(super) fn new(want: Option<BatchId>) -> Self {
        let (question, refused, asked, tail) = (None, None, None, None);
        Self { want, size: (80, 21), cursor: 0, question, refused, asked, tail, seen: Vec::new() }
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
        let len = run.steps.len();
        self.cursor = self.cursor.min(len.saturating_sub(1));
        match command {
            Command::Revert | Command::Rollback => match revert::of_run(ctx, run, false) {
                Ok(question) => self.ask(Order::Revert { at_once: false, only: Vec::new() }, question),
                Err(why) => return vec![Action::Note(true, why.into())],
            },
            Command::Hold | Command::Skip | Command::Retry | Command::Stop => return self.order(ctx, run, command),
            Command::Delete => {
                return run.steps.get(self.cursor).map(|step| crate::act::of_app(ctx, &step.key)).unwrap_or_default();
            }
            Command::Open | Command::Page => return look(run, self.cursor, command),
            _ => self.cursor = moved(self.cursor, command, ENTRIES, len).unwrap_or(self.cursor),
        }
        self.follow_log(ctx)
    }

    fn ask(&mut self, order: Order, mut question: Confirm) {
        question.resize(self.size);
        self.question = Some((order, question));
    }

    fn order(&mut self, ctx: &Ctx, run: &Run, command: Command) -> Vec<Action> {
        if let Some(asked) = self.asked {
            return vec![Action::Note(false, format!("{asked} Its driver has not answered yet.").into())];
        }
        match orders::ask(ctx, run, run.steps.get(self.cursor), command) {
            Ok(Asked::Now(order)) => self.send(run, order),
            Ok(Asked::After(order, question)) => {
                self.ask(order, *question);
                Vec::new()
            }
            Err(why) => vec![Action::Note(true, why.into())],
        }
    }

    fn send(&mut self, run: &Run, order: Order) -> Vec<Action> {
        (self.asked, self.refused) = (Some(orders::sent(&order)), None);
        vec![Action::Effect(Effect::Batch(BatchEffect::Order(run.id.clone(), order)))]
    }

    pub(super) fn type_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let Some((order, question)) = &mut self.question else { return Vec::new() };
        if let (Order::Revert { at_once, .. }, true) = (&order, revert::turns(key)) {
            let at_once = !at_once;
            let again = self.batch(ctx).and_then(|run| revert::of_run(ctx, run, at_once).ok());
            if let Some(question) = again {
                self.ask(Order::Revert { at_once, only: Vec::new() }, question);
            }
            return Vec::new();
        }
        match question.key(key) {
            Answer::Open => Vec::new(),
            Answer::Cancel => {
                self.question = None;
                Vec::new()
            }
            Answer::Go => match self.question.take().zip(self.batch(ctx)) {
                Some(((order, _), run)) => self.send(run, order),
                None => Vec::new(),
            },
        }
    }

    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        let changed = match message {
            Message::Run(_) => {
                self.asked = None;
                self.settle(ctx);
                true
            }
            Message::RunRefused(why) => {
                (self.asked, self.refused) = (None, Some(why.clone()));
                true
            }
            Message::Batch(BatchReply::Tail(of, read)) => match &mut self.tail {
                Some((wanted, tail, _)) if wanted == of => {
                    let differs = tail != read;
                    tail.clone_from(read);
                    differs
                }
                _ => false,
            },
            Message::Fleet(_) => {
                let seen = self.seen_of(ctx);
                let differs = seen != self.seen;
                self.seen = seen;
                differs
            }
            Message::Clock(_) => false,
            _ => return (false, Vec::new()),
        };
        (changed, self.follow_log(ctx))
    }

    /// A question that the batch has passed by goes away.
    fn settle(&mut self, ctx: &Ctx) {
        let Some(((order, _), run)) = self.question.as_ref().zip(self.batch(ctx)) else { return };
        let holds = match order {
            Order::Revert { at_once, .. } => revert::of_run(ctx, run, *at_once).is_ok(),
            Order::Skip(key) | Order::Retry(key) => {
                let step = run.steps.iter().find(|step| step.key == *key);
                let command = if matches!(order, Order::Skip(_)) { Command::Skip } else { Command::Retry };
                orders::ask(ctx, run, step, command).is_ok()
            }
            Order::Stop => orders::ask(ctx, run, None, Command::Stop).is_ok(),
            _ => matches!(orders::ask(ctx, run, None, Command::Hold), Ok(Asked::After(..))),
        };
        if !holds {
            self.question = None;
        }
    }

    /// What stands below the app under the cursor, to know whether it looks different.
    fn seen_of(&self, ctx: &Ctx) -> Vec<String> {
        let Some(run) = self.batch(ctx) else { return Vec::new() };
        let lines = super::view::unfolded(ctx, run, self.cursor, self.tail.as_ref(), self.size.0.into());
        lines.iter().map(ToString::to_string).collect()
    }

    fn follow_log(&mut self, ctx: &Ctx) -> Vec<Action> {
        self.log(ctx).map(Action::Effect).into_iter().collect()
    }

    /// Asks for the log that tells why the app under the cursor does not come up: when that is another one, and now and then.
    pub(super) fn log(&mut self, ctx: &Ctx) -> Option<Effect> {
        let step = self.batch(ctx).and_then(|run| run.steps.get(self.cursor));
        let wanted = step.filter(|step| pods::tell(&step.state)).and_then(|step| pods::wanted(ctx, &step.key));
        let moves = self.batch(ctx).is_some_and(|run| !run.phase.ended());
        let due = match (&self.tail, &wanted) {
            (_, None) => false,
            (Some((of, _, at)), Some(wanted)) if of == wanted => moves && (ctx.clock.now - *at).num_seconds() >= AGAIN,
            _ => true,
        };
        let wanted = wanted.filter(|_| due)?;
        let known = self.tail.take().filter(|(of, ..)| *of == wanted).map(|(_, tail, _)| tail).unwrap_or_default();
        self.tail = Some((wanted.clone(), known, ctx.clock.now));
        Some(Effect::Batch(BatchEffect::Tail(wanted)))
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
