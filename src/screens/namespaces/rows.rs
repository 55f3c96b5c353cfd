//! Namespaces as rows: what the cluster says of them, and what the fleet knows of those in view.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use rolldeck_core::{
    Time,
    fleet::{Freshness, Resource},
    health::Health,
    kept::{Kept, Name},
    model::NamespaceFacts,
    query::{Facts, Field, Figure, Reading},
    text::Clean,
};

use crate::{
    Command, Ctx, Scope,
    listing::{Data, Order, fresh_head, waiting_for},
    widgets::{
        Cell, Column,
        text::{age, bytes, cores, grouped},
    },
};

/// The columns of the namespaces.
pub static COLUMNS: [Column; 8] = [
    Column::new("name", "NAME", 16, 50, 0).name().sorts(Command::SortName),
    Column::new("status", "STATUS", 8, 30, 5),
    Column::new("apps", "APPS", 5, 7, 1).right(),
    Column::new("pods", "PODS", 5, 8, 2).right(),
    Column::new("troubled", "TROUBLED", 8, 8, 3).right().sorts(Command::SortHealth),
    Column::new("cpu", "CPU", 6, 8, 4).right().sorts(Command::SortCpu),
    Column::new("memory", "MEMORY", 7, 9, 6).right().sorts(Command::SortMemory),
    Column::new("age", "AGE", 4, 4, 7).right().sorts(Command::SortAge),
];

/// What is in a namespace, as far as it is in view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    apps: usize,
    troubled: usize,
    pods: usize,
    /// Of the apps whose pods are metered.
    used: Option<(u64, u64)>,
}

/// The namespaces that the cluster names.
#[derive(Default)]
pub(super) struct Known {
    pub kept: Kept<NamespaceFacts>,
}

/// A namespace.
pub(super) struct Line<'a> {
    name: Clean,
    facts: Option<&'a NamespaceFacts>,
    /// `None` where it is not in view.
    sum: Option<Sum>,
}

impl Known {
    /// The names that are known, by whatever way.
    fn names(&self, ctx: &Ctx) -> BTreeSet<Clean> {
        let listed = self.kept.iter().map(|(name, _)| name.name.clone());
        let gone = self.kept.listed() && *self.kept.freshness() == Freshness::Live;
        // What the cluster lists is all there is; where it may not be listed, what was seen must do.
        let seen = (!gone).then(|| ctx.fleet.namespaces().into_iter().chain(ctx.session.namespaces.iter().cloned()));
        listed.chain(seen.into_iter().flatten()).chain(ctx.scope.iter().cloned()).collect()
    }
}

fn sums(ctx: &Ctx) -> BTreeMap<Clean, Sum> {
    let mut sums: BTreeMap<Clean, Sum> = BTreeMap::new();
    for row in ctx.fleet.rows() {
        let namespace = &row.app.key.namespace;
        if !sums.contains_key(namespace) {
            sums.insert(namespace.clone(), Sum::default());
        }
        let Some(sum) = sums.get_mut(namespace) else { continue };
        sum.apps += 1;
        sum.troubled += usize::from(matches!(row.health, Health::Degraded(_) | Health::Stalled(_)));
        if let Some(usage) = row.usage {
            let (cpu, memory) = sum.used.unwrap_or_default();
            sum.used = Some((cpu.saturating_add(usage.cpu_milli), memory.saturating_add(usage.memory)));
        }
    }
    sums
}

impl Facts for Line<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        visit(self.status());
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        match field {
            Field::Status => visit(self.status()),
            Field::Namespace => visit(&self.name),
            Field::Kind => visit("Namespace"),
            Field::Image | Field::Node => {}
        }
    }

    fn figure(&self, figure: Figure) -> Reading {
        let used = self.sum.and_then(|sum| sum.used);
        match figure {
            Figure::Cpu => used.map(|used| Reading::of(used.0)).unwrap_or_default(),
            Figure::Memory => used.map(|used| Reading::of(used.1)).unwrap_or_default(),
            _ => Reading::default(),
        }
    }

    fn born(&self) -> Option<Time> {
        self.facts.and_then(|facts| facts.created)
    }
}

impl Line<'_> {
    fn status(&self) -> &str {
        self.facts.map(|facts| facts.phase.as_str()).unwrap_or_default()
    }
}

impl Data for Known {
    type Key = Clean;
    type Row<'a> = Line<'a>;

    fn key(row: &Line<'_>) -> Clean {
        row.name.clone()
    }

