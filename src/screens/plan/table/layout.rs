//! The table as lines: where each begins, and those that are in sight.

use std::ops::Range;

use ratatui::text::Line;
use rolldeck_core::batch::{Intent, Plan};

use super::{
    Block, Kind, Stop,
    columns::Columns,
    kinds::{self, kinds},
};
use crate::{Command, Ctx, Room, Scope, plan::sheet};

/// The table, laid out.
pub(in crate::plan) struct Table<'a> {
    blocks: &'a [Block],
    kinds: Vec<Kind>,
    room: usize,
    /// Where the columns are.
    pub(in crate::plan) columns: Columns,
    /// The first line of each app, then that of the part beneath them.
    starts: Vec<usize>,
    /// Line numbers of the stops, in the order of [`super::stops`].
    pub(in crate::plan) at: Vec<usize>,
    /// How many lines there are.
    pub(in crate::plan) total: usize,
}

impl<'a> Table<'a> {
    /// Lays the apps out in `room` columns.
    pub(in crate::plan) fn new(plan: &Plan, blocks: &'a [Block], room: usize) -> Self {
        let (mut starts, mut at, mut line) = (Vec::with_capacity(blocks.len() + 1), Vec::new(), 0);
        for block in blocks {
            starts.push(line);
            at.push(line);
            if plan.intent == Intent::Release {
                at.extend((1..=block.containers.len()).map(|n| line + n));
            }
            line += block.height();
        }
        starts.push(line);
        let kinds = kinds(plan);
        if !kinds.is_empty() {
            at.extend((0..kinds.len()).map(|n| line + 2 + n));
            line += 2 + kinds.len();
        }
        Self { blocks, kinds, room, columns: Columns::of(blocks, room), starts, at, total: line }
    }

    /// The titles.
    pub(in crate::plan) fn heading(&self, ctx: &Ctx) -> Line<'static> {
        self.columns.heading(ctx)
    }

    /// These lines of all.
    pub(in crate::plan) fn lines(&self, ctx: &Ctx, wanted: Range<usize>, stop: Option<Stop>) -> Vec<Line<'static>> {
        let first = self.starts.partition_point(|start| *start <= wanted.start).saturating_sub(1);
        let mut lines = Vec::new();
        let mut line = self.starts.get(first).copied().unwrap_or(0);
        for (n, block) in self.blocks.iter().enumerate().skip(first) {
            if line >= wanted.end {
                break;
            }
            lines.extend(self.block(ctx, n, block, stop));
            line += block.height();
        }
        if line < wanted.end {
            lines.extend(self.warnings(ctx, stop));
        }
        let skip = wanted.start.saturating_sub(self.starts.get(first).copied().unwrap_or(0));
        lines.into_iter().skip(skip).take(wanted.len()).collect()
    }

    fn block(&self, ctx: &Ctx, n: usize, block: &Block, stop: Option<Stop>) -> Vec<Line<'static>> {
        let scopes = [Scope::Text, Scope::Dim, Scope::Text, Scope::Text, block.scope];
        let mut lines = vec![self.columns.row(ctx, scopes, &block.head, "→", stop == Some(Stop::App(n)))];
        for (at, (cells, scope)) in block.containers.iter().enumerate() {
            let here = stop == Some(Stop::Container(n, at));
            lines.push(self.columns.row(ctx, [*scope; 5], cells, "→", here));
        }
        lines.extend(block.notes.iter().map(|(scope, text)| sheet::line(ctx, *scope, text.clone())));
        lines
    }

    /// The part beneath the apps.
    fn warnings(&self, ctx: &Ctx, stop: Option<Stop>) -> Vec<Line<'static>> {
        if self.kinds.is_empty() {
            return Vec::new();
        }
        let key = ctx.keymap.key(Room::Plan, Command::Acknowledge).map(|key| key.to_string()).unwrap_or_default();
        let mut lines = vec![
            Line::default(),
            sheet::line(ctx, Scope::Heading, format!("Warnings: {key} acknowledges a kind, for all apps of it")),
        ];
        let here = |kind: &Kind| stop == Some(Stop::Kind(kind.kind));
        lines.extend(self.kinds.iter().map(|kind| kinds::line(ctx, kind, here(kind), self.room)));
        lines
    }
}
