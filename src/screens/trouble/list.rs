//! From the fleet, events and nodes to the list of what is unhealthy.

use std::collections::BTreeMap;

use rolldeck_core::{
    Time,
    fleet::{AskedApp, Fleet, Scope as Place},
    health::cause::{Cause, NodeFacts, Severity, Warning, Warnings, is_unwell, of_app, of_node, of_pod},
    kept::{Kept, Name},
    model::{AppKey, Requests},
    query::{About, Facts, Field, Figure, Query, Reading},
    text::Clean,
};

use crate::Ctx;

/// What is unhealthy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    Node(Clean),
    App(AppKey),
    /// A pod of no app: a bare one, a Job's.
    Pod(Name),
}

impl Subject {
    pub(super) fn name(&self) -> &Clean {
        match self {
            Self::Node(name) => name,
            Self::App(key) => &key.name,
            Self::Pod(pod) => &pod.name,
        }
    }

    /// Namespace and kind.
    pub(super) fn place(&self) -> (&str, &'static str) {
        match self {
            Self::Node(_) => ("", "node"),
            Self::App(key) => (&key.namespace, key.kind.short()),
            Self::Pod(pod) => (&pod.namespace, "pod"),
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
    let pods = ctx.fleet.stray_pods().filter_map(|row| {
        let asks = Requests { cpu_milli: Some(row.pod.asks.cpu_milli.into()), memory: Some(row.pod.asks.memory()) };
        let cause = of_pod(&row, asks, &all, now)?;
        Some(Case { subject: Subject::Pod(Name::new(&row.pod.namespace, &row.pod.name)), cause, of: 1 })
    });
    let mut cases: Vec<Case> = nodes.chain(apps).chain(pods).collect();
    cases.sort_by(|a, b| order(a).cmp(&order(b)));
    cases
}

fn order(case: &Case) -> (Severity, bool, std::cmp::Reverse<usize>, &Subject) {
    let node = matches!(case.subject, Subject::Node(_));
    (case.cause.severity, !node, std::cmp::Reverse(case.cause.pods), &case.subject)
}

/// A case, asked by a filter: what its app's row tells, and what is wrong with it.
pub(super) struct AskedCase<'a> {
    pub case: Case,
    fleet: &'a Fleet,
}

impl<'a> AskedCase<'a> {
    pub(super) fn new(case: Case, fleet: &'a Fleet) -> Self {
        Self { case, fleet }
    }

    fn app(&self) -> Option<AskedApp<'_>> {
        let Subject::App(key) = &self.case.subject else { return None };
        Some(AskedApp { row: self.fleet.app(key)?, fleet: self.fleet })
    }
}

impl Facts for AskedCase<'_> {
    fn name(&self) -> &str {
        self.case.subject.name()
    }

    fn words(&self, visit: &mut dyn FnMut(&str)) {
        let (place, kind) = self.case.subject.place();
        for text in [place, kind, self.case.cause.severity.word(), &self.case.cause.sentence] {
            visit(text);
        }
    }

    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        match (field, self.app()) {
            (Field::Status, _) => visit(self.case.cause.severity.word()),
            (field, Some(app)) => app.texts(field, visit),
            (Field::Node, None) => match &self.case.subject {
                Subject::Pod(pod) => {
                    if let Some(row) = self.fleet.pod(&pod.namespace, &pod.name) {
                        visit(&row.pod.node);
                    }
                }
                subject => visit(subject.name()),
            },
            (Field::Kind, None) => visit(self.case.subject.place().1),
            (Field::Namespace, None) => visit(self.case.subject.place().0),
            _ => {}
        }
    }

    fn label(&self, key: &str) -> Option<&str> {
        let Subject::App(app) = &self.case.subject else { return None };
        self.fleet.app(app)?.app.labels.get(key).map(Clean::as_str)
    }

    fn labels(&self, visit: &mut dyn FnMut(&str, &str)) {
        if let Some(app) = self.app() {
            app.labels(visit);
        }
    }

    fn figure(&self, figure: Figure) -> Reading {
        self.app().map(|app| app.figure(figure)).unwrap_or_default()
    }

    fn born(&self) -> Option<Time> {
        self.case.cause.since
    }
}

/// Those that a filter lets through, in their order, and what else it says.
pub(super) fn filtered(ctx: &Ctx, cases: Vec<Case>, query: &Query) -> (Vec<Case>, About) {
    let asked = cases.into_iter().map(|case| AskedCase::new(case, ctx.fleet));
    let found = query.find(asked, ctx.clock.now);
    (found.rows.into_iter().map(|(_, asked)| asked.case).collect(), found.about)
}
