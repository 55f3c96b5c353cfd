//! The question before a batch is taken back.

use rolldeck_core::{
    batch::{Phase, Run},
    model::AppKey,
};

use super::words;
use crate::{
    Ctx, Scope,
    plan::confirm::Confirm,
    widgets::text::{count, time_of_day},
};

/// Why nothing can be taken back in a session that may not write.
pub(crate) const READONLY: &str = "This session is read-only: nothing is taken back from here.";

/// The question for a batch of this console, or why there is none to ask.
pub(super) fn of_run(ctx: &Ctx, run: &Run) -> Result<Confirm, String> {
    if ctx.session.readonly {
        return Err(READONLY.to_owned());
    }
    match run.phase {
        Phase::Recording => return Err("No app is touched yet: there is nothing to take back.".to_owned()),
        Phase::Reverting => return Err("It is being taken back already.".to_owned()),
        Phase::Reverted => return Err("Every app that it touched is back already.".to_owned()),
        _ => {}
    }
    let touched: Vec<_> = run.steps.iter().filter(|step| words::touched(&step.state)).collect();
    if touched.is_empty() {
        return Err("This batch touched no app: there is nothing to take back.".to_owned());
    }
    let apps: Vec<_> = touched.iter().map(|step| (&step.key, format!(": {} → {}", step.after, step.before))).collect();
    let started = format!("batch {}: {}, started {}", run.id, words::what(run), time_of_day(run.started, ctx.clock));
    let mut body = question(ctx, started, &apps, run.steps.len() - apps.len());
    if !run.phase.ended() {
        body.push((Scope::Warn, "It still runs: what has not started will not start.".to_owned()));
    }
    Ok(Confirm::new(format!("Revert {}?", count(apps.len(), "app")), body, "Revert", apps.len()))
}

/// What a revert will do: where, to which apps, and what stays as it is.
pub(crate) fn question(ctx: &Ctx, batch: String, apps: &[(&AppKey, String)], rest: usize) -> Vec<(Scope, String)> {
    let session = ctx.session;
    let mut body = vec![
        (Scope::Text, batch),
        (Scope::Text, format!("context {} · {} · as {}", session.context, session.server, session.user)),
        (Scope::Text, String::new()),
        (Scope::Text, "Back to the exact templates (or replicas) from before this batch:".to_owned()),
    ];
    body.extend(apps.iter().map(|(key, change)| (Scope::Text, format!("  {key}{change}"))));
    if rest > 0 {
        body.push((Scope::Dim, format!("{} untouched, and left alone", count(rest, "app"))));
    }
    body
}
