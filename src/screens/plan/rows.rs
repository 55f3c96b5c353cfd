//! The plan's table: a head line for each app, then its containers where it has several, then what is to know about it.

use ratatui::text::Line;
use rolldeck_core::{
    batch::{Change, Intent, Plan, Step},
    model::{AppKey, Image},
    text::Clean,
};

use super::{sheet, words};
use crate::{
    Command, Ctx, Room, Scope,
    widgets::text::{age, width},
};

/// A line that the cursor can stand on: a step, or one container of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) step: usize,
    pub(super) container: Option<usize>,
}

/// The lines that the cursor can stand on, in order. Containers are edited one by one in a release only.
pub(super) fn stops(plan: &Plan) -> Vec<Stop> {
    let mut out = Vec::new();
    for (n, step) in plan.steps.iter().enumerate() {
        out.push(Stop { step: n, container: None });
        if plan.intent == Intent::Release && listed(plan, step) {
            out.extend((0..step.images_before().len()).map(|at| Stop { step: n, container: Some(at) }));
        }
    }
    out
}

/// Whether a step's containers have lines of their own.
fn listed(plan: &Plan, step: &Step) -> bool {
    matches!(plan.intent, Intent::Release | Intent::Rollback) && step.images_before().len() > 1
}

/// Where the columns are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    app: usize,
    namespace: usize,
    before: usize,
    after: usize,
    check: usize,
}

impl Columns {
    fn of(plan: &Plan, room: usize) -> Self {
        let cells: Vec<[String; 5]> = plan.steps.iter().map(head_cells).collect();
        let widest = |n: usize, title: &str| sheet::widest(cells.iter().map(|row| row[n].as_str()).chain([title]));
        let names: Vec<String> = plan.steps.iter().filter(|step| listed(plan, step)).flat_map(names).collect();
        let wanted = [
            widest(0, "APP").max(sheet::widest(names.iter().map(String::as_str))),
            widest(1, "NAMESPACE"),
            widest(2, "BEFORE"),
            widest(3, "AFTER").max(16),
            widest(4, "CHECK"),
        ];
        let check = wanted[4].min(28);
        let widths = sheet::shares(&wanted[..4], room.saturating_sub(2 + 10 + check), 6);
        Self { app: widths[0], namespace: widths[1], before: widths[2], after: widths[3], check }
    }

    /// The first column of the field that is edited in place, and its width.
    pub(super) fn field(&self) -> (u16, u16) {
        let x = 2 + self.app + 2 + self.namespace + 2 + self.before + 2 + 2;
        (x as u16, self.after as u16)
    }
}

fn names(step: &Step) -> Vec<String> {
    step.images_before().iter().map(container).collect()
}

fn container(image: &Image) -> String {
    format!("  {}{}", image.container, if image.init { " (init)" } else { "" })
}

fn head_cells(step: &Step) -> [String; 5] {
    let after = step.after();
    let after = if after.is_empty() { "—".to_owned() } else { after.to_string() };
    let (_, check) = words::check(step);
    [step.key.name.to_string(), step.key.namespace.to_string(), step.before().to_string(), after, check]
}

/// The table, laid out.
pub(super) struct Rows {
    pub(super) columns: Columns,
    pub(super) heading: Line<'static>,
    pub(super) lines: Vec<Line<'static>>,
    /// Line numbers of the stops, in the order of [`stops`].
    pub(super) at: Vec<usize>,
}

/// Lays the table out in `room` columns. `errors` are refusals of the last edit, by app.
pub(super) fn rows(ctx: &Ctx, plan: &Plan, errors: &[(AppKey, Clean)], cursor: Stop, room: usize) -> Rows {
    let columns = Columns::of(plan, room);
    let titles = ["APP", "NAMESPACE", "BEFORE", "AFTER", "CHECK"].map(str::to_owned);
    let heading = row(ctx, &columns, [Scope::Heading; 5], &titles, " ", false);
    let mut rows = Rows { columns, heading, lines: Vec::new(), at: Vec::new() };
    for (n, step) in plan.steps.iter().enumerate() {
        rows.at.push(rows.lines.len());
        let (scope, _) = words::check(step);
        let scopes = [Scope::Text, Scope::Dim, Scope::Text, Scope::Text, scope];
        let here = cursor == Stop { step: n, container: None };
        rows.lines.push(row(ctx, &columns, scopes, &head_cells(step), "→", here));
        if listed(plan, step) {
            containers(ctx, plan, (n, step), cursor, &mut rows);
        }
        notes(ctx, plan.intent, step, errors, &columns, room, &mut rows.lines);
    }
    rows
}

fn containers(ctx: &Ctx, plan: &Plan, (n, step): (usize, &Step), cursor: Stop, rows: &mut Rows) {
    let after = step.images_after();
    for (at, image) in step.images_before().iter().enumerate() {
        if plan.intent == Intent::Release {
            rows.at.push(rows.lines.len());
        }
        let twin = after.iter().find(|other| other.container == image.container && other.init == image.init);
        let (was, will) = match twin {
            Some(twin) => words::images(image, twin),
            None => (words::tag(&image.image).to_owned(), "gone".to_owned()),
        };
        let scope = if twin == Some(image) { Scope::Dim } else { Scope::Text };
        let here = cursor == Stop { step: n, container: Some(at) };
        let cells = [container(image), String::new(), was, will, String::new()];
        rows.lines.push(row(ctx, &rows.columns, [scope; 5], &cells, "→", here));
    }
}

fn row(
    ctx: &Ctx,
    columns: &Columns,
    scopes: [Scope; 5],
    cells: &[String; 5],
    arrow: &str,
    here: bool,
) -> Line<'static> {
    let widths = [columns.app, columns.namespace, columns.before, columns.after, columns.check];
    let mut line = vec![sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " })];
    for (n, cell) in cells.iter().enumerate() {
        let text = crate::widgets::text::left(cell, widths[n]);
        line.push(sheet::span(ctx, scopes[n], text));
        let gap = if n == 2 { format!(" {arrow}  ") } else { "  ".to_owned() };
        line.push(sheet::span(ctx, Scope::Dim, gap));
    }
    Line::from(line)
}

/// What is to know about a step, beneath its line.
fn notes(
    ctx: &Ctx,
    intent: Intent,
    step: &Step,
    errors: &[(AppKey, Clean)],
    columns: &Columns,
    room: usize,
    lines: &mut Vec<Line<'static>>,
) {
    let mut say = |scope, text: String| lines.extend(sheet::note(ctx, scope, 4, &text, room));
    let (scope, check) = words::check(step);
    if width(&check) > columns.check {
        say(scope, check);
    }
    if intent == Intent::Rollback {
        if let Some(text) = target(ctx, step) {
            say(Scope::Dim, text);
        }
        for skipped in &step.skipped {
            say(Scope::Dim, format!("skipped rev {}: {}", skipped.revision, skipped.why));
        }
    }
    if step.paused() && intent != Intent::Scale {
        say(Scope::Warn, resume(ctx, step));
    }
    for (_, error) in errors.iter().filter(|(key, _)| *key == step.key) {
        say(Scope::Bad, format!("not taken: {error}"));
    }
    for problem in &step.problems {
        let (scope, word) = if problem.blocks() { (Scope::Bad, "blocked") } else { (Scope::Warn, "warning") };
        say(scope, format!("{word}: {}", problem.text));
    }
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
pub(super) fn brief(images: &[Image]) -> String {
    match images {
        [one] => words::tag(&one.image).to_owned(),
        many => {
            let parts: Vec<String> =
                many.iter().map(|image| format!("{}={}", image.container, words::tag(&image.image))).collect();
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
