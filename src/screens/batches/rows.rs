//! Batches as rows.

use rolldeck_core::{
    Time,
    batch::BatchId,
    query::{Facts, Field},
};

use super::{
    known::{Batch, Known},
    words,
};
use crate::{
    Command, Ctx, Scope,
    listing::{Data, Order},
    widgets::{Cell, Column, text::time_of_day},
};

/// The columns of the batches.
pub static COLUMNS: [Column; 8] = [
    Column::new("name", "WHAT", 18, 30, 1).name().sorts(Command::SortName),
    Column::new("started", "STARTED", 12, 12, 0).sorts(Command::SortAge),
    Column::new("outcome", "OUTCOME", 20, 40, 2).sorts(Command::SortHealth),
    Column::new("who", "WHO", 16, 44, 3),
    Column::new("why", "WHY", 8, 60, 4),
    Column::new("namespaces", "NAMESPACES", 10, 30, 5).sorts(Command::SortNamespace),
    Column::new("took", "TOOK", 6, 8, 6).right(),
    Column::new("id", "BATCH", 20, 40, 7),
];

/// A batch, and its texts.
pub(super) struct Row<'a> {
    pub batch: Batch<'a>,
    what: String,
    who: String,
    outcome: (Scope, String),
}

impl<'a> Row<'a> {
    fn new(batch: Batch<'a>) -> Self {
        let (what, who) = (words::what(batch.found), words::who(batch.found));
        Self { what, who, outcome: words::outcome(&batch), batch }
    }
}

impl Facts for Row<'_> {
    fn name(&self) -> &str {
        &self.what
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        let found = self.batch.found;
        [&self.batch.found.id.0, &self.who, &self.outcome.1].into_iter().for_each(|text| visit(text));
        visit(&found.reason);
        for step in &found.steps {
            visit(&step.key.name);
            visit(&step.key.namespace);
        }
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        match field {
            Field::Status => visit(&self.outcome.1),
            Field::Kind => visit(&self.what),
            Field::Namespace => words::namespaces(self.batch.found).into_iter().for_each(visit),
            Field::Image => {
                for step in &self.batch.found.steps {
                    visit(&step.before);
                    visit(&step.after);
                }
            }
            Field::Node => {}
        }
    }

    fn born(&self) -> Option<Time> {
        Some(self.batch.found.started)
    }
}

impl Data for Known {
    type Key = BatchId;
    type Row<'a> = Row<'a>;

    fn key(row: &Row<'_>) -> BatchId {
        row.batch.found.id.clone()
    }

    fn rows<'a>(&'a self, ctx: &'a Ctx<'a>, order: Order) -> Vec<Row<'a>> {
        let mut rows: Vec<Row> = self.batches(ctx).into_iter().map(Row::new).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.batch.found.started));
        match order.by {
            Command::SortName => rows.sort_by(|a, b| a.what.cmp(&b.what)),
            Command::SortHealth => rows.sort_by_key(|row| words::rank(&row.batch)),
            Command::SortNamespace => rows.sort_by_cached_key(|row| words::namespaces(row.batch.found).join(",")),
            _ => {}
        }
        if order.reverse {
            rows.reverse();
        } else if order.by == Command::SortAge {
            rows.sort_by_key(|row| !row.batch.unfinished());
        }
        rows
    }

    fn cell(&self, ctx: &Ctx, row: &Row<'_>, column: &Column) -> Cell {
        let found = row.batch.found;
        match column.id {
            "started" => Cell::new(Scope::Dim, words::day(found.started, ctx.clock)),
            "name" => Cell::new(Scope::Text, &*row.what),
            "outcome" => Cell::new(row.outcome.0, &*row.outcome.1),
            "who" => Cell::new(Scope::Text, &*row.who),
            "why" => Cell::new(Scope::Text, &*found.reason),
            "namespaces" => Cell::new(Scope::Dim, words::namespaces(found).join(",")),
            "took" => Cell::new(Scope::Dim, words::took(&row.batch, ctx.clock.now)),
            "id" => Cell::new(Scope::Dim, &*found.id.0),
            _ => Cell::none(),
        }
    }

    fn heads(&self, ctx: &Ctx) -> Vec<Vec<Cell>> {
        let mut cells = Vec::new();
        if self.reading && self.list.is_some() {
            cells.push(Cell::new(Scope::Busy, "reading again …"));
        }
        if let Some((since, why)) = self.failing.as_ref().filter(|_| self.list.is_some()) {
            cells.push(Cell::new(Scope::Stale, format!("stale since {}: {why}", time_of_day(*since, ctx.clock))));
        }
        cells.extend(self.lacks.iter().take(3).map(|lack| Cell::new(Scope::Warn, lack.to_string())));
        if self.lacks.len() > 3 {
            cells.push(Cell::new(Scope::Warn, format!("{} more lacks", self.lacks.len() - 3)));
        }
        cells.into_iter().map(|cell| vec![cell]).collect()
    }

    fn empty(&self, _ctx: &Ctx) -> Vec<Cell> {
        match (&self.list, &self.failing) {
            (None, Some((_, why))) => {
                vec![Cell::new(Scope::Bad, "The batches cannot be read."), Cell::new(Scope::Warn, why.to_string())]
            }
            (None, None) => vec![Cell::new(Scope::Busy, "Reading the journals of batches …")],
            (Some(_), _) => vec![
                Cell::new(Scope::Heading, "No batch is recorded in the namespaces in view."),
                Cell::new(
                    Scope::Dim,
                    "A plan begins in the fleet: mark apps there, and release, roll back, scale or restart.",
                ),
            ],
        }
    }
}
