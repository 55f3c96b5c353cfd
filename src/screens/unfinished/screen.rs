//! The unfinished batches as a room.

use rolldeck_core::{
    batch::{BatchId, Found, Holder, Order},
    text::Clean,
};

use crate::{
    Action, BatchEffect, Command, Ctx, Effect, Key, Message, Room, Scope, batch,
    batch::{
        revert::{READONLY, question},
        words::{state, touched},
    },
    plan::{
        confirm::{Answer, Confirm},
        words::noun,
    },
    widgets::text::{count, time_of_day},
};

/// The list, and a question over it.
#[derive(Default)]
pub(super) struct UnfinishedScreen {
    /// Columns and rows of the room.
    pub(super) size: (u16, u16),
    pub(super) cursor: usize,
    pub(super) question: Option<(BatchId, Confirm)>,
    /// It was asked to look again, and no answer has come.
    pub(super) looking: bool,
}

impl UnfinishedScreen {
    pub(super) fn run(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let last = ctx.found.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        match command {
            Command::Up => self.cursor = self.cursor.saturating_sub(1),
            Command::Down => self.cursor = (self.cursor + 1).min(last),
            Command::Top | Command::PageUp => self.cursor = 0,
            Command::Bottom | Command::PageDown => self.cursor = last,
            Command::Reread => {
                self.looking = true;
                return vec![Action::Effect(Effect::Batch(BatchEffect::Find))];
            }
            Command::Open => return self.open(ctx),
            Command::Revert | Command::Rollback => return self.revert(ctx),
            _ => {}
        }
        Vec::new()
    }

    fn open(&self, ctx: &Ctx) -> Vec<Action> {
        let ours = ctx.found.get(self.cursor).filter(|found| ctx.run.is_some_and(|run| run.id == found.id));
        match ours {
            Some(found) => vec![Action::Open(batch::open(Some(found.id.clone())))],
            None => self.elsewhere(ctx),
        }
    }

    /// Why the batch under the cursor cannot be opened.
    fn elsewhere(&self, ctx: &Ctx) -> Vec<Action> {
        let Some(found) = ctx.found.get(self.cursor) else { return Vec::new() };
        let key = ctx.keymap.key(Room::Unfinished, Command::Revert);
        let how = key.map(|key| format!(": {key} takes it back")).unwrap_or_default();
        vec![Action::Note(false, format!("This console does not drive {}{how}", found.id).into())]
    }

    fn revert(&mut self, ctx: &Ctx) -> Vec<Action> {
        let Some(found) = ctx.found.get(self.cursor) else { return Vec::new() };
        let refuse = |text: String| vec![Action::Note(true, Clean::from(text))];
        if ctx.session.readonly {
            return refuse(READONLY.to_owned());
        }
        match &found.holder {
            Holder::Alive(by) => refuse(format!("{by} drives it elsewhere, right now: it is theirs to take back.")),
            Holder::Watching(seconds) => {
                refuse(format!("Its driver may be alive: its lease is watched for {seconds} more seconds first."))
            }
            Holder::Left | Holder::Gone => {
                let mut question = ask(ctx, found);
                question.resize(self.size);
                self.question = Some((found.id.clone(), question));
                Vec::new()
            }
        }
    }

    pub(super) fn type_key(&mut self, key: Key) -> Vec<Action> {
        let Some((id, question)) = &mut self.question else { return Vec::new() };
        match question.key(key) {
            Answer::Open => Vec::new(),
            Answer::Cancel => {
                self.question = None;
                Vec::new()
            }
            Answer::Go => {
                let id = id.clone();
                self.question = None;
                let revert = Action::Effect(Effect::Batch(BatchEffect::TakeOver {
                    id: id.clone(),
                    order: Order::Revert { at_once: false, only: Vec::new() },
                    force: false,
                }));
                vec![revert, Action::Replace(batch::open(Some(id)))]
            }
        }
    }

    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> bool {
        if !matches!(message, Message::Found(_)) {
            return false;
        }
        self.looking = false;
        self.cursor = self.cursor.min(ctx.found.len().saturating_sub(1));
        let still = |id: &BatchId| ctx.found.iter().any(|found| found.id == *id && ours_to_revert(&found.holder));
        if self.question.as_ref().is_some_and(|(id, _)| !still(id)) {
            self.question = None;
        }
        true
    }
}

fn ours_to_revert(holder: &Holder) -> bool {
    matches!(holder, Holder::Left | Holder::Gone)
}

fn ask(ctx: &Ctx, found: &Found) -> Confirm {
    let steps = found.steps.iter().filter(|step| touched(&step.state));
    let apps: Vec<_> = steps.map(|step| (&step.key, format!(" ({})", state(&step.state).1))).collect();
    let started = time_of_day(found.started, ctx.clock);
    let what = format!("{} of {}", noun(found.intent), count(found.steps.len(), "app"));
    let batch = format!("batch {}: {what}, started {started} by {}", found.id, found.by);
    if apps.is_empty() {
        let body = vec![(Scope::Text, batch), (Scope::Text, "It touched no app. Its record is closed.".to_owned())];
        return Confirm::new("Close this batch?".to_owned(), body, "Close the record", 0);
    }
    let body = question(ctx, batch, &apps, found.steps.len() - apps.len());
    Confirm::new(format!("Revert {}?", count(apps.len(), "app")), body, "Revert", apps.len())
}
