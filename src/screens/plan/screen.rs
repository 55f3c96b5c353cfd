//! The plan's state, and what commands make of it.

use std::{collections::BTreeMap, sync::Arc};

use rolldeck_core::{
    batch::{
        Change, Intent, Plan, ProblemKind,
        past::{Moment, Verdict},
        seen::Seen,
    },
    model::AppKey,
    text::Clean,
};

use super::{
    confirm::Confirm,
    edit::Edit,
    forms::{
        details,
        options::OptionsForm,
        past::{self, PastForm},
        pin::PinForm,
        tags::TagsForm,
    },
    paper::Paper,
    picker::Picker,
    table::{Block, Stop, Table, stops},
};
use crate::{
    Action, Command, Ctx, Scope,
    widgets::{
        ENTRIES, moved,
        text::{count, width},
    },
};

/// What has the keys.
#[derive(Clone, Debug)]
pub(super) enum Mode {
    /// The table.
    Table,
    /// A field in it.
    Edit(Edit),
    /// The history of one app.
    Pick(Picker),
    /// Something to read: a diff, the details of a step.
    Read(Paper),
    /// How it runs.
    Options(OptionsForm),
    /// Rules and tags to release.
    Tags(TagsForm),
    /// A point in time.
    Past(PastForm),
    /// Which digest is meant.
    Pin(PinForm),
    /// The last question.
    Confirm(Confirm),
    /// It was confirmed, and the driver has not answered yet.
    Starting,
}

/// A plan under the operator's hands.
#[derive(Clone, Debug)]
pub(super) struct PlanScreen {
    pub(super) plan: Plan,
    /// Its apps, laid out.
    pub(super) blocks: Vec<Block>,
    /// Apps that the plan is not about, and why not.
    pub(super) left_out: Vec<(AppKey, Clean)>,
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
    pub(super) kept: Vec<(AppKey, Change)>,
    /// The tags that the cluster has seen, once they were asked for.
    pub(super) seen: Option<Arc<Seen>>,
    /// How often it was asked what another context runs: only the answer to the last time counts.
    pub(super) asked: u64,
    /// The point in time that the plan goes back to, and what is told of it.
    pub(super) moment: Option<Moment>,
    /// What each app was then.
    pub(super) verdicts: BTreeMap<AppKey, Verdict>,
    /// What else is to know of that time: apps that are gone, what could not be read.
    pub(super) told: Vec<(Scope, String)>,
}

impl PlanScreen {
    pub(super) fn new(intent: Intent, apps: Vec<AppKey>, left_out: Vec<(AppKey, Clean)>) -> Self {
        Self {
            plan: Plan::new(intent, apps),
            blocks: Vec::new(),
            left_out,
            size: (80, 21),
            cursor: 0,
            mode: Mode::Table,
            errors: Vec::new(),
            refused: None,
            kept: Vec::new(),
            seen: None,
            asked: 0,
            moment: None,
            verdicts: BTreeMap::new(),
            told: Vec::new(),
        }
    }

    /// Lays every app out anew.
    pub(super) fn lay(&mut self, ctx: &Ctx) {
        self.blocks = (0..self.plan.steps.len()).map(|step| self.block(ctx, step)).collect();
        self.clamp();
    }

    /// Lays one app out anew.
    pub(super) fn lay_one(&mut self, ctx: &Ctx, step: usize) {
        if step < self.blocks.len() {
            self.blocks[step] = self.block(ctx, step);
        }
    }

    fn block(&self, ctx: &Ctx, step: usize) -> Block {
        let mut errors = self.errors.clone();
        if let Mode::Edit(edit) = &self.mode
            && let (Some(of), Some(error)) = (edit.step(), &edit.error)
        {
            errors.push((self.plan.steps[of].key.clone(), error.clone()));
        }
        let step = &self.plan.steps[step];
        let then = self.verdicts.get(&step.key).and_then(|verdict| past::told(verdict, ctx.clock));
        Block::of(ctx, &self.plan, step, then, &errors, self.size.0.into())
    }

    /// The table, laid out.
    pub(super) fn table(&self) -> Table<'_> {
        Table::new(&self.plan, &self.blocks, self.size.0.into())
    }

    /// The lines that the cursor can stand on.
    pub(super) fn stops(&self) -> Vec<Stop> {
        stops(&self.plan, &self.blocks)
    }

    /// Where the cursor stands; `None` in an empty plan.
    pub(super) fn stop(&self) -> Option<Stop> {
        self.stops().get(self.cursor).copied()
    }

    /// A command over the table.
    pub(super) fn run(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        if matches!(self.mode, Mode::Starting) || self.go(command) {
            return Vec::new();
        }
        let Some(stop) = self.stop() else { return Vec::new() };
        let actions = match command {
            Command::EditAll => self.edit_all(),
            Command::Wider | Command::Narrower => self.widen(command),
            Command::Reread => self.reread(ctx),
            Command::Confirm => self.confirm(ctx),
            Command::Options => {
                self.mode = Mode::Options(OptionsForm::new(&self.plan));
                Vec::new()
            }
            Command::Acknowledge => self.acknowledge(stop),
            Command::PointInTime => self.point_in_time(),
            Command::CopyKubectl => self.copy(ctx),
            Command::Bounds => self.bounds_instead(),
            Command::Pin if stop == Stop::Kind(ProblemKind::Repushed) => self.pin_all(),
            command => match stop {
                Stop::Kind(kind) => {
                    note(&format!("{kind}: a kind of warnings. Put the cursor on an app for this key."))
                }
                stop => self.run_on(ctx, stop, command),
            },
        };
        self.lay(ctx);
        actions
    }

    /// A command about the app under the cursor.
    fn run_on(&mut self, ctx: &Ctx, stop: Stop, command: Command) -> Vec<Action> {
        let Some(step) = stop.step() else { return Vec::new() };
        match command {
            Command::Edit | Command::Open => self.edit(stop, step),
            Command::History => self.history(step),
            Command::Previous => {
                let done = self.plan.pick_previous(step);
                self.edited(step, done)
            }
            Command::Resume => self.resume(step),
            Command::Diff => self.diff(step),
            Command::Details => {
                let paper = details::of(ctx, &self.plan, &self.plan.steps[step], self.size.0.into());
                self.mode = Mode::Read(paper);
                Vec::new()
            }
            Command::Remove => self.remove(stop, step),
            Command::Tags => self.tags(ctx, stop),
            Command::Pin => self.pin(stop, step),
            _ => Vec::new(),
        }
    }

    fn go(&mut self, command: Command) -> bool {
        let to = moved(self.cursor, command, ENTRIES, self.stops().len());
        self.cursor = to.unwrap_or(self.cursor);
        to.is_some()
    }

    fn clamp(&mut self) {
        self.cursor = self.cursor.min(self.stops().len().saturating_sub(1));
    }

    /// The widest that the label of the field for all may be.
    pub(super) fn all_label(&self) -> String {
        let what = match self.plan.intent {
            Intent::Scale => "Replicas",
            Intent::Bounds => "Bounds",
            _ => "Tag",
        };
        format!("{what} for all {}: ", count(self.plan.steps.len(), "app"))
    }

    /// The column where the field for all begins.
    pub(super) fn all_field(&self) -> u16 {
        width(&self.all_label()) as u16
    }
}

/// Says something at the bottom.
pub(super) fn note(text: &str) -> Vec<Action> {
    vec![Action::Note(true, Clean::new(text))]
}
