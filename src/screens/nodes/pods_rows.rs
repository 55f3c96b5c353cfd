//! A node's pods as rows: what each takes of its node.

use std::{cmp::Reverse, collections::HashMap};

use rolldeck_core::{
    Time,
    fleet::{AskedPod, Freshness, PodRow, Resource},
    health::{pod_status, trouble},
    kept::Name,
    model::{Node, PodFigures},
    query::{Facts, Field, Figure, Reading},
    text::Clean,
};

use super::{
    cells::{Line, net, percent, share_cell},
    known::Known,
    rows::of_view,
};
use crate::{
    Command, Ctx, Scope,
    fleet::waiting,
    listing::{Data, Order},
    widgets::{
        Cell, Column,
        text::{age, bytes, cores},
    },
};

/// The columns of a node's pods. Shares are of what the node can give.
pub static COLUMNS: [Column; 12] = [
    Column::new("name", "NAME", 20, 48, 0).name().sorts(Command::SortName),
    Column::new("namespace", "NAMESPACE", 9, 20, 5).sorts(Command::SortNamespace),
    Column::new("app", "APP", 8, 30, 9),
    Column::new("status", "STATUS", 10, 28, 4).sorts(Command::SortHealth),
    Column::new("cpu", "CPU", 8, 10, 1).right().sorts(Command::SortCpu),
    Column::new("cpu-asked", "CPU REQ", 8, 10, 6).right(),
    Column::new("memory", "MEMORY", 9, 11, 2).right().sorts(Command::SortMemory),
    Column::new("memory-asked", "MEM REQ", 9, 11, 7).right(),
    Column::new("net", "NETWORK", 12, 22, 3).sorts(Command::SortNet),
    Column::new("disk", "DISK", 6, 8, 8).right().sorts(Command::SortDisk),
    Column::new("restarts", "RESTARTS", 8, 8, 10).right().sorts(Command::SortRestarts),
    Column::new("age", "AGE", 4, 4, 11).right().sorts(Command::SortAge),
];

/// A node, and what is known of it.
pub(super) struct OfNode {
    pub name: Clean,
    pub known: Known,
}

/// A pod on it.
#[derive(Clone, Copy)]
pub(super) struct OnNode<'a> {
    asked: AskedPod<'a>,
    figures: Option<&'a PodFigures>,
}

impl<'a> OnNode<'a> {
    fn row(&self) -> &PodRow<'a> {
        &self.asked.row
    }

    fn cpu(&self) -> Option<u64> {
        self.row().usage.map(|usage| usage.cpu_milli)
    }

    fn memory(&self) -> Option<u64> {
        self.row().usage.map(|usage| usage.memory)
    }

    fn net(&self) -> Option<u64> {
        self.figures.and_then(|figures| Some(figures.rx?.saturating_add(figures.tx?)))
    }

    fn restarts(&self) -> u32 {
        self.row().pod.containers.iter().map(|container| container.restarts).sum()
    }
}

impl Facts for OnNode<'_> {
    fn name(&self) -> &str {
        self.asked.name()
    }
    fn words(&self, visit: &mut dyn FnMut(&str)) {
        self.asked.words(visit);
    }
    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        self.asked.texts(field, visit);
    }
    fn label(&self, key: &str) -> Option<&str> {
        self.asked.label(key)
    }
    fn labels(&self, visit: &mut dyn FnMut(&str, &str)) {
        self.asked.labels(visit);
    }
    fn figure(&self, figure: Figure) -> Reading {
        match figure {
            Figure::Net => self.net().map(Reading::of).unwrap_or_default(),
            Figure::Disk => self.figures.and_then(|figures| figures.disk).map(Reading::of).unwrap_or_default(),
            other => self.asked.figure(other),
        }
    }
    fn born(&self) -> Option<Time> {
        self.asked.born()
    }
}

impl OfNode {
    fn node(&self) -> Option<&Node> {
        self.known.node(&self.name)
    }

    /// `part`, and its share of what the node can give.
    fn share(&self, text: String, part: u64, of: impl Fn(&Node) -> u64) -> Cell {
        share_cell(text, self.node().and_then(|node| percent(part, of(node))))
    }

    fn usage(&self, ctx: &Ctx, used: Option<u64>, text: fn(u64) -> String, of: impl Fn(&Node) -> u64) -> Cell {
        match (used, ctx.fleet.freshness(Resource::PodMetrics)) {
            (Some(used), _) => self.share(text(used), used, of),
            (None, Some(Freshness::Loading { .. })) => Cell::waiting(),
            _ => Cell::none(),
        }
    }

    /// The node in a line: how it is, and what is used and set aside of what it can give.
    fn summary(&self, ctx: &Ctx) -> Vec<Cell> {
        let Some(node) = self.node() else {
            return self
                .known
                .nodes
                .listed()
                .then(|| Cell::new(Scope::Warn, "This node is gone."))
                .into_iter()
                .collect();
        };
        let line = Line {
            name: &self.name,
            node,
            load: ctx.fleet.load(&self.name),
            usage: self.known.usage(&self.name),
            metered: self.known.metered.as_ref(),
            figures: self.known.figures(&self.name),
        };
        let titled = |title: &str, used: Cell, asked: Cell, whole: String| {
            let used = if used.text.is_empty() { String::new() } else { format!("{} used, ", used.text) };
            Cell::new(asked.scope, format!("{title} {used}{} requested of {whole}", asked.text))
        };
        let mut cells = vec![line.status()];
        cells.push(titled("CPU", line.cpu(), line.cpu_asked(), cores(node.cpu_milli)));
        cells.push(titled("memory", line.memory(), line.memory_asked(), bytes(node.memory)));
        cells.push(Cell::new(line.pods().scope, format!("{} pods", line.pods().text)));
        let more = [("disk", line.disk()), ("net", line.net())];
        cells.extend(
            more.into_iter()
                .filter(|(_, cell)| !cell.text.is_empty())
                .map(|(title, cell)| Cell::new(cell.scope, format!("{title} {}", cell.text))),
        );
        cells
    }
}

