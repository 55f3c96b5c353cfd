//! A batch that was found, in words.

use std::collections::BTreeSet;

use chrono::{FixedOffset, Offset};
use rolldeck_core::{
    Time,
    batch::{Found, FoundStep, Holder, StepState, journal::RecordPhase},
};

use super::known::Batch;
use crate::{
    Clock, Command, Ctx, Room, Scope, batch,
    plan::{
        sheet::lasted,
        words::{noun, places},
    },
    widgets::text::count,
};

/// `release of 6 apps`.
pub(crate) fn what(found: &Found) -> String {
    format!("{} of {}", noun(found.intent), count(found.steps.len(), "app"))
}

/// `in qa and prod`.
pub(super) fn place(found: &Found) -> String {
    places(found.steps.iter().map(|step| &step.key.namespace))
}

/// The namespaces, each once.
pub(super) fn namespaces(found: &Found) -> Vec<&str> {
    found.steps.iter().map(|step| &*step.key.namespace).collect::<BTreeSet<_>>().into_iter().collect()
}

/// By whom.
pub(crate) fn who(found: &Found) -> String {
    batch::words::who(&found.by, &found.claimed)
}

/// `Nov 22 14:05`, where the operator is.
pub(super) fn day(at: Time, clock: Clock) -> String {
    let offset = FixedOffset::east_opt(clock.offset).unwrap_or_else(|| chrono::Utc.fix());
    let local = at.with_timezone(&offset);
    let year = clock.now.with_timezone(&offset).format("%Y").to_string();
    let form = if local.format("%Y").to_string() == year { "%b %d %H:%M" } else { "%b %d %Y" };
    local.format(form).to_string()
}

/// Apps that came to an end, of all: `3/6`.
pub(crate) fn far(found: &Found) -> String {
    use StepState::{Drifted, Failed, Healthy, NotStarted, NothingRan, Refused, RevertFailed, Reverted, Skipped};
    let back = matches!(found.phase, RecordPhase::Reverting);
    let ended = |step: &&FoundStep| match &step.state {
        Reverted | RevertFailed(_) => true,
        Healthy | NothingRan(_) | Failed(_) => !back,
        Refused(_) | Drifted(_) | Skipped | NotStarted => true,
        _ => false,
    };
    format!("{}/{}", found.steps.iter().filter(ended).count(), found.steps.len())
}

fn number(found: &Found, hit: fn(&StepState) -> bool) -> usize {
    found.steps.iter().filter(|step| hit(&step.state)).count()
}

/// How it stands, or how it ended.
pub(super) fn outcome(batch: &Batch) -> (Scope, String) {
    let found = batch.found;
    if let Some(run) = batch.own {
        let (scope, text) = crate::state::standing(run);
        return (scope, format!("{text} (here)"));
    }
    if found.unfinished {
        let far = far(found);
        return match &found.holder {
            Holder::Alive(by) => (Scope::Busy, format!("{} {far} ({by})", doing(found.phase))),
            Holder::Left => (Scope::Warn, format!("interrupted {far}")),
            Holder::Gone => (Scope::Warn, format!("unfinished {far}: driver gone")),
            Holder::Watching(seconds) => (Scope::Warn, format!("unfinished {far}: known in {seconds} s")),
        };
    }
    let failed = number(found, |state| matches!(state, StepState::Failed(_) | StepState::Refused(_)));
    let of = found.steps.len();
    match found.phase {
        RecordPhase::Done => (Scope::Good, "done".to_owned()),
        RecordPhase::Reverted => (Scope::Good, "reverted".to_owned()),
        RecordPhase::RevertFailed => {
            let stuck = number(found, |state| matches!(state, StepState::RevertFailed(_)));
            (Scope::Bad, format!("revert failed: {stuck} of {of}"))
        }
        _ if failed > 0 => (Scope::Bad, format!("failed: {failed} of {of}")),
        _ => (Scope::Warn, format!("stopped {}", far(found))),
    }
}

