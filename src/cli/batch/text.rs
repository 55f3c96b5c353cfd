//! Plans and batches for people.

use std::fmt::Write;

use chrono::Local;
use rolldeck_core::{
    Time,
    batch::{Check, Found, Holder, Level, Plan},
    model::AppKey,
    text::width::{pad, width},
};

use super::document;

/// The plan: a line an app, and under it what is to be known.
pub fn plan(plan: &Plan) -> String {
    let rows = plan.steps.iter().map(|step| {
        let after = match &step.check {
            Check::NoChange => format!("{} (already so)", step.after()),
            Check::Incomplete(what) => format!("? {what}"),
            _ => step.after().to_string(),
        };
        [app(&step.key), step.before().to_string(), format!("→ {after}")]
    });
    let rows = table(&rows.collect::<Vec<_>>());
    let mut text = String::new();
    for (step, row) in plan.steps.iter().zip(rows) {
        let _ = writeln!(text, "{row}");
        for problem in &step.problems {
            let mark = match plan.level(problem) {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "note",
            };
            let _ = writeln!(text, "    {mark} ({}): {}", kind(problem.kind), problem.text);
        }
        for (container, image) in document::pins(plan, step) {
            let _ = writeln!(text, "        pinned, {container} would be {image}");
        }
    }
    text
}

/// `managed`: a kind of problem as flags and documents name it.
pub fn kind(kind: rolldeck_core::batch::ProblemKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Batches, a line each.
pub fn list(batches: &[Found]) -> String {
    let head = ["BATCH", "WHEN", "BY", "WHAT", "APPS", "OUTCOME", "WHY"].map(str::to_owned);
    let rows = batches.iter().map(|batch| {
        let by = if batch.by.is_empty() { &batch.claimed } else { &batch.by };
        [
            batch.id.0.clone(),
            time(batch.started),
            by.to_string(),
            batch.intent.kind().to_owned(),
            batch.steps.len().to_string(),
            outcome(batch),
            batch.reason.to_string(),
        ]
    });
    table(&std::iter::once(head).chain(rows).collect::<Vec<_>>()).into_iter().map(|row| row + "\n").collect()
}

/// One batch: what it was, each app, and what happened to it.
pub fn show(batch: &Found) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}  {} of {}", batch.id, batch.intent.kind(), apps(batch.steps.len()));
    let claimed = if batch.claimed.is_empty() { String::new() } else { format!(" (claims {})", batch.claimed) };
    let _ = writeln!(text, "by       {}{claimed}", batch.by);
    if !batch.reason.is_empty() {
        let _ = writeln!(text, "reason   {}", batch.reason);
    }
    let _ = writeln!(text, "started  {}", time(batch.started));
    if let Some(ended) = batch.ended {
        let _ = writeln!(text, "ended    {}", time(ended));
    }
    let _ = writeln!(text, "outcome  {}\n", outcome(batch));
    let rows = batch
        .steps
        .iter()
        .map(|step| [app(&step.key), step.before.to_string(), format!("→ {}", step.after), step.state.words()]);
    for row in table(&rows.collect::<Vec<_>>()) {
        let _ = writeln!(text, "{row}");
    }
    if !batch.log.is_empty() {
        text.push('\n');
    }
    for happening in &batch.log {
        let _ = writeln!(text, "{}  {}", time(happening.at), happening.text);
    }
    text
}

/// How a batch ended, or that it has not.
pub fn outcome(batch: &Found) -> String {
    let phase = document::recorded(batch.phase).replace('-', " ");
    match (&batch.holder, batch.unfinished) {
        (_, false) => phase,
        (Holder::Alive(who), true) => format!("{phase}, driven by {who}"),
        (Holder::Watching(_), true) => format!("{phase}, someone may drive it"),
        (Holder::Left | Holder::Gone, true) => format!("{phase}, nobody drives it"),
    }
}

/// `deploy shop/web`.
pub fn app(key: &AppKey) -> String {
    format!("{} {}/{}", key.kind.short(), key.namespace, key.name)
}

/// `1 app`, `3 apps`.
pub fn apps(count: usize) -> String {
    if count == 1 { "1 app".to_owned() } else { format!("{count} apps") }
}

/// A moment by the clock of this place, with its zone.
pub fn time(at: Time) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// Rows whose columns stand under each other.
fn table<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let widths: Vec<usize> =
        (0..N).map(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0)).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
