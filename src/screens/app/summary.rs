//! How the app does: its status, what it uses and used, and its pods.

use rolldeck_core::{
    fleet::{PodRow, Trend},
    health::{pod_status, ready_containers, trouble},
    model::{App, ObjectRef, Strategy},
    text::Clean,
};

use super::{
    AppPage,
    parts::{remark, when},
};
use crate::{
    Ctx, Scope,
    fleet::{Cell, status as health},
    widgets::{
        Sheet, sparkline,
        text::{age, bytes, cores, left, name, right},
    },
};

/// Pods that are listed; the rest is a key away.
const PODS: usize = 30;

/// Its status, replicas, usage, what it did since the console began, and who manages it.
pub(super) fn status(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    sheet.section("Status");
    let row = ctx.fleet.app(&page.key);
    let Some(app) = page.live(ctx) else {
        match &page.app {
            Some(Err(why)) => drop(sheet.text(Scope::Bad, &format!("✗ {why}"))),
            _ => drop(sheet.text(Scope::Stale, "… loading the app")),
        }
        return;
    };
    match row {
        Some(row) => {
            let cell = health(&row.health);
            sheet.coloured("status", cell.scope, cell.text);
        }
        None => drop(sheet.text(Scope::Warn, "Not in the fleet in view: shown as it was read.")),
    }
    let counts = app.counts;
    let replicas = format!(
        "{} wanted, {} ready, {} updated, {} available",
        counts.wanted, counts.ready, counts.updated, counts.available
    );
    sheet.field("replicas", replicas);
    if let Some(row) = row {
        let running =
            if row.version.running.is_empty() { String::new() } else { format!(" ← {}", row.version.running) };
        let rolled = row.rolled.map(|at| format!(", rolled out {} ago", age(at, ctx.clock.now))).unwrap_or_default();
        sheet.field("version", format!("{}{running}{rolled}", row.version.wanted));
    }
    if let Some(usage) = row.and_then(|row| row.usage) {
        let share = |percent: Option<u32>| percent.map(|p| format!(" ({p}% of request)")).unwrap_or_default();
        let cpu = format!("CPU {}{}", cores(usage.cpu_milli), share(usage.cpu_percent));
        sheet.field("uses", format!("{cpu}, memory {}{}", bytes(usage.memory), share(usage.memory_percent)));
    }
    if let Some(trend) = ctx.fleet.trend(&page.key) {
        curves(sheet, &trend);
    }
    sheet.field("strategy", strategy(app));
    for who in super::about::owners(page, ctx) {
        sheet.coloured("managed by", Scope::Warn, who);
    }
    sheet.field("last batch", &*app.batch);
    sheet.field("created", format!("{} ago", when(ctx, app.created)));
}

/// A curve: its name, its values, and how one of them is worded.
type Series<'a> = (&'a str, &'a [Option<u64>], fn(u64) -> String);

/// CPU, memory and replicas over the time since they were first sampled.
fn curves(sheet: &mut Sheet, trend: &Trend) {
    if trend.at.len() < 2 {
        return;
    }
    let columns = sheet.room().saturating_sub(44).clamp(8, 60);
    let minutes = (*trend.at.last().unwrap_or(&0) - trend.at[0]).div_ceil(60);
    let span = if minutes < 120 { format!("{minutes}m") } else { format!("{}h", minutes / 60) };
    let series: [Series; 3] = [
        ("CPU", &trend.cpu_milli, cores),
        ("memory", &trend.memory, bytes),
        ("pods ready", &trend.replicas, |n| n.to_string()),
    ];
    for (name, values, words) in series {
        let known = || values.iter().flatten().copied();
        let (Some(least), Some(most)) = (known().min(), known().max()) else { continue };
        let (least, most) = (words(least), words(most));
        let range = if least == most { least } else { format!("{least}–{most}") };
        let curve = sparkline(values, columns);
        let pieces = vec![
            Cell::new(Scope::Dim, format!("{} ", left(name, 14))),
            Cell::new(Scope::Busy, curve),
            Cell::new(Scope::Text, format!(" {range}")),
            Cell::new(Scope::Dim, format!(" in {span}")),
        ];
        sheet.line(name, pieces);
    }
}

pub(super) fn strategy(app: &App) -> String {
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

/// Its pods, those in trouble first; which take traffic.
pub(super) fn pods(sheet: &mut Sheet, page: &AppPage, ctx: &Ctx) {
    let mut rows = ctx.fleet.pods(&page.key);
    sheet.titled("Pods", remark(format!("{}, enter shows its containers", rows.len())));
    if rows.is_empty() {
        let waiting = crate::fleet::waiting(ctx, &[rolldeck_core::fleet::Resource::Pods]);
        match waiting.and_then(|cells| cells.into_iter().next()) {
            Some(cell) => drop(sheet.text(cell.scope, &cell.text)),
            None => drop(sheet.text(Scope::Dim, "none")),
        }
        return;
    }
    rows.sort_by_key(|row| (trouble(row.pod).is_none(), row.pod.ready));
    let room = sheet.room();
    for row in rows.iter().take(PODS) {
        let about = ObjectRef::pod(&row.pod.namespace, &row.pod.name);
        sheet.line(&row.pod.name, pod(ctx, row, room)).about(about);
    }
    if let more @ 1.. = rows.len().saturating_sub(PODS) {
        sheet.text(Scope::Dim, &format!("… {more} more: enter on the heading lists all"));
    }
}

fn pod(ctx: &Ctx, row: &PodRow, room: usize) -> Vec<Cell> {
    let pod = row.pod;
    let (ready, of) = ready_containers(pod);
    let restarts: u32 = pod.containers.iter().map(|container| container.restarts).sum();
    let scope = match () {
        () if trouble(pod).is_some() => Scope::Bad,
        () if pod.ready => Scope::Good,
        () => Scope::Busy,
    };
    let used = row.usage.map(|usage| format!("{:>6} {:>8}", cores(usage.cpu_milli), bytes(usage.memory)));
    let restarted = match restarts {
        0 => String::new(),
        1 => " 1 restart".to_owned(),
        n => format!(" {n} restarts"),
    };
    let names = room.saturating_sub(50).clamp(20, 50);
    vec![
        Cell::new(Scope::Text, format!("{} ", name(&pod.name, names))),
        Cell::new(if ready < of { Scope::Warn } else { Scope::Text }, right(&format!("{ready}/{of}"), 5)),
        Cell::new(scope, format!(" {}", left(&pod_status(pod), 18))),
        Cell::new(Scope::Text, right(&used.unwrap_or_default(), 15)),
        Cell::new(Scope::Dim, format!(" {}", right(&when(ctx, pod.created), 4))),
        Cell::new(Scope::Warn, restarted),
    ]
}
