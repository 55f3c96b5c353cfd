//! One row against a filter.

use super::{
    facts::{Facts, Figure, Reading},
    rank::Rank,
    term::{Clause, Comparison, Limit, Op, Term},
    text::{Found, Needle},
};
use crate::Time;

/// What a filter says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It matches, so well.
    Match(Rank),
    /// All else matches, but this figure of it is not known.
    Blank(Figure),
    /// It does not match.
    No,
}

/// Judges a row. `changes` is brought forward to the moment at which the row's age alone makes the answer another.
pub(super) fn judge(clauses: &[Clause], row: &impl Facts, now: Time, changes: &mut Option<Time>) -> Verdict {
    let (mut rank, mut blank) = (Rank::BEST, None);
    let words = |clause: &&Clause| matches!(clause.term, Term::Word { .. });
    // Words are the dearest.
    for clause in clauses.iter().filter(|clause| !words(clause)).chain(clauses.iter().filter(words)) {
        let found = match &clause.term {
            Term::Compare(comparison) => match compare(comparison, row, now, changes) {
                Some(holds) => holds.then_some(Rank::BEST),
                None => {
                    blank.get_or_insert(comparison.figure);
                    continue;
                }
            },
            Term::Word { needle, quoted } if clause.inverted || *quoted => anywhere(needle, row),
            Term::Word { needle, .. } => best(needle, row),
            Term::Name { needle, quoted } => named(needle, *quoted, row.name()),
            Term::Field { field, needle, quoted } => {
                let mut held = false;
                row.texts(*field, &mut |text| held = held || fits(needle, text, *quoted, field.anywhere()));
                held.then_some(Rank::BEST)
            }
            Term::Label { key, value } => (row.label(key) == Some(value.as_str())).then_some(Rank::BEST),
            Term::HasLabel(key) => row.label(key).map(|_| Rank::BEST),
        };
        match (found, clause.inverted) {
            (Some(found), false) => rank = rank.and(found),
            (None, true) => {}
            _ => return Verdict::No,
        }
    }
    blank.map_or(Verdict::Match(rank), Verdict::Blank)
}

/// A word that must be held, not resembled.
fn anywhere(needle: &Needle, row: &impl Facts) -> Option<Rank> {
    if let Some(found) = needle.find(row.name()) {
        return Some(Rank::of(found));
    }
    elsewhere(needle, row)
}

/// Fuzzy comes before the other texts in rank, though after them in what it costs.
fn best(needle: &Needle, row: &impl Facts) -> Option<Rank> {
    let found = needle.find(row.name()).or_else(|| needle.resembles(row.name()));
    found.map(Rank::of).or_else(|| elsewhere(needle, row))
}

fn elsewhere(needle: &Needle, row: &impl Facts) -> Option<Rank> {
    if !row.may_hold(&mut |texts| needle.is_in(texts)) {
        return None;
    }
    let mut best: Option<Rank> = None;
    row.words(&mut |text| {
        if let Some(rank) = needle.find(text).map(Rank::elsewhere) {
            best = Some(best.map_or(rank, |best| best.min(rank)));
        }
    });
    best
}

fn named(needle: &Needle, quoted: bool, name: &str) -> Option<Rank> {
    match needle.find(name) {
        Some(Found::Exact) => Some(Rank::BEST),
        _ if quoted => None,
        Some(found) => Some(Rank::of(found)),
        None => needle.resembles(name).map(Rank::of),
    }
}

/// Whether a field's text fits: the whole where it was quoted, else any part of it, or one that begins a word.
fn fits(needle: &Needle, text: &str, quoted: bool, anywhere: bool) -> bool {
    match needle.find(text) {
        Some(Found::Exact) => true,
        Some(_) if quoted => false,
        Some(Found::Prefix(_) | Found::Word(_)) => true,
        Some(_) => anywhere,
        None => false,
    }
}

/// Whether a comparison holds; `None` where the figure is not known.
fn compare(comparison: &Comparison, row: &impl Facts, now: Time, changes: &mut Option<Time>) -> Option<bool> {
    let reading = match comparison.figure {
        Figure::Age => aged(row.born()?, comparison.limit, now, changes),
        figure => row.figure(figure),
    };
    let (have, limit) = match comparison.limit {
        Limit::Value(limit) => (reading.value?, limit),
        Limit::Percent(limit) => (reading.percent?, limit),
    };
    Some(Op::holds(comparison.op, have, limit))
}

/// The age in whole seconds. It passes a limit twice: when it reaches it, and a second later.
fn aged(born: Time, limit: Limit, now: Time, changes: &mut Option<Time>) -> Reading {
    let seconds = now.signed_duration_since(born).num_seconds().max(0);
    if let Limit::Value(limit) = limit {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX - 1);
        let after = |seconds: i64| born.checked_add_signed(chrono::TimeDelta::try_seconds(seconds)?);
        let next = [limit, limit + 1].into_iter().filter_map(after).find(|at| *at > now);
        if let Some(next) = next {
            *changes = Some(changes.map_or(next, |soonest| soonest.min(next)));
        }
    }
    Reading::of(seconds.unsigned_abs())
}
