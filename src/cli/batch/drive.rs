//! Following a batch to its end.

use std::{
    future,
    io::{self, IsTerminal},
    sync::Arc,
    time::Duration,
};

use rolldeck_core::batch::{Order, Phase, Run, StepState};
use rolldeck_driver::Handle;
use tokio::task::JoinHandle;

use super::{ask, end::End, progress::Progress, text};
use crate::terminal::Signals;

/// How often what takes its time is told again where there is a bar.
const TICK: Duration = Duration::from_millis(250);

/// Why a batch with gates is not driven where nobody can open them.
pub const GATE: &str = "gate: it waits for a key between two waves, and there is no terminal to press it on";

/// Whether somebody is there to open a gate.
pub fn can_open_gates() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Follows a batch until its driver has nothing more to do, and lets it leave. A signal interrupts it in good order.
///
/// # Errors
/// [`End::Failed`]: signals cannot be heard; the batch was interrupted then.
pub async fn follow(handle: Handle) -> Result<Arc<Run>, End> {
    let mut runs = handle.runs();
    let mut progress = Progress::new(handle.id());
    let mut signals = match Signals::new() {
        Ok(signals) => signals,
        Err(error) => {
            handle.leave().await;
            return Err(End::failed(format!("failed to listen for signals: {error}")));
        }
    };
    let mut asked = 0;
    let mut gate = None;
    let mut answer: Option<JoinHandle<Option<String>>> = None;
    let mut tick = tokio::time::interval(TICK);
    loop {
        let run = runs.borrow_and_update().clone();
        progress.show(&run);
        if run.phase.ended() || handle.has_left() {
            break;
        }
        if let Phase::Gated(done, waves) = run.phase
            && gate != Some(done)
        {
            gate = Some(done);
            answer = ask_at_gate(&handle, &mut progress, done, waves).await;
        }
        tokio::select! {
            changed = runs.changed() => if changed.is_err() { break },
            _ = tick.tick() => progress.tick(&run),
            typed = answered(&mut answer) => {
                answer = None;
                handle.order(if typed.trim() == "q" { Order::Interrupt } else { Order::Proceed }).await;
            }
            signal = signals.next() => {
                asked += 1;
                progress.say(&match asked {
                    1 => format!("{signal}: leaving in good order; nothing new starts"),
                    _ => format!("{signal}: still leaving: what is sent has to be answered and recorded, which takes seconds"),
                });
                if asked == 1 {
                    handle.order(Order::Interrupt).await;
                }
            }
        }
    }
    let run = runs.borrow().clone();
    handle.leave().await;
    let last = runs.borrow().clone();
    let run = if last.phase.ended() { last } else { run };
    progress.show(&run);
    progress.end(&run);
    Ok(run)
}

async fn ask_at_gate(
    handle: &Handle,
    progress: &mut Progress,
    done: usize,
    waves: usize,
) -> Option<JoinHandle<Option<String>>> {
    if !can_open_gates() {
        progress.say(&format!("wave {done} of {waves} is through, and nobody is here to open the gate"));
        handle.order(Order::Interrupt).await;
        return None;
    }
    progress.say(&format!("wave {done} of {waves} is through: Enter goes on, q leaves"));
    Some(tokio::task::spawn_blocking(ask::line))
}

/// What was typed at the gate; never where nothing is asked.
async fn answered(asked: &mut Option<JoinHandle<Option<String>>>) -> String {
    match asked {
        // A terminal that is gone says nothing: the batch is left in good order.
        Some(answer) => answer.await.ok().flatten().filter(|line| !line.is_empty()).unwrap_or_else(|| "q".to_owned()),
        None => future::pending().await,
    }
}

/// What the end of a batch means for the exit code. `back`: it was to be taken back.
pub fn end_of(run: &Run, back: bool) -> End {
    let id = &run.id;
    let drifted = run.steps.iter().filter(|step| matches!(step.state, StepState::Drifted(_))).count();
    let bad = |state: &StepState| {
        matches!(state, StepState::Failed(_) | StepState::Refused(_) | StepState::RevertFailed(_) | StepState::Reverted)
    };
    let failed = run.steps.iter().filter(|step| bad(&step.state)).count();
    let waiting = |state: &StepState| matches!(state, StepState::Waiting | StepState::NotStarted);
    match &run.phase {
        Phase::Done => End::Done,
        Phase::Reverted if back => End::Done,
        Phase::Reverted => End::failed(format!("batch {id} failed, and every app that it touched is back")),
        Phase::Interrupted => End::failed(format!(
            "batch {id} is interrupted: on with `rolldeck batch resume {id}`, back with `rolldeck batch revert {id}`"
        )),
        Phase::Failed if run.steps.iter().all(|step| waiting(&step.state)) => {
            let why = run.notes.last().map(ToString::to_string).unwrap_or_default();
            End::refused(format!("batch {id} did not begin, and no app was touched: {why}"))
        }
        Phase::Failed if drifted > 0 && failed == 0 => End::Drifted(format!(
            "{} changed by someone else, and not touched: look at each, and run it again",
            text::apps(drifted)
        )),
        Phase::RevertFailed => {
            End::failed(format!("batch {id}: not every app is back: see `rolldeck batch show {id}`"))
        }
        _ => End::failed(format!(
            "batch {id} failed: back with `rolldeck batch revert {id}`, more with `rolldeck batch show {id}`"
        )),
    }
}
