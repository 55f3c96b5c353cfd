//! The two lines at the top, as data: compared to know whether they changed, drawn as they are.

use std::collections::BTreeSet;

use rolldeck_core::{
    batch::{Phase, Run, StepState},
    model::AppKey,
};

use super::freshness::{self, Piece};
use crate::{
    Ctx, Screen,
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
        let others = ctx.found.iter().filter(|found| ctx.run.is_none_or(|run| run.id != found.id)).count();
        if others > 0 {
            let batches = if others == 1 { "batch" } else { "batches" };
            news.push((Scope::Warn, format!("{others} unfinished {batches}")));
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

/// `batch release 3/6`, or how it ended.
fn batch(run: &Run) -> Piece {
    let ended = |state: &StepState| {
        use StepState::{Failed, Healthy, NothingRan, Refused, Reverted};
        matches!(state, Healthy | NothingRan(_) | Reverted | Failed(_) | Refused(_))
    };
    let steps = format!("{}/{}", run.steps.iter().filter(|step| ended(&step.state)).count(), run.steps.len());
    let intent = super::leave::intent(run.intent);
    match &run.phase {
        Phase::Recording => (Scope::Busy, format!("batch {intent}: recording")),
        Phase::Running => (Scope::Busy, format!("batch {intent} {steps}")),
        Phase::Stopping => (Scope::Bad, format!("batch {intent} {steps}: stopping, an app failed")),
        Phase::Reverting => {
            let (back, of, _) = crate::batch::words::progress(run);
            (Scope::Warn, format!("batch {intent}: reverting {back}/{of}"))
        }
        Phase::Paused => (Scope::Warn, format!("batch {intent} {steps}: paused")),
        Phase::Gated(..) => (Scope::Warn, format!("batch {intent} {steps}: waits at a gate")),
        Phase::Held(_) => (Scope::Stale, format!("batch {intent} {steps}: held")),
        Phase::Done => (Scope::Good, format!("batch {intent} done")),
        Phase::Failed => (Scope::Bad, format!("batch {intent} failed")),
        Phase::Reverted => (Scope::Good, format!("batch {intent} reverted")),
        Phase::RevertFailed => (Scope::Bad, format!("batch {intent}: revert failed")),
        Phase::Interrupted => (Scope::Warn, format!("batch {intent} interrupted")),
    }
}
