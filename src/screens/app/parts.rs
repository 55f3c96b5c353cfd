//! The page as lines: each part by itself, loading, refused or empty by itself.

use rolldeck_core::{
    Time,
    model::{App, Condition, Event, Image, Revision, Strategy},
    text::Clean,
};

use super::{AppPage, room::Part};
use crate::{
    Ctx, Scope,
    fleet::{autoscaler, status},
    widgets::{
        Cell,
        text::{age, bytes, cores, left, wrap},
    },
};

/// A line: pieces, one after the other.
pub(super) type Line = Vec<Cell>;

/// The whole page at this width.
pub(super) fn lines(page: &AppPage, ctx: &Ctx, columns: usize) -> Vec<Line> {
    let columns = columns.saturating_sub(2).max(20);
    let mut out = Vec::new();
    match page.live(ctx) {
        Some(app) => {
            summary(&mut out, page, ctx, app);
            images(&mut out, app);
            conditions(&mut out, ctx, app, columns);
        }
        None => match &page.app {
            Some(Err(why)) => out.push(vec![Cell::new(Scope::Bad, format!("✗ {why}"))]),
            _ => out.push(vec![Cell::waiting(), Cell::new(Scope::Stale, " loading the app")]),
        },
    }
    revisions(&mut out, page, ctx, columns);
    events(&mut out, page, ctx, columns);
    out
}

fn heading(out: &mut Vec<Line>, text: &str) {
    if !out.is_empty() {
        out.push(Vec::new());
    }
    out.push(vec![Cell::new(Scope::Heading, text)]);
}

fn field(name: &str, value: impl Into<String>) -> Line {
    vec![Cell::new(Scope::Dim, left(name, 12)), Cell::new(Scope::Text, value)]
}

fn when(ctx: &Ctx, at: Option<Time>) -> String {
    at.map(|at| age(at, ctx.clock.now)).unwrap_or_else(|| "?".to_owned())
}

fn summary(out: &mut Vec<Line>, page: &AppPage, ctx: &Ctx, app: &App) {
    let row = ctx.fleet.app(&page.key);
    if let Some(row) = row {
        out.push(vec![Cell::new(Scope::Dim, left("status", 12)), status(&row.health)]);
    } else if matches!(page.app, Some(Ok(_))) {
        out.push(vec![Cell::new(Scope::Warn, "Not in the fleet in view: shown as it was read.")]);
    }
    let counts = app.counts;
    let replicas = format!(
        "{} wanted, {} ready, {} updated, {} available",
        counts.wanted, counts.ready, counts.updated, counts.available
    );
    out.push(field("replicas", replicas));
    if let Some(usage) = row.and_then(|row| row.usage) {
        let share = |percent: Option<u32>| percent.map(|p| format!(" ({p}% of request)")).unwrap_or_default();
        let cpu = format!("CPU {}{}", cores(usage.cpu_milli), share(usage.cpu_percent));
        out.push(field("uses", format!("{cpu}, memory {}{}", bytes(usage.memory), share(usage.memory_percent))));
    }
    out.push(field("strategy", strategy(app)));
    match row.and_then(|row| row.hpa.as_ref()) {
        Some(hpa) => {
            let mut cell = autoscaler(hpa);
            if !hpa.broken.is_empty() {
                cell.text = format!("{}: cannot act: {}", cell.text, hpa.broken);
            }
            out.push(vec![Cell::new(Scope::Dim, left("HPA", 12)), cell]);
            for metric in hpa.metrics.iter().skip(1) {
                let now = metric.now.as_ref().map_or("?", |now| now);
                out.push(field("", format!("{} {now}/{}", metric.name, metric.target)));
            }
        }
        None => out.push(field("HPA", "none")),
    }
    if !app.managed_by.is_empty() {
        out.push(vec![Cell::new(Scope::Dim, left("managed by", 12)), Cell::new(Scope::Warn, &*app.managed_by)]);
    }
    if !app.batch.is_empty() {
        out.push(field("last batch", &*app.batch));
    }
    out.push(field("created", format!("{} ago", when(ctx, app.created))));
}

fn strategy(app: &App) -> String {
    let paused = if app.paused { ", paused" } else { "" };
    match &app.strategy {
        Strategy::Rolling { max_surge, max_unavailable, partition } => {
            let or = |bound: &Clean| if bound.is_empty() { "default".to_owned() } else { bound.to_string() };
            let mut text = format!("rolling, max unavailable {}, max surge {}", or(max_unavailable), or(max_surge));
            if *partition > 0 {
                text += &format!(", partition {partition}");
            }
            if app.parallel {
                text += ", pods in parallel";
            }
            text + paused
        }
        Strategy::Recreate => format!("recreate: all old pods end first{paused}"),
        Strategy::OnDelete => format!("on delete: pods change only when someone deletes them{paused}"),
    }
}

