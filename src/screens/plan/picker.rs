//! History: every revision of one app, and what going back to the one under the cursor would change.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    batch::{Change, Plan, Step},
    model::Revision,
};

use super::{paper::Paper, sheet, table::brief};
use crate::{Command, Ctx, Scope, widgets::text::age};

/// Rows of the list in a room of so many rows; the diff has the rest.
fn list(plan: &Plan, step: usize, room: usize) -> usize {
    plan.steps[step].revisions.len().max(1).min((room / 2).max(4) - 2)
}

/// The list of revisions that is open over the plan.
#[derive(Clone, Debug)]
pub(super) struct Picker {
    pub(super) step: usize,
    cursor: usize,
    diff: Paper,
    /// Revisions that it may have been at a point in time.
    candidates: Vec<i64>,
}

impl Picker {
    /// Opens the history of a step, the cursor on the revision that is chosen now, else on the first of the candidates.
    pub(super) fn new(plan: &Plan, step: usize, candidates: Vec<i64>) -> Self {
        let chosen = match &plan.steps[step].change {
            Some(Change::Template { revision, .. }) => *revision,
            _ => candidates.first().copied().unwrap_or(-1),
        };
        let revisions = &plan.steps[step].revisions;
        let cursor = revisions.iter().position(|revision| revision.number == chosen).unwrap_or(0);
        let mut picker = Self { step, cursor, diff: Paper::default(), candidates };
        picker.look(plan);
        picker
    }

    fn look(&mut self, plan: &Plan) {
        self.diff = match self.number(plan) {
            Some(number) => Paper::of_revision(plan, self.step, number),
            None => Paper::default(),
        };
    }

    /// The revision under the cursor.
    pub(super) fn number(&self, plan: &Plan) -> Option<i64> {
        plan.steps[self.step].revisions.get(self.cursor).map(|revision| revision.number)
    }

    /// Up and down choose, pages scroll the diff.
    pub(super) fn go(&mut self, plan: &Plan, command: Command, room: usize) {
        let last = plan.steps[self.step].revisions.len().saturating_sub(1);
        let to = match command {
            Command::Up => self.cursor.saturating_sub(1),
            Command::Down => (self.cursor + 1).min(last),
            Command::Top => 0,
            Command::Bottom => last,
            other => {
                self.diff.pan(other, room.saturating_sub(list(plan, self.step, room) + 3));
                return;
            }
        };
        if to != self.cursor {
            self.cursor = to;
            self.look(plan);
        }
    }

    /// Draws the list above, the diff beneath.
    pub(super) fn draw(&self, ctx: &Ctx, plan: &Plan, frame: &mut Frame, area: Rect) {
        let step = &plan.steps[self.step];
        let title = format!("History of {}", step.key);
        let rows = list(plan, self.step, area.height.into());
        let widths = self.widths(ctx, step, usize::from(area.width));
        let heading = ["REVISION", "AGE", "IMAGES", "NOTE", "CAUSE"];
        let heads: Vec<_> = heading.iter().zip(&widths).map(|(text, width)| (*text, *width, Scope::Heading)).collect();
        let mut top = vec![sheet::line(ctx, Scope::Heading, title)];
        top.push(sheet::cells(ctx, &heads));
        if step.revisions.is_empty() {
            top.push(sheet::line(ctx, Scope::Dim, "no revision was kept: there is nothing to go back to"));
        }
        sheet::draw(ctx, frame, area, &top, 0, None);
        let lines: Vec<_> =
            step.revisions.iter().enumerate().map(|(n, revision)| self.line(ctx, step, n, revision, &widths)).collect();
        let place = Rect { y: area.y + 2, height: (rows as u16).min(area.height.saturating_sub(2)), ..area };
        if !lines.is_empty() {
            sheet::draw(ctx, frame, place, &lines, sheet::top(self.cursor, lines.len(), rows), Some(self.cursor));
        }
        let used = (rows as u16 + 3).min(area.height);
        self.diff.draw(ctx, frame, Rect { y: area.y + used, height: area.height - used, ..area });
    }

    fn widths(&self, ctx: &Ctx, step: &Step, room: usize) -> Vec<usize> {
        let mut wanted = vec![10, 4, 6, 4, 5];
        for (n, revision) in step.revisions.iter().enumerate() {
            for (width, cell) in wanted.iter_mut().zip(self.texts(ctx, step, n, revision)) {
                *width = (*width).max(crate::widgets::text::width(&cell));
            }
        }
        sheet::shares(&wanted, room.saturating_sub(2 * wanted.len()), 4)
    }

    fn texts(&self, ctx: &Ctx, step: &Step, n: usize, revision: &Revision) -> [String; 5] {
        let mark = if n == self.cursor { "▸" } else { " " };
        let old = revision.created.map(|created| age(created, ctx.clock.now)).unwrap_or_default();
        let skipped = step.skipped.iter().find(|skipped| skipped.revision == revision.number);
        let note = match skipped {
            _ if self.candidates.contains(&revision.number) => "may have been it".to_owned(),
            _ if revision.live => "live".to_owned(),
            Some(skipped) => skipped.why.to_string(),
            None => String::new(),
        };
        [format!("{mark} rev {}", revision.number), old, brief(&revision.images), note, revision.cause.to_string()]
    }

    fn line(
        &self,
        ctx: &Ctx,
        step: &Step,
        n: usize,
        revision: &Revision,
        widths: &[usize],
    ) -> ratatui::text::Line<'static> {
        let texts = self.texts(ctx, step, n, revision);
        let scope = if revision.live { Scope::Good } else { Scope::Text };
        let cells: Vec<_> = texts.iter().zip(widths).map(|(text, width)| (text.as_str(), *width, scope)).collect();
        sheet::cells(ctx, &cells)
    }
}
