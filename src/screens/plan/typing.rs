//! What keys do in fields, lists, texts and the question of a plan.

use rolldeck_core::batch::Step;

use super::{
    PlanEffect,
    confirm::Answer,
    edit::Edited,
    forms::{options, past},
    screen::{Mode, PlanScreen},
};
use crate::{Action, BatchEffect, Command, Ctx, Effect, Key, Room};

impl PlanScreen {
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
}
