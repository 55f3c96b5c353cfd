//! What keys in fields and answers of the cluster make of the plan.

use rolldeck_core::{
    batch::{Change, Check, Intent, Plan, Problem, ProblemKind, Step, seen},
    fleet::{Freshness, Resource},
    model::{AppKey, Image},
    text::Clean,
};

use super::{
    PlanEffect, PlanRead, PlanReply, Wanted,
    confirm::Answer,
    edit::Edited,
    forms::{options, past},
    pins,
    screen::{Mode, PlanScreen},
};
use crate::{Action, BatchEffect, Command, Ctx, Effect, Key, Message, Room};

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

    /// A key while a field, a list, a text or the question is open.
    pub(super) fn type_key(&mut self, ctx: &Ctx, key: Key) -> Vec<Action> {
        let command = ctx.keymap.command(Room::Plan, key);
        match &mut self.mode {
            Mode::Edit(edit) => {
                let (of, wrong) = (edit.step(), edit.error.is_some());
                match edit.key(key) {
                    Edited::Going => {
                        if let Some(step) = of.filter(|_| wrong) {
                            self.lay_one(ctx, step);
                        }
                        Vec::new()
                    }
                    Edited::Cancelled => self.back(ctx),
                    Edited::Commit => self.commit(ctx),
                }
            }
            Mode::Confirm(confirm) => match confirm.key(key) {
                Answer::Open => Vec::new(),
                Answer::Cancel => self.back(ctx),
                Answer::Go => self.start(),
            },
            Mode::Options(form) => match form.key(key) {
                options::Said::Open => Vec::new(),
                options::Said::Cancelled => self.back(ctx),
                options::Said::Commit if form.commit(&mut self.plan) => {
                    self.back(ctx);
                    let actions = self.checks();
                    self.lay(ctx);
                    actions
                }
                options::Said::Commit => Vec::new(),
            },
            Mode::Tags(form) => {
                let Some(command) = command else { return Vec::new() };
                let said = form.run(ctx, &mut self.plan, command);
                self.said_of_tags(ctx, said)
            }
            Mode::Past(form) => match form.key(ctx, key) {
                past::Said::Open => Vec::new(),
                past::Said::Cancelled => self.back(ctx),
                past::Said::Ask(when) => {
                    let read = |step: &Step| Some((step.key.clone(), step.live.clone()?));
                    let apps = self.plan.steps.iter().filter_map(read).collect();
                    vec![Action::Effect(Effect::Plan(PlanEffect::Past(apps, when)))]
                }
            },
            Mode::Pin(_) => command.map(|command| self.pick_pin(ctx, command)).unwrap_or_default(),
            Mode::Pick(_) => command.map(|command| self.pick(ctx, command)).unwrap_or_default(),
            Mode::Read(paper) => match command {
                Some(Command::Back | Command::Open | Command::Edit | Command::Diff | Command::Details) => {
                    self.back(ctx)
                }
                Some(command) => {
                    paper.pan(command, self.size.1.into());
                    Vec::new()
                }
                None => Vec::new(),
            },
            Mode::Table | Mode::Starting => Vec::new(),
        }
    }

    pub(super) fn back(&mut self, ctx: &Ctx) -> Vec<Action> {
        let edited = match &self.mode {
            Mode::Edit(edit) => edit.step(),
            _ => None,
        };
        self.mode = Mode::Table;
        if let Some(step) = edited {
            self.lay_one(ctx, step);
        }
        Vec::new()
    }

    fn commit(&mut self, ctx: &Ctx) -> Vec<Action> {
        let Mode::Edit(edit) = &mut self.mode else { return Vec::new() };
        let of = edit.step();
        let actions = match edit.commit(&mut self.plan) {
            Err(why) => {
                edit.error = Some(why);
                Vec::new()
            }
            Ok(committed) => {
                match of {
                    Some(step) => {
                        let key = &self.plan.steps[step].key;
                        self.errors.retain(|(other, _)| other != key);
                    }
                    None => self.errors = committed.refused,
                }
                self.mode = Mode::Table;
                let said = committed.said.map(|text| Action::Note(false, text.into()));
                self.checks().into_iter().chain(said).collect()
            }
        };
        match of {
            Some(step) => self.lay_one(ctx, step),
            None => self.lay(ctx),
        }
        actions
    }

    fn pick(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Mode::Pick(picker) = &mut self.mode else { return Vec::new() };
        let step = picker.step;
        let done = match command {
            Command::Back | Command::History => return self.back(ctx),
            Command::Open | Command::Edit => match picker.number(&self.plan) {
                Some(number) => self.plan.pick_revision(step, number),
                None => return self.back(ctx),
            },
            Command::Previous => self.plan.pick_previous(step),
            other => {
                picker.go(&self.plan, other, self.size.1.into());
                return Vec::new();
            }
        };
        self.mode = Mode::Table;
        let actions = self.edited(step, done);
        self.lay(ctx);
        actions
    }

    fn start(&mut self) -> Vec<Action> {
        let lacks = self.plan.ready().err().or_else(|| self.plan.lacks_acknowledgement());
        if let Some(missing) = lacks {
            self.mode = Mode::Table;
            return vec![Action::Note(true, missing)];
        }
        (self.mode, self.refused) = (Mode::Starting, None);
        vec![Action::Effect(Effect::Batch(BatchEffect::Start(Box::new(self.plan.clone()))))]
    }

    /// Takes an answer; returns whether it was one for this plan, and what to do next.
    pub(super) fn take(&mut self, ctx: &Ctx, message: &Message) -> (bool, Vec<Action>) {
        match message {
            Message::Plan(PlanReply::Read(key, read)) => {
                let Some(step) = self.position(key) else { return (false, Vec::new()) };
                match read {
                    Ok(read) => self.was_read(ctx, step, read),
                    Err(problem) => self.plan.refuse(step, problem.clone()),
                }
                let actions = self.checks();
                match actions.is_empty() {
                    true => self.lay_one(ctx, step),
                    false => self.lay(ctx),
                }
                (true, actions)
            }
            Message::Plan(PlanReply::Checking(key, serial, done, of)) => {
                let Some(step) = self.position(key) else { return (false, Vec::new()) };
                self.plan.progress(key, *serial, *done, *of);
                self.lay_one(ctx, step);
                (true, Vec::new())
            }
            Message::Plan(PlanReply::Checked(key, serial, after, problems)) => {
                let Some(step) = self.position(key) else { return (false, Vec::new()) };
                self.plan.checked(key, *serial, after.clone(), problems.clone());
                let asks = |plan: &Plan| plan.ready().is_err() || plan.lacks_acknowledgement().is_some();
                if matches!(self.mode, Mode::Confirm(_)) && asks(&self.plan) {
                    self.mode = Mode::Table;
                }
                self.lay_one(ctx, step);
                (true, Vec::new())
            }
            Message::Plan(PlanReply::Expected(expected)) => {
                for step in &mut self.plan.steps {
                    step.expected = expected.get(&step.key).copied();
                }
                (false, Vec::new())
            }
            Message::Plan(PlanReply::Evidence(seen)) => {
                self.plan.seen = Some(seen.clone());
                (false, Vec::new())
            }
            Message::Plan(PlanReply::Seen(seen)) => {
                self.seen = seen.as_ref().ok().cloned();
                match &mut self.mode {
                    Mode::Tags(form) => {
                        form.know(ctx, &self.plan, seen.clone());
                        (true, Vec::new())
                    }
                    _ => (false, Vec::new()),
                }
            }
            Message::Contexts(read) => match &mut self.mode {
                Mode::Tags(form) => (form.know_contexts(read.as_ref().map(drop).map_err(Clone::clone)), Vec::new()),
                _ => (false, Vec::new()),
            },
            Message::Plan(PlanReply::Elsewhere(asked, answer)) => match &mut self.mode {
                Mode::Tags(form) if *asked == self.asked => {
                    (form.know_elsewhere(&self.plan, answer.clone()), Vec::new())
                }
                _ => (false, Vec::new()),
            },
            Message::Plan(PlanReply::Past(found)) => match (&mut self.mode, found) {
                (Mode::Past(form), Err(why)) if form.reading => {
                    form.refuse(why.clone());
                    (true, Vec::new())
                }
                (Mode::Past(form), Ok(found)) if form.reading => (true, self.go_back(ctx, found)),
                _ => (false, Vec::new()),
            },
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

    fn was_read(&mut self, ctx: &Ctx, step: usize, read: &PlanRead) {
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

    fn position(&self, key: &AppKey) -> Option<usize> {
        self.plan.steps.iter().position(|step| step.key == *key)
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
