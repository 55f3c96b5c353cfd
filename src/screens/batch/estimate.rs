//! How long a batch will take, as far as that is known from what its apps took before.

use rolldeck_core::{
    Time,
    batch::{Phase, Run, RunStep, StepState},
};

use super::words;

/// Seconds that the batch has yet to go, from what is left, what runs and how many may; `None` where nothing tells, or where
/// it stands still.
pub(super) fn remaining(run: &Run, now: Time) -> Option<u32> {
    let back = run.phase == Phase::Reverting;
    if !back && !matches!(run.phase, Phase::Running | Phase::Stopping) {
        return None;
    }
    let usual = usual(run)?;
    let needs = |step: &RunStep| step.expected.unwrap_or(usual);
    let passed = |from: Option<Time>| from.map_or(0, |from| u32::try_from((now - from).num_seconds()).unwrap_or(0));
    let (mut lanes, mut waiting) = (Vec::new(), Vec::new());
    for step in &run.steps {
        let soak = if back { 0 } else { run.options.soak };
        match &step.state {
            StepState::Applying | StepState::RollingOut(..) if !back => {
                lanes.push(needs(step).saturating_sub(passed(step.began)) + soak);
            }
            StepState::Reverting | StepState::RollingBack(..) => {
                lanes.push(needs(step).saturating_sub(passed(step.began)));
            }
            StepState::Waiting if run.phase == Phase::Running => waiting.push(needs(step) + soak),
            state if back && state.is_touched() => waiting.push(needs(step)),
            _ => lanes.extend(words::soaking(step, now)),
        }
    }
    lanes.resize(lanes.len().max(run.options.width.min(lanes.len() + waiting.len())), 0);
    for needs in waiting {
        if let Some(free) = lanes.iter_mut().min() {
            *free += needs;
        }
    }
    lanes.into_iter().max()
}

/// What an app takes of which nothing else is known: the mean of what the others are expected to take, else took.
fn usual(run: &Run) -> Option<u32> {
    let took = |step: &RunStep| {
        let from = step.began.filter(|_| step.state == StepState::Healthy)?;
        u32::try_from((step.since - from).num_seconds()).ok()
    };
    let expected: Vec<u32> = run.steps.iter().filter_map(|step| step.expected).collect();
    let known = if expected.is_empty() { run.steps.iter().filter_map(took).collect() } else { expected };
    let sum: u64 = known.iter().map(|seconds| u64::from(*seconds)).sum();
    u32::try_from(sum / u64::try_from(known.len()).ok().filter(|n| *n > 0)?).ok()
}
