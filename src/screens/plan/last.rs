//! On to the last question: what has to be so before it, and what it asks.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{
        Check, Step,
        guard::{Guard, name_to_type},
    },
    text::Clean,
};

use super::{
    confirm::Confirm,
    forms::options::OptionsForm,
    screen::{Mode, PlanScreen, note},
    table::{Kind, Stop, kinds},
    words,
};
use crate::{Action, Command, Ctx, Room, Scope, widgets::text::count};

impl PlanScreen {
    pub(super) fn confirm(&mut self, ctx: &Ctx) -> Vec<Action> {
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
            return self.stand_on_kind(ctx, &kind);
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
    fn stand_on_kind(&mut self, ctx: &Ctx, kind: &Kind) -> Vec<Action> {
        self.cursor = self.stops().iter().position(|stop| *stop == Stop::Kind(kind.kind)).unwrap_or(self.cursor);
        let key = ctx.keymap.key(Room::Plan, Command::Acknowledge).map(|key| key.to_string()).unwrap_or_default();
        let apps = count(kind.apps.len(), "app");
        note(&format!("{apps} warned of: {}. {key} acknowledges it.", kind.kind))
    }
}
