//! Where the columns of the plan's table are.

use ratatui::text::Line;

use super::Block;
use crate::{Ctx, Scope, plan::sheet, widgets::text::left};

/// The most columns that the state of the preflight takes; what is longer stands beneath the line.
pub(super) const CHECK: usize = 28;

const TITLES: [&str; 5] = ["APP", "NAMESPACE", "BEFORE", "AFTER", "CHECK"];

/// Where the columns are: application, namespace, before, after, check.
#[derive(Clone, Copy, Debug)]
pub(in crate::plan) struct Columns([usize; 5]);

impl Columns {
    /// For these rows, in `room` columns.
    pub(super) fn of(blocks: &[Block], room: usize) -> Self {
        let mut wanted = TITLES.map(crate::widgets::text::width);
        wanted[3] = wanted[3].max(16);
        for block in blocks {
            for (width, cell) in wanted.iter_mut().zip(block.widths) {
                *width = (*width).max(cell);
            }
        }
        let check = wanted[4].min(CHECK);
        let widths = sheet::shares(&wanted[..4], room.saturating_sub(2 + 10 + check), 6);
        Self([widths[0], widths[1], widths[2], widths[3], check])
    }

    /// The first column of the field that is edited in place, and its width.
    pub(in crate::plan) fn field(&self) -> (u16, u16) {
        let [app, namespace, before, after, _] = self.0;
        ((2 + app + 2 + namespace + 2 + before + 2 + 2) as u16, after as u16)
    }

    /// The titles.
    pub(super) fn heading(&self, ctx: &Ctx) -> Line<'static> {
        self.row(ctx, [Scope::Heading; 5], &TITLES.map(str::to_owned), " ", false)
    }

    /// One row.
    pub(super) fn row(
        &self,
        ctx: &Ctx,
        scopes: [Scope; 5],
        cells: &[String; 5],
        arrow: &str,
        here: bool,
    ) -> Line<'static> {
        let mut line = vec![sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " })];
        for (n, cell) in cells.iter().enumerate() {
            line.push(sheet::span(ctx, scopes[n], left(cell, self.0[n])));
            let gap = if n == 2 { format!(" {arrow}  ") } else { "  ".to_owned() };
            line.push(sheet::span(ctx, Scope::Dim, gap));
        }
        Line::from(line)
    }
}
