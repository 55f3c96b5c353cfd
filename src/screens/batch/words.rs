//! Where a batch and its apps stand, in words.

use rolldeck_core::{
    Time,
    batch::{Phase, Run, RunStep, StepState},
    text::Clean,
};

use super::estimate;
use crate::{
    Command, Ctx, Room, Scope,
    plan::{sheet::lasted, words::noun},
    widgets::text::count,
};

/// Where one app stands, and how it is shown.
pub(crate) fn state(state: &StepState) -> (Scope, String) {
    use StepState as S;
    let scope = match state {
        S::Waiting | S::Skipped | S::NotStarted => Scope::Dim,
        S::Applying | S::RollingOut(..) | S::Reverting | S::RollingBack(..) => Scope::Busy,
        S::Healthy | S::Reverted => Scope::Good,
        S::NothingRan(_) | S::Drifted(_) => Scope::Warn,
        S::Failed(_) | S::Refused(_) | S::RevertFailed(_) => Scope::Bad,
    };
    (scope, state.words())
}

/// Where an app of a run stands; one that is healthy and has to stay so says for how long yet.
pub(super) fn state_of(step: &RunStep, now: Time) -> (Scope, String) {
    match soaking(step, now) {
        Some(left) => (Scope::Busy, format!("healthy, soaking {left} s")),
        None => state(&step.state),
    }
}

/// Seconds that an app has to stay healthy yet, before those that wait for it start.
pub(super) fn soaking(step: &RunStep, now: Time) -> Option<u32> {
    let until = step.soaks.filter(|until| step.state == StepState::Healthy && *until > now)?;
    u32::try_from(((until - now).num_milliseconds().max(0) + 999) / 1000).ok()
}

/// By whom: the user as the cluster sees it, and what the console's own machine claims of it: `jane (claims ana@jump)`.
pub(crate) fn who(by: &Clean, claimed: &Clean) -> String {
    match (by.is_empty(), claimed.is_empty()) {
        (_, true) => by.to_string(),
        (true, false) => format!("unknown (claims {claimed})"),
        (false, false) => format!("{by} (claims {claimed})"),
    }
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
    let Some(from) = step.began.filter(|_| began(&step.state)).or(moves.then_some(step.since)) else {
        return String::new();
    };
    let rolls = matches!(step.state, StepState::Applying | StepState::RollingOut(..));
    match step.expected.filter(|_| rolls && step.began.is_some()) {
        Some(expected) => format!("{} of ~{}", lasted(from, to), seconds(expected)),
        None => lasted(from, to),
    }
}

/// How an app lies in time, where it rolls and its earlier rollouts are known; or which end a soak has.
pub(super) fn pace(step: &RunStep, now: Time) -> Option<String> {
    let from = step.began.filter(|_| matches!(step.state, StepState::Applying | StepState::RollingOut(..)))?;
    let expected = step.expected?;
    let passed = u32::try_from((now - from).num_seconds()).unwrap_or(0);
    Some(match passed.checked_sub(expected) {
        Some(late) if late > 0 => {
            format!("{} longer than its earlier rollouts took ({})", seconds(late), seconds(expected))
        }
        _ => format!("its earlier rollouts took about {}", seconds(expected)),
    })
}

/// `1m 10s`.
pub(super) fn seconds(seconds: u32) -> String {
    let from = Time::UNIX_EPOCH;
    lasted(from, from + chrono::TimeDelta::seconds(seconds.into()))
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
        Phase::Reverting | Phase::Reverted | Phase::RevertFailed => {
            (back, back + number(StepState::is_touched), "reverted")
        }
        _ => (number(|state| *state == StepState::Healthy), run.steps.len(), "healthy"),
    }
}

type Test = fn(&StepState) -> bool;

