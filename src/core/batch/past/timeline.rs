//! The rollouts of an app in their order, and the bounds of their times.
//!
//! A controller numbers rollouts one by one: a template that goes live gets the highest number and one. So each number is one
//! stretch of time with one template. Some numbers are known by a revision that has or had them, some are missing. Each observation
//! ("at this time it was this template") lies in one stretch; where it can lie bounds the stretches. Only what must be so is
//! concluded.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{Entry, Evidence, Source, evidence::Lived};
use crate::{Time, batch::template, model::AppKind, text::Clean};

/// Missing numbers between two known ones that are told apart; more are one stretch of many templates.
const APART: i64 = 64;
/// Numbers that a ReplicaSet keeps of its past: its controller cuts the text at 2,000 characters.
const KEPT: usize = 300;
/// The longest that a controller may take from a write to its revision.
const LAG: chrono::TimeDelta = chrono::TimeDelta::minutes(10);
/// Rounds of conclusions: each is sound by itself, so that an end comes too early at worst.
const ROUNDS: usize = 40;

/// A stretch of time between two rollouts.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    /// The number that the rollout had then; the last of several.
    pub number: i64,
    /// Its template, as an index of [`Timeline::templates`]; `None` where unknown.
    pub template: Option<usize>,
    /// Several rollouts in one, whatever they were.
    pub wide: bool,
    /// It began no earlier.
    pub lo: (Time, Source),
    /// It began no later.
    pub hi: (Time, Source),
}

/// At some time between the two, the app had this template.
#[derive(Clone, Debug)]
struct Observation {
    from: Time,
    to: Time,
    template: usize,
    source: Source,
    /// Those of one account come in their order, whatever their times.
    account: Option<(usize, usize)>,
    /// Stretches that it may lie in.
    may: Vec<usize>,
}

/// The stretches of an app's life, oldest first.
pub(super) struct Timeline {
    pub stretches: Vec<Stretch>,
    pub templates: Vec<Arc<Value>>,
    canonical: Vec<Value>,
    observations: Vec<Observation>,
    /// The newest revision of each template that has one.
    newest: BTreeMap<usize, (i64, Clean)>,
    slack: chrono::TimeDelta,
    /// What was observed cannot all be so.
    pub contradicts: bool,
}

impl Timeline {
    pub(super) fn of(evidence: &Evidence) -> Self {
        let line = Self::with(evidence, true);
        // An event tells when a controller came to scale a ReplicaSet: under load that may be long after the write that it is
        // about, and after the next one. What contradicts for that reason alone is judged without them.
        if line.contradicts && !evidence.events.is_empty() { Self::with(evidence, false) } else { line }
    }

    fn with(evidence: &Evidence, events: bool) -> Self {
        let mut line = Self {
            stretches: Vec::new(),
            templates: Vec::new(),
            canonical: Vec::new(),
            observations: Vec::new(),
            newest: BTreeMap::new(),
            slack: evidence.slack,
            contradicts: false,
        };
        line.lay_out(evidence);
        line.date(evidence);
        line.observe(evidence, events);
        line.conclude();
        line
    }

    /// The index of a template, equal for those that mean the same.
    pub(super) fn class(&mut self, of: &Arc<Value>) -> usize {
        let canonical = template::canonical(of);
        if let Some(known) = self.canonical.iter().position(|known| *known == canonical) {
            return known;
        }
        self.canonical.push(canonical);
        self.templates.push(of.clone());
        self.templates.len() - 1
    }

    /// The stretches that a moment may lie in.
    pub(super) fn at(&self, at: Time) -> Vec<usize> {
        self.may(at, at, None)
    }

    /// A stretch for each number, of known template or not.
    fn lay_out(&mut self, evidence: &Evidence) {
        let mut known: BTreeMap<i64, usize> = BTreeMap::new();
        for revision in &evidence.revisions {
            let class = self.class(&revision.template);
            let newest = self.newest.entry(class).or_default();
            if newest.0 < revision.number {
                *newest = (revision.number, revision.cause.clone());
            }
            for number in revision.was.iter().chain([&revision.number]) {
                known.insert(*number, class);
            }
        }
        let born = evidence.created().unwrap_or(Time::MIN_UTC);
        let blank = |number, template, wide| Stretch {
            number,
            template,
            wide,
            lo: (born, Source::App),
            hi: (evidence.read, Source::Now),
        };
        let mut next = 1;
        for (&number, &class) in &known {
            let missing = (number - next).max(0);
            if missing > APART {
                self.stretches.push(blank(number - 1, None, true));
            } else {
                self.stretches.extend((next..number).map(|number| blank(number, None, false)));
            }
            self.stretches.push(blank(number, Some(class), false));
            next = number + 1;
        }
        if known.is_empty() {
            self.stretches.push(blank(0, None, true));
        }
        let live = self.class(&Arc::new(evidence.template().clone()));
        if self.stretches.last().is_none_or(|last| last.template != Some(live)) {
            // Not rolled out yet, or paused.
            self.stretches.push(blank(next, Some(live), false));
        }
    }

