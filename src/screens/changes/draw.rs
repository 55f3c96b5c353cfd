//! The changes drawn: what is shown and what is missing, the lines, and the whole of the one under the cursor.

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    changes::{Entry, Evidence, What},
    fleet::{Freshness, Resource},
};

use super::room::Changes;
use crate::{
    Ctx, Scope,
    fleet::{Cell, paint_words},
    trouble::sheet::{self, Column, Fit},
    widgets::{
        FilterField,
        text::{age, count, put, time_of_day},
    },
};

fn scope(what: What) -> Scope {
    match what {
        What::Rollout | What::Rollback => Scope::Heading,
        What::Scale | What::Rescale | What::Pause => Scope::Busy,
        What::Hpa | What::Edit | What::ConfigMap | What::Secret | What::Ingress => Scope::Text,
    }
}

/// `v1 → v2`, or what of the two is known.
fn change(entry: &Entry) -> String {
    match (entry.from.is_empty(), entry.to.is_empty()) {
        (false, _) => format!("{} → {}", entry.from, entry.to),
        (true, false) => format!("→ {}", entry.to),
        (true, true) => "?".to_owned(),
    }
}

/// Which apps use what was changed, and what a rollback of them would not do.
fn used(entry: &Entry) -> Option<Cell> {
    if !matches!(entry.what, What::ConfigMap | What::Secret | What::Ingress) || entry.users.is_empty() {
        return None;
    }
    let names: Vec<String> =
        entry.users.iter().take(6).map(|app| format!("{}/{}", app.kind.short(), app.name)).collect();
    let more = entry.users.len() - names.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let said = format!("used by {}{more}: rolling them back does not take this edit back", names.join(", "));
    Some(Cell::new(Scope::Text, said))
}

impl Changes {
    /// How many since when, how fresh, and how much is missing.
    pub(super) fn news(&self, ctx: &Ctx) -> Vec<Cell> {
        let since = time_of_day(self.since, ctx.clock);
        let day = (ctx.clock.now - self.since).num_hours() >= 24;
        let ago = if day { format!(" ({} ago)", age(self.since, ctx.clock.now)) } else { String::new() };
        let mut news = vec![Cell::new(Scope::Heading, format!("{} since {since}{ago}", count(self.all, "change")))];
        match (&self.read, self.reading) {
            (_, true) => news.push(Cell::new(Scope::Busy, "reading revisions, events, managedFields and journals …")),
            (Some((at, _)), false) => {
                let live = ctx.fleet.freshness(Resource::Deployments) == Some(Freshness::Live);
                let tail = if live { ", and live since" } else { "" };
                news.push(Cell::new(Scope::Dim, format!("read at {}{tail}", time_of_day(*at, ctx.clock))));
            }
            (None, false) => {}
        }
        let lacks = self.read.iter().map(|(_, read)| read.lacks.len()).sum::<usize>();
        if lacks > 0 {
            let said = format!("{}, told below", count(lacks, "gap"));
            news.push(Cell::new(Scope::Warn, said));
        }
        if ctx.seen.dropped() > 0 {
            news.push(Cell::new(Scope::Warn, format!("{} older live ones dropped", ctx.seen.dropped())));
        }
        news
    }

    pub(super) fn columns(&self, ctx: &Ctx, width: usize) -> Vec<Column> {
        let wide = width >= 110;
        let object =
            sheet::needed(self.entries.iter().map(|entry| entry.object.as_str()), 10, if wide { 40 } else { 18 });
        let place =
            sheet::needed(self.entries.iter().map(|entry| entry.namespace.as_str()), 9, if wide { 24 } else { 9 });
        let column = |title, width, fit| Column { title, width, fit };
        let mut columns = vec![column("AT", 8, Fit::Left), column("SURE", 8, Fit::Left), column("WHAT", 10, Fit::Left)];
        if ctx.scope.len() != 1 && wide {
            columns.push(column("NAMESPACE", place, Fit::Name));
        }
        columns.push(column("OBJECT", object, Fit::Name));
        if wide {
            let by = sheet::needed(self.entries.iter().map(|entry| entry.by.as_str()), 6, 36);
            columns.push(column("BY", by, Fit::Left));
        }
        columns.push(column("FROM → TO", 0, Fit::Left));
        sheet::fill(&mut columns, width);
        columns
    }

