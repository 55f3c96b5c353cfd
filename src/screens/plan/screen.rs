//! The plan's state, and what commands, keys and answers make of it.

use rolldeck_core::{
    batch::{Change, Check, Intent, Plan},
    model::AppKey,
    text::Clean,
};

use super::{
    confirm::{Answer, Confirm},
    diff::Diff,
    edit::{Edit, Edited},
    picker::Picker,
    rows::{Stop, stops},
    words,
};
use crate::{Action, BatchEffect, Command, Ctx, Effect, Key, Message, PlanEffect, PlanReply, Room};

/// What has the keys.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// The table.
    Table,
    /// A field in it.
    Edit(Edit),
    /// The history of one app.
    Pick(Picker),
    /// The diff of one app.
    Diff(Diff),
    /// The last question.
    Confirm(Confirm),
    /// It was confirmed, and the driver has not answered yet.
    Starting,
}

/// A plan under the operator's hands.
#[derive(Clone, Debug)]
pub(super) struct PlanScreen {
    pub(super) plan: Plan,
    /// Columns and rows of the room.
    pub(super) size: (u16, u16),
    /// Which of [`stops`] the cursor is on.
    pub(super) cursor: usize,
    pub(super) mode: Mode,
    /// Refusals of the last edit, by app.
    pub(super) errors: Vec<(AppKey, Clean)>,
    /// Why the last start was refused.
    pub(super) refused: Option<Clean>,
    /// What was picked before the apps are read again: to be picked once more.
    kept: Vec<(AppKey, Change)>,
}

impl PlanScreen {
    pub(super) fn new(intent: Intent, apps: Vec<AppKey>) -> Self {
        let plan = Plan::new(intent, apps);
        Self { plan, size: (80, 21), cursor: 0, mode: Mode::Table, errors: Vec::new(), refused: None, kept: Vec::new() }
    }

    /// Where the cursor stands; `None` in an empty plan.
    pub(super) fn stop(&self) -> Option<Stop> {
        stops(&self.plan).get(self.cursor).copied()
    }

    /// A command over the table.
    pub(super) fn run(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if matches!(self.mode, Mode::Starting) {
            return Vec::new();
        }
        if self.go(command) {
            return Vec::new();
        }
        let Some(stop) = self.stop() else { return Vec::new() };
        match command {
            Command::Edit | Command::Open => self.edit(stop),
            Command::EditAll => self.edit_all(),
            Command::History => self.history(stop),
            Command::Previous => {
                let done = self.plan.pick_previous(stop.step);
                self.edited(stop.step, done)
            }
            Command::Resume => self.resume(stop),
            Command::Diff => self.diff(stop),
            Command::Remove => {
                self.plan.remove(stop.step);
                self.clamp();
                Vec::new()
            }
            Command::Wider | Command::Narrower => self.widen(command),
            Command::Reread => self.reread(),
            Command::Confirm => self.confirm(ctx),
            _ => Vec::new(),
        }
    }

    fn go(&mut self, command: Command) -> bool {
        let last = stops(&self.plan).len().saturating_sub(1);
        self.cursor = match command {
            Command::Up => self.cursor.saturating_sub(1),
            Command::Down => self.cursor + 1,
            Command::PageUp => self.cursor.saturating_sub(10),
            Command::PageDown => self.cursor + 10,
            Command::Top => 0,
            Command::Bottom => last,
            _ => return false,
        }
        .min(last);
        true
    }

    fn clamp(&mut self) {
        self.cursor = self.cursor.min(stops(&self.plan).len().saturating_sub(1));
    }

    fn edit(&mut self, stop: Stop) -> Vec<Action> {
        match self.plan.intent {
            Intent::Rollback => return self.history(stop),
            Intent::Restart | Intent::Bounds | Intent::Pause | Intent::Resume => {
                return note("A restart has nothing to edit: the same template is rolled out once more.");
            }
            Intent::Release | Intent::Scale => {}
        }
        let step = &self.plan.steps[stop.step];
        if step.live.is_none() {
            return note(&format!("{} has not been read yet.", step.key));
        }
        self.mode = Mode::Edit(Edit::at(&self.plan, stop));
        Vec::new()
    }

    fn edit_all(&mut self) -> Vec<Action> {
        match self.plan.intent {
            Intent::Rollback => note("Revisions are picked app by app: open the history of each."),
            Intent::Restart | Intent::Bounds | Intent::Pause | Intent::Resume => {
                note("A restart has nothing to edit: the same template is rolled out once more.")
            }
            Intent::Release | Intent::Scale => {
                let reading = self.plan.steps.iter().filter(|step| step.check == Check::Reading).count();
                if reading > 0 {
                    return note(&format!("{reading} of the apps are still being read."));
                }
                self.mode = Mode::Edit(Edit::all());
                Vec::new()
            }
        }
    }