fn images(out: &mut Vec<Line>, app: &App) {
    heading(out, "Images");
    for image in &app.images {
        let name = if image.init { format!("{} (init)", image.container) } else { image.container.to_string() };
        out.push(vec![Cell::new(Scope::Dim, format!("  {} ", left(&name, 20))), Cell::new(Scope::Text, &*image.image)]);
    }
}

fn conditions(out: &mut Vec<Line>, ctx: &Ctx, app: &App, columns: usize) {
    heading(out, "Conditions");
    if app.conditions.is_empty() {
        out.push(vec![Cell::new(Scope::Dim, "  none")]);
    }
    for condition in &app.conditions {
        let holds = match condition.holds {
            Some(true) => "True",
            Some(false) => "False",
            None => "Unknown",
        };
        let text = format!(
            "  {} {} {} {}",
            left(&condition.kind, 16),
            left(holds, 7),
            left(&when(ctx, condition.at), 4),
            condition.reason
        );
        out.push(vec![Cell::new(if bad(condition) { Scope::Bad } else { Scope::Text }, text)]);
        paragraph(out, &condition.message, columns);
    }
}

/// Whether a condition tells of trouble: what should hold does not, or a failure does.
fn bad(condition: &Condition) -> bool {
    let failure = condition.kind.contains("Failure");
    condition.holds.is_some_and(|holds| holds == failure)
}

fn paragraph(out: &mut Vec<Line>, text: &str, columns: usize) {
    if text.is_empty() {
        return;
    }
    for line in wrap(text, columns.saturating_sub(6)) {
        out.push(vec![Cell::new(Scope::Dim, format!("      {line}"))]);
    }
}

/// The part's heading; what was read, or in its place why there is nothing.
fn part<'a, T: AsRef<[R]>, R>(out: &mut Vec<Line>, title: &str, part: &'a Part<T>, none: &str) -> &'a [R] {
    heading(out, title);
    match part {
        None => out.push(vec![Cell::new(Scope::Stale, "  … loading")]),
        Some(Err(why)) => out.push(vec![Cell::new(Scope::Bad, format!("  ✗ {why}"))]),
        Some(Ok(all)) if all.as_ref().is_empty() => out.push(vec![Cell::new(Scope::Dim, format!("  {none}"))]),
        Some(Ok(all)) => return all.as_ref(),
    }
    &[]
}

fn revisions(out: &mut Vec<Line>, page: &AppPage, ctx: &Ctx, columns: usize) {
    let all: &[Revision] = part(out, "Revisions, newest first", &page.revisions, "none");
    for revision in all {
        let sign = if revision.live { "▸" } else { " " };
        let live = if revision.live { " (live)" } else { "" };
        let pods = revision.replicas.filter(|n| *n > 0).map(|n| format!(" {n} running")).unwrap_or_default();
        let head = format!("{sign} {}{live}  first seen {} ago{pods}", revision.number, when(ctx, revision.created));
        let scope = if revision.live { Scope::Good } else { Scope::Text };
        out.push(vec![Cell::new(scope, head)]);
        paragraph(out, &joined(&revision.images), columns);
        if !revision.cause.is_empty() {
            paragraph(out, &format!("change-cause: {}", revision.cause), columns);
        }
    }
}

/// `main=registry.local/shop/orders:v1 sidecar=…`.
fn joined(images: &[Image]) -> String {
    images.iter().map(|image| format!("{}={}", image.container, image.image)).collect::<Vec<_>>().join(" ")
}

fn events(out: &mut Vec<Line>, page: &AppPage, ctx: &Ctx, columns: usize) {
    let all: &[Event] = part(out, "Events, newest first", &page.events, "none in the last hour");
    for event in all {
        let sign = if event.warning { "!" } else { " " };
        let times = if event.count > 1 { format!(" ×{}", event.count) } else { String::new() };
        let head = format!("{sign} {} {}{times}  {}", left(&when(ctx, event.at), 4), event.reason, event.about);
        out.push(vec![Cell::new(if event.warning { Scope::Warn } else { Scope::Text }, head)]);
        paragraph(out, &event.message, columns);
    }
}
