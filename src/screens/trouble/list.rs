//! From the fleet, events and nodes to the list of what is unhealthy.

use std::collections::BTreeMap;

use rolldeck_core::{
    fleet::Scope as Place,
    health::cause::{Cause, NodeFacts, Severity, Warning, Warnings, is_unwell, of_app, of_node},
    kept::Kept,
    model::AppKey,
    query::Query,
    text::Clean,
};

use crate::Ctx;

/// What is unhealthy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Node(Clean),
    App(AppKey),
}

impl Subject {
    pub(super) fn name(&self) -> &Clean {
        match self {
            Self::Node(name) => name,
            Self::App(key) => &key.name,
        }
    }

    /// Namespace and kind.
    pub(super) fn place(&self) -> (&str, &'static str) {
        match self {
            Self::Node(_) => ("", "node"),
            Self::App(key) => (&key.namespace, key.kind.short()),
        }
    }
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case {
    pub subject: Subject,
    pub cause: Cause,
    /// Pods that the app wants; of a node those that it carries.
    pub of: usize,
}

/// Everything unhealthy, worst first; then by how many pods it concerns, then by name.
pub(super) fn cases(ctx: &Ctx, warnings: &BTreeMap<Place, Kept<Warning>>, nodes: &Kept<NodeFacts>) -> Vec<Case> {
    let known = warnings.values().any(Kept::listed);
    let mut all = Warnings::new(warnings.values().flat_map(|kept| kept.iter().map(|(_, warning)| warning)));
    all.known = known;
    let now = ctx.clock.now;
    let apps = ctx.fleet.rows().filter(|row| is_unwell(row)).filter_map(|row| {
        let pods = ctx.fleet.pods(&row.app.key);
        let cause = of_app(row, &pods, &all, now)?;
        Some(Case { subject: Subject::App(row.app.key.clone()), cause, of: row.app.counts.wanted as usize })
    });
    let nodes = nodes.iter().filter_map(|(name, facts)| {
        let pods = ctx.fleet.pods_on(&name.name).count();
        let cause = of_node(&name.name, facts, pods, &all)?;
        Some(Case { subject: Subject::Node(name.name.clone()), cause, of: pods })
    });
    let mut cases: Vec<Case> = nodes.chain(apps).collect();
    cases.sort_by(|a, b| order(a).cmp(&order(b)));
    cases
}

fn order(case: &Case) -> (Severity, bool, std::cmp::Reverse<usize>, &Subject) {
    let node = matches!(case.subject, Subject::Node(_));
    (case.cause.severity, !node, std::cmp::Reverse(case.cause.pods), &case.subject)
}

/// Those that a filter lets through, by name, place, severity and sentence; in their order.
pub(super) fn filtered(cases: Vec<Case>, query: &Query) -> Vec<Case> {
    let keeps = |case: &Case| {
        let (place, kind) = case.subject.place();
        query.rank(case.subject.name(), &[place, kind, case.cause.severity.word(), &case.cause.sentence]).is_some()
    };
    cases.into_iter().filter(keeps).collect()
}