    fn history(&mut self, stop: Stop) -> Vec<Action> {
        let step = &self.plan.steps[stop.step];
        if self.plan.intent != Intent::Rollback {
            return note("Only a rollback picks a revision.");
        }
        if step.live.is_none() {
            return note(&format!("{} has not been read yet.", step.key));
        }
        self.mode = Mode::Pick(Picker::new(&self.plan, stop.step));
        Vec::new()
    }

    fn diff(&mut self, stop: Stop) -> Vec<Action> {
        let step = &self.plan.steps[stop.step];
        if step.change.is_none() {
            return note(&format!("{} changes nothing yet.", step.key));
        }
        self.mode = Mode::Diff(Diff::of(step));
        Vec::new()
    }

    fn resume(&mut self, stop: Stop) -> Vec<Action> {
        let step = &self.plan.steps[stop.step];
        if !step.paused() {
            return note(&format!("{} is not paused.", step.key));
        }
        if self.plan.intent == Intent::Scale {
            return note("A scale leaves it paused, and needs no answer.");
        }
        let resume = step.resume != Some(true);
        self.plan.set_resume(stop.step, resume);
        self.edited(stop.step, Ok(()))
    }

    fn widen(&mut self, command: Command) -> Vec<Action> {
        let most = self.plan.steps.len().max(1);
        self.plan.options.width = match command {
            Command::Wider => (self.plan.options.width + 1).min(most),
            _ => self.plan.options.width.min(most).saturating_sub(1).max(1),
        };
        Vec::new()
    }

    /// A step was edited, or refused to be.
    fn edited(&mut self, step: usize, done: Result<(), Clean>) -> Vec<Action> {
        let key = self.plan.steps[step].key.clone();
        self.errors.retain(|(other, _)| *other != key);
        if let Err(why) = done {
            self.errors.push((key, why));
        }
        self.checks()
    }

    /// Asks the preflight of what changed since it was asked last.
    fn checks(&mut self) -> Vec<Action> {
        match self.plan.to_check() {
            steps if steps.is_empty() => Vec::new(),
            steps => vec![Action::Effect(Effect::Plan(PlanEffect::Check(Box::new(self.plan.clone()), steps)))],
        }
    }

    /// The reads that it begins with; and when it comes back after it was left, all of them anew.
    pub(super) fn enter(&mut self) -> Vec<Effect> {
        let fresh = self.plan.steps.iter().all(|step| step.check == Check::Reading);
        if matches!(self.mode, Mode::Starting) {
            return Vec::new();
        }
        if fresh {
            return vec![self.read()];
        }
        self.mode = Mode::Table;
        self.again()
    }

    /// Reads every app again, and keeps what was asked for.
    fn reread(&mut self) -> Vec<Action> {
        self.again().into_iter().map(Action::Effect).collect()
    }

    fn again(&mut self) -> Vec<Effect> {
        self.refused = None;
        self.errors.clear();
        self.kept.clear();
        for step in &mut self.plan.steps {
            self.kept.extend(step.change.clone().map(|change| (step.key.clone(), change)));
            step.check = Check::Reading;
            step.problems.clear();
        }
        vec![self.read()]
    }

    /// The effect that reads all apps of the plan.
    pub(super) fn read(&self) -> Effect {
        let apps = self.plan.steps.iter().map(|step| step.key.clone()).collect();
        Effect::Plan(PlanEffect::Read(apps, self.plan.intent))
    }

    fn confirm(&mut self, ctx: &Ctx) -> Vec<Action> {
        if ctx.session.readonly {
            return note("This session is read-only: the plan can be looked at, and is not started from here.");
        }
        if let Err(missing) = self.plan.ready() {
            return vec![Action::Note(true, missing)];
        }
        let body = words::question(ctx, &self.plan);
        let mut confirm = Confirm::new(words::ask(&self.plan), body, words::verb(self.plan.intent), self.plan.writes());
        confirm.resize(self.size);
        self.mode = Mode::Confirm(confirm);
        Vec::new()
    }