/// How many apps stand where, in the order of the way: `1 failed, 2 rolling out, 3 waiting`.
pub(super) fn tally(steps: &[RunStep]) -> String {
    const KINDS: [(&str, Test); 13] = [
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
        ("skipped", |s| matches!(s, StepState::Skipped)),
        ("not started", |s| matches!(s, StepState::NotStarted)),
    ];
    let parts = KINDS.iter().filter_map(|(word, hit)| {
        let number = steps.iter().filter(|step| hit(&step.state)).count();
        (number > 0).then(|| format!("{number} {word}"))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// The first line: the phase, and what stands where.
pub(super) fn headline(run: &Run) -> (Scope, String) {
    let (scope, word) = match &run.phase {
        Phase::Recording => (Scope::Busy, "Recording"),
        Phase::Running => (Scope::Busy, "Running"),
        Phase::Stopping => (Scope::Bad, "Stopping"),
        Phase::Reverting => (Scope::Warn, "Reverting"),
        Phase::Paused => (Scope::Warn, "Paused"),
        Phase::Gated(..) => (Scope::Warn, "At a gate"),
        Phase::Held(_) => (Scope::Stale, "Held"),
        Phase::Done => (Scope::Good, "Done"),
        Phase::Failed if was_stopped(run) => (Scope::Warn, "Stopped"),
        Phase::Failed => (Scope::Bad, "Failed"),
        Phase::Reverted => (Scope::Good, "Reverted"),
        Phase::RevertFailed => (Scope::Bad, "Revert failed"),
        Phase::Interrupted => (Scope::Warn, "Interrupted"),
    };
    (scope, format!("{word}: {}", tally(&run.steps)))
}

/// Whether it ended in the middle though nothing failed: someone stopped it.
pub(crate) fn was_stopped(run: &Run) -> bool {
    use StepState::{Drifted, Failed, Refused, RevertFailed};
    run.phase == Phase::Failed
        && run.steps.iter().any(|step| step.state.is_touched())
        && !run.steps.iter().any(|step| matches!(step.state, Drifted(_) | Failed(_) | Refused(_) | RevertFailed(_)))
}

/// How long it has been going on, and how long it will in all, as far as that is known: `2m 54s of about 4m 40s`.
pub(super) fn elapsed(run: &Run, now: Time) -> String {
    let took = lasted(run.started, run.ended.unwrap_or(now));
    let passed = u32::try_from((now - run.started).num_seconds()).unwrap_or(0);
    match estimate::remaining(run, now) {
        None if run.ended.is_some() => format!("in {took}"),
        None => took,
        Some(0) => format!("{took}, longer than expected"),
        // To ten seconds: it is no more than a guess.
        Some(left) => format!("{took} of about {}", seconds((passed + left).next_multiple_of(10))),
    }
}

/// The key of a command on this screen, in the operator's keymap.
pub(super) fn key(ctx: &Ctx, command: Command) -> String {
    let key = ctx.keymap.key(Room::Batch, command).or_else(|| ctx.keymap.key(Room::Everywhere, command));
    key.map(|key| key.to_string()).unwrap_or_default()
}

/// What the phase means and what one can do, where it is not plain.
pub(super) fn advice(ctx: &Ctx, run: &Run) -> Option<String> {
    let (revert, hold) = (key(ctx, Command::Revert), key(ctx, Command::Hold));
    let failed = run.steps.iter().any(|step| matches!(step.state, StepState::Failed(_) | StepState::Refused(_)));
    let text = match &run.phase {
        Phase::Recording => "The record is written first; no app is touched yet.".to_owned(),
        Phase::Stopping => {
            let why = if failed { "An app failed" } else { "It was stopped" };
            format!("{why}: what has not started will not. What runs is followed to its end; {revert} takes all back.")
        }
        Phase::Paused => {
            format!("No new app starts. What runs is followed to its end. {hold} goes on, {revert} takes all back.")
        }
        Phase::Gated(done, of) => {
            let next = count(next_wave(run), "app");
            format!("{done} of {of} waves are through. {hold} starts the next: {next}. {revert} takes all back.")
        }
        Phase::Held(why) => {
            let login = if why.contains("login") { key(ctx, Command::Login) } else { String::new() };
            let login = if login.is_empty() { login } else { format!(" {login} logs in again.") };
            format!(
                "Nothing is written until the cluster answers and the lease is ours again: {why}. It goes on by itself.{login}"
            )
        }
        Phase::Failed | Phase::Interrupted if !run.steps.iter().any(|step| step.state.is_touched()) => return None,
        Phase::Failed => format!("{revert} takes back what this batch touched, to the exact templates from before."),
        Phase::RevertFailed => format!("{revert} tries the apps that are not back once more; their pages tell more."),
        Phase::Interrupted => {
            let batches = key(ctx, Command::Batches);
            format!(
                "Its driver left in mid-batch. What was written stays written; {revert} takes it back, {batches} lists it to go on."
            )
        }
        Phase::Running | Phase::Reverting | Phase::Done | Phase::Reverted => return None,
    };
    Some(text)
}

/// How many apps would start next, were the operator to say so: a wave of those that wait.
pub(super) fn next_wave(run: &Run) -> usize {
    run.steps.iter().filter(|step| step.state == StepState::Waiting).count().min(run.options.width)
}
