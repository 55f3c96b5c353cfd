//! Random lives of an app with its controller's own bookkeeping: what is said with certainty must have been so.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::batch::past::{Scaled, Verdict, judge, judge::judge_by, timeline::Timeline};

/// What befalls the app, and how it is told of.
#[derive(Clone, Debug)]
enum Act {
    /// This template goes live.
    Roll { tag: usize, batch: Option<Batch>, event: bool },
    /// Old revisions go, but for so many.
    Prune(usize),
    /// It is scaled up from zero.
    ScaleUp,
}

/// A batch makes the change: how its console tells the time.
#[derive(Clone, Debug)]
struct Batch {
    planned: i64,
    answer: i64,
    skew: i64,
    reverts: Option<i64>,
}

/// The app, its controller, and what they leave behind. Times in milliseconds.
struct World {
    kind: AppKind,
    now: i64,
    lag: i64,
    keeps_fields: bool,
    last_created: i64,
    truth: Vec<(i64, usize)>,
    of: Evidence,
}

fn ms(millis: i64) -> Time {
    at(0) + TimeDelta::milliseconds(millis)
}

fn whole(millis: i64) -> i64 {
    millis.div_euclid(1000) * 1000
}

fn name(tag: usize) -> String {
    format!("t{tag}")
}

impl World {
    fn new(kind: AppKind, lag: i64, keeps_fields: bool) -> Self {
        let mut world =
            Self { kind, now: 0, lag, keeps_fields, last_created: 0, truth: Vec::new(), of: evidence(kind, "t0") };
        world.roll(0, false);
        world
    }

    fn live(&self) -> Option<usize> {
        self.truth.last().map(|(_, tag)| *tag)
    }

    /// What the controllers of Deployments, StatefulSets and DaemonSets do with a new template.
    fn roll(&mut self, tag: usize, event: bool) {
        self.truth.push((self.now, tag));
        let seen = whole((self.now + self.lag).max(self.last_created));
        self.last_created = seen;
        let next = self.of.revisions.iter().map(|revision| revision.number).max().unwrap_or(0) + 1;
        let written = self.keeps_fields.then(|| ms(seen));
        let known = self.of.revisions.iter_mut().find(|revision| *revision.name == *format!("orders-{}", name(tag)));
        match known {
            Some(known) => {
                if self.kind == AppKind::Deployment {
                    known.was.push(known.number);
                }
                known.number = next;
                known.written = written;
            }
            None => {
                let made = Lived { created: Some(ms(seen)), written, ..lived(next, &name(tag), 0) };
                self.of.revisions.push(made);
            }
        }
        if event && self.kind == AppKind::Deployment {
            self.of.events.push(Scaled { set: format!("orders-{}", name(tag)).into(), at: ms(seen) });
        }
    }

    fn act(&mut self, nth: usize, gap: i64, act: &Act) {
        self.now += gap;
        match act {
            Act::Roll { tag, .. } if Some(*tag) == self.live() => {}
            Act::Roll { tag, batch, event } => {
                let before = self.live().unwrap_or(0);
                let began = self.now;
                self.roll(*tag, *event);
                if let Some(batch) = batch {
                    self.record(nth, (before, *tag), began, batch);
                }
            }
            Act::Prune(keep) => {
                let newest = self.of.revisions.iter().map(|revision| revision.number).max().unwrap_or(0);
                self.of.revisions.sort_by_key(|revision| -revision.number);
                let mut old = 0;
                self.of.revisions.retain(|revision| {
                    old += usize::from(revision.number != newest);
                    revision.number == newest || old <= *keep
                });
            }
            Act::ScaleUp if self.kind == AppKind::Deployment => {
                let set = format!("orders-{}", name(self.live().unwrap_or(0)));
                self.of.events.push(Scaled { set: set.into(), at: ms(whole(self.now)) });
            }
            Act::ScaleUp => {}
        }
    }

    fn record(&mut self, nth: usize, (before, after): (usize, usize), began: i64, batch: &Batch) {
        let mut told = entry(&format!("b{nth}"), 0, &name(before), &name(after));
        told.started = ms(began - batch.planned + batch.skew);
        // Nobody else changes it until the answer is read, or the journal would say so.
        self.now += batch.answer;
        told.accepted = ms(self.now + batch.skew);
        if let Some(after) = batch.reverts {
            self.now += after;
            let left = self.now;
            self.roll(before, false);
            self.now += batch.answer;
            // Older journals do not have it.
            told.returned = (batch.planned % 2 == 0).then(|| (ms(left + batch.skew), ms(self.now + batch.skew)));
            self.now += 5_000;
            told.reverted = Some(ms(self.now + batch.skew));
        }
        self.of.journal.push(told);
    }

    fn finish(mut self) -> (Evidence, Vec<(i64, usize)>, i64) {
        self.now += 60_000;
        let live = name(self.live().unwrap_or(0));
        let mut of = evidence(self.kind, &live);
        of.read = ms(self.now);
        (of.revisions, of.journal, of.events) = (self.of.revisions, self.of.journal, self.of.events);
        (of, self.truth, self.now)
    }
}

fn then(truth: &[(i64, usize)], millis: i64) -> Option<String> {
    truth.iter().rev().find(|(from, _)| *from <= millis).map(|(_, tag)| name(*tag))
}

