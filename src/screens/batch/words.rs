//! Where a batch and its apps stand, in words.

use rolldeck_core::{
    Time,
    batch::{Phase, Run, RunStep, StepState},
    text::Clean,
};

use crate::{
    Ctx, Scope,
    plan::{sheet::lasted, words::noun},
    widgets::text::count,
};

/// Where one app stands.
pub(crate) fn state(state: &StepState) -> (Scope, String) {
    // A record keeps no numbers: what is known from it alone wants 0.
    let rolling = |verb: &str, done: &u32, wanted: &u32, waits: &Clean| {
        let far = if *wanted == 0 { String::new() } else { format!(" {done}/{wanted}") };
        let why = if waits.is_empty() { String::new() } else { format!(": {waits}") };
        format!("{verb}{far}{why}")
    };
    match state {
        StepState::Waiting => (Scope::Dim, "waiting".to_owned()),
        StepState::Applying => (Scope::Busy, "applying".to_owned()),
        StepState::RollingOut(done, wanted, waits) => (Scope::Busy, rolling("rolling out", done, wanted, waits)),
        StepState::Healthy => (Scope::Good, "healthy".to_owned()),
        StepState::NothingRan(why) if why.is_empty() => (Scope::Warn, "accepted; nothing ran".to_owned()),
        StepState::NothingRan(why) => (Scope::Warn, format!("accepted; {why}")),
        StepState::Failed(why) => (Scope::Bad, format!("failed: {why}")),
        StepState::Refused(why) => (Scope::Bad, format!("refused, not touched: {why}")),
        StepState::Drifted(what) => (Scope::Warn, format!("drifted, not touched: {what}")),
        StepState::Skipped => (Scope::Dim, "skipped".to_owned()),
        StepState::NotStarted => (Scope::Dim, "not started".to_owned()),
        StepState::Reverting => (Scope::Busy, "reverting".to_owned()),
        StepState::RollingBack(done, wanted, waits) => (Scope::Busy, rolling("rolling back", done, wanted, waits)),
        StepState::Reverted => (Scope::Good, "reverted".to_owned()),
        StepState::RevertFailed(why) => (Scope::Bad, format!("revert failed: {why}")),
    }
}

/// Whether a write of this batch reached the app, or may have: what a revert takes back.
pub(crate) fn touched(state: &StepState) -> bool {
    use StepState::{Drifted, NotStarted, Refused, Reverted, Waiting};
    !matches!(state, Waiting | NotStarted | Refused(_) | Drifted(_) | Reverted)
}

/// Whether an app was taken up: what was not has no time of its own.
pub(super) fn began(state: &StepState) -> bool {
    !matches!(state, StepState::Waiting | StepState::Skipped | StepState::NotStarted)
}

/// How long an app took to its end; how long it is at it where it has none yet. Empty where nobody saw it begin.
pub(super) fn time(step: &RunStep, now: Time) -> String {
    let moves = matches!(
        step.state,
        StepState::Waiting
            | StepState::Applying
            | StepState::RollingOut(..)
            | StepState::Reverting
            | StepState::RollingBack(..)
    );
    let to = if moves { now } else { step.since };
    match step.began.filter(|_| began(&step.state)).or(moves.then_some(step.since)) {
        Some(from) => lasted(from, to),
        None => String::new(),
    }
}

/// `release of 6 apps`.
pub(crate) fn what(run: &Run) -> String {
    format!("{} of {}", noun(run.intent), count(run.steps.len(), "app"))
}

/// How many are there already, of how many, and the word for it: healthy of all, or reverted of those touched.
pub(crate) fn progress(run: &Run) -> (usize, usize, &'static str) {
    let number = |hit: fn(&StepState) -> bool| run.steps.iter().filter(|step| hit(&step.state)).count();
    let back = number(|state| *state == StepState::Reverted);
    match run.phase {
        Phase::Reverting | Phase::Reverted | Phase::RevertFailed => (back, back + number(touched), "reverted"),
        _ => (number(|state| *state == StepState::Healthy), run.steps.len(), "healthy"),
    }
}

type Test = fn(&StepState) -> bool;

