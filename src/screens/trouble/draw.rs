//! The list drawn: what is known, the lines, and the whole of the one under the cursor.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    fleet::{Freshness, Resource},
    health::cause::Severity,
};

use super::{
    list::{Case, Subject},
    room::Trouble,
    sheet::{self, Column, Fit},
};
use crate::{
    Command, Ctx, Room, Scope,
    fleet::{Cell, paint_words, waiting},
    widgets::{
        FilterField,
        text::{age, count, time_of_day},
    },
};

pub(super) fn scope(severity: Severity) -> Scope {
    match severity {
        Severity::Down | Severity::Stalled | Severity::Degraded => Scope::Bad,
        Severity::Unsteady | Severity::Limited => Scope::Warn,
    }
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Down | Severity::Stalled => "✗",
        Severity::Degraded => "!",
        Severity::Unsteady => "~",
        Severity::Limited => "△",
    }
}

/// How fresh one of the room's own streams is; nothing where it is live.
fn piece(ctx: &Ctx, what: &str, fresh: &Freshness, lack: &str) -> Option<Cell> {
    Some(match fresh {
        Freshness::Live => return None,
        Freshness::Loading { .. } => Cell::new(Scope::Busy, format!("loading {what}")),
        Freshness::Stale { since, why } => {
            Cell::new(Scope::Stale, format!("{what} stale since {}: {why}", time_of_day(*since, ctx.clock)))
        }
        Freshness::Forbidden(asked) => Cell::new(Scope::Warn, format!("may not {asked}: {lack}")),
        Freshness::Absent => Cell::new(Scope::Warn, format!("the server has no {what}: {lack}")),
        Freshness::Unauthorized(_) => Cell::new(Scope::Bad, format!("no login for {what}: {lack}")),
    })
}

impl Trouble {
    /// How many are unhealthy of how many, and how far events and nodes can be believed.
    pub(super) fn news(&self, ctx: &Ctx) -> Vec<Cell> {
        let apps = self.cases.iter().filter(|case| matches!(case.subject, Subject::App(_))).count();
        let said = format!("{} of {} unhealthy", apps, count(ctx.fleet.len(), "app"));
        let stray = self.cases.iter().filter(|case| matches!(case.subject, Subject::Pod(_))).count();
        let said = match stray {
            0 => said,
            n => format!("{said} · {} of no app", count(n, "pod")),
        };
        let mut news = vec![Cell::new(if apps > 0 { Scope::Heading } else { Scope::Dim }, said)];
        news.truncate(usize::from(!ctx.fleet.is_empty()));
        let worst = self.warnings.values().map(|kept| kept.freshness()).find(|fresh| **fresh != Freshness::Live);
        let loading = Freshness::Loading { seen: 0, of: None };
        let events = if self.warnings.is_empty() { Some(&loading) } else { worst };
        let events = events.and_then(|fresh| piece(ctx, "events", fresh, "their evidence is missing"));
        news.push(events.unwrap_or_else(|| {
            let all = self.warnings.values().map(|kept| kept.len()).sum();
            Cell::new(Scope::Dim, format!("{} of the last hour", count(all, "warning event")))
        }));
        let nodes = piece(ctx, "nodes", self.nodes.freshness(), "nodes are not judged");
        news.push(nodes.unwrap_or_else(|| Cell::new(Scope::Dim, count(self.nodes.len(), "node"))));
        news
    }

    pub(super) fn columns(&self, ctx: &Ctx, width: usize) -> Vec<Column> {
        let wide = width >= 110;
        let name =
            sheet::needed(self.cases.iter().map(|case| case.subject.name().as_str()), 8, if wide { 40 } else { 20 });
        let place = sheet::needed(self.cases.iter().map(|case| case.subject.place().0), 9, if wide { 24 } else { 10 });
        let column = |title, width, fit| Column { title, width, fit };
        let mut columns = vec![column("HOW", 10, Fit::Left), column("WHAT", name, Fit::Name)];
        if ctx.scope.len() != 1 {
            columns.push(column("NAMESPACE", place, Fit::Name));
        }
        if wide {
            columns.push(column("KIND", 6, Fit::Left));
        }
        columns.extend([
            column("PODS", 5, Fit::Right),
            column("SINCE", 5, Fit::Right),
            column("LIKELY CAUSE", 0, Fit::Left),
        ]);
        sheet::fill(&mut columns, width);
        columns
    }