    fn cells(ctx: &Ctx, entry: &Entry, columns: &[Column]) -> Vec<Cell> {
        let of = |column: &Column| match column.title {
            "AT" => Cell::new(Scope::Text, time_of_day(entry.at, ctx.clock)),
            "SURE" if entry.is_certain() => Cell::new(Scope::Good, "certain"),
            "SURE" => Cell::new(Scope::Warn, "inferred"),
            "WHAT" => Cell::new(scope(entry.what), entry.what.word()),
            "NAMESPACE" => Cell::new(Scope::Dim, entry.namespace.as_str()),
            "OBJECT" => Cell::new(Scope::Text, entry.object.as_str()),
            "BY" if entry.by.is_empty() => Cell::new(Scope::Dim, "?"),
            "BY" => Cell::new(Scope::Text, entry.by.as_str()),
            _ => Cell::new(Scope::Text, change(entry)),
        };
        columns.iter().map(of).collect()
    }

    /// The lines in sight, and whether each is marked.
    pub(super) fn lines(&self, ctx: &Ctx) -> Vec<(Vec<Cell>, bool)> {
        let columns = self.columns(ctx, self.size.0.into());
        let marked = |entry: &Entry| entry.apps().any(|app| self.marked.contains(app));
        let visible = self.scroll.visible(self.entries.len());
        self.entries[visible].iter().map(|entry| (Self::cells(ctx, entry, &columns), marked(entry))).collect()
    }

    /// All of the change under the cursor, then what is missing.
    pub(super) fn detail(&self, ctx: &Ctx) -> Vec<Cell> {
        let mut lines = Vec::new();
        if let Some(entry) = self.current() {
            let by = if entry.by.is_empty() { "by whom is not known".to_owned() } else { format!("by {}", entry.by) };
            // The object of a configuration names its kind already.
            let what = match entry.what {
                What::ConfigMap | What::Secret | What::Ingress => String::new(),
                what => format!("{} ", what.word()),
            };
            let head = format!(
                "{what}{} in {}: {} · {} ago · {by}",
                entry.object,
                entry.namespace,
                change(entry),
                age(entry.at, ctx.clock.now)
            );
            lines.push(Cell::new(Scope::Heading, head));
            lines.extend(used(entry));
            lines.extend(entry.evidence.iter().map(|evidence| match evidence {
                Evidence::Certain(said) => Cell::new(Scope::Good, format!("· certain: {said}")),
                Evidence::Inferred(said) => Cell::new(Scope::Warn, format!("· inferred: {said}")),
            }));
        }
        let lacks = self.read.iter().flat_map(|(_, read)| &read.lacks);
        lines.extend(lacks.map(|lack| Cell::new(Scope::Warn, format!("missing: {lack}"))));
        lines
    }

    fn empty(&self, ctx: &Ctx) -> Vec<Cell> {
        if !self.filter.text().is_empty() && self.all > 0 {
            let first = format!("None of {} matches \"{}\".", count(self.all, "change"), self.filter.text());
            return vec![Cell::new(Scope::Heading, first), Cell::new(Scope::Dim, "esc clears the filter.")];
        }
        if self.reading {
            return vec![Cell::new(Scope::Busy, "Reading what changed …")];
        }
        let mut words =
            vec![Cell::new(Scope::Heading, format!("No change since {}.", time_of_day(self.since, ctx.clock)))];
        if self.read.as_ref().is_some_and(|(_, read)| !read.lacks.is_empty()) {
            words.push(Cell::new(Scope::Warn, "But not everything could be read:"));
        }
        words
    }

    pub(super) fn paint(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let buffer = frame.buffer_mut();
        let above = self.above().min(area.height);
        let line = Rect { height: above, ..area };
        match &self.asking {
            Some(asking) => {
                let x = put(buffer, line, line.x, line.y, " since ", ctx.theme.style(Scope::Key));
                asking.draw(
                    ctx.theme,
                    buffer,
                    Rect { x, width: 16.min(line.right().saturating_sub(x)), height: 1, ..line },
                );
                let (scope, said) = match &self.wrong {
                    Some(wrong) => (Scope::Bad, wrong.as_str()),
                    None => (Scope::Dim, "14:00, 30m, 2h, 1d"),
                };
                put(buffer, line, x + 18, line.y, said, ctx.theme.style(scope));
            }
            None if above > 0 => {
                let said = FilterField::said(self.entries.len(), self.all, &self.about);
                self.filter.draw(ctx, buffer, line, &said, Scope::Dim);
            }
            None => {}
        }
        let parts = sheet::parts(area, above);
        sheet::paint_news(ctx, buffer, parts.news, &self.news(ctx));
        if self.entries.is_empty() {
            paint_words(ctx, buffer, parts.table, &self.empty(ctx));
        } else {
            let columns = self.columns(ctx, area.width.into());
            let under = self.scroll.cursor.saturating_sub(self.scroll.top);
            sheet::paint(ctx, buffer, parts.table, &columns, &self.lines(ctx), under);
        }
        sheet::paint_detail(ctx, buffer, parts.detail, &self.detail(ctx));
    }
}
