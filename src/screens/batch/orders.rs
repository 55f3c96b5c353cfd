//! What the operator may tell a batch in flight, the questions before it, and why something cannot be done now.

use rolldeck_core::batch::{Order, Phase, Run, RunStep, StepState};

use super::{guarded::Guarded, words};
use crate::{
    Command, Ctx, Scope,
    plan::confirm::Confirm,
    widgets::text::{count, time_of_day},
};

/// What a command asks of a batch.
pub(super) enum Asked {
    /// This order, at once: it makes nothing worse.
    Now(Order),
    /// This order, after a question.
    After(Order, Box<Confirm>),
}

/// What the operator is told while an order is on its way.
pub(super) fn sent(order: &Order) -> &'static str {
    match order {
        Order::Pause => "The pause was asked for …",
        Order::Proceed => "It was asked to go on …",
        Order::Skip(_) => "The app is to be skipped …",
        Order::Retry(_) => "The app is to be tried again …",
        Order::Stop => "The stop was asked for …",
        Order::Revert { .. } => "The revert was asked for …",
        Order::Interrupt => "It was asked to leave …",
    }
}

/// What a command means for this batch now, or why it means nothing.
pub(super) fn ask(ctx: &Ctx, run: &Run, step: Option<&RunStep>, command: Command) -> Result<Asked, String> {
    if ctx.session.readonly {
        return Err("This session is read-only: it tells no batch anything.".to_owned());
    }
    match command {
        Command::Hold => hold(ctx, run),
        Command::Skip => skip(ctx, run, step.ok_or("There is no app under the cursor.")?),
        Command::Retry => retry(ctx, run, step.ok_or("There is no app under the cursor.")?),
        _ => stop(ctx, run),
    }
}

/// Why nothing can be told to a batch in this phase; `None` where it may be.
fn over(run: &Run) -> Option<&'static str> {
    match run.phase {
        Phase::Done | Phase::Failed | Phase::Reverted | Phase::RevertFailed => Some("This batch has ended."),
        Phase::Interrupted => Some("Its driver has left: the list of batches goes on with it, or takes it back."),
        Phase::Reverting => Some("It is being taken back: nothing new starts anyway."),
        Phase::Stopping => Some("It is stopping: nothing new starts anyway."),
        _ => None,
    }
}

fn refuse(run: &Run) -> Result<(), String> {
    over(run).map_or(Ok(()), |why| Err(why.to_owned()))
}

fn about(ctx: &Ctx, run: &Run) -> Vec<(Scope, String)> {
    let session = ctx.session;
    vec![
        (
            Scope::Text,
            format!("batch {}: {}, started {}", run.id, words::what(run), time_of_day(run.started, ctx.clock)),
        ),
        (Scope::Text, format!("context {} · {} · as {}", session.context, session.server, session.user)),
        (Scope::Text, String::new()),
    ]
}

fn waiting(run: &Run) -> usize {
    run.steps.iter().filter(|step| step.state == StepState::Waiting).count()
}

/// A pause makes nothing worse, and needs no question; to go on starts apps, and a second press of the key must not do it.
fn hold(ctx: &Ctx, run: &Run) -> Result<Asked, String> {
    let left = unstarted(run);
    match &run.phase {
        Phase::Failed | Phase::Stopping | Phase::Interrupted if left > 0 => go_on(ctx, run, left),
        Phase::Recording | Phase::Running if waiting(run) == 0 => {
            Err("Every app has started: there is nothing to hold back.".to_owned())
        }
        Phase::Recording | Phase::Running => Ok(Asked::Now(Order::Pause)),
        Phase::Gated(done, of) => next_wave(ctx, run, (*done, *of)),
        Phase::Held(why) => Err(format!("It is held and goes on by itself: {why}.")),
        Phase::Paused => go_on(ctx, run, waiting(run)),
        _ => refuse(run).and(Err("There is nothing to go on with.".to_owned())),
    }
}

/// Apps that were never started, though it was to be.
fn unstarted(run: &Run) -> usize {
    run.steps.iter().filter(|step| matches!(step.state, StepState::Waiting | StepState::NotStarted)).count()
}

fn go_on(ctx: &Ctx, run: &Run, left: usize) -> Result<Asked, String> {
    let mut body = about(ctx, run);
    let wait = if left == 1 { "waits" } else { "wait" };
    body.push((Scope::Text, format!("{} {wait} to be started, {} at a time.", count(left, "app"), run.options.width)));
    let guarded = Guarded::of(ctx, run.steps.iter().map(|step| &step.key))?;
    let confirm = guarded.confirm(ctx, "Go on?".to_owned(), body, "Go on with", left);
    Ok(Asked::After(Order::Proceed, Box::new(confirm)))
}

