//! The question before a batch is taken back.

use rolldeck_core::{
    batch::{Phase, Run},
    model::AppKey,
};

use super::{guarded::Guarded, words};
use crate::{
    Code, Ctx, Key, Scope,
    plan::confirm::Confirm,
    widgets::text::{count, time_of_day},
};

/// The two ways that a revert of several apps may go, the chosen one with a mark. Space goes to the other.
pub(crate) fn ways(apps: usize, at_once: bool) -> Vec<(Scope, String)> {
    if apps < 2 {
        return Vec::new();
    }
    let line = |here: bool, text: &str| {
        (if here { Scope::Heading } else { Scope::Dim }, format!("({}) {text}", if here { "•" } else { " " }))
    };
    vec![
        (Scope::Text, String::new()),
        line(!at_once, "in reverse order"),
        line(at_once, "all at once: this is an incident   (space changes it)"),
    ]
}

/// Whether a key goes to the other way.
pub(crate) fn turns(key: Key) -> bool {
    key.code == Code::Char(' ') && !key.ctrl && !key.alt
}

/// Why nothing can be taken back in a session that may not write.
pub(crate) const READONLY: &str = "This session is read-only: nothing is taken back from here.";

/// Why nothing can be taken back of a batch of this console; `None` where something can.
pub(super) fn obstacle(ctx: &Ctx, run: &Run) -> Option<&'static str> {
    match run.phase {
        _ if ctx.session.readonly => Some(READONLY),
        Phase::Recording => Some("No app is touched yet: there is nothing to take back."),
        Phase::Reverting => Some("It is being taken back already."),
        Phase::Reverted => Some("Every app that it touched is back already."),
        _ if run.steps.iter().any(|step| step.state.is_touched()) => None,
        _ => Some("This batch touched no app: there is nothing to take back."),
    }
}

/// The question for a batch of this console, or why there is none to ask.
pub(super) fn of_run(ctx: &Ctx, run: &Run, at_once: bool) -> Result<Confirm, String> {
    if let Some(why) = obstacle(ctx, run) {
        return Err(why.to_owned());
    }
    let touched: Vec<_> = run.steps.iter().filter(|step| step.state.is_touched()).collect();
    let apps: Vec<_> = touched.iter().map(|step| (&step.key, format!(": {} → {}", step.after, step.before))).collect();
    let started = format!("batch {}: {}, started {}", run.id, words::what(run), time_of_day(run.started, ctx.clock));
    let mut body = question(ctx, started, &apps, run.steps.len() - apps.len(), at_once);
    if !run.phase.ended() {
        body.push((Scope::Warn, "It still runs: what has not started will not start.".to_owned()));
    }
    let guarded = Guarded::of(ctx, touched.iter().map(|step| &step.key))?;
    Ok(guarded.confirm(ctx, format!("Revert {}?", count(apps.len(), "app")), body, "Revert", apps.len()))
}

/// What a revert will do: where, to which apps, and what stays as it is.
fn question(ctx: &Ctx, batch: String, apps: &[(&AppKey, String)], rest: usize, at_once: bool) -> Vec<(Scope, String)> {
    let session = ctx.session;
    let mut body = vec![
        (Scope::Text, batch),
        (Scope::Text, format!("context {} · {} · as {}", session.context, session.server, session.user)),
    ];
    body.extend(ways(apps.len(), at_once));
    body.push((Scope::Text, String::new()));
    body.push((Scope::Text, "Back to the exact templates (or replicas) from before this batch:".to_owned()));
    body.extend(apps.iter().map(|(key, change)| (Scope::Text, format!("  {key}{change}"))));
    if rest > 0 {
        body.push((Scope::Dim, format!("{} untouched, and left alone", count(rest, "app"))));
    }
    body
}