/// What its driver is at.
pub(crate) fn doing(phase: RecordPhase) -> &'static str {
    match phase {
        RecordPhase::Stopping => "stopping",
        RecordPhase::Reverting => "reverting",
        _ => "running",
    }
}

/// How bad an outcome is, worst first.
pub(super) fn rank(batch: &Batch) -> u8 {
    match outcome(batch).0 {
        Scope::Bad => 0,
        Scope::Warn => 1,
        Scope::Busy | Scope::Stale => 2,
        _ => 3,
    }
}

/// How long it took, or has been going on.
pub(super) fn took(batch: &Batch, now: Time) -> String {
    let (found, run) = (batch.found, batch.own);
    match run.map_or(found.ended, |run| run.ended) {
        Some(ended) => lasted(found.started, ended),
        None if moves(batch) => lasted(found.started, now),
        None => String::new(),
    }
}

/// Whether someone is at it now, here or elsewhere.
pub(super) fn moves(batch: &Batch) -> bool {
    match batch.own {
        Some(run) => !run.phase.ended(),
        None => batch.found.unfinished && matches!(batch.found.holder, Holder::Alive(_)),
    }
}

/// Why a batch that has ended cannot be gone on with; `None` where something of it is left.
pub(super) fn nothing_left(found: &Found) -> Option<&'static str> {
    use StepState::{Applying, Failed, NotStarted, Refused, RollingOut, Waiting};
    let left =
        |state: &StepState| matches!(state, Waiting | NotStarted | Applying | RollingOut(..) | Failed(_) | Refused(_));
    match found.phase {
        RecordPhase::Reverting | RecordPhase::Reverted | RecordPhase::RevertFailed => {
            Some("It was taken back, or is on its way back: there is nothing to go on with.")
        }
        RecordPhase::Done => Some("It is done: there is nothing to go on with."),
        _ if found.steps.iter().any(|step| left(&step.state)) => None,
        _ => Some("Nothing of it is left to go on with."),
    }
}

/// Whether anything of it could be taken back: an app that it touched and that is not back, or one that may yet be.
pub(super) fn has_something_to_take_back(found: &Found) -> bool {
    found.unfinished || found.steps.iter().any(|step| step.state.is_touched())
}

/// Whether its driver lives, and what can be done with it from here.
pub(super) fn advice(ctx: &Ctx, batch: &Batch) -> (Scope, String) {
    let key = |command| ctx.keymap.key(Room::Batches, command).map(|key| key.to_string()).unwrap_or_default();
    let (open, over, back) = (key(Command::Open), key(Command::TakeOver), key(Command::Revert));
    if batch.own.is_some_and(|run| !run.phase.ended()) {
        return (Scope::Good, format!("this console drives it: {open} goes there"));
    }
    if !batch.found.unfinished {
        let more = key(Command::Repeat);
        if !has_something_to_take_back(batch.found) {
            return (Scope::Dim, format!("it has ended, and left no app changed: {more} plans the same once more"));
        }
        if nothing_left(batch.found).is_none() {
            let text =
                format!("it stopped before its end: {over} goes on with it, {back} takes it back, {more} repeats it");
            return (Scope::Warn, text);
        }
        return (Scope::Dim, format!("it has ended: {back} takes it back, {more} plans the same once more"));
    }
    match &batch.found.holder {
        Holder::Left => {
            (Scope::Warn, format!("its driver left in good order: {over} goes on with it, {back} takes it back"))
        }
        Holder::Gone => (Scope::Warn, format!("its driver is gone: {over} goes on with it, {back} takes it back")),
        Holder::Alive(by) => (Scope::Good, format!("{by} drives it elsewhere; {over} takes it over (asks twice)")),
        Holder::Watching(seconds) => {
            (Scope::Busy, format!("its lease is watched for {seconds} more seconds, to know whether its driver lives"))
        }
    }
}
