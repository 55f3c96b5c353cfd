//! The nodes as rows: their columns, their orders, and what a filter may ask of them.

use std::cmp::Reverse;

use rolldeck_core::{
    Time,
    query::{Facts, Field, Figure, Reading},
    text::Clean,
};

use super::{cells::Line, known::Known};
use crate::{
    Command, Ctx, Scope,
    listing::{Data, Order, waiting_for},
    widgets::{Cell, Column},
};

/// The columns of the nodes.
pub static COLUMNS: [Column; 16] = [
    Column::new("name", "NAME", 14, 40, 0).name().sorts(Command::SortName),
    Column::new("status", "STATUS", 24, 60, 1).sorts(Command::SortHealth),
    Column::new("pods", "PODS", 6, 9, 2).right(),
    Column::new("cpu", "CPU", 8, 10, 3).right().sorts(Command::SortCpu),
    Column::new("cpu-asked", "CPU REQ", 8, 10, 5).right(),
    Column::new("memory", "MEMORY", 9, 11, 4).right().sorts(Command::SortMemory),
    Column::new("memory-asked", "MEM REQ", 9, 11, 6).right(),
    Column::new("net", "NETWORK", 12, 22, 9).sorts(Command::SortNet),
    Column::new("disk", "DISK", 8, 11, 8).right().sorts(Command::SortDisk),
    Column::new("taints", "TAINTS", 10, 40, 11),
    Column::new("version", "VERSION", 8, 14, 10),
    Column::new("roles", "ROLES", 6, 20, 12),
    Column::new("kernel", "KERNEL", 10, 24, 13),
    Column::new("os", "OS", 10, 30, 14),
    Column::new("runtime", "RUNTIME", 10, 24, 15),
    Column::new("age", "AGE", 4, 4, 7).right().sorts(Command::SortAge),
];

impl Facts for Line<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        visit(&self.status().text);
        self.node.taints.iter().for_each(|taint| visit(taint));
        for word in [&self.node.kubelet, &self.node.roles, &self.node.os, &self.node.runtime, &self.node.arch] {
            visit(word);
        }
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        match field {
            Field::Status => visit(&self.status().text),
            Field::Kind => visit("Node"),
            Field::Node => visit(self.name),
            Field::Image | Field::Namespace => {}
        }
    }

    fn figure(&self, figure: Figure) -> Reading {
        let (node, usage, figures) = (self.node, self.usage, self.figures);
        match figure {
            Figure::Cpu => usage.map(|usage| Reading::share(usage.cpu_milli, Some(node.cpu_milli))).unwrap_or_default(),
            Figure::Memory => usage.map(|usage| Reading::share(usage.memory, Some(node.memory))).unwrap_or_default(),
            Figure::Net => {
                let both = figures.and_then(|figures| Some(figures.rx?.saturating_add(figures.tx?)));
                both.map(Reading::of).unwrap_or_default()
            }
            Figure::Disk => {
                let used = figures.and_then(|figures| Some((figures.disk_used?, figures.disk_size)));
                used.map(|(used, size)| Reading::share(used, size)).unwrap_or_default()
            }
            Figure::Restarts | Figure::Age | Figure::Ready | Figure::Replicas => Reading::default(),
        }
    }

    fn born(&self) -> Option<Time> {
        self.node.created
    }
}

impl Data for Known {
    type Key = Clean;
    type Row<'a> = Line<'a>;

    fn key(row: &Line<'_>) -> Clean {
        row.name.clone()
    }

    fn rows<'a>(&'a self, ctx: &'a Ctx<'a>, order: Order) -> Vec<Line<'a>> {
        let line = |name: &'a Clean, node| Line {
            name,
            node,
            load: ctx.fleet.load(name),
            usage: self.usage(name),
            metered: self.metered.as_ref(),
            figures: self.figures(name),
        };
        let mut rows: Vec<Line<'a>> = self.nodes.iter().map(|(name, node)| line(&name.name, node)).collect();
        match order.by {
            Command::SortHealth => rows.sort_by_key(|row| sick(row)),
            Command::SortCpu => rows.sort_by_key(|row| Reverse(row.usage.map(|usage| usage.cpu_milli))),
            Command::SortMemory => rows.sort_by_key(|row| Reverse(row.usage.map(|usage| usage.memory))),
            Command::SortNet => {
                rows.sort_by_key(|row| Reverse(row.figures.and_then(|figures| Some(figures.rx? + figures.tx?))));
            }
            Command::SortDisk => {
                rows.sort_by_key(|row| Reverse(row.figures.and_then(|figures| figures.disk_percent())))
            }
            Command::SortAge => rows.sort_by_key(|row| Reverse(row.node.created)),
            _ => {}
        }
        if order.reverse {
            rows.reverse();
        }
        rows
    }

    fn cell(&self, ctx: &Ctx, row: &Line<'_>, column: &Column) -> Cell {
        let dim = |text: &Clean| Cell::new(Scope::Dim, &**text);
        match column.id {
            "name" => Cell::new(Scope::Text, &**row.name),
            "status" => row.status(),
            "pods" => row.pods(),
            "cpu" => row.cpu(),
            "cpu-asked" => row.cpu_asked(),
            "memory" => row.memory(),
            "memory-asked" => row.memory_asked(),
            "net" => row.net(),
            "disk" => row.disk(),
            "taints" => row.taints(),
            "version" => dim(&row.node.kubelet),
            "roles" => dim(&row.node.roles),
            "kernel" => dim(&row.node.kernel),
            "os" => Cell::new(Scope::Dim, format!("{} {}", row.node.os, row.node.arch)),
            "runtime" => dim(&row.node.runtime),
            "age" => row.age(ctx),
            _ => Cell::none(),
        }
    }

    fn heads(&self, ctx: &Ctx) -> Vec<Vec<Cell>> {
        let mut cells = self.heads(ctx, "nodes");
        cells.extend(of_view(ctx));
        if cells.is_empty() { Vec::new() } else { vec![cells] }
    }

    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        let fresh = self.nodes.freshness();
        waiting_for(ctx, fresh, self.nodes.listed(), "nodes")
            .unwrap_or_else(|| vec![Cell::new(Scope::Heading, "This cluster has no nodes.")])
    }

    fn ages(&self, row: &Line<'_>) -> Vec<Time> {
        row.node.created.into_iter().collect()
    }

    fn hidden(&self, ctx: &Ctx) -> Vec<&'static str> {
        let mut hidden = Vec::new();
        if !self.any_figures() {
            hidden.extend(["net", "disk"]);
        }
        if self.nodes.iter().all(|(_, node)| node.taints.is_empty()) {
            hidden.push("taints");
        }
        if !ctx.wide {
            hidden.extend(["kernel", "os", "runtime"]);
        }
        hidden
    }
}

/// Requests and counts are sums over the pods in view.
pub(super) fn of_view(ctx: &Ctx) -> Option<Cell> {
    let names: Vec<&str> = ctx.scope.iter().map(|name| name.as_str()).collect();
    let words = "pods and requests are of the namespaces in view only";
    (!names.is_empty()).then(|| Cell::new(Scope::Warn, format!("{words}: {}", names.join(", "))))
}

/// The worst first.
fn sick(row: &Line<'_>) -> (u8, bool, bool) {
    let ready = match row.node.ready {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    };
    (ready, row.node.troubles.is_empty(), !row.node.cordoned)
}