    fn rows<'a>(&'a self, ctx: &'a Ctx<'a>, order: Order) -> Vec<Line<'a>> {
        let sums = sums(ctx);
        let line = |name: Clean| {
            let in_view = ctx.scope.is_empty() || ctx.scope.contains(&name);
            let sum = sums.get(&name).copied().unwrap_or_default();
            Line {
                facts: self.kept.get(&Name { namespace: Clean::default(), name: name.clone() }),
                sum: in_view.then(|| Sum { pods: ctx.fleet.pods_within(&name), ..sum }),
                name,
            }
        };
        let mut rows: Vec<Line<'a>> = self.names(ctx).into_iter().map(line).collect();
        match order.by {
            Command::SortHealth => rows.sort_by_key(|row| Reverse(row.sum.map(|sum| sum.troubled))),
            Command::SortCpu => rows.sort_by_key(|row| Reverse(row.sum.and_then(|sum| sum.used).map(|used| used.0))),
            Command::SortMemory => rows.sort_by_key(|row| Reverse(row.sum.and_then(|sum| sum.used).map(|used| used.1))),
            Command::SortAge => rows.sort_by_key(|row| Reverse(row.born())),
            _ => {}
        }
        if order.reverse {
            rows.reverse();
        }
        rows
    }

    fn cell(&self, ctx: &Ctx, row: &Line<'_>, column: &Column) -> Cell {
        let used = |of: fn((u64, u64)) -> String| match (
            row.sum.map(|sum| sum.used),
            ctx.fleet.freshness(Resource::PodMetrics),
        ) {
            (Some(Some(used)), _) => Cell::new(Scope::Text, of(used)),
            (Some(None), Some(Freshness::Loading { .. })) if row.sum.is_some_and(|sum| sum.pods > 0) => Cell::waiting(),
            _ => Cell::none(),
        };
        let counted = |resource: Resource, of: fn(Sum) -> usize| match (row.sum, ctx.fleet.freshness(resource)) {
            (None, _) => Cell::none(),
            (Some(sum), Some(Freshness::Loading { .. })) if of(sum) == 0 => Cell::waiting(),
            (Some(_), Some(Freshness::Forbidden(_) | Freshness::Absent)) => Cell::new(Scope::Dim, "n/a"),
            (Some(sum), _) => Cell::new(if of(sum) == 0 { Scope::Dim } else { Scope::Text }, grouped(of(sum))),
        };
        match column.id {
            "name" => Cell::new(Scope::Text, &*row.name),
            "status" => match (row.status(), row.sum) {
                ("Terminating", _) => Cell::new(Scope::Warn, "Terminating"),
                (_, None) => Cell::new(Scope::Dim, "not in view"),
                ("", _) => Cell::none(),
                (status, _) => Cell::new(Scope::Dim, status),
            },
            "apps" => counted(Resource::Deployments, |sum| sum.apps),
            "pods" => counted(Resource::Pods, |sum| sum.pods),
            "troubled" => match row.sum {
                Some(sum) if sum.troubled > 0 => Cell::new(Scope::Bad, format!("! {}", grouped(sum.troubled))),
                Some(sum) if sum.apps > 0 => Cell::new(Scope::Dim, "0"),
                _ => Cell::none(),
            },
            "cpu" => used(|used| cores(used.0)),
            "memory" => used(|used| bytes(used.1)),
            "age" => Cell::new(Scope::Dim, row.born().map(|at| age(at, ctx.clock.now)).unwrap_or_default()),
            _ => Cell::none(),
        }
    }

    fn heads(&self, ctx: &Ctx) -> Vec<Vec<Cell>> {
        let mut cells: Vec<Cell> = Vec::new();
        match self.kept.freshness() {
            Freshness::Forbidden(what) => {
                cells.push(Cell::new(Scope::Warn, format!("You may not {what}: these are the ones that are known")));
            }
            fresh => cells.extend(fresh_head(ctx, fresh, "namespaces")),
        }
        if self.kept.unreadable_count() > 0 {
            cells.push(Cell::new(Scope::Warn, format!("{} cannot be read", self.kept.unreadable_count())));
        }
        if cells.is_empty() { Vec::new() } else { vec![cells] }
    }

    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        waiting_for(ctx, self.kept.freshness(), self.kept.listed(), "namespaces")
            .unwrap_or_else(|| vec![Cell::new(Scope::Heading, "No namespaces are known.")])
    }

    fn ages(&self, row: &Line<'_>) -> Vec<Time> {
        row.born().into_iter().collect()
    }
}