fn batch() -> impl Strategy<Value = Batch> {
    (
        0..90_000i64,
        prop_oneof![4 => 0..1_000i64, 1 => 5_000..60_000i64],
        -900..900i64,
        proptest::option::weighted(0.3, 1_000..60_000i64),
    )
        .prop_map(|(planned, answer, skew, reverts)| Batch { planned, answer, skew, reverts })
}

fn act() -> impl Strategy<Value = Act> {
    let roll = (0..7usize, proptest::option::weighted(0.6, batch()), any::<bool>())
        .prop_map(|(tag, batch, event)| Act::Roll { tag, batch, event });
    prop_oneof![8 => roll, 1 => (0..4usize).prop_map(Act::Prune), 1 => Just(Act::ScaleUp)]
}

fn kind() -> impl Strategy<Value = AppKind> {
    prop_oneof![Just(AppKind::Deployment), Just(AppKind::StatefulSet), Just(AppKind::DaemonSet)]
}

#[test]
fn a_template_whose_revision_went_and_that_comes_back_is_not_dated_by_the_batch_that_first_wrote_it() {
    let mut world = World::new(AppKind::Deployment, 0, false);
    let batch = Some(Batch { planned: 1, answer: 0, skew: 0, reverts: Some(1_000) });
    let again = Act::Roll { tag: 6, batch: None, event: false };
    for (nth, act) in [Act::Roll { tag: 6, batch, event: false }, Act::Prune(0), again].iter().enumerate() {
        world.act(nth, 0, act);
    }
    let (of, truth, _) = world.finish();
    assert_eq!(then(&truth, 5_999).as_deref(), Some("t0"));
    let verdict = judge(&of, &Moment { at: ms(5_999), before: None, note: "".into() });
    assert!(matches!(verdict, Verdict::Uncertain { .. }), "{verdict:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, ..ProptestConfig::default() })]

    #[test]
    fn what_is_certain_was_so(
        kind in kind(),
        lag in 0..900i64,
        keeps_fields: bool,
        acts in proptest::collection::vec((prop_oneof![1 => 0..4_000i64, 3 => 4_000..200_000i64], act()), 1..14),
        spread in proptest::collection::vec(0.0..1.0f64, 12),
    ) {
        let mut world = World::new(kind, lag, keeps_fields);
        for (nth, (gap, act)) in acts.iter().enumerate() {
            world.act(nth, *gap, act);
        }
        let (of, truth, end) = world.finish();
        let live = then(&truth, end);
        let line = Timeline::of(&of);
        let moments = spread.iter().map(|part| (part * end as f64) as i64).chain(truth.iter().flat_map(|(from, _)| [from - 1, from + 1]));
        for millis in moments {
            let true_then = then(&truth, millis);
            match judge_by(&of, Some(&line), &Moment { at: ms(millis), before: None, note: "".into() }) {
                Verdict::Was(was) => prop_assert_eq!(Some(tag(&was.template).to_owned()), true_then, "at {} ms: {:?}", millis, was.by),
                Verdict::Same => prop_assert_eq!(&live, &true_then, "at {} ms", millis),
                Verdict::CreatedSince(_) => prop_assert_eq!(None, true_then),
                Verdict::Uncertain { .. } => {}
            }
        }
    }

    #[test]
    fn a_history_without_reuse_is_told_but_close_to_its_changes(
        kind in kind(),
        gaps in proptest::collection::vec(10_000..200_000i64, 1..9),
        part in 0.0..1.0f64,
    ) {
        let mut world = World::new(kind, 300, false);
        for (nth, gap) in gaps.iter().enumerate() {
            world.act(nth, *gap, &Act::Roll { tag: nth + 1, batch: None, event: false });
        }
        let (of, truth, end) = world.finish();
        let millis = (part * end as f64) as i64;
        prop_assume!(truth.iter().all(|(from, _)| (from - millis).abs() > 5_000));
        let told = match judge(&of, &Moment { at: ms(millis), before: None, note: "".into() }) {
            Verdict::Was(was) => Some(tag(&was.template).to_owned()),
            Verdict::Same => then(&truth, end),
            other => panic!("{other:?}"),
        };
        prop_assert_eq!(told, then(&truth, millis));
    }

    #[test]
    fn what_batches_alone_did_is_told_whatever_was_used_again(
        kind in kind(),
        acts in proptest::collection::vec((20_000..200_000i64, 0..4usize), 2..9),
        part in 0.0..1.0f64,
    ) {
        let mut world = World::new(kind, 300, true);
        for (nth, (gap, tag)) in acts.iter().enumerate() {
            let batch = Some(Batch { planned: 500, answer: 200, skew: 0, reverts: None });
            world.act(nth, *gap, &Act::Roll { tag: *tag, batch, event: false });
        }
        let (of, truth, end) = world.finish();
        let millis = (part * end as f64) as i64;
        prop_assume!(truth.iter().all(|(from, _)| (from - millis).abs() > 6_000));
        let verdict = judge(&of, &Moment { at: ms(millis), before: None, note: "".into() });
        prop_assert!(!matches!(verdict, Verdict::Uncertain { .. }), "{:?}", verdict);
    }
}
