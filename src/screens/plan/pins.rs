//! Digests pinned in the plan: where a tag has meant several, what runs is then what was meant.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{
        Check, Intent, ProblemKind, Step,
        seen::{Digests, Repush, short},
    },
    fleet::{Freshness, Resource},
    text::Clean,
};

use super::{
    forms::pin::{PinForm, Said},
    screen::{Mode, PlanScreen, note},
    table::Stop,
    words,
};
use crate::{
    Action, Command, Ctx,
    widgets::text::{age, count},
};

impl PlanScreen {
    /// Pins what the step under the cursor starts, or the container alone: to what ran here. Where that is not certain, asks.
    pub(super) fn pin(&mut self, stop: Stop, step: usize) -> Vec<Action> {
        let found = &self.plan.steps[step];
        let mut offers = self.plan.repushed(found);
        if let Stop::Container(_, at) = stop {
            let container = found.images_before().into_iter().nth(at).map(|image| image.container);
            offers.retain(|offer| Some(&offer.container) == container.as_ref());
        }
        if offers.is_empty() || found.check == Check::Checking {
            return note(&self.nothing_to_pin(found));
        }
        let key = found.key.clone();
        let (known, asks): (Vec<Repush>, Vec<Repush>) = offers.into_iter().partition(|offer| offer.pin.is_some());
        let done = self.pin_known(step, &known);
        let said = done.as_ref().ok().filter(|pinned| !pinned.is_empty());
        let said = said.map(|pinned| format!("pinned in {key}: {}, as it ran here", pinned.join(", ")));
        let pinned = done.is_ok();
        let mut actions = self.edited(step, done.map(drop));
        if let Some(form) = PinForm::new(key, asks).filter(|_| pinned) {
            self.mode = Mode::Pin(form);
        }
        actions.extend(said.map(|text| Action::Note(false, text.into())));
        actions
    }

    /// Pins what every app starts that is warned of its tags: each to what ran there.
    pub(super) fn pin_all(&mut self) -> Vec<Action> {
        let (mut apps, mut images, mut unsure) = (0, 0, 0);
        for step in 0..self.plan.steps.len() {
            let found = &self.plan.steps[step];
            let warned = found.problems.iter().any(|problem| problem.kind == ProblemKind::Repushed);
            if !warned || found.check == Check::Checking {
                continue;
            }
            let offers = self.plan.repushed(found);
            unsure += usize::from(offers.iter().any(|offer| offer.pin.is_none()));
            match self.pin_known(step, &offers) {
                Ok(pinned) => {
                    apps += usize::from(!pinned.is_empty());
                    images += pinned.len();
                }
                Err(why) => self.errors.push((self.plan.steps[step].key.clone(), why)),
            }
        }
        let mut said = match images {
            0 => "nothing was pinned".to_owned(),
            images => format!("pinned {} of {}, each as it ran there", count(images, "image"), count(apps, "app")),
        };
        if unsure > 0 {
            said.push_str(&format!("; of {} it is not certain what ran: pin it on its own line", count(unsure, "app")));
        }
        let mut actions = self.checks();
        actions.push(Action::Note(images == 0, said.into()));
        actions
    }

    /// Pins those whose digest is certain; what was pinned: `main to v1.0.0@3f9a21c4d5e6`.
    fn pin_known(&mut self, step: usize, offers: &[Repush]) -> Result<Vec<String>, Clean> {
        let mut pinned = Vec::new();
        for offer in offers {
            if let Some(digest) = &offer.pin {
                self.plan.pin(step, &offer.container, digest)?;
                pinned.push(format!("{} to {}{}", offer.container, words::tag(&offer.image), short(digest)));
            }
        }
        Ok(pinned)
    }

    /// A command while it asks which digest is meant.
    pub(super) fn pick_pin(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let Mode::Pin(form) = &mut self.mode else { return Vec::new() };
        let app = form.app.clone();
        let mut actions = Vec::new();
        match form.run(command) {
            Said::Open => return actions,
            Said::Cancelled => self.mode = Mode::Table,
            Said::Picked(container, digest) => {
                self.mode = form.next().map_or(Mode::Table, Mode::Pin);
                let Some(step) = self.plan.steps.iter().position(|step| step.key == app) else { return actions };
                let done = self.plan.pin(step, &container, &digest);
                let said = format!("pinned in {app}: {container} to {}", short(&digest));
                let said = done.is_ok().then(|| Action::Note(false, said.into()));
                actions = self.edited(step, done);
                actions.extend(said);
            }
        }
        self.lay(ctx);
        actions
    }

    /// Why there is nothing to pin in a step.
    fn nothing_to_pin(&self, step: &Step) -> String {
        let key = &step.key;
        if !matches!(self.plan.intent, Intent::Release | Intent::Rollback) {
            return "Only a release or a rollback pins digests.".to_owned();
        }
        let lack = self.plan.seen.as_ref().and_then(|seen| seen.digests().lacks().first().cloned());
        match (&step.check, lack) {
            (Check::Reading, _) => format!("{key} has not been read yet."),
            (Check::Incomplete(_), _) => format!("{key}: what it becomes is not decided yet."),
            (Check::NoChange, _) => format!("{key} does not change: there is nothing to pin."),
            (Check::Checking, _) => {
                format!("{key} is still being checked: whether its tags were pushed again is not known yet.")
            }
            (_, Some(why)) => format!("Whether a tag of {key} was pushed again is not known: {why}"),
            _ => format!("Nothing to pin in {key}: no tag that it goes to is known to have meant two digests."),
        }
    }
}

/// What the images of a step have meant, for its details: each digest whole, with where it was seen.
pub(super) fn told(ctx: &Ctx, offers: &[Repush]) -> Vec<String> {
    let mut lines = Vec::new();
    for offer in offers {
        lines.push(format!("{}: {} has meant {}:", offer.container, offer.image, count(offer.digests.len(), "digest")));
        lines.extend(offer.digests.iter().map(|seen| {
            let when = seen.at.map_or_else(
                || format!("runs in {}", seen.by),
                |at| format!("ran {} ago in {}", age(at, ctx.clock.now), seen.by),
            );
            let here = if offer.pin.as_ref() == Some(&seen.digest) { ", and is what ran here" } else { "" };
            format!("  {} {when}{here}", seen.digest)
        }));
    }
    lines
}

/// The digests that run now, as far as the fleet knows its pods; and for which of these namespaces it does not.
pub(super) fn running(ctx: &Ctx, places: &BTreeSet<Clean>) -> Digests {
    let pods = ctx.fleet.rows().flat_map(|row| ctx.fleet.pods_of(&row.app.key));
    let mut digests = Digests::new(pods, []);
    for place in places {
        let of = |scope: &Option<Clean>| scope.as_ref().is_none_or(|scope| scope == place);
        let mut sources = ctx.fleet.sources();
        let source = sources.find(|(source, _)| source.resource == Resource::Pods && of(&source.scope));
        let why = match source.map(|(_, fresh)| fresh) {
            Some(Freshness::Live) => continue,
            Some(Freshness::Forbidden(why)) => format!("you may not {why}"),
            Some(Freshness::Stale { why, .. } | Freshness::Unauthorized(why)) => {
                format!("the pods of namespace {place} are not live: {why}")
            }
            Some(Freshness::Loading { .. }) => format!("the pods of namespace {place} are still being listed"),
            Some(Freshness::Absent) | None => format!("the pods of namespace {place} are not in view"),
        };
        digests.lack(why.into());
    }
    digests
}
