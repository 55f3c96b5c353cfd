//! Plans and batches as documents for programs: `apiVersion: rolldeck.dev/v1`, `kind: Plan`, `Batch` or `BatchList`.

use std::collections::BTreeMap;

use chrono::SecondsFormat;
use rolldeck_core::{
    Time,
    batch::{
        Check, Found, Intent, Options, Phase, Plan, Run, Step, StepState, file::VERSION, journal::RecordPhase,
        seen::Repush,
    },
    model::AppKey,
    text::Clean,
};
use serde::Serialize;
use serde_json::{Value, json};

/// A plan: what would be done, app by app, and what stands against it.
pub fn plan(plan: &Plan) -> Value {
    let apps: Vec<Value> = plan
        .steps
        .iter()
        .map(|step| {
            let problems: Vec<Value> = step
                .problems
                .iter()
                .map(|problem| json!({ "level": plan.level(problem), "kind": problem.kind, "text": problem.text }))
                .collect();
            let mut entry = app(&step.key);
            entry["before"] = json!(step.before());
            entry["after"] = json!(step.after());
            entry["check"] = json!(check(&step.check));
            entry["problems"] = json!(problems);
            let pins = pins(plan, step);
            if !pins.is_empty() {
                entry["pins"] = json!(pins);
            }
            entry
        })
        .collect();
    json!({
        "apiVersion": VERSION, "kind": "Plan", "intent": plan.intent.kind(), "reason": plan.reason,
        "options": options(&plan.options), "ready": plan.ready().is_ok(), "lacks": plan.ready().err(),
        "unacknowledged": plan.unacknowledged().into_keys().collect::<Vec<_>>(), "apps": apps,
    })
}

/// The images whose tags may have been pushed again, by container, each with the digest that ran here: as `images` of a file takes
/// them.
pub fn pins(plan: &Plan, step: &Step) -> BTreeMap<Clean, Clean> {
    let pinned = |found: Repush| Some((found.container, format!("{}@{}", found.image, found.pin?).into()));
    plan.repushed(step).into_iter().filter_map(pinned).collect()
}

/// How far a step's preflight came, in a word.
pub fn check(check: &Check) -> &'static str {
    match check {
        Check::Reading => "unread",
        Check::Incomplete(_) => "incomplete",
        Check::Checking => "unchecked",
        Check::Passed { .. } => "passed",
        Check::NoChange => "no-change",
        Check::Blocked => "blocked",
    }
}

/// A batch in flight, or one that has ended here.
pub fn run(run: &Run) -> Value {
    let apps = run.steps.iter().map(|step| step_of(&step.key, (&step.before, &step.after), &step.state, step.since));
    json!({
        "apiVersion": VERSION, "kind": "Batch", "id": run.id.0, "intent": run.intent.kind(), "phase": phase(&run.phase),
        "unfinished": !matches!(run.phase, Phase::Done | Phase::Failed | Phase::Reverted | Phase::RevertFailed),
        "by": run.by, "claimed": run.claimed, "reason": run.reason, "started": time(run.started),
        "ended": run.ended.map(time), "options": options(&run.options), "apps": apps.collect::<Vec<_>>(),
        "notes": run.notes,
    })
}

/// A batch as its journal has it.
pub fn found(batch: &Found) -> Value {
    let apps = batch.steps.iter().map(|step| step_of(&step.key, (&step.before, &step.after), &step.state, step.since));
    let log: Vec<Value> =
        batch.log.iter().map(|happening| json!({ "at": time(happening.at), "text": happening.text })).collect();
    json!({
        "apiVersion": VERSION, "kind": "Batch", "id": batch.id.0, "intent": batch.intent.kind(),
        "phase": named(batch.phase), "unfinished": batch.unfinished, "by": batch.by, "claimed": batch.claimed,
        "reason": batch.reason, "started": time(batch.started), "ended": batch.ended.map(time),
        "apps": apps.collect::<Vec<_>>(), "log": log,
    })
}

/// Batches, and what could not be read of them.
pub fn list(batches: &[Found], unread: &[Clean]) -> Value {
    let items: Vec<Value> = batches.iter().map(found).collect();
    json!({ "apiVersion": VERSION, "kind": "BatchList", "items": items, "unread": unread })
}

/// An app's entry, to which more is added.
pub fn app(key: &AppKey) -> Value {
    json!({ "namespace": key.namespace, "kind": key.kind.name(), "name": key.name })
}

fn step_of(key: &AppKey, (before, after): (&Clean, &Clean), state: &StepState, since: Time) -> Value {
    let mut entry = app(key);
    entry["before"] = json!(before);
    entry["after"] = json!(after);
    entry["state"] = json!(state.name());
    entry["why"] = json!(state.why().cloned().unwrap_or_default());
    entry["since"] = json!(time(since));
    if let StepState::RollingOut(available, wanted, _) | StepState::RollingBack(available, wanted, _) = state {
        entry["pods"] = json!({ "available": available, "wanted": wanted });
    }
    entry
}

/// A phase by its name.
pub fn phase(phase: &Phase) -> &'static str {
    match phase {
        Phase::Recording => "recording",
        Phase::Running => "running",
        Phase::Stopping => "stopping",
        Phase::Reverting => "reverting",
        Phase::Paused => "paused",
        Phase::Gated(..) => "gated",
        Phase::Held(_) => "held",
        Phase::Done => "done",
        Phase::Failed => "failed",
        Phase::Reverted => "reverted",
        Phase::RevertFailed => "revert-failed",
        Phase::Interrupted => "interrupted",
    }
}

/// A recorded phase by its name.
pub fn recorded(phase: RecordPhase) -> String {
    named(phase).as_str().unwrap_or_default().to_owned()
}

fn named(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn options(options: &Options) -> Value {
    json!({
        "width": options.width, "onFailure": options.on_failure, "soakSeconds": options.soak, "gate": options.gate,
        "incident": options.incident, "deadlineSeconds": options.deadline,
    })
}

/// RFC 3339, in UTC.
pub fn time(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// What an intent is called in a sentence: `release`.
pub fn verb(intent: Intent) -> String {
    match intent {
        Intent::Rollback => "roll back".to_owned(),
        Intent::Bounds => "change the bounds of".to_owned(),
        other => other.kind().to_lowercase(),
    }
}
