//! The two lines at the top, as data: compared to know whether they changed, drawn as they are.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{Found, Holder, Phase, Run, StepState},
    model::AppKey,
    text::Clean,
};

use super::freshness::{self, Piece};
use crate::{
    Ctx, Screen,
    batches::words,
    theme::Scope,
    widgets::text::{count, cut},
};

/// What the header says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// The room's title.
    pub title: String,
    /// Whom and where: read-only, context, namespaces, user; most important first.
    pub place: Vec<Piece>,
    /// How things are: freshness, marks, batches.
    pub news: Vec<Piece>,
}

impl Header {
    pub(super) fn new(ctx: &Ctx, room: &dyn Screen, marks: &BTreeSet<AppKey>) -> Self {
        let mut news = Vec::new();
        if let Some(run) = ctx.run {
            news.push(batch(run));
        }
        news.extend(others(ctx));
        match ctx.shells.open() {
            0 => {}
            1 => news.push((Scope::Busy, "1 shell open".to_owned())),
            many => news.push((Scope::Busy, format!("{many} shells open"))),
        }
        match ctx.copies.running() {
            0 => {}
            copies => news.push((Scope::Busy, format!("copying in {}", count(copies, "container")))),
        }
        match ctx.forwards.open() {
            0 => {}
            ports => news.push((Scope::Busy, format!("{} forwarded", count(ports, "port")))),
        }
        let downloads: Vec<_> = ctx.downloads.running().collect();
        match downloads.as_slice() {
            [] => {}
            [one] => news.push((Scope::Busy, format!("download {}%", one.percent().unwrap_or_default()))),
            many => news.push((Scope::Busy, format!("{} downloads", many.len()))),
        }
        for parked in ctx.parked.iter().filter(|parked| !parked.holds.is_empty()) {
            news.push((Scope::Warn, format!("parked: {} ({})", parked.context, parked.holds)));
        }
        if !marks.is_empty() {
            news.push((Scope::Marked, format!("{} marked", marks.len())));
        }
        news.splice(0..0, freshness::pieces(ctx));
        Self { title: room.title(ctx), place: place(ctx), news }
    }
}

/// Other people's batches: those that run, and those that need someone.
fn others(ctx: &Ctx) -> Vec<Piece> {
    let others = || ctx.found.iter().filter(|found| ctx.run.is_none_or(|run| run.id != found.id));
    let alive: Vec<(&Found, &Clean)> = others()
        .filter_map(|found| match &found.holder {
            Holder::Alive(by) => Some((found, by)),
            _ => None,
        })
        .collect();
    let mut pieces = Vec::new();
    if let [(first, by), rest @ ..] = alive.as_slice() {
        let (intent, far) = (super::leave::intent(first.intent), words::far(first));
        let doing = match words::doing(first.phase) {
            "running" => String::new(),
            other => format!(" ({other})"),
        };
        let by = cut(by, 32);
        let text = match rest.len() {
            0 => format!("{by} runs a {intent} {far}{doing}"),
            more => format!("{} batches of others run: {by} {intent} {far}{doing}", more + 1),
        };
        pieces.push((Scope::Busy, text));
    }
    let left = others().count() - alive.len();
    if left > 0 {
        let batches = if left == 1 { "batch" } else { "batches" };
        pieces.push((Scope::Warn, format!("{left} unfinished {batches}")));
    }
    pieces
}

fn place(ctx: &Ctx) -> Vec<Piece> {
    let mut out = Vec::new();
    if ctx.session.demo {
        out.push((Scope::Warn, "DEMO".to_owned()));
    }
    if ctx.session.readonly {
        out.push((Scope::Warn, "READONLY".to_owned()));
    }
    out.push((Scope::Heading, cut(&ctx.session.context, 32)));
    let namespaces: Vec<&str> = ctx.scope.iter().map(|namespace| &**namespace).collect();
    out.push(match namespaces.as_slice() {
        [] => (Scope::Header, "all namespaces".to_owned()),
        some if some.len() <= 3 => (Scope::Header, cut(&format!("ns {}", some.join(",")), 40)),
        some => (Scope::Header, count(some.len(), "namespace")),
    });
    if !ctx.session.user.is_empty() {
        out.push((Scope::Header, cut(&ctx.session.user, 32)));
    }
    out
}

/// `batch release 3/6, 1 failed`, or how it ended.
fn batch(run: &Run) -> Piece {
    let (scope, text) = standing(run);
    (scope, format!("batch {} {text}", super::leave::intent(run.intent)))
}

/// How a batch of this console stands: `3/6, 1 failed`, `paused 3/6`, `done`.
pub(crate) fn standing(run: &Run) -> (Scope, String) {
    use StepState::{Drifted, Failed, Healthy, NotStarted, NothingRan, Refused, RevertFailed, Reverted, Skipped};
    let ended = |state: &StepState| {
        matches!(state, Healthy | NothingRan(_) | Reverted | Failed(_) | Refused(_) | Drifted(_) | Skipped | NotStarted)
    };
    let number = |hit: &dyn Fn(&StepState) -> bool| run.steps.iter().filter(|step| hit(&step.state)).count();
    let steps = format!("{}/{}", number(&ended), run.steps.len());
    let failed = match number(&|state| matches!(state, Failed(_) | Refused(_) | RevertFailed(_))) {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    match &run.phase {
        Phase::Recording => (Scope::Busy, "recording".to_owned()),
        Phase::Running => (if failed.is_empty() { Scope::Busy } else { Scope::Bad }, format!("{steps}{failed}")),
        Phase::Stopping => (Scope::Bad, format!("stopping {steps}{failed}")),
        Phase::Reverting => {
            let (back, of, _) = crate::batch::words::progress(run);
            (Scope::Warn, format!("reverting {back}/{of}"))
        }
        Phase::Paused => (Scope::Warn, format!("paused {steps}{failed}")),
        Phase::Gated(done, of) => (Scope::Warn, format!("waits at gate {done} of {of}{failed}")),
        Phase::Held(_) => (Scope::Stale, format!("held {steps}")),
        Phase::Done => (Scope::Good, "done".to_owned()),
        Phase::Failed if crate::batch::words::was_stopped(run) => (Scope::Warn, format!("stopped {steps}")),
        Phase::Failed => (Scope::Bad, format!("ended {steps}{failed}")),
        Phase::Reverted => (Scope::Good, "reverted".to_owned()),
        Phase::RevertFailed => (Scope::Bad, "revert failed".to_owned()),
        Phase::Interrupted => (Scope::Warn, format!("interrupted {steps}")),
    }
}
