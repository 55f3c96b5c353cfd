//! What is read for the page, and when it must be read again.

use rolldeck_core::{Time, around::Known};

use super::AppPage;
use crate::{Ctx, PageReply};

impl AppPage {
    /// Takes a part. An error does not throw away what was read before.
    pub(super) fn take(&mut self, reply: &PageReply) {
        match reply {
            PageReply::App(app) => {
                if let Ok((app, _)) = app {
                    self.read_at = self.read_at.max(Some(app.generation));
                }
                self.app = Some(app.clone());
            }
            PageReply::Revisions(revisions) => {
                self.revisions = Some(revisions.clone());
                let known = self.revisions.as_ref().and_then(|read| read.as_ref().ok());
                self.marked
                    .retain(|number| known.is_some_and(|all| all.iter().any(|revision| revision.number == *number)));
            }
            PageReply::Events(events) => self.events = Some(events.clone()),
            PageReply::Config(kind, name, known) => drop(self.configs.insert((*kind, name.clone()), known.clone())),
            PageReply::Autoscalers(batch) => drop(self.autoscalers.take_all(batch.iter().cloned())),
            PageReply::Scaling(batch) => drop(self.scaling.take_all(batch.iter().cloned())),
            PageReply::Services(batch) => drop(self.services.take_all(batch.iter().cloned())),
            PageReply::Slices(batch) => drop(self.slices.take_all(batch.iter().cloned())),
            PageReply::Routes(kind, batch) => {
                if let Some((_, kept)) = self.routes.iter_mut().find(|(of, _)| of == kind) {
                    kept.take_all(batch.iter().cloned());
                }
            }
            PageReply::Claims(batch) => drop(self.claims.take_all(batch.iter().cloned())),
            PageReply::Budgets(batch) => drop(self.budgets.take_all(batch.iter().cloned())),
        }
    }

    /// Whether the app was changed since the page was read, or does otherwise now. Says so once for each change.
    pub(super) fn is_old(&mut self, ctx: &Ctx) -> bool {
        let row = ctx.fleet.app(&self.key);
        let now = row.map(|row| row.app.generation);
        let health = row.map(|row| std::mem::discriminant(&row.health));
        let changed = self.read_at.is_some() && now > self.read_at;
        let turned = self.health.is_some() && health.is_some() && health != self.health;
        if changed {
            self.read_at = now;
        }
        self.health = health.or(self.health);
        changed || turned && self.read_at.is_some()
    }

    /// Every moment whose age the page shows.
    pub(super) fn ages(&self, ctx: &Ctx) -> Vec<Time> {
        let mut out: Vec<Time> = self.live(ctx).and_then(|app| app.created).into_iter().collect();
        out.extend(
            self.live(ctx).into_iter().flat_map(|app| app.conditions.iter().filter_map(|condition| condition.at)),
        );
        out.extend(ctx.fleet.app(&self.key).and_then(|row| row.rolled));
        out.extend(ctx.fleet.pods(&self.key).iter().filter_map(|row| row.pod.created));
        if let Some(Ok(revisions)) = &self.revisions {
            out.extend(revisions.iter().filter_map(|revision| revision.created));
        }
        if let Some(Ok(events)) = &self.events {
            out.extend(events.iter().filter_map(|event| event.at));
        }
        for (_, hpa) in self.autoscalers.iter().filter(|(_, hpa)| hpa.is_of(&self.key)) {
            out.extend(hpa.scaled.into_iter().chain(hpa.conditions.iter().filter_map(|condition| condition.at)));
        }
        out.extend(self.scaling.iter().filter_map(|(_, event)| event.at));
        out.extend(self.configs.values().filter_map(|known| match known {
            Known::There(at, _) => *at,
            _ => None,
        }));
        out
    }
}
