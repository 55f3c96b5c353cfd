//! The page as lines: each a label and pieces of text, and which container it is about.

use rolldeck_core::{
    fleet::Freshness,
    model::{ContainerDetail, Doing, PodDetail},
};

use super::{known::Known, parts};
use crate::{
    Ctx, Scope,
    listing::{fresh_head, waiting_for},
    widgets::{
        Cell,
        text::{age, count},
    },
};

/// A line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// The container that it is about.
    pub of: Option<usize>,
    /// Its first line: where the cursor stops.
    pub head: bool,
    /// What stands at its left: `image`, `liveness`.
    pub label: String,
    /// The rest.
    pub cells: Vec<Cell>,
}

impl Line {
    pub(super) fn new(label: &str, cells: Vec<Cell>) -> Self {
        Self { label: label.to_owned(), cells, ..Self::default() }
    }

    pub(super) fn text(label: &str, scope: Scope, text: impl Into<String>) -> Self {
        Self::new(label, vec![Cell::new(scope, text)])
    }
}

/// The whole page.
pub(super) fn lines(known: &Known, ctx: &Ctx) -> Vec<Line> {
    let mut lines = Vec::new();
    let fresh = known.kept.freshness();
    let Some(pod) = known.pod() else {
        let words = waiting_for(ctx, fresh, known.kept.listed(), "the pod");
        let gone = || {
            vec![Cell::new(Scope::Heading, "There is no such pod any more."), Cell::new(Scope::Dim, "esc goes back.")]
        };
        lines.extend(words.unwrap_or_else(gone).into_iter().map(|cell| Line::new("", vec![cell])));
        return lines;
    };
    if known.gone() {
        lines.push(Line::text("", Scope::Warn, "This pod is gone; it was thus when it was last seen:"));
    } else if let Some(cell) = fresh_head(ctx, fresh, "the pod") {
        lines.push(Line::new("", vec![cell]));
    }
    lines.extend(summary(pod, ctx));
    lines.extend(revealed(known));
    let metered = known.metered.as_ref();
    for (n, container) in pod.containers.iter().enumerate() {
        lines.push(Line::default());
        let usage = known.usage.iter().find(|usage| usage.name == container.name);
        let begin = lines.len();
        lines.push(Line { head: true, ..title(container, ctx) });
        lines.extend(parts::image(container));
        lines.extend(parts::last(container, ctx));
        lines.extend(parts::resources(container, usage, metered.is_none()));
        lines.extend(parts::told(container));
        lines.extend(parts::environment(container, known));
        lines[begin..].iter_mut().for_each(|line| line.of = Some(n));
    }
    lines
}

fn summary(pod: &PodDetail, ctx: &Ctx) -> Vec<Line> {
    let phase = if pod.ending { "being deleted".to_owned() } else { pod.phase.to_string() };
    let mut cells = vec![Cell::new(if pod.ending { Scope::Warn } else { Scope::Text }, phase)];
    let mut fact = |title: &str, text: &str| {
        if !text.is_empty() {
            cells.push(Cell::new(Scope::Dim, format!("{title} {text}")));
        }
    };
    fact("on", &pod.node);
    fact("IP", &pod.ip);
    fact("QoS", &pod.qos);
    fact("account", &pod.account);
    fact("age", &pod.created.map(|at| age(at, ctx.clock.now)).unwrap_or_default());
    let troubles = pod.troubles.iter().map(|trouble| Line::text("", Scope::Warn, &**trouble));
    std::iter::once(Line::new("", cells)).chain(troubles).collect()
}

fn revealed(known: &Known) -> Option<Line> {
    if !known.revealing {
        return None;
    }
    let names: Vec<String> = known.referred().iter().map(ToString::to_string).collect();
    let words = match names.len() {
        0 => "No variable of this pod comes of a Secret.".to_owned(),
        n => format!("{} shown until you leave this page: {}", count(n, "Secret"), names.join(", ")),
    };
    Some(Line::text("", Scope::Warn, words))
}

/// `main  ✗ CrashLoopBackOff: back-off 40s  7 restarts`.
fn title(container: &ContainerDetail, ctx: &Ctx) -> Line {
    let mut cells = vec![Cell::new(Scope::Heading, &*container.name)];
    let role = container.role.to_string();
    if !role.is_empty() {
        cells.push(Cell::new(Scope::Dim, role));
    }
    cells.push(state(container, ctx));
    let restarts = usize::try_from(container.restarts).unwrap_or(usize::MAX);
    if restarts > 0 {
        cells.push(Cell::new(Scope::Warn, count(restarts, "restart")));
    }
    Line::new("", cells)
}

fn state(container: &ContainerDetail, ctx: &Ctx) -> Cell {
    match &container.state {
        Doing::Running(since) => {
            let since = since.map(|at| format!(" for {}", age(at, ctx.clock.now))).unwrap_or_default();
            match container.ready {
                true => Cell::new(Scope::Good, format!("✓ running{since}, ready")),
                false => Cell::new(Scope::Busy, format!("↻ running{since}, not ready")),
            }
        }
        Doing::Waiting(reason, message) => {
            let reason = if reason.is_empty() { "waiting" } else { &**reason };
            let scope = if container.last.is_some() || reason.contains("Err") || reason.contains("BackOff") {
                Scope::Bad
            } else {
                Scope::Busy
            };
            let sign = if scope == Scope::Bad { "✗" } else { "↻" };
            let message = if message.is_empty() { String::new() } else { format!(": {message}") };
            Cell::new(scope, format!("{sign} {reason}{message}"))
        }
        Doing::Ended(end) => {
            let (sign, scope) =
                if end.code == 0 && end.signal == 0 { ("✓", Scope::Dim) } else { ("✗", Scope::Bad) };
            let when = end.finished.map(|at| format!(", {} ago", age(at, ctx.clock.now))).unwrap_or_default();
            Cell::new(scope, format!("{sign} {}{when}", end.words()))
        }
    }
}

/// Why usage is not shown, for the line of the page's bottom.
pub(super) fn unmetered(fresh: Option<&Freshness>) -> Option<String> {
    Some(match fresh? {
        Freshness::Live | Freshness::Loading { .. } => return None,
        Freshness::Absent => "no usage: no metrics server, or it does not know this pod yet".to_owned(),
        Freshness::Forbidden(what) => format!("no usage: may not {what}"),
        Freshness::Stale { why, .. } => format!("usage is stale: {why}"),
        Freshness::Unauthorized(_) => "no usage: login expired".to_owned(),
    })
}
