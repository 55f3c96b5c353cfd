//! The kinds of warnings of a plan, which are acknowledged one at a time.

use std::collections::BTreeMap;

use ratatui::text::Line;
use rolldeck_core::batch::{Check, Level, Plan, ProblemKind, Step};

use crate::{
    Ctx, Scope,
    plan::{sheet, words},
    widgets::text::{count, cut},
};

/// One kind of warnings.
#[derive(Clone, Debug)]
pub(in crate::plan) struct Kind {
    /// The kind.
    pub(in crate::plan) kind: ProblemKind,
    /// The steps that are warned so.
    pub(in crate::plan) steps: Vec<usize>,
    /// Whether the operator has acknowledged it.
    pub(in crate::plan) acknowledged: bool,
}

/// What a step warns of, each kind once. A step that will not be written asks for nothing.
fn of_step(step: &Step) -> impl Iterator<Item = ProblemKind> + '_ {
    let asks = !matches!(step.check, Check::NoChange);
    let warnings = step.problems.iter().filter(move |problem| asks && problem.level == Level::Warning);
    warnings.map(|problem| problem.kind)
}

/// The kinds of warnings that the plan has, in their order.
pub(in crate::plan) fn kinds(plan: &Plan) -> Vec<Kind> {
    let mut found: BTreeMap<ProblemKind, Vec<usize>> = BTreeMap::new();
    for (n, step) in plan.steps.iter().enumerate() {
        for kind in of_step(step) {
            let steps = found.entry(kind).or_default();
            if steps.last() != Some(&n) {
                steps.push(n);
            }
        }
    }
    let kinds = found.into_iter().map(|(kind, steps)| Kind {
        kind,
        steps,
        acknowledged: plan.acknowledged.contains(&kind),
    });
    kinds.collect()
}

/// The first kind that a step warns of and nobody has acknowledged.
pub(in crate::plan) fn unacknowledged(plan: &Plan, step: &Step) -> Option<ProblemKind> {
    of_step(step).find(|kind| !plan.acknowledged.contains(kind))
}

/// `[ ] rollout in progress · 3 apps: gateway, orders, cart`.
pub(super) fn line(ctx: &Ctx, plan: &Plan, kind: &Kind, here: bool, room: usize) -> Line<'static> {
    let mark = if kind.acknowledged { "[x]" } else { "[ ]" };
    let names: Vec<&str> = kind.steps.iter().filter_map(|step| Some(&*plan.steps.get(*step)?.key.name)).collect();
    let what = format!("{mark} {} · {}: ", kind.kind, count(names.len(), "app"));
    let scope = if kind.acknowledged { Scope::Dim } else { Scope::Warn };
    let rest = cut(&words::listed(&names, 6), room.saturating_sub(2 + crate::widgets::text::width(&what)));
    Line::from(vec![
        sheet::span(ctx, Scope::Key, if here { "▸ " } else { "  " }),
        sheet::span(ctx, scope, what),
        sheet::span(ctx, Scope::Dim, rest),
    ])
}
