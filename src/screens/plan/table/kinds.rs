//! The kinds of warnings of a plan, which are acknowledged one at a time.

use ratatui::text::Line;
use rolldeck_core::{
    batch::{Level, Plan, ProblemKind, Step},
    model::AppKey,
};

use crate::{
    Ctx, Scope,
    plan::{sheet, words},
    widgets::text::{count, cut, width},
};

/// One kind of warnings.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Kind {
    /// The kind.
    pub(in crate::plan) kind: ProblemKind,
    /// The apps that are warned so.
    pub(in crate::plan) apps: Vec<AppKey>,
    /// Whether the operator has acknowledged it.
    pub(in crate::plan) acknowledged: bool,
}

/// The kinds of warnings that the plan has, in their order.
pub(in crate::plan) fn kinds(plan: &Plan) -> Vec<Kind> {
    let open = plan.unacknowledged();
    let kinds = plan.warnings().into_iter();
    kinds.map(|(kind, apps)| Kind { kind, apps, acknowledged: !open.contains_key(&kind) }).collect()
}

/// The first kind that a step warns of and nobody has acknowledged.
pub(in crate::plan) fn unacknowledged(plan: &Plan, step: &Step) -> Option<ProblemKind> {
    let open = plan.unacknowledged();
    let mut warnings = step.problems.iter().filter(|problem| plan.level(problem) == Level::Warning);
    warnings.find(|problem| open.contains_key(&problem.kind)).map(|problem| problem.kind)
}

/// `[ ] rollout in progress · 3 apps: gateway, orders, cart`.
pub(super) fn line(ctx: &Ctx, kind: &Kind, here: bool, room: usize) -> Line<'static> {
    let mark = if kind.acknowledged { "[x]" } else { "[ ]" };
    let apps: Vec<_> = kind.apps.iter().collect();
    let what = format!("{mark} {} · {}: ", kind.kind, count(apps.len(), "app"));
    let scope = if kind.acknowledged { Scope::Dim } else { Scope::Warn };
    let rest = cut(&words::apps_listed(&apps, 6), room.saturating_sub(2 + width(&what)));
    Line::from(vec![
        sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " }),
        sheet::span(ctx, scope, what),
        sheet::span(ctx, Scope::Dim, rest),
    ])
}