    /// What a line shows in these columns.
    fn cells(ctx: &Ctx, case: &Case, columns: &[Column]) -> Vec<Cell> {
        let (cause, (place, kind)) = (&case.cause, case.subject.place());
        let of = |column: &Column| match column.title {
            "HOW" => Cell::new(scope(cause.severity), format!("{} {}", sign(cause.severity), cause.severity.word())),
            "WHAT" => Cell::new(Scope::Text, case.subject.name().as_str()),
            "NAMESPACE" => Cell::new(Scope::Dim, place),
            "KIND" => Cell::new(Scope::Dim, kind),
            "PODS" if cause.pods == 0 => Cell::new(Scope::Dim, ""),
            "PODS" if matches!(case.subject, Subject::Node(_) | Subject::Pod(_)) => {
                Cell::new(Scope::Text, cause.pods.to_string())
            }
            "PODS" => Cell::new(Scope::Text, format!("{}/{}", cause.pods, case.of)),
            "SINCE" => Cell::new(Scope::Dim, cause.since.map(|at| age(at, ctx.clock.now)).unwrap_or_default()),
            _ => Cell::new(Scope::Text, cause.sentence.as_str()),
        };
        columns.iter().map(of).collect()
    }

    /// The lines in sight.
    pub(super) fn lines(&self, ctx: &Ctx) -> Vec<(Vec<Cell>, bool)> {
        let columns = self.columns(ctx, self.size.0.into());
        let visible = self.scroll.visible(self.cases.len());
        self.cases[visible].iter().map(|case| (Self::cells(ctx, case, &columns), false)).collect()
    }

    /// All of the case under the cursor.
    pub(super) fn detail(&self, ctx: &Ctx) -> Vec<Cell> {
        let Some(case) = self.current() else { return Vec::new() };
        let cause = &case.cause;
        let whom = match &case.subject {
            Subject::Node(name) => format!("node {name}: {} on it", count(cause.pods, "pod")),
            Subject::Pod(pod) => format!("pod {}/{}, of no app", pod.namespace, pod.name),
            Subject::App(key) if cause.pods > 0 => format!("{key}: {} of {}", count(cause.pods, "pod"), case.of),
            Subject::App(key) => key.to_string(),
        };
        let since = cause
            .since
            .map(|at| format!(", {} {}", if cause.repeats { "last at" } else { "since" }, time_of_day(at, ctx.clock)))
            .unwrap_or_default();
        let mut lines = vec![
            Cell::new(Scope::Heading, format!("{whom}{since}")),
            Cell::new(scope(cause.severity), format!("likely: {}", cause.sentence)),
        ];
        lines.extend(cause.evidence.iter().map(|said| Cell::new(Scope::Text, format!("· {said}"))));
        lines
    }

    /// The words for a list without lines.
    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        if !self.filter.text().is_empty() && self.all > 0 {
            let first = format!("None of {} matches \"{}\".", count(self.all, "case"), self.filter.text());
            return vec![Cell::new(Scope::Heading, first), Cell::new(Scope::Dim, "esc clears the filter.")];
        }
        let watched = [Resource::Deployments, Resource::StatefulSets, Resource::DaemonSets, Resource::Pods];
        waiting(ctx, &watched).unwrap_or_else(|| vec![Cell::new(Scope::Good, "✓ Nothing in view is unhealthy.")])
    }

    pub(super) fn paint(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let above = self.filter.height();
        if above > 0 {
            let said = FilterField::said(self.cases.len(), self.all, &self.about);
            self.filter.draw(ctx, buffer, Rect { height: above.min(area.height), ..area }, &said, Scope::Dim);
        }
        let parts = sheet::parts(area, above);
        sheet::paint_news(ctx, buffer, parts.news, &self.news(ctx));
        if self.cases.is_empty() {
            return paint_words(ctx, buffer, parts.table, &self.empty(ctx));
        }
        let columns = self.columns(ctx, area.width.into());
        let under = self.scroll.cursor.saturating_sub(self.scroll.top);
        sheet::paint(ctx, buffer, parts.table, &columns, &self.lines(ctx), under);
        sheet::paint_detail(ctx, buffer, parts.detail, &self.detail(ctx));
    }
}

/// What can be done about the line under the cursor.
pub(super) fn hints(ctx: &Ctx, subject: Option<&Subject>) -> Vec<(Command, &'static str)> {
    let mut hints = match subject {
        Some(Subject::App(_)) => vec![
            (Command::Open, "pods"),
            (Command::Page, "page"),
            (Command::Rollback, "roll back"),
            (Command::Delete, "evict a pod"),
            (Command::Release, "release"),
            (Command::Restart, "restart"),
        ],
        Some(Subject::Node(_)) => {
            vec![(Command::Open, "its pods"), (Command::Page, "describe"), (Command::Events, "events")]
        }
        Some(Subject::Pod(_)) => {
            vec![(Command::Open, "containers"), (Command::Page, "describe"), (Command::Delete, "evict it")]
        }
        None => Vec::new(),
    };
    hints.extend([(Command::Filter, "filter"), (Command::Back, "back"), (Command::Help, "help")]);
    hints.retain(|(command, _)| ctx.keymap.key(Room::Trouble, *command).is_some());
    hints
}