fn next_wave(ctx: &Ctx, run: &Run, (done, of): (usize, usize)) -> Result<Asked, String> {
    let wave = words::next_wave(run);
    let mut body = about(ctx, run);
    body.push((Scope::Text, format!("{done} of {of} waves are through. The next one starts:")));
    let names = || run.steps.iter().filter(|step| step.state == StepState::Waiting).take(wave);
    body.extend(names().map(|step| (Scope::Text, format!("  {}: {} → {}", step.key, step.before, step.after))));
    let guarded = Guarded::of(ctx, names().map(|step| &step.key))?;
    let confirm = guarded.confirm(ctx, format!("Start wave {} of {of}?", done + 1), body, "Start", wave);
    Ok(Asked::After(Order::Proceed, Box::new(confirm)))
}

fn skip(ctx: &Ctx, run: &Run, step: &RunStep) -> Result<Asked, String> {
    refuse(run)?;
    let key = &step.key;
    match &step.state {
        StepState::Waiting | StepState::Refused(_) | StepState::Drifted(_) => {}
        StepState::Skipped => return Err(format!("{key} is skipped already.")),
        StepState::Applying | StepState::RollingOut(..) => {
            return Err(format!("{key} has started: it is followed to its end, and a revert takes it back."));
        }
        state => return Err(format!("{key} does not wait to be started: it is {}.", words::state(state).1)),
    }
    let mut body = about(ctx, run);
    body.push((
        Scope::Text,
        format!("{key} stays at {}. Those that wait for it start as if it were done.", step.before),
    ));
    let confirm = Confirm::new(format!("Skip {}?", key.name), body, "Skip", 1);
    Ok(Asked::After(Order::Skip(key.clone()), Box::new(confirm)))
}

fn retry(ctx: &Ctx, run: &Run, step: &RunStep) -> Result<Asked, String> {
    let key = &step.key;
    if !step.retries {
        let why = match &step.state {
            StepState::Waiting => "it has not been tried yet".to_owned(),
            state => format!("it is {}", words::state(state).1),
        };
        return Err(format!("{key} cannot be tried again now: {why}."));
    }
    let mut body = about(ctx, run);
    body.push((Scope::Text, format!("{key}: {} → {}", step.before, step.after)));
    body.push((Scope::Dim, format!("now: {}", words::state(&step.state).1)));
    let guarded = Guarded::of(ctx, std::iter::once(key))?;
    let confirm = guarded.confirm(ctx, format!("Try {} again?", key.name), body, "Try", 1);
    Ok(Asked::After(Order::Retry(key.clone()), Box::new(confirm)))
}

fn stop(ctx: &Ctx, run: &Run) -> Result<Asked, String> {
    refuse(run)?;
    let (left, all) = (waiting(run), run.steps.len());
    let mut body = about(ctx, run);
    let have = if left == 1 { "has" } else { "have" };
    body.push((Scope::Text, format!("{} of {all} {have} not started, and will not.", count(left, "app"))));
    body.push((Scope::Text, "What runs is followed to its end, and what is changed stays so.".to_owned()));
    let confirm = Confirm::new("Stop here?".to_owned(), body, "Stop here", 0);
    Ok(Asked::After(Order::Stop, Box::new(confirm)))
}

/// The commands that may be hinted at now, most useful first.
pub(super) fn hints(ctx: &Ctx, run: &Run, step: Option<&RunStep>) -> Vec<(Command, &'static str)> {
    if ctx.session.readonly {
        return Vec::new();
    }
    let mut hints = Vec::new();
    let open = over(run).is_none();
    match run.phase {
        Phase::Gated(..) => hints.push((Command::Hold, "next wave")),
        Phase::Paused => hints.push((Command::Hold, "go on")),
        Phase::Failed | Phase::Stopping | Phase::Interrupted if unstarted(run) > 0 => {
            hints.push((Command::Hold, "go on"));
        }
        _ if open && waiting(run) > 0 => hints.push((Command::Hold, "pause")),
        _ => {}
    }
    if step.is_some_and(|step| step.retries) {
        hints.push((Command::Retry, "try again"));
    }
    if open && step.is_some_and(|step| matches!(step.state, StepState::Waiting | StepState::Drifted(_))) {
        hints.push((Command::Skip, "skip it"));
    }
    if open && waiting(run) > 0 {
        hints.push((Command::Stop, "stop here"));
    }
    hints
}
