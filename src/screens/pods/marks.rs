//! Marked pods: a set that is kept by name, whatever is shown.

use rolldeck_core::{
    fleet::{Freshness, PodRow, Resource},
    model::Pod,
    text::Clean,
};

use super::room::Pods;
use crate::{
    Action, Command, Ctx, Scope,
    widgets::{Cell, text::count},
};

impl Pods {
    fn under(&self, rows: &[PodRow]) -> Option<Clean> {
        rows.get(self.scroll.cursor).map(|row| row.pod.name.clone())
    }

    /// Marks or unmarks the pod under the cursor, and goes down.
    pub(super) fn toggle(&mut self, ctx: &Ctx) {
        if let Some(name) = self.under(&self.rows(ctx))
            && !self.marks.remove(&name)
        {
            self.anchor = Some(name.clone());
            self.marks.insert(name);
        }
        self.go(ctx, Command::Down);
    }

    /// Marks from what was marked last to the cursor; without one in sight, what is under the cursor.
    pub(super) fn mark_range(&mut self, ctx: &Ctx) {
        let (rows, cursor) = (self.rows(ctx), self.scroll.cursor);
        let anchor = self.anchor.as_ref().filter(|anchor| self.marks.contains(*anchor));
        let from = anchor.and_then(|anchor| rows.iter().position(|row| row.pod.name == *anchor)).unwrap_or(cursor);
        let range = rows.get(from.min(cursor)..=from.max(cursor)).unwrap_or_default();
        self.anchor = self.under(&rows);
        self.marks.extend(range.iter().map(|row| row.pod.name.clone()));
    }

    /// Marks all that is shown.
    pub(super) fn mark_shown(&mut self, ctx: &Ctx) {
        self.marks.extend(self.rows(ctx).iter().map(|row| row.pod.name.clone()));
    }

    /// Unmarks everything.
    pub(super) fn clear_marks(&mut self) {
        self.marks.clear();
        self.anchor = None;
    }

    /// The marked pods that are shown, in the order of the screen, and how many are not.
    pub(super) fn split_marks<'a>(&self, rows: &[PodRow<'a>]) -> (Vec<&'a Pod>, usize) {
        let pods = rows.iter().map(|row| row.pod);
        let shown: Vec<&Pod> = pods.filter(|pod| self.marks.contains(&pod.name)).collect();
        let hidden = self.marks.len() - shown.len();
        (shown, hidden)
    }

    /// What an act is about: the marked pods, or the one under the cursor.
    ///
    /// # Errors
    /// Some of the marked are not shown: nothing is done to what is not seen.
    pub(super) fn chosen<'a>(&self, rows: &[PodRow<'a>]) -> Result<Vec<&'a Pod>, String> {
        match self.split_marks(rows) {
            (_, 0) if self.marks.is_empty() => {
                Ok(rows.get(self.scroll.cursor).map(|row| row.pod).into_iter().collect())
            }
            (shown, 0) => Ok(shown),
            (_, hidden) => {
                let all = count(self.marks.len(), "marked pod");
                Err(format!("{hidden} of {all} hidden by the filter: clear the filter, or the marks"))
            }
        }
    }

    /// How many are marked, and how many of them the filter hides.
    pub(super) fn marked_words(&self, rows: &[PodRow]) -> Option<Cell> {
        let hidden = match self.split_marks(rows).1 {
            0 => String::new(),
            hidden => format!(", {hidden} of them hidden by the filter"),
        };
        (!self.marks.is_empty()).then(|| Cell::new(Scope::Marked, format!("{} marked{hidden}", self.marks.len())))
    }

    /// Drops the marks of pods that are gone, and says so. A pod is gone only when all pods are known.
    pub(super) fn drop_gone(&mut self, ctx: &Ctx) -> Vec<Action> {
        if self.marks.is_empty() || ctx.fleet.freshness(Resource::Pods) != Some(Freshness::Live) {
            return Vec::new();
        }
        let before = self.marks.clone();
        let pods = ctx.fleet.pods(&self.app);
        self.marks.retain(|name| pods.iter().any(|row| row.pod.name == *name));
        let gone: Vec<&Clean> = before.difference(&self.marks).collect();
        match gone.as_slice() {
            [] => Vec::new(),
            [one] => vec![Action::Note(false, format!("{one} is gone: its mark is dropped").into())],
            many => vec![Action::Note(false, format!("{} pods are gone: their marks are dropped", many.len()).into())],
        }
    }
}
