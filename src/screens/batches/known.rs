//! What is known of the batches of the cluster.

use std::collections::BTreeMap;

use rolldeck_core::{
    Time,
    batch::{BatchId, Found, Run},
    text::Clean,
};

use crate::Ctx;

/// The list as it was read last.
#[derive(Default)]
pub(super) struct Known {
    /// The newest first; `None` until it was read once.
    pub list: Option<Vec<Found>>,
    /// What could not be read or seen.
    pub lacks: Vec<Clean>,
    /// Since when reading fails, and why.
    pub failing: Option<(Time, Clean)>,
    /// It was asked for, and no answer has come.
    pub reading: bool,
}

/// One batch: as it was found, and as this console drives it, if it does.
#[derive(Clone)]
pub(super) struct Batch<'a> {
    pub found: &'a Found,
    pub own: Option<&'a Run>,
}

impl Known {
    /// Takes an answer.
    pub(super) fn take(&mut self, answer: &Result<(Vec<Found>, Vec<Clean>), Clean>, now: Time) {
        self.reading = false;
        match answer {
            Ok((list, lacks)) => {
                (self.list, self.lacks, self.failing) = (Some(list.clone()), lacks.clone(), None);
            }
            Err(why) => {
                let since = self.failing.take().map_or(now, |(since, _)| since);
                self.failing = Some((since, why.clone()));
            }
        }
    }

    /// Every batch: those of the list, each as it was seen last.
    pub(super) fn batches<'a>(&'a self, ctx: &Ctx<'a>) -> Vec<Batch<'a>> {
        let mut all: BTreeMap<&BatchId, &Found> = self.list.iter().flatten().map(|found| (&found.id, found)).collect();
        all.extend(ctx.found.iter().map(|found| (&found.id, found)));
        let own = |found: &Found| ctx.run.filter(|run| run.id == found.id);
        all.into_values().rev().map(|found| Batch { found, own: own(found) }).collect()
    }

    /// One batch.
    pub(super) fn get<'a>(&'a self, ctx: &Ctx<'a>, id: &BatchId) -> Option<Batch<'a>> {
        self.batches(ctx).into_iter().find(|batch| batch.found.id == *id)
    }

    /// Whether the list says otherwise than what was heard since: it is to be read again.
    pub(super) fn is_outdated(&self, ctx: &Ctx) -> bool {
        let Some(list) = self.list.as_ref().filter(|_| !self.reading) else { return false };
        let gone = |found: &Found| {
            let ours = ctx.run.is_some_and(|run| run.id == found.id && !run.phase.ended());
            found.unfinished && !ours && ctx.found.iter().all(|seen| seen.id != found.id)
        };
        let new = |run: &Run| list.iter().all(|found| found.id != run.id);
        list.iter().any(gone) || ctx.run.is_some_and(new)
    }
}

impl Batch<'_> {
    /// Whether it still needs someone, or someone is at it.
    pub(super) fn unfinished(&self) -> bool {
        self.own.map_or(self.found.unfinished, |run| !run.phase.ended() || self.found.unfinished && run.ended.is_none())
    }
}