    /// What the revisions' own times tell.
    fn date(&mut self, evidence: &Evidence) {
        let numbers: Vec<i64> = self.stretches.iter().filter(|s| s.template.is_none()).map(|s| s.number).collect();
        let wide = self.stretches.first().is_some_and(|first| first.wide);
        for revision in &evidence.revisions {
            let Some(created) = revision.created else { continue };
            let own = (created, Source::Created(revision.name.clone()));
            let (began, source) = lagged(evidence, revision, created).unwrap_or_else(|| own.clone());
            let first = if evidence.key.kind == AppKind::Deployment {
                let trimmed = revision.was.len() > KEPT;
                (!trimmed).then(|| revision.was.iter().copied().chain([revision.number]).min()).flatten()
            } else {
                let unmissed = !wide && numbers.iter().all(|missing| *missing > revision.number);
                (unmissed || is_fresh(revision, created)).then_some(revision.number)
            };
            if let Some(nth) = first.and_then(|first| self.nth(first)) {
                // The batch need not have made this one: what it made may have gone since, and its template come back.
                self.not_before(nth, began, &source);
                self.not_after(nth, own.0, &own.1);
            } else if let Some(nth) = self.nth(revision.number) {
                // It may have been used again since: its number is younger than itself, and older than the last write to it.
                self.not_before(nth, began, &source);
                if let Some(written) = revision.written {
                    self.not_after(nth, written, &Source::Written(revision.name.clone()));
                }
            }
        }
        self.spread();
    }

    fn nth(&self, number: i64) -> Option<usize> {
        self.stretches.iter().position(|stretch| stretch.number == number && !stretch.wide)
    }

    fn observe(&mut self, evidence: &Evidence, events: bool) {
        let mut seen = Vec::new();
        let at =
            |at, template, source| Observation { from: at, to: at, template, source, account: None, may: Vec::new() };
        for revision in &evidence.revisions {
            let class = self.class(&revision.template);
            let source = Source::Created(revision.name.clone());
            seen.extend(revision.created.map(|created| at(created, class, source)));
            let scaled = evidence.events.iter().filter(|scaled| events && scaled.set == revision.name);
            seen.extend(scaled.map(|scaled| at(scaled.at, class, Source::Event(scaled.set.clone()))));
        }
        for (nth, entry) in evidence.journal.iter().enumerate().filter(|(_, entry)| entry.uid == evidence.uid()) {
            let source = Source::Journal(entry.batch.clone());
            let mut tell = |from, to, template, order| {
                let (source, account) = (source.clone(), Some((nth, order)));
                seen.push(Observation { from, to, template, source, account, may: Vec::new() });
            };
            if entry.paused {
                continue;
            }
            let before = self.class(&entry.before);
            tell(entry.started, entry.accepted, before, 0);
            if let Some(after) = &entry.after {
                tell(entry.accepted, entry.accepted, self.class(after), 1);
            }
            if let Some((left, back)) = entry.returned {
                if let Some(after) = &entry.after {
                    tell(left, left, self.class(after), 2);
                }
                tell(back, back, before, 3);
            } else if let Some(reverted) = entry.reverted {
                tell(entry.accepted, reverted, before, 2);
            }
        }
        let live = self.class(&Arc::new(evidence.template().clone()));
        seen.push(at(evidence.read, live, Source::Now));
        self.observations = seen;
    }

    /// Draws conclusions until there are no more.
    fn conclude(&mut self) {
        for _ in 0..ROUNDS {
            let before = self.state();
            for nth in 0..self.observations.len() {
                let seen = &self.observations[nth];
                let may = self.may(seen.from, seen.to, Some(seen.template));
                self.observations[nth].may = may;
            }
            self.order();
            if self.observations.iter().any(|seen| seen.may.is_empty()) {
                self.contradicts = true;
                return;
            }
            for nth in 0..self.observations.len() {
                self.bound(nth);
            }
            self.spread();
            if self.state() == before {
                return;
            }
        }
    }

