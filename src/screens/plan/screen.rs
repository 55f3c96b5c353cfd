//! The plan's state, and what commands make of it.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{
        Change, Check, Intent, Plan, Step,
        guard::{Guard, name_to_type},
        kubectl,
    },
    model::AppKey,
    text::Clean,
};

use super::{
    confirm::Confirm,
    edit::Edit,
    forms::{details, options::OptionsForm},
    paper::Paper,
    picker::Picker,
    table::{Block, Kind, Stop, Table, kinds, stops, unacknowledged},
    words,
};
use crate::{
    Action, Command, Ctx, Effect, Room, Scope,
    widgets::text::{count, width},
};

/// The most that is copied at once, in bytes: terminals drop longer sequences silently.
const COPIED: usize = 48 * 1024;

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
        Block::of(ctx, &self.plan, &self.plan.steps[step], &errors, self.size.0.into())
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
            Command::CopyKubectl => self.copy(ctx),
            Command::Bounds => self.bounds_instead(),
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
            _ => Vec::new(),
        }
    }

    fn go(&mut self, command: Command) -> bool {
        let last = self.stops().len().saturating_sub(1);
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
        self.cursor = self.cursor.min(self.stops().len().saturating_sub(1));
    }

    fn edit(&mut self, stop: Stop, step: usize) -> Vec<Action> {
        if self.plan.intent == Intent::Rollback {
            return self.history(step);
        }
        if let Some(why) = nothing_to_edit(self.plan.intent) {
            return note(why);
        }
        if self.plan.steps[step].live.is_none() {
            return note(&format!("{} has not been read yet.", self.plan.steps[step].key));
        }
        self.mode = Mode::Edit(Edit::at(&self.plan, stop));
        Vec::new()
    }

    fn edit_all(&mut self) -> Vec<Action> {
        if self.plan.intent == Intent::Rollback {
            return note("Revisions are picked app by app: open the history of each, or go to a point in time.");
        }
        if let Some(why) = nothing_to_edit(self.plan.intent) {
            return note(why);
        }
        let reading = self.plan.steps.iter().filter(|step| step.check == Check::Reading).count();
        if reading > 0 {
            return note(&format!("{reading} of the apps are still being read."));
        }
        self.mode = Mode::Edit(Edit::all());
        Vec::new()
    }

    fn history(&mut self, step: usize) -> Vec<Action> {
        if self.plan.intent != Intent::Rollback {
            return note("Only a rollback picks a revision.");
        }
        if self.plan.steps[step].live.is_none() {
            return note(&format!("{} has not been read yet.", self.plan.steps[step].key));
        }
        self.mode = Mode::Pick(Picker::new(&self.plan, step));
        Vec::new()
    }

    fn diff(&mut self, step: usize) -> Vec<Action> {
        let step = &self.plan.steps[step];
        if step.change.is_none() {
            return note(&format!("{} changes nothing yet.", step.key));
        }
        if !self.plan.intent.writes_template() {
            return note("This changes nothing of the template.");
        }
        self.mode = Mode::Read(Paper::diff(step));
        Vec::new()
    }

    fn resume(&mut self, step: usize) -> Vec<Action> {
        let found = &self.plan.steps[step];
        if !found.paused() {
            return note(&format!("{} is not paused.", found.key));
        }
        if !self.plan.intent.writes_template() {
            return note("This leaves it paused or not as it is, and needs no answer.");
        }
        let resume = found.resume != Some(true);
        self.plan.set_resume(step, resume);
        self.edited(step, Ok(()))
    }

    /// Takes the app out of the plan; of a container, leaves its image as it is.
    fn remove(&mut self, stop: Stop, step: usize) -> Vec<Action> {
        let Stop::Container(_, at) = stop else {
            self.plan.remove(step);
            return self.checks();
        };
        let Some(image) = self.plan.steps[step].images_before().into_iter().nth(at) else { return Vec::new() };
        self.plan.keep_image(step, &image.container);
        let mut actions = self.checks();
        actions.extend(note(&format!("{} of {} stays as it is", image.container, self.plan.steps[step].key)));
        actions
    }

    fn widen(&mut self, command: Command) -> Vec<Action> {
        let most = self.plan.steps.len().max(1);
        self.plan.options.width = match command {
            Command::Wider => (self.plan.options.width + 1).min(most),
            _ => self.plan.options.width.min(most).saturating_sub(1).max(1),
        };
        Vec::new()
    }

    /// Acknowledges the kind under the cursor, or takes that back; over an app, the first kind of it that nobody has acknowledged.
    fn acknowledge(&mut self, stop: Stop) -> Vec<Action> {
        let kind = match stop {
            Stop::Kind(kind) => kind,
            Stop::App(step) | Stop::Container(step, _) => {
                let step = &self.plan.steps[step];
                match unacknowledged(&self.plan, step) {
                    Some(kind) => kind,
                    None => return note(&format!("{} has no warning that is not acknowledged.", step.key)),
                }
            }
        };
        let apps = self.plan.warnings().remove(&kind).map_or(0, |apps| apps.len());
        let done = if self.plan.toggle(kind) { "acknowledged" } else { "no longer acknowledged" };
        vec![Action::Note(false, format!("{done}: {kind}, of {}", count(apps, "app")).into())]
    }

    /// Plans the bounds of the autoscalers, apart, for the apps of a scale that have one.
    fn bounds_instead(&mut self) -> Vec<Action> {
        if self.plan.intent != Intent::Scale {
            return note("Bounds are offered instead of a scale.");
        }
        let scaled: Vec<AppKey> =
            self.plan.steps.iter().filter(|step| !step.hpa.is_empty()).map(|step| step.key.clone()).collect();
        if scaled.is_empty() {
            return note("No app of this plan has an autoscaler that the fleet knows of.");
        }
        self.plan.steps.retain(|step| step.hpa.is_empty());
        let room = super::open(Intent::Bounds, scaled);
        match self.plan.steps.is_empty() {
            true => vec![Action::Replace(room)],
            false => vec![Action::Open(room)],
        }
    }

    /// Copies the kubectl commands that do the same.
    fn copy(&self, ctx: &Ctx) -> Vec<Action> {
        let lines: Vec<String> =
            kubectl::commands(&self.plan).iter().map(|command| details::placed(ctx, command)).collect();
        let text = lines.join("\n");
        if lines.is_empty() {
            return note("No command would do anything: nothing is decided, or nothing changes.");
        }
        if text.len() > COPIED {
            let kib = text.len() / 1024;
            return note(&format!("Too long to be copied: {kib} KiB, and terminals take {}.", COPIED / 1024));
        }
        let said = format!("copied {}", count(lines.len(), "kubectl command"));
        vec![Action::Effect(Effect::Copy(text)), Action::Note(false, said.into())]
    }

    fn confirm(&mut self, ctx: &Ctx) -> Vec<Action> {
        if ctx.session.readonly {
            return note("This session is read-only: the plan can be looked at, and is not started from here.");
        }
        let namespaces = self.namespaces();
        let (guard, rule) = ctx.guard(&namespaces);
        if guard == Guard::ReadOnly {
            return note(&format!("Nothing is written here: {rule}."));
        }
        let checked = |step: &Step| matches!(step.check, Check::Passed { .. } | Check::NoChange);
        let asked = kinds(&self.plan).into_iter().find(|kind| !kind.acknowledged);
        if let Some(kind) = asked.filter(|_| self.plan.steps.iter().all(checked)) {
            return self.to_kind(ctx, &kind);
        }
        if let Err(missing) = self.plan.ready() {
            return vec![Action::Note(true, missing)];
        }
        if ctx.session.guards.reason_required && self.plan.reason.is_empty() {
            self.mode = Mode::Options(OptionsForm::at_reason(&self.plan));
            return note("The configuration asks for a reason: write it here.");
        }
        let mut body = words::question(ctx, &self.plan);
        if !rule.is_empty() {
            body.insert(2, (Scope::Warn, format!("guarded: {rule}")));
        }
        let mut confirm = Confirm::new(words::ask(&self.plan), body, words::verb(self.plan.intent), self.plan.writes());
        confirm = match guard {
            Guard::Type => {
                let what = if namespaces.len() == 1 { "the namespace" } else { "the context" };
                confirm.typing(what, name_to_type(&ctx.session.context, &namespaces))
            }
            Guard::Confirm => confirm.counting(),
            Guard::None | Guard::ReadOnly => confirm,
        };
        if let Some(body) = words::to_zero(&self.plan) {
            confirm = confirm.then(body, "zero");
        }
        confirm.resize(self.size);
        self.mode = Mode::Confirm(confirm);
        Vec::new()
    }

    /// The namespaces that would be written to.
    pub(super) fn namespaces(&self) -> BTreeSet<Clean> {
        let written = self.plan.steps.iter().filter(|step| step.check != Check::NoChange);
        written.map(|step| step.key.namespace.clone()).collect()
    }

    /// Puts the cursor on a kind of warnings that is to be acknowledged first.
    fn to_kind(&mut self, ctx: &Ctx, kind: &Kind) -> Vec<Action> {
        self.cursor = self.stops().iter().position(|stop| *stop == Stop::Kind(kind.kind)).unwrap_or(self.cursor);
        let key = ctx.keymap.key(Room::Plan, Command::Acknowledge).map(|key| key.to_string()).unwrap_or_default();
        let apps = count(kind.apps.len(), "app");
        note(&format!("{apps} warned of: {}. {key} acknowledges it.", kind.kind))
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

/// Why a plan of this intent has no value to edit, where it has none.
fn nothing_to_edit(intent: Intent) -> Option<&'static str> {
    match intent {
        Intent::Restart => Some("A restart has nothing to edit: the same template is rolled out once more."),
        Intent::Pause => Some("A pause has nothing to edit: rollouts wait until someone resumes them."),
        Intent::Resume => Some("There is nothing to edit: what was changed while it was paused rolls out."),
        Intent::Release | Intent::Rollback | Intent::Scale | Intent::Bounds => None,
    }
}

/// Says something at the bottom.
pub(super) fn note(text: &str) -> Vec<Action> {
    vec![Action::Note(true, Clean::new(text))]
}
