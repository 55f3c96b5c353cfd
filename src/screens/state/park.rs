//! Leaving a context for another, and coming back: marks, plans and the place where one was stay.

use std::sync::Arc;

use rolldeck_core::{
    fleet::{Freshness, Resource, SourceEvent, Update},
    model::Parked,
};

use super::{State, sources};
use crate::{BatchEffect, Effect, Message, Room, contexts, update};

impl State {
    /// The context's name, and what waits in it.
    pub fn parked(&self) -> Parked {
        let left = self.other.iter().flat_map(|other| &other.rooms);
        let plans = self.above.iter().chain(left).filter(|room| room.room() == Room::Plan).count();
        let batch = self.shared.run.as_ref().is_some_and(|run| !run.phase.ended());
        let (shells, marks) = (self.shared.shells.open(), self.home.marks().len());
        let (downloads, copies) = (self.shared.downloads.running().count(), self.shared.copies.running());
        let counts =
            [(marks, "mark"), (plans, "plan"), (shells, "shell"), (downloads, "download"), (copies, "transfer")];
        let holds = contexts::holds(&counts, batch);
        Parked { context: self.shared.session.context.clone(), holds, batch, shells, copies, downloads }
    }

    /// Leaves for another context: nothing is read any more, and what is known is old from now on. What was said of the
    /// contexts goes; plans stay.
    pub fn park(&mut self) -> Vec<Effect> {
        (self.palette, self.leaving, self.note) = (None, None, None);
        let mut effects = Vec::new();
        let above = std::mem::take(&mut self.above);
        for mut room in above {
            effects.extend(room.left());
            if !matches!(room.room(), Room::Contexts | Room::Help) {
                self.above.push(room);
            }
        }
        let stale = Freshness::Stale { since: self.shared.clock.now, why: "parked for another context".into() };
        for source in sources(&self.shared.scope) {
            let message = match source.resource {
                Resource::PodMetrics => Message::Freshness(source, stale.clone()),
                _ => {
                    let event = SourceEvent::Fresh(stale.clone());
                    Message::Fleet(vec![Update { source: Arc::new(source), event }])
                }
            };
            effects.extend(update(self, message));
        }
        effects
    }

    /// Comes back: everything is read again, and shown as it was known until then.
    pub fn resume(&mut self) -> Vec<Effect> {
        // Its clock stood while it was parked: what is typed now is not what was typed when the terminal came back.
        self.restored = None;
        self.dirty = true;
        self.metrics = true;
        let mut effects =
            vec![Effect::Scope(self.shared.scope.clone()), Effect::Metrics(true), Effect::Batch(BatchEffect::Find)];
        let ctx = self.shared.ctx();
        for room in &mut self.above {
            effects.extend(room.entered(&ctx));
        }
        effects
    }
}
