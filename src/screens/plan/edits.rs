//! What the keys over the table do to the plan.

use rolldeck_core::{
    batch::{Check, Intent, kubectl, past::Verdict},
    model::AppKey,
};

use super::{
    edit::Edit,
    forms::{details, past::PastForm},
    paper::Paper,
    picker::Picker,
    screen::{Mode, PlanScreen, note},
    table::{Stop, unacknowledged},
};
use crate::{Action, Command, Ctx, Effect, widgets::text::count};

/// The most that is copied at once, in bytes: terminals drop longer sequences silently.
const COPIED: usize = 48 * 1024;

impl PlanScreen {
    pub(super) fn edit(&mut self, stop: Stop, step: usize) -> Vec<Action> {
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

    pub(super) fn edit_all(&mut self) -> Vec<Action> {
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

    pub(super) fn history(&mut self, step: usize) -> Vec<Action> {
        if self.plan.intent != Intent::Rollback {
            return note("Only a rollback picks a revision.");
        }
        if self.plan.steps[step].live.is_none() {
            return note(&format!("{} has not been read yet.", self.plan.steps[step].key));
        }
        self.mode = Mode::Pick(Picker::new(&self.plan, step, self.candidates(step)));
        Vec::new()
    }

    pub(super) fn diff(&mut self, step: usize) -> Vec<Action> {
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

    pub(super) fn resume(&mut self, step: usize) -> Vec<Action> {
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
    pub(super) fn remove(&mut self, stop: Stop, step: usize) -> Vec<Action> {
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

    pub(super) fn widen(&mut self, command: Command) -> Vec<Action> {
        let most = self.plan.steps.len().max(1);
        self.plan.options.width = match command {
            Command::Wider => (self.plan.options.width + 1).min(most),
            _ => self.plan.options.width.min(most).saturating_sub(1).max(1),
        };
        Vec::new()
    }

    /// Acknowledges the kind under the cursor, or takes that back; over an app, the first kind of it that nobody has acknowledged.
    pub(super) fn acknowledge(&mut self, stop: Stop) -> Vec<Action> {
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
    pub(super) fn bounds_instead(&mut self) -> Vec<Action> {
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
    pub(super) fn copy(&self, ctx: &Ctx) -> Vec<Action> {
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

    /// The revisions that an app may have been at the point in time, where that is not certain.
    fn candidates(&self, step: usize) -> Vec<i64> {
        match self.verdicts.get(&self.plan.steps[step].key) {
            Some(Verdict::Uncertain { candidates, .. }) => candidates.clone(),
            _ => Vec::new(),
        }
    }

    /// Asks for a point in time.
    pub(super) fn point_in_time(&mut self) -> Vec<Action> {
        if self.plan.intent != Intent::Rollback {
            return note("Only a rollback goes to a point in time.");
        }
        let reading = self.plan.steps.iter().filter(|step| step.check == Check::Reading).count();
        if reading > 0 {
            return note(&format!("{reading} of the apps are still being read."));
        }
        self.mode = Mode::Past(PastForm::default());
        Vec::new()
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