impl Data for OfNode {
    type Key = Name;
    type Row<'a> = OnNode<'a>;

    fn key(row: &OnNode<'_>) -> Name {
        Name::new(&row.row().pod.namespace, &row.row().pod.name)
    }

    fn rows<'a>(&'a self, ctx: &'a Ctx<'a>, order: Order) -> Vec<OnNode<'a>> {
        let told = self.known.figures(&self.name).map(|figures| figures.pods.as_slice()).unwrap_or_default();
        let told: HashMap<(&str, &str), &PodFigures> =
            told.iter().map(|pod| ((pod.namespace.as_str(), pod.name.as_str()), pod)).collect();
        let on = |row: PodRow<'a>| OnNode {
            figures: told.get(&(row.pod.namespace.as_str(), row.pod.name.as_str())).copied(),
            asked: AskedPod { row, fleet: ctx.fleet },
        };
        let mut rows: Vec<OnNode<'a>> = ctx.fleet.pods_on(&self.name).map(on).collect();
        rows.sort_by(|a, b| {
            (&a.row().pod.name, &a.row().pod.namespace).cmp(&(&b.row().pod.name, &b.row().pod.namespace))
        });
        match order.by {
            Command::SortNamespace => rows.sort_by_key(|row| row.row().pod.namespace.clone()),
            Command::SortHealth => rows.sort_by_key(|row| (trouble(row.row().pod).is_none(), row.row().pod.ready)),
            // What uses most is what may starve the others; where nothing is known, what asked for most.
            Command::SortCpu => rows.sort_by_key(|row| Reverse((row.cpu(), row.row().pod.asks.cpu_milli))),
            Command::SortMemory => rows.sort_by_key(|row| Reverse((row.memory(), row.row().pod.asks.memory_ki))),
            Command::SortNet => rows.sort_by_key(|row| Reverse(row.net())),
            Command::SortDisk => rows.sort_by_key(|row| Reverse(row.figures.and_then(|figures| figures.disk))),
            Command::SortRestarts => rows.sort_by_key(|row| Reverse(row.restarts())),
            Command::SortAge => rows.sort_by_key(|row| Reverse(row.row().pod.created)),
            _ => {}
        }
        if order.reverse {
            rows.reverse();
        }
        rows
    }

    fn cell(&self, ctx: &Ctx, row: &OnNode<'_>, column: &Column) -> Cell {
        let pod = row.row().pod;
        match column.id {
            "name" => Cell::new(Scope::Text, &*pod.name),
            "namespace" => Cell::new(Scope::Dim, &*pod.namespace),
            "app" => {
                let app = pod.app.as_ref().map(|(kind, name)| format!("{}/{name}", kind.short()));
                Cell::new(Scope::Dim, app.unwrap_or_default())
            }
            "status" => {
                let scope = match (trouble(pod).is_some(), pod.ready) {
                    (true, _) => Scope::Bad,
                    (false, true) => Scope::Good,
                    (false, false) => Scope::Dim,
                };
                Cell::new(scope, pod_status(pod).to_string())
            }
            "cpu" => self.usage(ctx, row.cpu(), cores, |node| node.cpu_milli),
            "memory" => self.usage(ctx, row.memory(), bytes, |node| node.memory),
            "cpu-asked" => {
                let asked = u64::from(pod.asks.cpu_milli);
                self.share(cores(asked), asked, |node| node.cpu_milli)
            }
            "memory-asked" => self.share(bytes(pod.asks.memory()), pod.asks.memory(), |node| node.memory),
            "net" => {
                let (rx, tx) = (row.figures.and_then(|f| f.rx), row.figures.and_then(|f| f.tx));
                net(rx, tx, row.figures.is_some())
            }
            "disk" => {
                let disk = row.figures.and_then(|figures| figures.disk).map(bytes);
                Cell::new(Scope::Text, disk.unwrap_or_default())
            }
            "restarts" => {
                let restarts = row.restarts();
                Cell::new(if restarts > 0 { Scope::Warn } else { Scope::Dim }, restarts.to_string())
            }
            "age" => Cell::new(Scope::Dim, pod.created.map(|at| age(at, ctx.clock.now)).unwrap_or_default()),
            _ => Cell::none(),
        }
    }

    fn heads(&self, ctx: &Ctx) -> Vec<Vec<Cell>> {
        let mut said = self.known.heads(ctx, "the node");
        said.extend(of_view(ctx));
        [self.summary(ctx), said].into_iter().filter(|line| !line.is_empty()).collect()
    }

    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        waiting(ctx, &[Resource::Pods])
            .unwrap_or_else(|| vec![Cell::new(Scope::Heading, "No pod in view is on this node.")])
    }

    fn ages(&self, row: &OnNode<'_>) -> Vec<Time> {
        row.row().pod.created.into_iter().collect()
    }

    fn hidden(&self, _ctx: &Ctx) -> Vec<&'static str> {
        if self.known.any_figures() { Vec::new() } else { vec!["net", "disk"] }
    }
}
