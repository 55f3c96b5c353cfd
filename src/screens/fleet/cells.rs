//! A row of the fleet as text.

use rolldeck_core::{
    fleet::{Freshness, Resource, Row},
    health::Health,
    model::Hpa,
};

use crate::{
    Ctx, Scope,
    widgets::{
        Cell, Column,
        text::{age, bytes, cores},
    },
};

/// What a row shows in a column.
pub(super) fn cell(ctx: &Ctx, row: &Row, column: &Column) -> Cell {
    let key = &row.app.key;
    match column.id {
        "" => added(ctx, row, column),
        "name" => Cell::new(Scope::Text, &*key.name),
        "namespace" => Cell::new(Scope::Dim, &*key.namespace),
        "kind" => Cell::new(Scope::Dim, key.kind.short()),
        "ready" => ready(row),
        "version" => version(ctx, row),
        "cpu" => usage(ctx, row, |usage| (cores(usage.cpu_milli), usage.cpu_percent)),
        "memory" => usage(ctx, row, |usage| (bytes(usage.memory), usage.memory_percent)),
        "hpa" => row.hpa.as_ref().map_or(Cell::new(Scope::Dim, ""), |hpa| autoscaler(hpa)),
        "restarts" => restarts(ctx, row),
        "status" => status(&row.health),
        "age" => Cell::new(Scope::Dim, row.rolled.map(|at| age(at, ctx.clock.now)).unwrap_or_default()),
        _ => Cell::none(),
    }
}

fn added(ctx: &Ctx, row: &Row, column: &Column) -> Cell {
    let added = column.added.and_then(|n| ctx.fleet.added().apps.get(n));
    let text = added.and_then(|added| added.text(&row.app.labels, &row.app.extras));
    text.map_or(Cell::none(), |text| Cell::new(Scope::Text, &**text))
}

fn ready(row: &Row) -> Cell {
    let counts = row.app.counts;
    let scope = if counts.ready < counts.wanted { Scope::Warn } else { Scope::Text };
    Cell::new(scope, format!("{}/{}", counts.ready, counts.wanted))
}

fn version(ctx: &Ctx, row: &Row) -> Cell {
    let (wanted, running) = (&row.version.wanted, &row.version.running);
    match () {
        () if row.pods.is_none() && row.app.counts.current > 0 && pods_come(ctx) => {
            Cell::new(Scope::Stale, format!("{wanted} ← …"))
        }
        () if running.is_empty() => Cell::new(Scope::Text, &**wanted),
        () => Cell::new(Scope::Busy, format!("{wanted} ← {running}")),
    }
}

fn usage(ctx: &Ctx, row: &Row, of: impl Fn(&rolldeck_core::fleet::Usage) -> (String, Option<u32>)) -> Cell {
    match (&row.usage, ctx.fleet.freshness(Resource::PodMetrics)) {
        (Some(usage), _) => {
            let (used, percent) = of(usage);
            let scope = if percent.is_some_and(|percent| percent >= 90) { Scope::Warn } else { Scope::Text };
            Cell::new(scope, percent.map_or(used.clone(), |percent| format!("{used} {percent:>2}%")))
        }
        (None, Some(Freshness::Loading { .. })) if row.app.counts.current > 0 => Cell::waiting(),
        _ => Cell::new(Scope::Dim, ""),
    }
}

/// `cpu 43%/60% 3 [2..10]`: before it `!max` where it is pinned there, `?` where it cannot read or act.
pub(crate) fn autoscaler(hpa: &Hpa) -> Cell {
    let mut parts = Vec::new();
    let blind = !hpa.broken.is_empty() || hpa.metrics.iter().any(|metric| metric.now.is_none());
    if hpa.pinned {
        parts.push("!max".to_owned());
    }
    if let Some(metric) = hpa.metrics.first() {
        let now = metric.now.as_ref().map_or("?", |now| now);
        parts.push(format!("{} {now}/{}", metric.name, metric.target));
    } else if blind {
        parts.push("?".to_owned());
    }
    parts.push(format!("{} [{}..{}]", hpa.current, hpa.min, hpa.max));
    if hpa.metrics.len() > 1 {
        parts.push(format!("+{}", hpa.metrics.len() - 1));
    }
    let scope = if blind || hpa.pinned { Scope::Warn } else { Scope::Text };
    Cell::new(scope, parts.join(" "))
}

/// Whether pods that are not known yet will come: not where they may not be read.
fn pods_come(ctx: &Ctx) -> bool {
    !matches!(ctx.fleet.freshness(Resource::Pods), Some(Freshness::Forbidden(_) | Freshness::Absent) | None)
}

fn restarts(ctx: &Ctx, row: &Row) -> Cell {
    let Some(facts) = &row.pods else {
        return if pods_come(ctx) { Cell::waiting() } else { Cell::new(Scope::Dim, "n/a") };
    };
    match facts.restarts {
        0 => Cell::new(Scope::Dim, "0"),
        n if facts.last_reason.is_empty() => Cell::new(Scope::Text, n.to_string()),
        n => Cell::new(Scope::Warn, format!("{n} {}", facts.last_reason)),
    }
}

/// The status in words, with a sign, so that no colour is needed to tell it.
pub(crate) fn status(health: &Health) -> Cell {
    let (sign, scope) = match health {
        Health::Stalled(_) => ("✗", Scope::Bad),
        Health::Degraded(_) => ("!", Scope::Bad),
        Health::RollingOut(..) => ("↻", Scope::Busy),
        Health::Paused => ("‖", Scope::Warn),
        Health::Healthy => ("✓", Scope::Good),
        Health::ScaledToZero => ("○", Scope::Dim),
        Health::Loading => ("…", Scope::Stale),
    };
    Cell::new(scope, format!("{sign} {health}"))
}
