//! A pod as text.

use rolldeck_core::{
    fleet::{Freshness, PodRow, Resource},
    health::{pod_status, trouble},
    model::{Container, Pod},
};

use crate::{
    Ctx, Scope,
    widgets::{
        Cell, Column,
        text::{age, bytes, cores},
    },
};

/// What a pod shows in a column.
pub(super) fn cell(ctx: &Ctx, row: &PodRow, column: &Column) -> Cell {
    let pod = row.pod;
    match column.id {
        "" => added(ctx, row, column),
        "name" => Cell::new(Scope::Text, &*pod.name),
        "ready" => ready(pod),
        "status" => status(pod),
        "restarts" => restarts(ctx, pod),
        "cpu" => usage(ctx, row.usage.map(|usage| cores(usage.cpu_milli))),
        "memory" => usage(ctx, row.usage.map(|usage| bytes(usage.memory))),
        "node" if !pod.unschedulable.is_empty() => Cell::new(Scope::Bad, &*pod.unschedulable),
        "node" if pod.node.is_empty() => Cell::new(Scope::Stale, "none yet"),
        "node" => Cell::new(Scope::Dim, &*pod.node),
        "age" => Cell::new(Scope::Dim, pod.created.map(|at| age(at, ctx.clock.now)).unwrap_or_default()),
        _ => Cell::none(),
    }
}

fn added(ctx: &Ctx, row: &PodRow, column: &Column) -> Cell {
    let added = column.added.and_then(|n| ctx.fleet.added().pods.get(n));
    let text = added.and_then(|added| added.text(&row.pod.labels, &row.pod.extras));
    text.map_or(Cell::none(), |text| Cell::new(Scope::Text, &**text))
}

/// Containers that count as kubectl counts them: all but init containers, sidecars included.
fn counted(pod: &Pod) -> impl Iterator<Item = &Container> {
    pod.containers.iter().filter(|container| !container.init || container.sidecar)
}

fn ready(pod: &Pod) -> Cell {
    let all = counted(pod).count();
    let ready = counted(pod).filter(|container| container.ready).count();
    Cell::new(if ready < all { Scope::Warn } else { Scope::Text }, format!("{ready}/{all}"))
}

fn status(pod: &Pod) -> Cell {
    let words = pod_status(pod);
    let (sign, scope) = match () {
        () if trouble(pod).is_some() => ("✗", Scope::Bad),
        () if pod.ending => ("↓", Scope::Dim),
        () if pod.ready || &*words == "Completed" => ("✓", Scope::Good),
        () => ("↻", Scope::Busy),
    };
    Cell::new(scope, format!("{sign} {words}"))
}

/// `3 OOMKilled (4m)`: how often, why the last time, and when.
fn restarts(ctx: &Ctx, pod: &Pod) -> Cell {
    let all: u32 = counted(pod).map(|container| container.restarts).sum();
    let last = pod.containers.iter().filter_map(|container| container.last.as_ref()).max_by_key(|(_, _, at)| *at);
    match (all, last) {
        (0, _) => Cell::new(Scope::Dim, "0"),
        (n, None) => Cell::new(Scope::Warn, n.to_string()),
        (n, Some((reason, code, at))) => {
            let why = if &**reason == "Error" { format!("Error {code}") } else { reason.to_string() };
            let when = at.map(|at| format!(" ({})", age(at, ctx.clock.now))).unwrap_or_default();
            Cell::new(Scope::Warn, format!("{n} {why}{when}"))
        }
    }
}

fn usage(ctx: &Ctx, used: Option<String>) -> Cell {
    match (used, ctx.fleet.freshness(Resource::PodMetrics)) {
        (Some(used), _) => Cell::new(Scope::Text, used),
        (None, Some(Freshness::Loading { .. })) => Cell::waiting(),
        (None, _) => Cell::new(Scope::Dim, ""),
    }
}