    /// A key while a field, a list, a diff or the question is open.
    pub(super) fn type_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let command = ctx.keymap.command(Room::Plan, key);
        match &mut self.mode {
            Mode::Edit(edit) => match edit.key(key) {
                Edited::Going => Vec::new(),
                Edited::Cancelled => self.back(),
                Edited::Commit => self.commit(),
            },
            Mode::Confirm(confirm) => match confirm.key(key) {
                Answer::Open => Vec::new(),
                Answer::Cancel => self.back(),
                Answer::Go => self.start(),
            },
            Mode::Pick(_) => command.map(|command| self.pick(command)).unwrap_or_default(),
            Mode::Diff(diff) => match command {
                Some(Command::Back | Command::Open | Command::Edit | Command::Diff) => self.back(),
                Some(command) => {
                    diff.pan(command, self.size.1.into());
                    Vec::new()
                }
                None => Vec::new(),
            },
            Mode::Table | Mode::Starting => Vec::new(),
        }
    }

    fn back(&mut self) -> Vec<Action> {
        self.mode = Mode::Table;
        Vec::new()
    }

    fn commit(&mut self) -> Vec<Action> {
        let Mode::Edit(edit) = &mut self.mode else { return Vec::new() };
        match edit.commit(&mut self.plan) {
            Err(why) => {
                edit.error = Some(why);
                Vec::new()
            }
            Ok(refused) => {
                match edit.of {
                    Some(stop) => {
                        let key = &self.plan.steps[stop.step].key;
                        self.errors.retain(|(other, _)| other != key);
                    }
                    None => self.errors = refused,
                }
                self.mode = Mode::Table;
                self.checks()
            }
        }
    }

    fn pick(&mut self, command: Command) -> Vec<Action> {
        let Mode::Pick(picker) = &mut self.mode else { return Vec::new() };
        let step = picker.step;
        let done = match command {
            Command::Back | Command::History => return self.back(),
            Command::Open | Command::Edit => match picker.number(&self.plan) {
                Some(number) => self.plan.pick_revision(step, number),
                None => return self.back(),
            },
            Command::Previous => self.plan.pick_previous(step),
            other => {
                picker.go(&self.plan, other, self.size.1.into());
                return Vec::new();
            }
        };
        self.mode = Mode::Table;
        self.edited(step, done)
    }

    fn start(&mut self) -> Vec<Action> {
        if let Err(missing) = self.plan.ready() {
            self.mode = Mode::Table;
            return vec![Action::Note(true, missing)];
        }
        (self.mode, self.refused) = (Mode::Starting, None);
        vec![Action::Effect(Effect::Batch(BatchEffect::Start(Box::new(self.plan.clone()))))]
    }

    /// Takes an answer; returns whether it was one for this plan, and what to do next.
    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Plan(PlanReply::Read(key, read)) => match self.position(key) {
                Some(step) => {
                    match read {
                        Ok((live, revisions)) => {
                            self.plan.read(key, live.clone(), revisions.clone(), ctx.clock.now);
                            if let Some(hpa) = ctx.fleet.app(key).and_then(|row| row.hpa.as_ref()) {
                                self.plan.autoscaled(key, &hpa.name);
                            }
                            self.ask_again(step);
                        }
                        Err(problem) => self.plan.refuse(step, problem.clone()),
                    }
                    (true, self.checks())
                }
                None => (false, Vec::new()),
            },
            Message::Plan(PlanReply::Checked(key, serial, after, problems)) => {
                self.plan.checked(key, *serial, after.clone(), problems.clone());
                if matches!(self.mode, Mode::Confirm(_)) && self.plan.ready().is_err() {
                    self.mode = Mode::Table;
                }
                (self.position(key).is_some(), Vec::new())
            }
            Message::Plan(PlanReply::Started(id)) if matches!(self.mode, Mode::Starting) => {
                (true, vec![Action::ClearMarks, Action::Replace(crate::batch::open(Some(id.clone())))])
            }
            Message::RunRefused(why) if matches!(self.mode, Mode::Starting) => {
                (self.mode, self.refused) = (Mode::Table, Some(why.clone()));
                (true, Vec::new())
            }
            _ => (false, Vec::new()),
        }
    }

    fn position(&self, key: &AppKey) -> Option<usize> {
        self.plan.steps.iter().position(|step| step.key == *key)
    }

    /// Picks once more the revision that was picked before the app was read again. Other edits outlive the reading.
    fn ask_again(&mut self, step: usize) {
        let key = self.plan.steps[step].key.clone();
        let Some(at) = self.kept.iter().position(|(kept, _)| *kept == key) else { return };
        let (_, change) = self.kept.swap_remove(at);
        let Change::Template { to, revision, .. } = &change else { return };
        if matches!(&self.plan.steps[step].change, Some(Change::Template { to: default, .. }) if default == to) {
            return;
        }
        let known = &self.plan.steps[step].revisions;
        let done = match known.iter().find(|known| known.template == *to).map(|known| known.number) {
            Some(number) => self.plan.pick_revision(step, number),
            None => Err(Clean::from(format!("revision {revision} is gone: the default is taken instead"))),
        };
        if let Err(why) = done {
            self.errors.push((key, why));
        }
    }
}

fn note(text: &str) -> Vec<Action> {
    vec![Action::Note(true, Clean::new(text))]
}