/// How many apps stand where, in the order of the way: `1 failed, 2 rolling out, 3 waiting`.
pub(super) fn tally(steps: &[RunStep]) -> String {
    const KINDS: [(&str, Test); 12] = [
        ("healthy", |s| matches!(s, StepState::Healthy)),
        ("accepted (nothing ran)", |s| matches!(s, StepState::NothingRan(_))),
        ("reverted", |s| matches!(s, StepState::Reverted)),
        ("failed", |s| matches!(s, StepState::Failed(_))),
        ("could not be reverted", |s| matches!(s, StepState::RevertFailed(_))),
        ("refused", |s| matches!(s, StepState::Refused(_))),
        ("drifted", |s| matches!(s, StepState::Drifted(_))),
        ("rolling back", |s| matches!(s, StepState::Reverting | StepState::RollingBack(..))),
        ("rolling out", |s| matches!(s, StepState::RollingOut(..))),
        ("applying", |s| matches!(s, StepState::Applying)),
        ("waiting", |s| matches!(s, StepState::Waiting)),
        ("not started", |s| matches!(s, StepState::NotStarted)),
    ];
    let parts = KINDS.iter().filter_map(|(word, hit)| {
        let number = steps.iter().filter(|step| hit(&step.state)).count();
        (number > 0).then(|| format!("{number} {word}"))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The first line: the phase, what stands where, and how long.
pub(super) fn headline(ctx: &Ctx, run: &Run) -> (Scope, String) {
    let (scope, word) = match &run.phase {
        Phase::Recording => (Scope::Busy, "Recording"),
        Phase::Running => (Scope::Busy, "Running"),
        Phase::Stopping => (Scope::Bad, "Stopping"),
        Phase::Reverting => (Scope::Warn, "Reverting"),
        Phase::Paused => (Scope::Warn, "Paused"),
        Phase::Gated(..) => (Scope::Warn, "At a gate"),
        Phase::Held(_) => (Scope::Stale, "Held"),
        Phase::Done => (Scope::Good, "Done"),
        Phase::Failed => (Scope::Bad, "Failed"),
        Phase::Reverted => (Scope::Good, "Reverted"),
        Phase::RevertFailed => (Scope::Bad, "Revert failed"),
        Phase::Interrupted => (Scope::Warn, "Interrupted"),
    };
    let took = lasted(run.started, run.ended.unwrap_or(ctx.clock.now));
    let within = if run.ended.is_some() { "in " } else { "" };
    (scope, format!("{word}: {} · {within}{took}", tally(&run.steps)))
}

/// What the phase means and what one can do, where it is not plain.
pub(super) fn advice(run: &Run, revert: &str) -> Option<String> {
    let text = match &run.phase {
        Phase::Recording => "The record is written first; no app is touched yet.".to_owned(),
        Phase::Stopping => {
            format!(
                "An app failed: what has not started will not. What runs is followed to its end; {revert} takes all back."
            )
        }
        Phase::Paused => "No new app starts until it goes on. What runs is followed to its end.".to_owned(),
        Phase::Gated(done, of) => format!("{done} of {of} waves are through: the next starts when you say so."),
        Phase::Held(why) => {
            format!(
                "Nothing is written until the cluster answers and the lease is ours again: {why}. It goes on by itself."
            )
        }
        Phase::Failed | Phase::Interrupted if !run.steps.iter().any(|step| touched(&step.state)) => return None,
        Phase::Failed => format!("{revert} takes back what this batch touched, to the exact templates from before."),
        Phase::RevertFailed => format!("{revert} tries the apps that are not back once more; their pages tell more."),
        Phase::Interrupted => {
            format!("Its driver left in mid-batch. What was written stays written; {revert} takes it back.")
        }
        Phase::Running | Phase::Reverting | Phase::Done | Phase::Reverted => return None,
    };
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_without_numbers_shows_none() {
        assert_eq!(state(&StepState::RollingOut(0, 0, Clean::default())).1, "rolling out");
        assert_eq!(state(&StepState::RollingBack(0, 0, "accepted".into())).1, "rolling back: accepted");
        assert_eq!(state(&StepState::RollingOut(1, 3, Clean::default())).1, "rolling out 1/3");
    }
}
