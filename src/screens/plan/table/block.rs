//! One app of the table, laid out once whenever something about it changes: drawing 500 of them only looks.

use rolldeck_core::{
    batch::{Change, Intent, Level, Plan, Problem, ProblemKind, Step},
    model::{AppKey, Image},
    text::Clean,
};

use super::{columns::CHECK, listed};
use crate::{
    Command, Ctx, Room, Scope,
    plan::words,
    widgets::text::{age, width, wrap},
};

/// The lines of one app.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Block {
    /// The head line's cells.
    pub(super) head: [String; 5],
    /// The colour of its last cell.
    pub(super) scope: Scope,
    /// A line for each container, where it has several.
    pub(super) containers: Vec<([String; 5], Scope)>,
    /// What is to know, wrapped.
    pub(super) notes: Vec<(Scope, String)>,
    /// The columns that its cells take.
    pub(super) widths: [usize; 5],
}

impl Block {
    /// Lays a step out in `room` columns. `then` is what is told of it at a point in time, `errors` are refusals of edits, by app.
    pub(in crate::plan) fn of(
        ctx: &Ctx,
        plan: &Plan,
        step: &Step,
        then: Option<(Scope, String)>,
        errors: &[(AppKey, Clean)],
        room: usize,
    ) -> Self {
        let (scope, check) = words::check(plan, step);
        let after = step.after();
        let after = if after.is_empty() { "—".to_owned() } else { after.to_string() };
        let head = [step.key.name.to_string(), step.key.namespace.to_string(), step.before().to_string(), after, check];
        let containers = if listed(plan, step) { containers(step) } else { Vec::new() };
        let mut widths = [0; 5];
        for (n, widest) in widths.iter_mut().enumerate() {
            *widest = width(&head[n]);
        }
        // Long references of one container give way to the columns of the apps.
        widths[0] = containers.iter().map(|(cells, _)| width(&cells[0])).fold(widths[0], usize::max);
        let notes = then.into_iter().chain(notes(ctx, plan, step, errors));
        let wrapped = notes.flat_map(|(scope, text)| {
            wrap(&text, room.saturating_sub(4)).into_iter().map(move |line| (scope, format!("    {line}")))
        });
        Self { head, scope, containers, notes: wrapped.collect(), widths }
    }

    /// How many lines it takes.
    pub(super) fn height(&self) -> usize {
        1 + self.containers.len() + self.notes.len()
    }
}

fn containers(step: &Step) -> Vec<([String; 5], Scope)> {
    let after = step.images_after();
    let lines = step.images_before().into_iter().map(|image| {
        let twin = after.iter().find(|other| other.container == image.container && other.init == image.init);
        let (was, will) = match twin {
            Some(twin) => words::images(&image, twin),
            None => (words::version(&image.image), "gone".to_owned()),
        };
        let scope = if twin == Some(&image) { Scope::Dim } else { Scope::Text };
        let name = format!("  {}{}", image.container, if image.init { " (init)" } else { "" });
        ([name, String::new(), was, will, String::new()], scope)
    });
    lines.collect()
}

/// What is to know about a step, beneath its line.
fn notes(ctx: &Ctx, plan: &Plan, step: &Step, errors: &[(AppKey, Clean)]) -> Vec<(Scope, String)> {
    let mut notes = Vec::new();
    let (scope, check) = words::check(plan, step);
    if width(&check) > CHECK {
        notes.push((scope, check));
    }
    if plan.intent == Intent::Rollback {
        notes.extend(target(ctx, step).map(|text| (Scope::Dim, text)));
        let skipped = step.skipped.iter();
        notes.extend(skipped.map(|skipped| (Scope::Dim, format!("skipped rev {}: {}", skipped.revision, skipped.why))));
    }
    if step.paused() && plan.intent.writes_template() {
        notes.push((Scope::Warn, resume(ctx, step)));
    }
    let refused = errors.iter().filter(|(key, _)| *key == step.key);
    notes.extend(refused.map(|(_, error)| (Scope::Bad, format!("not taken: {error}"))));
    notes.extend(step.problems.iter().map(|problem| told(plan, problem)));
    if step.problems.iter().any(|problem| problem.kind == ProblemKind::Repushed) {
        let key = ctx.keymap.key(Room::Plan, Command::Pin).map(|key| key.to_string()).unwrap_or_default();
        let rest = match plan.steps.len() {
            1 => "and asks which where that is not certain",
            _ => "and on the line of that warning those of all its apps",
        };
        notes.push((Scope::Dim, format!("{key} pins the digest, {rest}")));
    }
    if plan.intent == Intent::Scale && !step.hpa.is_empty() {
        let key = ctx.keymap.key(Room::Plan, Command::Bounds).map(|key| key.to_string()).unwrap_or_default();
        notes.push((Scope::Dim, format!("{key} plans the bounds of the autoscaler {} instead", step.hpa)));
    }
    notes
}

fn told(plan: &Plan, problem: &Problem) -> (Scope, String) {
    let (scope, word) = match plan.level(problem) {
        Level::Error => (Scope::Bad, "blocked"),
        Level::Warning if plan.acknowledged.contains(&problem.kind) => (Scope::Dim, "acknowledged"),
        Level::Warning => (Scope::Warn, "warning"),
        Level::Note => (Scope::Dim, "note"),
    };
    (scope, format!("{word}: {}", problem.text))
}

/// `to rev 5, 12d old: main v1.0.0; cause: release v1.0.0`.
fn target(ctx: &Ctx, step: &Step) -> Option<String> {
    let Some(Change::Template { revision, .. }) = &step.change else { return None };
    let revision = step.revisions.iter().find(|known| known.number == *revision)?;
    let mut text = format!("to rev {}", revision.number);
    if let Some(created) = revision.created {
        text.push_str(&format!(", {} old", age(created, ctx.clock.now)));
    }
    text.push_str(&format!(": {}", brief(&revision.images)));
    if !revision.cause.is_empty() {
        text.push_str(&format!("; cause: {}", revision.cause));
    }
    Some(text)
}

/// A template's images in few words: the tag of one, `main=v1 sidecar=v2` of several.
pub(in crate::plan) fn brief(images: &[Image]) -> String {
    match images {
        [one] => words::version(&one.image),
        many => {
            let parts: Vec<String> =
                many.iter().map(|image| format!("{}={}", image.container, words::version(&image.image))).collect();
            parts.join(" ")
        }
    }
}

fn resume(ctx: &Ctx, step: &Step) -> String {
    let key = ctx.keymap.key(Room::Plan, Command::Resume).map(|key| key.to_string()).unwrap_or_default();
    match step.resume {
        None => format!("it is paused: resume it in the same write, or leave it paused? ({key} answers)"),
        Some(true) => format!("it is paused, and resumes in the same write ({key} changes that)"),
        Some(false) => {
            format!("it is paused and stays so: nothing rolls until someone resumes it ({key} changes that)")
        }
    }
}