    fn state(&self) -> Vec<(Option<usize>, Time, Time)> {
        self.stretches.iter().map(|stretch| (stretch.template, stretch.lo.0, stretch.hi.0)).collect()
    }

    /// The stretches that a span may touch, of this template where one is given.
    fn may(&self, from: Time, to: Time, template: Option<usize>) -> Vec<usize> {
        let begins = |nth: usize| self.stretches[nth].lo.0 <= to + self.slack;
        let lasts = |nth: usize| self.stretches.get(nth + 1).is_none_or(|next| from <= next.hi.0 + self.slack);
        let fits = |nth: usize| match (template, self.stretches[nth].template) {
            (Some(wanted), Some(known)) => wanted == known,
            _ => true,
        };
        (0..self.stretches.len()).filter(|nth| begins(*nth) && lasts(*nth) && fits(*nth)).collect()
    }

    /// Of two observations in a sure order, the later lies in no earlier stretch, and in a later one where the templates differ.
    fn order(&mut self) {
        for one in 0..self.observations.len() {
            for other in 0..self.observations.len() {
                if one == other || !self.is_before(&self.observations[one], &self.observations[other]) {
                    continue;
                }
                let differ = self.observations[one].template != self.observations[other].template;
                let stretches = &self.stretches;
                let fits =
                    |early: usize, late: usize| early < late || early == late && (!differ || stretches[late].wide);
                if let Some(first) = self.observations[one].may.first().copied() {
                    self.observations[other].may.retain(|late| fits(first, *late));
                }
                if let Some(last) = self.observations[other].may.last().copied() {
                    self.observations[one].may.retain(|early| fits(*early, last));
                }
            }
        }
    }

    fn is_before(&self, one: &Observation, other: &Observation) -> bool {
        match (one.account, other.account) {
            (Some((a, first)), Some((b, second))) if a == b => first < second,
            _ => one.to + self.slack < other.from,
        }
    }

    /// What an observation says of the stretches that it may lie in.
    fn bound(&mut self, nth: usize) {
        let seen = self.observations[nth].clone();
        let (Some(&first), Some(&last)) = (seen.may.first(), seen.may.last()) else { return };
        self.not_after(first, seen.to, &seen.source);
        self.not_before(last + 1, seen.from, &seen.source);
        if first == last && !self.stretches[first].wide && self.stretches[first].template.is_none() {
            self.stretches[first].template = Some(seen.template);
        }
    }

    fn not_before(&mut self, nth: usize, at: Time, source: &Source) {
        if let Some(stretch) = self.stretches.get_mut(nth).filter(|stretch| stretch.lo.0 < at) {
            stretch.lo = (at, source.clone());
        }
    }

    fn not_after(&mut self, nth: usize, at: Time, source: &Source) {
        if let Some(stretch) = self.stretches.get_mut(nth).filter(|stretch| stretch.hi.0 > at) {
            stretch.hi = (at, source.clone());
        }
    }

    /// Stretches follow each other.
    fn spread(&mut self) {
        for nth in 1..self.stretches.len() {
            let (at, source) = self.stretches[nth - 1].lo.clone();
            self.not_before(nth, at, &source);
        }
        for nth in (1..self.stretches.len()).rev() {
            let (at, source) = self.stretches[nth].hi.clone();
            self.not_after(nth - 1, at, &source);
        }
    }

    /// The newest revision that has this template now: its number and its change-cause.
    pub(super) fn number_of(&self, class: usize) -> Option<(i64, Clean)> {
        self.newest.get(&class).cloned()
    }
}

/// When its template may have been written, where a batch tells of it and the controller came to make the revision so much later that the
/// clocks are no reason.
fn lagged(evidence: &Evidence, revision: &Lived, created: Time) -> Option<(Time, Source)> {
    let wrote = |entry: &&Entry| {
        let before = entry.accepted + evidence.slack < created && created <= entry.accepted + LAG;
        before
            && entry.uid == evidence.uid()
            && entry.after.as_ref().is_some_and(|after| template::same(after, &revision.template))
    };
    let entry = evidence.journal.iter().filter(wrote).max_by_key(|entry| entry.accepted)?;
    Some((entry.accepted, Source::Journal(entry.batch.clone())))
}

/// Whether a ControllerRevision has had no other number: its controller wrote to it once, when it made it.
fn is_fresh(revision: &Lived, created: Time) -> bool {
    revision.written.is_some_and(|written| (written - created).num_seconds().abs() <= 1)
}
