//! Marks: a set of apps, kept by name, whatever is shown.

use std::collections::{BTreeSet, HashSet};

use rolldeck_core::{
    fleet::{Freshness, Resource},
    model::{AppKey, AppKind},
};

use super::FleetRoom;
use crate::{
    Action, Ctx,
    widgets::text::{count, grouped},
};

impl FleetRoom {
    /// The marked apps.
    pub fn marks(&self) -> &BTreeSet<AppKey> {
        &self.marks
    }

    /// Marks these, too.
    pub fn mark(&mut self, apps: Vec<AppKey>) {
        self.marks.extend(apps);
    }

    /// Unmarks everything.
    pub fn clear_marks(&mut self) {
        self.marks.clear();
        self.anchor = None;
    }

    /// Filters by this text from now on.
    pub fn filter_by(&mut self, ctx: &Ctx, text: &str) {
        self.filter.set(text);
        self.unmoved();
        self.refresh(ctx);
    }

    /// Other namespaces are in view now: drops the marks elsewhere, and returns how many.
    pub fn scoped(&mut self, ctx: &Ctx) -> usize {
        let before = self.marks.len();
        self.marks.retain(|key| ctx.scope.is_empty() || ctx.scope.contains(&key.namespace));
        self.filter.clear();
        self.unmoved();
        self.refresh(ctx);
        before - self.marks.len()
    }

    /// Marks or unmarks the app under the cursor.
    pub(super) fn toggle(&mut self) {
        if let Some(key) = self.current().cloned()
            && !self.marks.remove(&key)
        {
            self.anchor = Some(key.clone());
            self.marks.insert(key);
        }
    }

    /// Marks from what was marked last to the cursor; without one in sight of the filter, what is under the cursor.
    pub(super) fn mark_range(&mut self) -> Vec<Action> {
        let Some(here) = self.current().cloned() else { return Vec::new() };
        let cursor = self.scroll.cursor;
        let anchor = self.anchor.as_ref().filter(|anchor| self.marks.contains(*anchor));
        let from = anchor.and_then(|anchor| self.view.keys.iter().position(|key| key == anchor)).unwrap_or(cursor);
        let range = &self.view.keys[from.min(cursor)..=from.max(cursor)];
        let before = self.marks.len();
        self.marks.extend(range.iter().cloned());
        let added = self.marks.len() - before;
        self.anchor = Some(here);
        let said = match added {
            1 => "1 more app marked".to_owned(),
            n => format!("{} more apps marked", grouped(n)),
        };
        vec![Action::Note(false, said.into())]
    }

    /// Marks all that is shown.
    pub(super) fn mark_shown(&mut self) {
        self.marks.extend(self.view.keys.iter().cloned());
    }

    /// The marked apps that are shown, in the order of the screen, and those that are not.
    pub(super) fn split_marks(&self) -> (Vec<AppKey>, Vec<AppKey>) {
        if self.marks.is_empty() {
            return Default::default();
        }
        let shown: Vec<AppKey> = self.view.keys.iter().filter(|key| self.marks.contains(*key)).cloned().collect();
        let seen: HashSet<&AppKey> = shown.iter().collect();
        let hidden = self.marks.iter().filter(|key| !seen.contains(key)).cloned().collect();
        (shown, hidden)
    }

    /// Drops the marks of apps that are gone, and says so. An app is gone only when its kind is known to the last.
    pub(super) fn drop_gone(&mut self, ctx: &Ctx) -> Vec<Action> {
        if self.marks.is_empty() {
            return Vec::new();
        }
        let live = AppKind::ALL.map(|kind| ctx.fleet.freshness(resource(kind)) == Some(Freshness::Live));
        let gone = |key: &AppKey| {
            ctx.fleet.app(key).is_none() && AppKind::ALL.iter().zip(live).any(|(kind, live)| *kind == key.kind && live)
        };
        let dropped: Vec<AppKey> = self.marks.iter().filter(|key| gone(key)).cloned().collect();
        for key in &dropped {
            self.marks.remove(key);
        }
        match dropped.as_slice() {
            [] => Vec::new(),
            [one] => vec![Action::Note(false, format!("{one} is gone: its mark is dropped").into())],
            many => vec![Action::Note(
                false,
                format!("{} are gone: their marks are dropped", count(many.len(), "app")).into(),
            )],
        }
    }
}

fn resource(kind: AppKind) -> Resource {
    match kind {
        AppKind::Deployment => Resource::Deployments,
        AppKind::StatefulSet => Resource::StatefulSets,
        AppKind::DaemonSet => Resource::DaemonSets,
    }
}
