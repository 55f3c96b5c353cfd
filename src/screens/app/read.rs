//! What is read for the page, and when it must be read again.

use rolldeck_core::Time;

use super::AppPage;
use crate::{Ctx, PageReply};

impl AppPage {
    /// Takes a part. An error does not throw away what was read before.
    pub(super) fn take(&mut self, reply: &PageReply) {
        match reply {
            PageReply::App(app) => {
                if let Ok(app) = app {
                    self.read_at = self.read_at.max(Some(app.generation));
                }
                self.app = Some(app.clone());
            }
            PageReply::Revisions(revisions) => self.revisions = Some(revisions.clone()),
            PageReply::Events(events) => self.events = Some(events.clone()),
        }
    }

    /// Whether the app was changed since the page was read. Says so once for each change.
    pub(super) fn is_old(&mut self, ctx: &Ctx) -> bool {
        let now = ctx.fleet.app(&self.key).map(|row| row.app.generation);
        let old = self.read_at.is_some() && now > self.read_at;
        if old {
            self.read_at = now;
        }
        old
    }

    /// Every moment whose age the page shows.
    pub(super) fn ages(&self, ctx: &Ctx) -> Vec<Time> {
        let mut out: Vec<Time> = self.live(ctx).and_then(|app| app.created).into_iter().collect();
        out.extend(
            self.live(ctx).into_iter().flat_map(|app| app.conditions.iter().filter_map(|condition| condition.at)),
        );
        out.extend(ctx.fleet.app(&self.key).and_then(|row| row.rolled));
        if let Some(Ok(revisions)) = &self.revisions {
            out.extend(revisions.iter().filter_map(|revision| revision.created));
        }
        if let Some(Ok(events)) = &self.events {
            out.extend(events.iter().filter_map(|event| event.at));
        }
        out
    }
}
